"""Tables and constraints of the register. Who sees which row is decided by the policies in migration 0002."""

from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.registry.rules.states import IntakeOrigin, IntakeState
from sakha.registry.rules.words import Gender, Relation
from sakha.vocabulary.identifiers import IdKind

_INDEX_LENGTH = 16  # bytes of a blind index


def _values(words: type[StrEnum]) -> list[str]:
    return [word.value for word in words]


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class Household(models.Model):
    """People who live together. The code is made by a trigger from the id, so no two are alike."""

    code = models.CharField(max_length=7, unique=True)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    is_urban = models.BooleanField(null=True)
    is_protected = models.BooleanField(default=False)
    address_sealed = models.BinaryField(null=True)
    registered_at = models.DateTimeField()
    # The organisation that told of it first; empty when the household told of itself.
    registered_by = models.ForeignKey(
        "access.Organisation",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    changed_at = models.DateTimeField()

    class Meta:
        """Listed by area, and by what changed since somebody last looked."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(changed_at__gte=F("registered_at")), name="household_changed_after"),
            models.CheckConstraint(condition=~Q(province=""), name="household_has_province"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["province", "county"], name="household_area"),
            models.Index(fields=["changed_at"], name="household_changed"),
        ]

    def __str__(self) -> str:
        return f"household {self.pk}"


class Person(models.Model):
    """Who the records are about.

    `id_index` is what a person is found by: of a national ID, of a foreigner's code, or, for a person without any ID,
    of what one organisation knows (kind NONE; `rules.identity`). `id_sealed` opens to the same text.
    """

    id_kind = models.CharField(max_length=8, choices=_choices(IdKind))
    id_index = models.BinaryField(null=True, max_length=_INDEX_LENGTH)
    id_sealed = models.BinaryField(null=True)
    given_name = models.CharField(max_length=80, blank=True, default="")
    family_name = models.CharField(max_length=80, blank=True, default="")
    father_name = models.CharField(max_length=80, blank=True, default="")
    match_key = models.CharField(max_length=160, blank=True, default="")
    birth_on = models.DateField(null=True)
    birth_precision = models.CharField(max_length=4, blank=True, default="")
    gender = models.CharField(max_length=1, blank=True, default="")
    mobile_index = models.BinaryField(null=True, max_length=_INDEX_LENGTH)
    mobile_sealed = models.BinaryField(null=True)
    died_on = models.DateField(null=True)
    registered_at = models.DateTimeField()

    class Meta:
        """One person an identifier; a birth date always says how exact it is."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["id_index"], condition=Q(id_index__isnull=False), name="one_person_an_identifier"
            ),
            models.CheckConstraint(condition=Q(id_kind__in=_values(IdKind)), name="id_kind_known"),
            models.CheckConstraint(
                condition=Q(id_kind=IdKind.NONE.value) | Q(id_index__isnull=False, id_sealed__isnull=False),
                name="identifier_is_sealed",
            ),
            models.CheckConstraint(
                condition=Q(birth_on__isnull=True, birth_precision="")
                | Q(birth_on__isnull=False, birth_precision__in=["DAY", "YEAR"]),
                name="birth_has_precision",
            ),
            models.CheckConstraint(condition=Q(gender__in=["", *_values(Gender)]), name="gender_known"),
            models.CheckConstraint(
                condition=Q(mobile_index__isnull=True, mobile_sealed__isnull=True)
                | Q(mobile_index__isnull=False, mobile_sealed__isnull=False),
                name="mobile_is_sealed",
            ),
            models.CheckConstraint(
                condition=Q(died_on__isnull=True) | Q(birth_on__isnull=True) | Q(died_on__gte=F("birth_on")),
                name="died_after_birth",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["mobile_index"], condition=Q(mobile_index__isnull=False), name="person_mobile"),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"


class Membership(models.Model):
    """A person in a household, from a day until another; while `to_on` is empty it is active."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    relation = models.CharField(max_length=8, choices=_choices(Relation))
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        """One active household a person, one active head a household."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(to_on__isnull=True), name="one_active_household_a_person"
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(to_on__isnull=True, relation=Relation.HEAD.value),
                name="one_active_head_a_household",
            ),
            models.CheckConstraint(condition=Q(relation__in=_values(Relation)), name="relation_known"),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="membership_ends_after_start"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household"], name="membership_household"),
            models.Index(fields=["person"], name="membership_person"),
        ]

    def __str__(self) -> str:
        return f"membership {self.pk}"


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
    origin = models.CharField(max_length=4, choices=_choices(IntakeOrigin))
    name = models.CharField(max_length=200)
    content_sealed = models.BinaryField(null=True)
    content_digest = models.BinaryField(max_length=_INDEX_LENGTH)
    # What the digest was made of, so that a new key can make it again once the content is gone.
    digest_sealed = models.BinaryField(null=True)
    province = models.CharField(max_length=2)
    county = models.CharField(max_length=8, blank=True, default="")
    state = models.CharField(max_length=9, choices=_choices(IntakeState))
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
            models.CheckConstraint(condition=Q(state__in=_values(IntakeState)), name="intake_state_known"),
            models.CheckConstraint(condition=Q(origin__in=_values(IntakeOrigin)), name="intake_origin_known"),
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

    class Meta:
        """A row stands once in its file."""

        db_table = "registry_intake_row"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["intake_file", "row_number"], name="one_row_a_number"),
        ]

    def __str__(self) -> str:
        return f"row {self.row_number} of intake file {self.intake_file_id}"


class Record(models.Model):
    """What an organisation submitted about a person, kept for ever as submitted.

    Keys whose target nobody may delete, and which the merge takes from the rows themselves, carry no constraint: the
    checks of a large file would take as long as the merge.
    """

    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    intake_file = models.ForeignKey(IntakeFile, on_delete=models.PROTECT, related_name="records", db_constraint=False)
    row_number = models.PositiveIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="records")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="records", db_index=False)
    content_digest = models.BinaryField(max_length=_INDEX_LENGTH)
    case_key = models.BinaryField(null=True, max_length=_INDEX_LENGTH)
    payload_sealed = models.BinaryField()
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        """The same content of an organisation is one record."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "content_digest"], name="one_record_a_content"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["household", "organisation"], name="record_household"),
            models.Index(fields=["organisation", "case_key"], condition=Q(case_key__isnull=False), name="record_case"),
        ]

    def __str__(self) -> str:
        return f"record {self.pk}"


class Fact(models.Model):
    """What an organisation observed about a household on a day. Unknown is the absence of a row, never zero.

    The keys carry no constraint, as in `Record`.
    """

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="facts", db_index=False, db_constraint=False
    )
    organisation = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    name = models.CharField(max_length=40)
    value = models.BigIntegerField()
    observed_on = models.DateField()
    submitted_at = models.DateTimeField()

    class Meta:
        """One value a household, fact, organisation and day."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["household", "name", "organisation", "observed_on"], name="one_fact_a_day_and_observer"
            ),
        ]

    def __str__(self) -> str:
        return f"fact {self.pk}"


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
