"""The order of help inside what is due: a sum of whole points, the same in Python and SQL.

The weights are a proposal of the study (§6), untested: the owner of the policy must set them. Being covered by nobody
adds `UNCOVERED_POINTS` in coordination, which alone knows who covers whom.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from sakha.scoring.rules.needs import AssessedNeed

GAP_BANDS: Final = 25
GAP_POINTS: Final = 4
SEVERITY_POINTS: Final = 10
FURTHER_NEED_POINTS: Final = 3
FURTHER_NEEDS_AT_MOST: Final = 5
VULNERABILITY_AT_MOST: Final = 15
UNCOVERED_POINTS: Final = 15
WAITING_DAYS_A_POINT: Final = 60
WAITING_AT_MOST: Final = 10
VULNERABILITIES: Final = {
    "is_with_disabled": 8,
    "is_aged_alone": 6,
    "is_woman_with_child": 6,
    "is_with_under_six": 4,
}


def measure_priority(
    row: Mapping[str, int | None], needs: Sequence[AssessedNeed], *, gap_rial: int, line_rial: int, waiting_days: int
) -> int:
    """Points of one household; gap and line are per equivalent adult in the same money."""
    gap_band = min(gap_rial * GAP_BANDS // line_rial, GAP_BANDS)
    severity = max((need.severity for need in needs), default=0)
    further = min(max(len(needs) - 1, 0), FURTHER_NEEDS_AT_MOST)
    vulnerability = sum(points for name, points in VULNERABILITIES.items() if row.get(name))
    return (
        GAP_POINTS * gap_band
        + SEVERITY_POINTS * severity
        + FURTHER_NEED_POINTS * further
        + min(vulnerability, VULNERABILITY_AT_MOST)
        + min(waiting_days // WAITING_DAYS_A_POINT, WAITING_AT_MOST)
    )


def priority_to_sql(severities: Sequence[str], *, line_rial: int) -> str:
    """The same over the fact columns, `gap_rial`, `waiting_days` and the columns of severity by kind."""
    count = " + ".join(f"LEAST({severity}, 1)" for severity in severities)
    vulnerable = " + ".join(f"{points} * COALESCE({name}, 0)" for name, points in VULNERABILITIES.items())
    return (
        f"{GAP_POINTS} * LEAST(gap_rial * {GAP_BANDS} / {line_rial}, {GAP_BANDS})"
        f" + {SEVERITY_POINTS} * GREATEST({', '.join(severities)})"
        f" + {FURTHER_NEED_POINTS} * LEAST(GREATEST({count} - 1, 0), {FURTHER_NEEDS_AT_MOST})"
        f" + LEAST({vulnerable}, {VULNERABILITY_AT_MOST})"
        f" + LEAST(waiting_days / {WAITING_DAYS_A_POINT}, {WAITING_AT_MOST})"
    )
