"""Signs that somebody plays with people's word or with the score: each a question to look into, never a verdict.

Thresholds are ours but for bunching, which is the study's (§5): density ratio over 1.5 in the five points around a cut,
with at least 200 households.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from sakha.access.queries import acting, organisation_names
from sakha.access.rules import Actor, Permission

LOOKED_BACK: Final = timedelta(days=365)
FEW_COUNT: Final = 3
FEW_SHARE_PERCENT: Final = 60
FEW_ANSWERS_MIN: Final = 20
MUTUAL_MIN: Final = 5
BURST_COUNT: Final = 8
BUNCHING_RATIO: Final = 1.5
BUNCHING_MIN: Final = 200
BUNCHING_POINTS: Final = 5
CUTS: Final = (2, 4)

# The same few people speak for most clients of one registering body.
_FEW: Final = """
WITH said AS (
    SELECT h.registered_by_id AS body, r.confirmer_id, count(*) AS spoken
    FROM scoring_confirmation_request r JOIN registry_household h ON h.id = r.household_id
    WHERE r.state = 'ANSWERED' AND r.settled_at > %(since)s AND h.registered_by_id IS NOT NULL
    GROUP BY 1, 2
),
ranked AS (SELECT *, row_number() OVER (PARTITION BY body ORDER BY spoken DESC) AS place FROM said)
SELECT body, sum(spoken) FILTER (WHERE place <= %(few)s)::int, sum(spoken)::int FROM ranked
GROUP BY body HAVING sum(spoken) >= %(least)s AND count(*) > %(few)s
    AND sum(spoken) FILTER (WHERE place <= %(few)s) * 100 >= sum(spoken) * %(share)s
ORDER BY 2 DESC LIMIT 50
"""
# Two bodies whose people speak for each other's clients.
_MUTUAL: Final = """
WITH said AS (
    SELECT COALESCE(c.organisation_id, c.nominated_by_id) AS speaker, h.registered_by_id AS body, count(*) AS spoken
    FROM scoring_confirmation_request r
    JOIN scoring_confirmer c ON c.id = r.confirmer_id
    JOIN registry_household h ON h.id = r.household_id
    WHERE r.state = 'ANSWERED' AND r.settled_at > %(since)s
    GROUP BY 1, 2
)
SELECT one.speaker, one.body, one.spoken + other.spoken FROM said one
JOIN said other ON other.speaker = one.body AND other.body = one.speaker
WHERE one.speaker < one.body AND LEAST(one.spoken, other.spoken) >= %(least)s ORDER BY 3 DESC LIMIT 50
"""
# More households within an hour than anybody knows by heart.
_BURST: Final = """
SELECT confirmer_id, max(spoken)::int FROM (
    SELECT r.confirmer_id, count(*) OVER (PARTITION BY r.confirmer_id ORDER BY r.settled_at
        RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW) AS spoken
    FROM scoring_confirmation_request r WHERE r.state = 'ANSWERED' AND r.settled_at > %(since)s
) AS hours GROUP BY confirmer_id HAVING max(spoken) >= %(least)s ORDER BY 2 DESC LIMIT 50
"""
# Just below a cut stand many more than just above it, among one body's households of a county.
_BUNCHING: Final = """
WITH placed AS (
    SELECT h.registered_by_id AS body, h.county, h.province, s.score, s.decile
    FROM scoring_score s JOIN registry_household h ON h.id = s.household_id WHERE h.registered_by_id IS NOT NULL
),
cuts AS (
    SELECT province, (max(score) FILTER (WHERE decile <= %(decile)s)
        + min(score) FILTER (WHERE decile > %(decile)s)) / 2 AS cut
    FROM placed GROUP BY province
),
near AS (
    SELECT p.body, p.county, count(*) AS everybody,
        count(*) FILTER (WHERE p.score > c.cut - %(points)s AND p.score <= c.cut) AS below,
        count(*) FILTER (WHERE p.score > c.cut AND p.score <= c.cut + %(points)s) AS above
    FROM placed p JOIN cuts c USING (province) GROUP BY 1, 2
)
SELECT body, county, below::int, above::int FROM near
WHERE everybody >= %(least)s AND below >= %(ratio)s * GREATEST(above, 1) ORDER BY below DESC LIMIT 50
"""


class SignKind(StrEnum):
    """What was noticed."""

    FEW = "FEW"
    MUTUAL = "MUTUAL"
    BURST = "BURST"
    BUNCHING = "BUNCHING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One thing to look into; `count` of `whole` (for bunching: just below and just above the cut)."""

    kind: SignKind
    organisation_name: str = ""
    other_name: str = ""
    confirmer_id: int | None = None
    county: str = ""
    decile: int | None = None
    count: int
    whole: int


def collusion_signs(*, actor: Actor, at: datetime) -> tuple[Sign, ...]:
    """What an office should look into in its area, the strongest of each kind first."""
    actor.require(Permission.READ_PROVINCE)
    with acting(actor), connection.cursor() as cursor:
        since = {"since": at - LOOKED_BACK}
        cursor.execute(_FEW, since | {"few": FEW_COUNT, "least": FEW_ANSWERS_MIN, "share": FEW_SHARE_PERCENT})
        few = cursor.fetchall()
        cursor.execute(_MUTUAL, since | {"least": MUTUAL_MIN})
        mutual = cursor.fetchall()
        cursor.execute(_BURST, since | {"least": BURST_COUNT})
        burst = [
            Sign(kind=SignKind.BURST, confirmer_id=row[0], count=row[1], whole=row[1]) for row in cursor.fetchall()
        ]
        bunching = [(decile, *row) for decile in CUTS for row in _bunched(cursor, decile)]
        bodies = [row[0] for row in few] + [body for row in mutual for body in row[:2]] + [row[1] for row in bunching]
        names = organisation_names(bodies)
    return (
        *(Sign(kind=SignKind.FEW, organisation_name=names.get(row[0], ""), count=row[1], whole=row[2]) for row in few),
        *(_mutual(row, names) for row in mutual),
        *burst,
        *(_bunching(row, names) for row in bunching),
    )


def _bunched(cursor: CursorWrapper, decile: int) -> list[tuple[Any, ...]]:
    asked: dict[str, Any] = {"decile": decile, "points": BUNCHING_POINTS, "least": BUNCHING_MIN}
    cursor.execute(_BUNCHING, asked | {"ratio": BUNCHING_RATIO})
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _mutual(row: tuple[Any, ...], names: dict[int, str]) -> Sign:
    one, other, count = row
    return Sign(
        kind=SignKind.MUTUAL,
        organisation_name=names.get(one, ""),
        other_name=names.get(other, ""),
        count=count,
        whole=count,
    )


def _bunching(row: tuple[Any, ...], names: dict[int, str]) -> Sign:
    decile, body, county, below, above = row
    return Sign(
        kind=SignKind.BUNCHING,
        organisation_name=names.get(body, ""),
        county=county,
        decile=decile,
        count=below,
        whole=above,
    )
