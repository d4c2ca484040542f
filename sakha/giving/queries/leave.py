"""Whether a household's leave to be shown without a name stands; for its own page and the desk that knows it."""

from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor

_STANDS: Final = "SELECT 1 FROM giving_publishing_leave WHERE household_id = %s AND withdrawn_at IS NULL"


def has_publishing_leave(*, actor: Actor, household_id: int) -> bool:
    """Whether it stands, as far as the actor sees the household."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_STANDS, [household_id])
        return cursor.fetchone() is not None
