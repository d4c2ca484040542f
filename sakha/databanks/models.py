"""The table of evidence. Who sees which row is decided by the policies in migration 0002."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sakha.databanks.rules import BankFact, BankSource, EvidenceStatus


def _choices(words: type[BankFact | BankSource | EvidenceStatus]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class Evidence(models.Model):
    """One answer of one bank about one person. Append-only: the grants let nobody change what was answered."""

    subject_index = models.BinaryField(max_length=16)
    # Kept so that a new index key can be applied; empty where the asker kept no identifier.
    subject_sealed = models.BinaryField(null=True)
    fact = models.CharField(max_length=40, choices=_choices(BankFact))
    value = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=20)
    source = models.CharField(max_length=40, choices=_choices(BankSource))
    observed_on = models.DateField()
    fetched_at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    asked_by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=_choices(EvidenceStatus))

    class Meta:
        """No unique answer: while keys are renewed the same answer may stand under two indexes for a time."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="UNKNOWN", value__isnull=True)
                | Q(status__in=["KNOWN", "DISPUTED"], value__isnull=False),
                name="unknown_is_never_zero",
            ),
            models.CheckConstraint(condition=~Q(purpose=""), name="evidence_has_a_purpose"),
        ]
        indexes: ClassVar = [
            models.Index("subject_index", "fact", F("observed_on").desc(), name="evidence_latest"),
        ]

    def __str__(self) -> str:
        return f"evidence {self.pk}"
