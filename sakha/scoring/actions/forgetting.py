"""Forgets misses at one-time links, which are kept for counting alone. Who asks decides how old they are by then."""

from datetime import datetime

from sakha.access.queries import acting
from sakha.access.rules import Actor, PermissionMissing
from sakha.scoring.models import LinkMiss


def forget_link_misses(*, actor: Actor, before: datetime) -> int:
    """Forget misses that are older than this moment; tells how many."""
    if not actor.is_system:
        raise PermissionMissing(field="actor")
    with acting(actor):
        gone, _ = LinkMiss.objects.filter(at__lt=before).delete()
    return gone
