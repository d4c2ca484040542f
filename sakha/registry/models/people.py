"""People, households, who lives in which. Who sees which row is decided by the policies in the migrations."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sakha.registry.models.words import INDEX_LENGTH, choices_of, values_of
from sakha.registry.rules.words import Gender, Relation
from sakha.vocabulary.identifiers import IdKind


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
    # Found to be the same household as this one; then it has no active members and no needs of its own any more.
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """Listed by area, and by what changed since somebody last looked."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(changed_at__gte=F("registered_at")), name="household_changed_after"),
            models.CheckConstraint(condition=~Q(province=""), name="household_has_province"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["province", "county"], name="household_area"),
            models.Index(fields=["changed_at"], name="household_changed"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="household_merged_into"),
        ]

    def __str__(self) -> str:
        return f"household {self.pk}"


class Person(models.Model):
    """Who the records are about.

    `id_index` is what a person is found by: of a national ID, of a foreigner's code, or, for a person without any ID,
    of what one organisation knows (kind NONE; `rules.identity`). `id_sealed` opens to the same text.
    """

    id_kind = models.CharField(max_length=8, choices=choices_of(IdKind))
    id_index = models.BinaryField(null=True, max_length=INDEX_LENGTH)
    id_sealed = models.BinaryField(null=True)
    given_name = models.CharField(max_length=80, blank=True, default="")
    family_name = models.CharField(max_length=80, blank=True, default="")
    father_name = models.CharField(max_length=80, blank=True, default="")
    match_key = models.CharField(max_length=160, blank=True, default="")
    birth_on = models.DateField(null=True)
    birth_precision = models.CharField(max_length=4, blank=True, default="")
    gender = models.CharField(max_length=1, blank=True, default="")
    mobile_index = models.BinaryField(null=True, max_length=INDEX_LENGTH)
    mobile_sealed = models.BinaryField(null=True)
    died_on = models.DateField(null=True)
    registered_at = models.DateTimeField()
    # Found to be the same person as this one. The identifier stays, so that whoever brings it is led there.
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # By what a desk finds people (linkage.rules.desk_keys): sounds of the names, the end of a national ID. Collated
    # "C", so that the beginning of a name is a range of the index.
    given_skeleton = models.CharField(max_length=40, blank=True, default="", db_default="", db_collation="C")
    family_skeleton = models.CharField(max_length=40, blank=True, default="", db_default="", db_collation="C")
    father_skeleton = models.CharField(max_length=40, blank=True, default="", db_default="", db_collation="C")
    id_tail_index = models.BinaryField(null=True, max_length=INDEX_LENGTH)
    desk_version = models.SmallIntegerField(default=0, db_default=0)
    # When it was last compared with everybody else; empty for whoever is new or was told of anew.
    linked_at = models.DateTimeField(null=True)

    class Meta:
        """One person an identifier; a birth date always says how exact it is."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["id_index"], condition=Q(id_index__isnull=False), name="one_person_an_identifier"
            ),
            models.CheckConstraint(condition=Q(id_kind__in=values_of(IdKind)), name="id_kind_known"),
            models.CheckConstraint(
                condition=Q(id_kind=IdKind.NONE.value) | Q(id_index__isnull=False, id_sealed__isnull=False),
                name="identifier_is_sealed",
            ),
            models.CheckConstraint(
                condition=Q(birth_on__isnull=True, birth_precision="")
                | Q(birth_on__isnull=False, birth_precision__in=["DAY", "YEAR"]),
                name="birth_has_precision",
            ),
            models.CheckConstraint(condition=Q(gender__in=["", *values_of(Gender)]), name="gender_known"),
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
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="person_merged_into"),
            models.Index(fields=["id_tail_index"], condition=Q(id_tail_index__isnull=False), name="person_id_tail"),
            # With what the desk tells many of a name apart by, so that it reads no rows for that.
            models.Index(
                fields=["family_skeleton", "given_skeleton", "birth_on", "father_skeleton"],
                include=["id", "merged_into"],
                name="person_family_given",
            ),
            models.Index(
                fields=["given_skeleton", "family_skeleton"], include=["id", "merged_into"], name="person_given_family"
            ),
            models.Index(
                fields=["family_skeleton", "birth_on"], include=["id", "given_skeleton"], name="person_family_birth"
            ),
            models.Index(
                fields=["given_skeleton", "birth_on"], include=["id", "family_skeleton"], name="person_given_birth"
            ),
            models.Index(
                fields=["father_skeleton", "given_skeleton", "birth_on"],
                include=["id", "family_skeleton"],
                name="person_father_given",
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"


class Membership(models.Model):
    """A person in a household, from a day until another; while `to_on` is empty it is active."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    relation = models.CharField(max_length=8, choices=choices_of(Relation))
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
            models.CheckConstraint(condition=Q(relation__in=values_of(Relation)), name="relation_known"),
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
