"""Tables and constraints of access. Who sees which row is decided by the policies in migration 0002."""

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.access.rules import ROLES_OF_USERS, OrganisationKind
from sakha.access.rules.clients import ClientLevel, ClientStatus
from sakha.access.rules.key_ring import People


class House(models.Model):
    """Of whom this database is, real or simulated people. Said once; a database of which nobody said it has no row."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    people = models.CharField(max_length=10)
    said_at = models.DateTimeField()

    class Meta:
        """One row."""

        db_table = "access_house"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="one_house"),
            models.CheckConstraint(condition=Q(people__in=[one.value for one in People]), name="house_people_known"),
        ]

    def __str__(self) -> str:
        return f"house of {self.people} people"


class Organisation(models.Model):
    """A body that gives or oversees. Approved once; suspended and resumed; never deleted."""

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=200)
    legal_id = models.CharField(max_length=11, blank=True, default="")
    licence_issuer = models.CharField(max_length=120, blank=True, default="")
    licence_number = models.CharField(max_length=60, blank=True, default="")
    licence_valid_until = models.DateField(null=True)
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    capacity_households = models.PositiveIntegerField(null=True)
    registered_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)

    class Meta:
        """One licence and one legal ID belong to one organisation."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["legal_id"], condition=~Q(legal_id=""), name="one_organisation_a_legal_id"),
            models.UniqueConstraint(
                fields=["licence_issuer", "licence_number"],
                condition=~Q(licence_number=""),
                name="one_organisation_a_licence",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in OrganisationKind]), name="organisation_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"organisation {self.pk}"


class User(AbstractBaseUser):
    """A person who signs in. Role and organisation are given once: the application may not change them."""

    # Kept by the sign-in attempts and the access log instead; Django then writes nothing at sign-in.
    last_login = None

    username = models.CharField(max_length=60, unique=True)
    role = models.CharField(max_length=20)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="users")
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    display_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "username"

    class Meta:
        """A role of an organisation has one; a role of an area has its area."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in ROLES_OF_USERS]), name="user_role_known"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=["CHARITY_STAFF", "CHARITY_HEAD", "AGENCY_STAFF"])
                | Q(organisation__isnull=False),
                name="user_of_organisation_has_one",
            ),
            models.CheckConstraint(
                condition=~Q(role="PROVINCE_OFFICER") | ~Q(province=""), name="user_of_province_has_one"
            ),
            models.CheckConstraint(condition=~Q(role="COUNTY_OFFICER") | ~Q(county=""), name="user_of_county_has_one"),
        ]

    def __str__(self) -> str:
        return f"user {self.pk}"


class AccessEntry(models.Model):
    """One look at, or one change of, somebody's file. Append-only by the grants of the application's role.

    The keys carry no constraint: the insert policy proves user and organisation, the household belongs to a higher
    room, and this is the busiest insert of the system.
    """

    at = models.DateTimeField()
    action = models.CharField(max_length=12)
    user = models.ForeignKey(User, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    # Of the one who looked, not of the household: offices oversee the bodies of their area.
    province = models.CharField(max_length=2, blank=True, default="")
    county = models.CharField(max_length=8, blank=True, default="")
    household_id = models.BigIntegerField(null=True)
    person_count = models.PositiveIntegerField(default=1)
    purpose = models.CharField(max_length=200)

    class Meta:
        """Asked by household («who looked at us?») and by organisation."""

        db_table = "access_entry"
        indexes: ClassVar = [
            models.Index("household_id", F("at").desc(), condition=Q(household_id__isnull=False), name="who_looked"),
            models.Index("organisation", F("at").desc(), name="what_organisation_did"),
        ]

    def __str__(self) -> str:
        return f"access entry {self.pk}"


class OpenedFile(models.Model):
    """A household's file opened to an organisation that keeps no record of it, until it is closed again.

    The room that decides why opens and closes it; the policies of the register and the ledger ask only whether.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    household_id = models.BigIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """Open once at a time; found by organisation."""

        db_table = "access_opened_file"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "household_id"], condition=Q(closed_at__isnull=True), name="one_opened_file"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")), name="file_closed_after_opened"
            ),
        ]

    def __str__(self) -> str:
        return f"opened file {self.pk}"


