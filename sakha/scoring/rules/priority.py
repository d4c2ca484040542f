"""The order of help inside what is due: a sum of whole points, the same in Python and SQL, weights in a document.

Decides the formula (study §6); the weights are the policy owner's. Being covered by nobody adds `uncovered_points` in
coordination, which alone knows who covers whom.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from sakha.scoring.rules.document import hash_content
from sakha.scoring.rules.needs import AssessedNeed
from sakha.scoring.rules.needs_language import PRICE_PREFIX
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.refusal import Refusal

VULNERABILITIES: Final = {
    "is_with_disabled": "عضو معلول",
    "is_aged_alone": "سالمند تنها",
    "is_woman_with_child": "زن سرپرست با فرزند",
    "is_with_orphan": "فرزند یتیم",
    "is_with_under_six": "کودک زیر شش سال",
}
WEIGHT_WORDS: Final = {
    "gap_bands": "شمار پله‌های فاصله تا خط فقر",
    "gap_points": "امتیاز هر پلهٔ فاصله",
    "severity_points": "امتیاز هر درجهٔ سختیِ سخت‌ترین نیاز",
    "further_need_points": "امتیاز هر نیاز دیگر",
    "further_needs_at_most": "بیشترین شمار نیازهای دیگر",
    "vulnerability_at_most": "بیشترین امتیاز آسیب‌پذیری",
    "uncovered_points": "امتیاز بی‌پوشش بودن",
    "waiting_days_a_point": "روزهای انتظار برای یک امتیاز",
    "waiting_at_most": "بیشترین امتیاز انتظار",
    "aid_points": "کاهش برای هر پلهٔ کمک دوازده ماه",
    "aid_at_most": "بیشترین کاهش برای کمک دریافتی",
}
POSITIVE: Final = frozenset({"gap_bands", "waiting_days_a_point"})  # these divide
WEIGHT_MAX: Final = 1000
USUAL_SIZE: Final = 250  # hundredths of equivalent adults, where the size is not known (rules.assessment)
MONTHS: Final = 12
LINE_NAME: Final = "poverty_line_20"
LINE_COLUMN: Final = PRICE_PREFIX + LINE_NAME
DRAW_PRIME: Final = 2_147_483_647
_SIZE_UNIT: Final = 100
_WHOLE_DIVISION: Final = {"postgres": "/", "duckdb": "//", "spark": "DIV"}  # of numbers that are not negative


class PriorityInvalid(Refusal):
    """A document of weights that can't be used."""

    code: ClassVar[str] = "PRIORITY_INVALID"
    sentence: ClassVar[str] = "سند وزن‌های اولویت درست نیست: {reason}"


@dataclass(frozen=True, slots=True)
class PriorityWeights:
    """One version of the weights. No weight is negative, so that worse off never comes later."""

    id: str
    version: int
    title: str
    gap_bands: int
    gap_points: int
    severity_points: int
    further_need_points: int
    further_needs_at_most: int
    vulnerability_at_most: int
    uncovered_points: int
    waiting_days_a_point: int
    waiting_at_most: int
    aid_points: int
    aid_at_most: int
    draw: str
    vulnerability: tuple[tuple[str, int], ...]
    sha: str

    @property
    def draw_terms(self) -> tuple[int, int]:
        """Multiplier and offset of the draw, from its published word."""
        digest = hashlib.sha256(self.draw.encode()).digest()
        return int.from_bytes(digest[:4]) % (DRAW_PRIME - 1) + 1, int.from_bytes(digest[4:8]) % DRAW_PRIME

    def draw_of(self, household_id: int) -> int:
        """The lot of a household among equals; the least comes first."""
        multiplier, offset = self.draw_terms
        return (household_id * multiplier + offset) % DRAW_PRIME

    def draw_sql(self) -> str:
        """The same over `household_id`."""
        multiplier, offset = self.draw_terms
        return f"MOD(CAST(household_id AS bigint) * {multiplier} + {offset}, {DRAW_PRIME})"


def parse_priority(text: str) -> PriorityWeights:
    """Read and check a document of weights."""
    try:
        content = tomllib.loads(text)
        weights = _build_weights(content)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise PriorityInvalid(field="document", reason=f"{type(error).__name__}: {error}") from error
    return weights


