"""What the banks have answered, newest first. Whether the asker may know is decided by the policies of the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from sakha.access.queries.scope import acting
from sakha.access.rules import Actor
from sakha.databanks.models import Evidence
from sakha.databanks.rules import EvidenceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """One answer with where it comes from."""

    fact: str
    value: int | None
    unit: str
    source: str
    observed_on: date
    fetched_at: datetime
    expires_on: date | None
    status: EvidenceStatus
    purpose: str

    def is_believed(self, *, on: date) -> bool:
        """Whether the answer is still young enough to act on."""
        return self.status is EvidenceStatus.KNOWN and (self.expires_on is None or on < self.expires_on)


def evidence_history(
    *, actor: Actor, subject_indexes: Sequence[bytes], fact: str | None = None
) -> tuple[EvidenceLine, ...]:
    """All answers about one person, the newest first; during a key rotation a person has several indexes."""
    with acting(actor):
        rows = Evidence.objects.filter(subject_index__in=list(subject_indexes)).order_by("-observed_on", "-id")
        return _lines(rows if fact is None else rows.filter(fact=str(fact)))


def latest_evidence(*, actor: Actor, subject_indexes: Sequence[bytes], fact: str) -> EvidenceLine | None:
    """The newest answer about one person, known or not."""
    with acting(actor):
        rows = Evidence.objects.filter(subject_index__in=list(subject_indexes), fact=str(fact))
        lines = _lines(rows.order_by("-observed_on", "-id")[:1])
    return lines[0] if lines else None


def _lines(rows: QuerySet[Evidence]) -> tuple[EvidenceLine, ...]:
    return tuple(
        EvidenceLine(
            fact=row.fact,
            value=row.value,
            unit=row.unit,
            source=row.source,
            observed_on=row.observed_on,
            fetched_at=row.fetched_at,
            expires_on=row.expires_on,
            status=EvidenceStatus(row.status),
            purpose=row.purpose,
        )
        for row in rows
    )
