"""Charities that carry givers' money, as anybody may see them; one that owes a report is hidden until it delivers."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.giving.rules.crowds import CROWD_MIN
from sakha.giving.rules.overdue import REPORT_DUE
from sakha.ledger.rules.states import HoldStatus
from sakha.vocabulary.jalali import TEHRAN, from_jalali, jalali_month, to_jalali

# No two months may differ by one delivery that somebody could then look for: two digits are told.
_DIGITS: Final = 2
# What was drawn and neither delivered nor given back by the charity itself: it let the time run out, or still holds it.
_CARRIERS: Final = """
    SELECT body.name, body.province, carried.delivered_rial, carried.delivered_count, carried.delivered_count > 0,
           EXISTS (SELECT 1 FROM giving_draw AS owed JOIN ledger_hold AS hold ON hold.id = owed.hold_id
                    WHERE owed.organisation_id = body.id AND owed.drawn_at < %(due)s
                      AND (owed.state = 'HELD' OR (owed.state = 'RETURNED' AND hold.status = %(expired)s))
                      AND (carried.last_at IS NULL OR carried.last_at < owed.drawn_at)) AS is_overdue
      FROM (SELECT organisation_id, coalesce(sum(amount_rial) FILTER (WHERE state = 'DELIVERED'
                                             AND settled_at < %(until)s), 0)::bigint AS delivered_rial,
                   count(*) FILTER (WHERE state = 'DELIVERED' AND settled_at < %(until)s) AS delivered_count,
                   max(settled_at) FILTER (WHERE state = 'DELIVERED') AS last_at
              FROM giving_draw GROUP BY organisation_id) AS carried
      JOIN access_organisation AS body ON body.id = carried.organisation_id
     ORDER BY body.name, body.id LIMIT 500
"""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A charity that carries givers' money. Its figures are rounded down, and 0 where its deliveries are no crowd."""

    name: str
    province: str
    delivered_rial: int
    delivered_count: int
    has_delivered: bool


@dataclass(frozen=True, slots=True)
class CarriersShown:
    """Those that are shown, how many are hidden until they deliver or report, and the month up to whose end is told."""

    carriers: tuple[Carrier, ...]
    hidden_count: int
    month: int


def shown_carriers(*, at: datetime) -> CarriersShown:
    """Who carries givers' money and owes no report; figures up to the end of last month."""
    year, month, _ = to_jalali(at.astimezone(TEHRAN).date())
    until = datetime.combine(from_jalali(year, month, 1), time(), TEHRAN)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CARRIERS, {"due": at - REPORT_DUE, "expired": HoldStatus.EXPIRED.value, "until": until})
        rows = cursor.fetchall()
    shown = tuple(_show(*row[:5]) for row in rows if not row[5])
    return CarriersShown(shown, len(rows) - len(shown), jalali_month((until - timedelta(days=1)).date()))


def _show(name: str, province: str, rial: int, count: int, has_delivered: bool) -> Carrier:  # noqa: FBT001 -- a row
    is_crowd = count >= CROWD_MIN
    return Carrier(name, province, _round(rial) if is_crowd else 0, _round(count) if is_crowd else 0, has_delivered)


def _round(number: int) -> int:
    """Down to the first digits, and to tens at least."""
    step: int = 10 ** max(1, len(str(number)) - _DIGITS)
    return number // step * step