def measure_priority(
    weights: PriorityWeights,
    row: Mapping[str, int | None],
    needs: Sequence[AssessedNeed],
    *,
    gap_rial: int,
    line_rial: int,
) -> int:
    """Points of one household; gap and line are per equivalent adult in the same money.

    The row carries `waiting_days`, `aid_year_rial` and the poverty line of the place and day.
    """
    left = [need for need in needs if need.left > 0]
    severity = max((need.severity for need in left), default=0)
    further = min(max(len(left) - 1, 0), weights.further_needs_at_most)
    vulnerability = sum(points for name, points in weights.vulnerability if row.get(name))
    waiting = max(row.get("waiting_days") or 0, 0)
    points = (
        weights.gap_points * min(gap_rial * weights.gap_bands // line_rial, weights.gap_bands)
        + weights.severity_points * severity
        + weights.further_need_points * further
        + min(vulnerability, weights.vulnerability_at_most)
        + min(waiting // weights.waiting_days_a_point, weights.waiting_at_most)
    )
    return max(points - _aid_points(weights, row), 0)


def _aid_points(weights: PriorityWeights, row: Mapping[str, int | None]) -> int:
    """Aid of twelve months in bands of the gap: by month, by equivalent adult, in the money of the place."""
    line = (row.get(LINE_COLUMN) or 0) * MONTHS * (row.get("equivalent_size") or USUAL_SIZE)
    bands = (row.get("aid_year_rial") or 0) * _SIZE_UNIT * weights.gap_bands // line if line else 0
    return min(weights.aid_points * bands, weights.aid_at_most)


def priority_to_sql(weights: PriorityWeights, kinds: Sequence[NeedKind], dialect: str, *, line_rial: int) -> str:
    """The same over the columns of a household and `left_` and `severity_` of each kind."""
    over = _WHOLE_DIVISION[dialect]
    names = [kind.name.lower() for kind in kinds]
    open_ones = [f"CASE WHEN left_{name} > 0 THEN 1 ELSE 0 END" for name in names]
    severities = [f"CASE WHEN left_{name} > 0 THEN severity_{name} ELSE 0 END" for name in names]
    vulnerable = " + ".join(f"CASE WHEN {name} >= 1 THEN {points} ELSE 0 END" for name, points in weights.vulnerability)
    line = f"({LINE_COLUMN} * {MONTHS} * COALESCE(equivalent_size, {USUAL_SIZE}))"
    aid = f"COALESCE(aid_year_rial, 0) * {_SIZE_UNIT * weights.gap_bands} {over} NULLIF({line}, 0)"
    gap = f"gap_rial * {weights.gap_bands} {over} {line_rial}"
    waiting = f"GREATEST(waiting_days, 0) {over} {weights.waiting_days_a_point}"
    return (
        f"GREATEST({weights.gap_points} * LEAST({gap}, {weights.gap_bands})"
        f" + {weights.severity_points} * GREATEST(0, {', '.join(severities)})"
        f" + {weights.further_need_points}"
        f" * LEAST(GREATEST({' + '.join(open_ones)} - 1, 0), {weights.further_needs_at_most})"
        f" + LEAST({vulnerable or '0'}, {weights.vulnerability_at_most})"
        f" + LEAST({waiting}, {weights.waiting_at_most})"
        f" - LEAST({weights.aid_points} * COALESCE({aid}, 0), {weights.aid_at_most}), 0)"
    )


def _build_weights(content: Mapping[str, Any]) -> PriorityWeights:
    numbers = {name: content[name] for name in WEIGHT_WORDS}
    vulnerability = content["vulnerability"]
    for name, number in {**numbers, **vulnerability}.items():
        least = 1 if name in POSITIVE else 0
        if type(number) is not int or not least <= number <= WEIGHT_MAX:
            raise ValueError(f"{name}: a whole number from {least} to {WEIGHT_MAX}")
    unknown = (set(content) - set(numbers) - {"id", "version", "title", "draw", "vulnerability"}) | (
        set(vulnerability) - set(VULNERABILITIES)
    )
    if unknown or not content["draw"] or type(content["version"]) is not int or content["version"] < 1:
        raise ValueError(f"not of this document: {', '.join(sorted(unknown)) or 'draw or version'}")
    return PriorityWeights(
        id=content["id"],
        version=content["version"],
        title=content["title"],
        draw=content["draw"],
        vulnerability=tuple(sorted(vulnerability.items())),
        sha=hash_content(content),
        **numbers,
    )
