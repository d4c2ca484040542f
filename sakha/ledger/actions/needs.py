"""Opening needs as an assessment found them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission
from sakha.ledger.rules.results import NeedToOpen

_OPEN: Final = "SELECT ledger_open_needs(%s, %s::bigint[], %s::smallint[], %s::int[], %s::bigint[])"


def open_needs(*, actor: Actor, at: datetime, needs: Sequence[NeedToOpen]) -> int:
    """Open needs, or move their targets, in one statement; tell how many were opened or moved.

    Repeating changes nothing. A target never falls below what is promised and given. An organisation opens needs of
    households it has a record of, and moves no target that stands.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    if not needs:
        return 0
    columns = (
        [one.household_id for one in needs],
        [one.kind.value for one in needs],
        [one.period for one in needs],
        [one.target for one in needs],
    )
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_OPEN, (at, *columns))
        return int(cursor.fetchone()[0])
