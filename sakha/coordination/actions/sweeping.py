"""Forgets what was kept for counting alone: knocks at the door, misses at links, texts that were heard."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, PermissionMissing
from sakha.scoring.actions.forgetting import forget_link_misses

# Counted over a quarter of an hour and a day; the rest is for whoever looks into an attack.
KEPT_FOR: Final = timedelta(days=30)


def forget_old_tries(*, actor: Actor, at: datetime) -> int:
    """Forget what is older than thirty days; tells how many rows."""
    if not actor.is_system:
        raise PermissionMissing(field="actor")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("DELETE FROM coordination_knock WHERE at < %s", [at - KEPT_FOR])
        gone = int(cursor.rowcount)
        cursor.execute("DELETE FROM coordination_inbound WHERE received_at < %s", [at - KEPT_FOR])
        gone += int(cursor.rowcount)
    return gone + forget_link_misses(actor=actor, before=at - KEPT_FOR)
