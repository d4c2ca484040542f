"""Charities that carry givers' money, as anybody may see them; one that owes a report is hidden until it delivers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.giving.rules.overdue import REPORT_DUE
from sakha.ledger.rules.states import HoldStatus

# What was drawn and neither delivered nor given back by the charity itself: it let the time run out, or still holds it.
_CARRIERS: Final = """
    SELECT body.name, body.province, carried.delivered_rial, carried.delivered_count, carried.last_at,
           EXISTS (SELECT 1 FROM giving_draw AS owed JOIN ledger_hold AS hold ON hold.id = owed.hold_id
                    WHERE owed.organisation_id = body.id AND owed.drawn_at < %(due)s
                      AND (owed.state = 'HELD' OR (owed.state = 'RETURNED' AND hold.status = %(expired)s))
                      AND (carried.last_at IS NULL OR carried.last_at < owed.drawn_at)) AS is_overdue
      FROM (SELECT organisation_id, coalesce(sum(amount_rial) FILTER (WHERE state = 'DELIVERED'), 0)::bigint
                   AS delivered_rial, count(*) FILTER (WHERE state = 'DELIVERED') AS delivered_count,
                   max(settled_at) FILTER (WHERE state = 'DELIVERED') AS last_at
              FROM giving_draw GROUP BY organisation_id) AS carried
      JOIN access_organisation AS body ON body.id = carried.organisation_id
     ORDER BY carried.last_at DESC NULLS LAST, body.id LIMIT 500
"""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A charity that carries givers' money."""

    name: str
    province: str
    delivered_rial: int
    delivered_count: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class CarriersShown:
    """Those that are shown, and how many are hidden until they deliver or report."""

    carriers: tuple[Carrier, ...]
    hidden_count: int


def shown_carriers(*, at: datetime) -> CarriersShown:
    """Who carries givers' money and owes no report, whoever delivered last first."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CARRIERS, {"due": at - REPORT_DUE, "expired": HoldStatus.EXPIRED.value})
        rows = cursor.fetchall()
    return CarriersShown(tuple(Carrier(*row[:5]) for row in rows if not row[5]), sum(bool(row[5]) for row in rows))
