"""No aid stops while an appeal is open: needs of the last period that nobody found again are opened again.

The rules of needs may find less because a fact changed or is missing; whether that is right is just what the appeal
asks. Rooms above ask `households_with_open_appeal` before they stop anything.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, PermissionMissing
from sakha.ledger.actions import open_needs
from sakha.ledger.rules.results import NeedToOpen
from sakha.scoring.models import Notice
from sakha.scoring.queries.facts import TEHRAN
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedPeriod
from sakha.vocabulary.periods import period_bounds, period_of

_LAST: Final = """
SELECT n.household_id, n.kind, n.target FROM ledger_need n
JOIN unnest(%(kinds)s::smallint[], %(before)s::int[], %(now)s::int[]) AS due(kind, before, now)
    ON due.kind = n.kind AND due.before = n.period AND due.before <> due.now
WHERE EXISTS (SELECT FROM scoring_appeal a WHERE a.household_id = n.household_id AND a.state <> 'CLOSED')
    AND NOT EXISTS (SELECT FROM ledger_need found WHERE found.household_id = n.household_id AND found.kind = n.kind
                    AND found.period = due.now AND found.target >= n.target)
ORDER BY n.household_id, n.kind
"""


def keep_needs_of_appellants(*, actor: Actor, at: datetime) -> int:
    """Open again, for households with an open appeal, the monthly needs of the last month; tells how many.

    To be run after the rules have opened what they find. Repeating changes nothing.
    """
    if not actor.is_system:
        raise PermissionMissing(field="actor")
    today = at.astimezone(TEHRAN).date()
    kinds = [kind for kind, facts in NEED_KINDS.items() if facts.period is NeedPeriod.MONTHLY]
    now = {kind: period_of(kind, today) for kind in kinds}
    before = {kind: _period_before(kind, now[kind]) for kind in kinds}
    parameters = {
        "kinds": [kind.value for kind in kinds],
        "before": [before[kind] for kind in kinds],
        "now": [now[kind] for kind in kinds],
    }
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_LAST, parameters)
        needs = [
            NeedToOpen(household_id=household_id, kind=NeedKind(kind), period=now[NeedKind(kind)], target=target)
            for household_id, kind, target in cursor.fetchall()
        ]
        return open_needs(actor=actor, at=at, needs=needs)


def mark_notices_told(*, actor: Actor, at: datetime, notice_ids: Sequence[int]) -> None:
    """Write that these notices were handed on, or can't be."""
    if not actor.is_system:
        raise PermissionMissing(field="actor")
    with acting(actor):
        Notice.objects.filter(id__in=list(notice_ids), told_at__isnull=True).update(told_at=at)


def _period_before(kind: NeedKind, period: int) -> int:
    bounds = period_bounds(period)
    return period if bounds is None else period_of(kind, bounds[0] - timedelta(days=1))
