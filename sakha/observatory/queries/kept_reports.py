"""Reads reports that were handed in, of the actor's area, and which of a month's end are still to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission, Scope
from sakha.observatory.models import KeptReport
from sakha.observatory.rules.daily import Place
from sakha.observatory.rules.reports import ReportKind
from sakha.vocabulary.refusal import Refusal

FORMS: Final = ("pdf", "xlsx")
# Of provinces whose day is whole: the month's of each, the council's of those that were opened; and the council's of
# the nation when no begun province is missing.
_DUE: Final = """
WITH whole AS (
  SELECT r.province FROM observatory_reckoning r
   WHERE r.on_day = %(on)s AND r.until_at >= %(ends_at)s AND r.province <> ''),
begun AS (SELECT DISTINCT province FROM observatory_reckoning WHERE on_day <= %(on)s AND province <> ''),
due (kind, province) AS (
  SELECT 'MONTHLY', province FROM whole
   UNION ALL SELECT 'COUNCIL', o.province FROM observatory_opening o
              WHERE o.opened_on <= %(on)s AND o.province IN (SELECT province FROM whole)
   UNION ALL SELECT 'COUNCIL', '' WHERE EXISTS (SELECT FROM begun)
                AND NOT EXISTS (SELECT FROM begun WHERE begun.province NOT IN (SELECT province FROM whole)))
SELECT due.kind, due.province FROM due
 WHERE (SELECT count(*) FROM observatory_kept_report k
         WHERE k.kind = due.kind AND k.province = due.province AND k.on_day = %(on)s) < %(forms)s
 ORDER BY due.province, due.kind"""


class ReportUnknown(Refusal):
    """No such report, or of another area."""

    code: ClassVar[str] = "REPORT_UNKNOWN"
    sentence: ClassVar[str] = "این گزارش پیدا نشد."


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that is to be drawn."""

    kind: ReportKind
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """A kept file of a report, without the file."""

    id: int
    kind: ReportKind
    province: str
    on: date
    form: str
    made_at: datetime
    sha256: str
    byte_count: int

    @property
    def name(self) -> str:
        """The file's, as `sakha report` would write it."""
        return f"sakha-{self.kind.value.lower()}-{self.province or 'iran'}-{self.on.isoformat()}.{self.form}"


def due_reports(*, actor: Actor, on: date, ends_at: datetime) -> tuple[DueReport, ...]:
    """Return which reports of a day are not kept yet and can be drawn.

    Raises: PermissionMissing.
    """
    actor.require_scope(Scope.SYSTEM)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_DUE, {"on": on, "ends_at": ends_at, "forms": len(FORMS)})
        return tuple(DueReport(ReportKind(kind), Place(province)) for kind, province in cursor.fetchall())


def kept_reports(
    *, actor: Actor, province: str, after: date | None = None, limit: int = 48
) -> tuple[tuple[ReportLine, ...], date | None]:
    """Return the files of a place that were handed in, newest first; '' is the nation. Whole days alone.

    Beside them the day after which the older ones go on; None where there are none. Raises: PermissionMissing.
    """
    actor.require(Permission.READ_PROVINCE)
    with acting(actor):
        kept = KeptReport.objects.defer("content").filter(province=province)
        older = kept.filter(on__lt=after) if after else kept
        lines = [_line(row) for row in older.order_by("-on", "kind", "form")[: limit + 1]]
    if len(lines) <= limit:
        return tuple(lines), None
    shown = tuple(line for line in lines if line.on > lines[limit].on)
    return shown, shown[-1].on if shown else None


def get_kept_report(*, actor: Actor, report_id: int) -> tuple[ReportLine, bytes]:
    """Return a kept file. Raises: PermissionMissing, ReportUnknown."""
    actor.require(Permission.READ_PROVINCE)
    with acting(actor):
        row = KeptReport.objects.filter(id=report_id).first()
    if row is None:
        raise ReportUnknown(field="report")
    return _line(row), bytes(row.content)


def _line(row: KeptReport) -> ReportLine:
    return ReportLine(
        id=row.pk,
        kind=ReportKind(row.kind),
        province=row.province,
        on=row.on,
        form=row.form,
        made_at=row.made_at,
        sha256=row.sha256,
        byte_count=row.byte_count,
    )