class SignInAttempt(models.Model):
    """An attempt to sign in, by keyed digests only: the table tells nobody which names or addresses tried.

    Every attempt is written before the password is looked at, and a success adds a second row: so many guesses at
    once can't slip past the count.
    """

    username_digest = models.BinaryField(max_length=16)
    address_digest = models.BinaryField(max_length=16)
    at = models.DateTimeField()
    is_success = models.BooleanField(default=False)

    class Meta:
        """Counted over the last minutes, by username and by address."""

        db_table = "access_sign_in_attempt"
        indexes: ClassVar = [
            models.Index(fields=["username_digest", "at"], name="attempts_of_username"),
            models.Index(fields=["address_digest", "at"], name="attempts_of_address"),
        ]

    def __str__(self) -> str:
        return f"sign-in attempt {self.pk}"


class Client(models.Model):
    """A program of an organisation that asks by itself. Suspended and resumed, never deleted."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="clients")
    public_id = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=120)
    purposes = ArrayField(models.CharField(max_length=12))
    scopes = ArrayField(models.CharField(max_length=24))
    level = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, default=ClientStatus.ACTIVE.value)
    is_sandbox = models.BooleanField(default=False)
    minute_limit = models.PositiveIntegerField()
    day_limit = models.PositiveIntegerField()
    certificate_fingerprint = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)

    class Meta:
        """All clients of an organisation are sandboxes or none is (constraint in migration 0006)."""

        db_table = "access_client"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in ClientStatus]), name="client_status_known"
            ),
            models.CheckConstraint(
                condition=Q(level__in=[level.value for level in ClientLevel]), name="client_level_known"
            ),
        ]

    def __str__(self) -> str:
        return f"client {self.pk}"


class ClientKey(models.Model):
    """A key of a client: its digest and its shown beginning. Two may be valid at once: one can follow another."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="keys")
    prefix = models.CharField(max_length=24)
    secret_digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Found by digest."""

        db_table = "access_client_key"

    def __str__(self) -> str:
        return f"client key {self.pk}"


class ClientUse(models.Model):
    """How often a client called a route in a minute, and how it was answered: for limits and its own page."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", db_index=False)
    minute_at = models.DateTimeField()
    route = models.CharField(max_length=60)
    code = models.CharField(max_length=40)
    request_count = models.PositiveIntegerField()

    class Meta:
        """One row for a client, minute, route and answer."""

        db_table = "access_client_use"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "minute_at", "route", "code"], name="one_count_of_use"),
        ]

    def __str__(self) -> str:
        return f"client use {self.pk}"


class ClientAnswer(models.Model):
    """What a client's write was answered, so that the same request sent again is answered the same."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", db_index=False)
    request_key = models.CharField(max_length=80)
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        """One answer for a client's key; swept after two days."""

        db_table = "access_client_answer"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "request_key"], name="one_answer_for_a_key"),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="answers_by_age")]

    def __str__(self) -> str:
        return f"client answer {self.pk}"


class Block(models.Model):
    """A closed range of an append-only log, with its root and the hash of the block before (rules/chain.py).

    Append-only by the grants and by a trigger. What is here is what is published.
    """

    stream = models.CharField(max_length=40)
    place = models.IntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    row_count = models.IntegerField()
    root = models.BinaryField(max_length=32)
    secret_digest = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    closed_at = models.DateTimeField()

    class Meta:
        """One block a place, and no row in two blocks."""

        db_table = "access_block"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "place"], name="one_block_a_place"),
            models.UniqueConstraint(fields=["stream", "first_id"], name="one_block_from_an_id"),
            models.CheckConstraint(
                condition=Q(place__gte=1, row_count__gte=1, last_id__gte=F("first_id")), name="block_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"block {self.pk}"


class BlockSecret(models.Model):
    """The secret of a block, from which its rows' nonces come; sealed, and sealed anew when keys are renewed."""

    block = models.OneToOneField(Block, on_delete=models.PROTECT, related_name="secret")
    secret_sealed = models.BinaryField()

    class Meta:
        """One a block."""

        db_table = "access_block_secret"

    def __str__(self) -> str:
        return f"secret of block {self.block_id}"


class BlockPart(models.Model):
    """About a thousand rows of a block: their node, and the ids and marks by which a changed row is named.

    Nothing is trusted of it: a proof is checked against the block's root before it is handed out.
    """

    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="parts", db_index=False)
    number = models.IntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    node = models.BinaryField(max_length=32)
    ids = models.BinaryField()
    marks = models.BinaryField()

    class Meta:
        """One a number; found by the ids of its rows."""

        db_table = "access_block_part"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["block", "number"], name="one_part_a_number"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of block {self.block_id}"
