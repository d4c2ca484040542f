"""Files on their way into the register, the rows that wait in them, and what their columns meant the last time."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.registry.models.words import INDEX_LENGTH, choices_of, values_of
from sakha.registry.rules.states import IntakeOrigin, IntakeState


class IntakeFile(models.Model):
    """A file (or a filled form, which is a file of a few rows) on its way into the register.

        UPLOADED -> MAPPED -> CHECKING -> CHECKED -> LOADING -> LOADED
           |          |          |           |          |  ^       |
           |          |          |           |          |  +-------+
           +----------+----------+-----------+----------+---> CANCELLED
                                 |                      |
                                 +----------------------+---> FAILED

    A new mapping leads from CHECKED back to MAPPED; the staged rows are then dropped. CHECKING moves on in chunks, each
    its own transaction, and goes on at `checked_count` after a crash. LOADING is one transaction that holds this row;
    from LOADED the rows that were not chosen may be loaded later. CANCELLED and FAILED forget the content.
    """

    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=4, choices=choices_of(IntakeOrigin))
    name = models.CharField(max_length=200)
    content_sealed = models.BinaryField(null=True)
    content_digest = models.BinaryField(max_length=INDEX_LENGTH)
    # What the digest was made of, so that a new key can make it again once the content is gone.
    digest_sealed = models.BinaryField(null=True)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=9, choices=choices_of(IntakeState))
    failure_code = models.CharField(max_length=60, blank=True, default="", db_default="")
    failure_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField(default=0, db_default=0)
    checked_count = models.PositiveIntegerField(default=0, db_default=0)
    valid_count = models.PositiveIntegerField(default=0, db_default=0)
    problem_count = models.PositiveIntegerField(default=0, db_default=0)
    known_count = models.PositiveIntegerField(default=0, db_default=0)
    chosen_rows = models.JSONField(null=True)
    record_count = models.PositiveIntegerField(default=0, db_default=0)
    person_count = models.PositiveIntegerField(default=0, db_default=0)
    household_count = models.PositiveIntegerField(default=0, db_default=0)
    uploaded_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    uploaded_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The same content is taken in once by an organisation, unless the first was given up."""

        db_table = "registry_intake_file"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "content_digest"],
                condition=~Q(state__in=[IntakeState.CANCELLED.value, IntakeState.FAILED.value]),
                name="one_intake_a_content",
            ),
            models.CheckConstraint(condition=Q(state__in=values_of(IntakeState)), name="intake_state_known"),
            models.CheckConstraint(condition=Q(origin__in=values_of(IntakeOrigin)), name="intake_origin_known"),
            models.CheckConstraint(
                condition=Q(checked_count__lte=F("row_count")), name="intake_checks_no_more_than_there_is"
            ),
        ]

    def __str__(self) -> str:
        return f"intake file {self.pk}"


class IntakeRow(models.Model):
    """A checked row that waits to be loaded, with what a set-based load needs; it is deleted once its record stands.

    `*_indexes`, `*_digests` and `case_keys` carry the index of every key of the ring, the current first, so that a
    rotation of keys does not hide what is already known.
    """

    intake_file = models.ForeignKey(
        IntakeFile, on_delete=models.CASCADE, related_name="rows", db_index=False, db_constraint=False
    )
    row_number = models.PositiveIntegerField()
    problems = models.JSONField(default=list)
    payload_sealed = models.BinaryField()
    content_digests = ArrayField(models.BinaryField(), default=list)
    case_keys = ArrayField(models.BinaryField(), default=list)
    id_indexes = ArrayField(models.BinaryField(), default=list)
    id_kind = models.CharField(max_length=8, blank=True, default="")
    id_sealed = models.BinaryField(null=True)
    given_name = models.CharField(max_length=80, blank=True, default="")
    family_name = models.CharField(max_length=80, blank=True, default="")
    father_name = models.CharField(max_length=80, blank=True, default="")
    match_key = models.CharField(max_length=160, blank=True, default="")
    birth_on = models.DateField(null=True)
    birth_precision = models.CharField(max_length=4, blank=True, default="")
    gender = models.CharField(max_length=1, blank=True, default="")
    relation = models.CharField(max_length=8, blank=True, default="")
    mobile_index = models.BinaryField(null=True)
    mobile_sealed = models.BinaryField(null=True)
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    is_urban = models.BooleanField(null=True)
    is_protected = models.BooleanField(default=False)
    address_sealed = models.BinaryField(null=True)
    facts = models.JSONField(default=dict)
    given_skeleton = models.CharField(max_length=40, blank=True, default="", db_default="", db_collation="C")
    family_skeleton = models.CharField(max_length=40, blank=True, default="", db_default="", db_collation="C")
    father_skeleton = models.CharField(max_length=40, blank=True, default="", db_default="", db_collation="C")
    id_tail_index = models.BinaryField(null=True)
    # Somebody looked and said that the row speaks of whoever has its identifier; then it is not asked again.
    is_decided = models.BooleanField(default=False, db_default=False)

    class Meta:
        """A row stands once in its file."""

        db_table = "registry_intake_row"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["intake_file", "row_number"], name="one_row_a_number"),
        ]

    def __str__(self) -> str:
        return f"row {self.row_number} of intake file {self.intake_file_id}"


class ColumnMapping(models.Model):
    """Which field an organisation gave to a heading the last time; an empty field means that it was left out."""

    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    heading_key = models.CharField(max_length=200)
    heading = models.CharField(max_length=200)
    field = models.CharField(max_length=40, blank=True, default="")
    mapped_at = models.DateTimeField()

    class Meta:
        """A heading is remembered once."""

        db_table = "registry_column_mapping"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "heading_key"], name="one_memory_a_heading"),
        ]

    def __str__(self) -> str:
        return f"column mapping {self.pk}"
