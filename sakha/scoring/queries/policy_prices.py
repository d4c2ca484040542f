"""Prices as the page of the owner reads them: every dated row with its source, and those that wait for other eyes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission
from sakha.scoring.queries.policy import shipped_prices
from sakha.vocabulary.jalali import TEHRAN

LISTED_MAX: Final = 400
# A row counts until the next approved one of its name and place begins.
_ROWS: Final = """
SELECT p.id, p.name, p.province, p.amount, p.valid_from, p.valid_to, p.label, p.source, drafter.display_name,
       p.drafted_by_id, approver.display_name, p.approved_at IS NULL AND p.drafted_by_id IS NOT NULL AS waits,
       lead(p.valid_from) OVER (PARTITION BY p.name, p.province, p.approved_at IS NULL AND p.drafted_by_id IS NOT NULL
           ORDER BY p.valid_from) AS followed_on
  FROM scoring_price p
  LEFT JOIN access_user drafter ON drafter.id = p.drafted_by_id
  LEFT JOIN access_user approver ON approver.id = p.approved_by_id
 WHERE p.withdrawn_at IS NULL AND (%(province)s = '' OR p.province IN ('', %(province)s))
 ORDER BY waits DESC, p.label, p.province, p.valid_from DESC LIMIT %(limit)s"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCard:
    """A dated row. `waits`: nobody else has approved it; `followed_on`: the first day of the row after it."""

    id: int
    name: str
    province: str
    amount: int
    valid_from: date
    valid_to: date | None
    label: str
    source: str
    drafted_by: str
    drafted_by_id: int | None
    approved_by: str
    waits: bool
    followed_on: date | None

    def counts_on(self, on: date) -> bool:
        """Whether amounts are reckoned by this row on a day."""
        is_over = self.followed_on is not None and self.followed_on <= on
        return not self.waits and self.valid_from <= on and not is_over


def price_cards(*, actor: Actor, at: datetime) -> tuple[PriceCard, ...]:
    """Every row that an officer may read, those that wait first; before any was kept, the product's own."""
    actor.require(Permission.DECIDE_POLICY)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_ROWS, {"province": actor.province, "limit": LISTED_MAX})
        rows = cursor.fetchall()
    if not rows:
        on = at.astimezone(TEHRAN).date()
        return tuple(
            PriceCard(
                id=0, name=row.name, province=row.province, amount=row.amount, valid_from=row.valid_from,
                valid_to=row.valid_to, label=row.label, source=row.source, drafted_by="", drafted_by_id=None,
                approved_by="", waits=False, followed_on=None,
            )
            for row in sorted(shipped_prices(), key=lambda one: (one.label, one.province))
            if row.valid_from <= on and row.province in {"", actor.province}
        )  # fmt: skip
    return tuple(
        PriceCard(
            id=row[0], name=row[1], province=row[2], amount=row[3], valid_from=row[4], valid_to=row[5], label=row[6],
            source=row[7], drafted_by=row[8] or "", drafted_by_id=row[9], approved_by=row[10] or "", waits=row[11],
            followed_on=row[12],
        )
        for row in rows
    )  # fmt: skip
