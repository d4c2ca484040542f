"""The gateway of the embedded default: it keeps each message in the database for operators, and sends nothing.

Nothing leaves the machine, so it claims no delivery and knows no quiet hours.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import seal_many
from sakha.coordination.gateways.protocol import OutgoingMessage, ProviderAnswer, SentMessage
from sakha.coordination.rules.states import InvitationState

_KEEP: Final = """
    INSERT INTO coordination_message (invitation_id, sign_in_code_id, notice_id, number_sealed, text_sealed, part_count,
                                      kept_at)
    SELECT CASE WHEN kept.kind = 'INVITATION' THEN kept.id END, CASE WHEN kept.kind = 'SIGN_IN' THEN kept.id END,
           CASE WHEN kept.kind = 'NOTICE' THEN kept.id END, kept.number, kept.text, kept.part_count, %s
      FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::bytea[], %s::int[])
           AS kept(id, kind, number, text, part_count)
    ON CONFLICT DO NOTHING
"""
_KEPT: Final = """
    SELECT invitation_id FROM coordination_message WHERE invitation_id = ANY(%s)
     UNION ALL SELECT notice_id FROM coordination_message WHERE notice_id = ANY(%s)
"""


class OutboxGateway:
    """Keeps messages. A message that is kept already is not kept twice."""

    name = "outbox"
    reaches_phones = False
    batch_size = 5_000
    statuses_kept_for: timedelta | None = None

    def send(self, batch: Sequence[OutgoingMessage]) -> list[ProviderAnswer]:
        """Keep the batch; every message is then SENT into the outbox."""
        ring = key_ring()
        columns = (
            [message.local_id for message in batch],
            [message.kind.value for message in batch],
            seal_many(ring, (message.number for message in batch)),
            seal_many(ring, (message.text for message in batch)),
            [message.part_count for message in batch],
        )
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_KEEP, [_now(), *columns])
        return [_sent(message.local_id) for message in batch]

    def statuses(self, messages: Sequence[SentMessage]) -> list[ProviderAnswer]:
        """A message that is kept is SENT, any other is unknown here."""
        asked = [message.local_id for message in messages]
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_KEPT, [asked, asked])
            kept = {row[0] for row in cursor.fetchall()}
        return [
            _sent(local_id) if local_id in kept else ProviderAnswer(local_id=local_id, state=None) for local_id in asked
        ]


def _now() -> datetime:
    # A gateway is an edge of the system, as an entry point is: a provider stamps messages with its own clock too.
    return timezone.now()


def _sent(local_id: int) -> ProviderAnswer:
    return ProviderAnswer(local_id=local_id, state=InvitationState.SENT, provider_id=str(local_id), cost_rial=0)
