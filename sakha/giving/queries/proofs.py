"""Proofs of a gift: that each transfer of it stands in the closed blocks of the books."""

from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.queries.chain import prove_rows
from sakha.access.rules import SYSTEM
from sakha.access.rules.proofs import Proof
from sakha.giving.rules.terms import GiftUnknown, follow_digest

STREAM: Final = "giving_transfer/1"
_GIFT: Final = "SELECT id FROM giving_gift WHERE follow_digest = %s"
# The first of a basket tells of all its parts, as the account does.
_TRANSFERS: Final = """
    SELECT transfer.id FROM giving_transfer AS transfer JOIN giving_gift AS gift ON gift.id = transfer.gift_id
     WHERE gift.id = %(gift)s OR gift.led_by_id = %(gift)s ORDER BY transfer.id
"""


def prove_gift(*, follow_code: str) -> tuple[Proof, ...]:
    """The proofs of a gift's transfers, for whoever holds its code; those of today come tomorrow.

    Raises:
        GiftUnknown: no gift has this code.
        LogBrokenError: the books no longer lead to their root.
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_GIFT, [follow_digest(follow_code)])
        found = cursor.fetchone()
        if found is None:
            raise GiftUnknown
        cursor.execute(_TRANSFERS, {"gift": found[0]})
        ids = [row[0] for row in cursor.fetchall()]
        return prove_rows(stream=STREAM, row_ids=ids)
