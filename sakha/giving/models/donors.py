"""Givers who want to be known, by their phone or their organisation, and how much the others may give."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

INDEX_LENGTH = 16


class Donor(models.Model):
    """A giver's account: a natural person by a mobile number, or a legal one of the register or by its national ID."""

    mobile_index = models.BinaryField(max_length=INDEX_LENGTH, null=True, unique=True)
    mobile_sealed = models.BinaryField(null=True)
    organisation = models.OneToOneField("access.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    legal_giver = models.OneToOneField("giving.LegalGiver", null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        """Known by one of the three."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    mobile_index__isnull=False,
                    mobile_sealed__isnull=False,
                    organisation__isnull=True,
                    legal_giver__isnull=True,
                )
                | Q(mobile_index__isnull=True, mobile_sealed__isnull=True)
                & (
                    Q(organisation__isnull=False, legal_giver__isnull=True)
                    | Q(organisation__isnull=True, legal_giver__isnull=False)
                ),
                name="donor_known_by_one",
            ),
        ]

    def __str__(self) -> str:
        return f"donor {self.pk}"


class DonorCode(models.Model):
    """A one-time code by which a phone opens its account: used once, within minutes, tried a few times."""

    mobile_index = models.BinaryField(max_length=INDEX_LENGTH)
    address_digest = models.BinaryField(max_length=INDEX_LENGTH)
    # Of the IPv6 network that the address is of; empty where it is of none.
    site_digest = models.BinaryField(max_length=INDEX_LENGTH, null=True)
    code_digest = models.BinaryField(max_length=INDEX_LENGTH)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    wrong_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """The newest of a number counts."""

        db_table = "giving_donor_code"
        indexes: ClassVar = [
            models.Index(fields=["mobile_index", "asked_at"], name="donor_codes_of_number"),
            models.Index(fields=["address_digest", "asked_at"], name="donor_codes_of_address"),
            models.Index(fields=["site_digest", "asked_at"], name="donor_codes_of_site"),
            models.Index(fields=["asked_at"], name="donor_codes_by_age"),
        ]

    def __str__(self) -> str:
        return f"donor code {self.pk}"


class IdentityCheck(models.Model):
    """That banks were asked who a giver is, and how it ended. Number and birth date are kept where it was verified."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    # The banks that said so, separated by commas; empty where it isn't verified.
    verified_by = models.CharField(max_length=80, blank=True)
    # Nobody is looked for by it, and an index would tell whoever holds the database which household a giver belongs to.
    national_id_sealed = models.BinaryField(null=True)
    birth_sealed = models.BinaryField(null=True)

    class Meta:
        """Nothing of a person stays of a check that came to nothing."""

        db_table = "giving_identity_check"
        indexes: ClassVar = [
            models.Index(fields=["donor", "asked_at"], name="identity_checks_of_donor"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    ~Q(verified_by=""),
                    outcome="VERIFIED",
                    national_id_sealed__isnull=False,
                    birth_sealed__isnull=False,
                )
                | Q(
                    outcome__in=["ASKED", "MISMATCH", "UNANSWERED"],
                    verified_by="",
                    national_id_sealed__isnull=True,
                    birth_sealed__isnull=True,
                ),
                name="identity_kept_where_verified",
            ),
        ]

    def __str__(self) -> str:
        return f"identity check {self.pk}"


class AmountLimit(models.Model):
    """From a day on: the most of one payment by nobody known, and by a known phone."""

    from_on = models.DateField(unique=True)
    unknown_rial = models.BigIntegerField()
    phone_rial = models.BigIntegerField()

    class Meta:
        """Who is known may give more."""

        db_table = "giving_amount_limit"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(phone_rial__gte=models.F("unknown_rial")), name="known_gives_more"),
        ]

    def __str__(self) -> str:
        return f"amount limit {self.pk}"
