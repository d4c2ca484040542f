"""Tables of the exchange. Who sees which row is decided by the policies in migration 0002."""

from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from sakha.exchange.rules.asking import Registry
from sakha.exchange.rules.events import FeedEvent
from sakha.exchange.rules.outbox import Channel, MessageState
from sakha.exchange.rules.partners import Practice
from sakha.exchange.rules.subscribing import EventType

_INDEX_LENGTH = 16
_NAME_LENGTH = 99


def _choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class OfClient(models.Model):
    """What belongs to one client, and so to its organisation."""

    client = models.ForeignKey("access.Client", on_delete=models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        """Columns of other tables, not a table."""

        abstract = True


class Partner(models.Model):
    """How a client writes and may be written to; a client without one signs nothing and may be answered anywhere."""

    client = models.OneToOneField("access.Client", on_delete=models.PROTECT, primary_key=True, related_name="+")
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False)
    sender_id = models.CharField(max_length=_NAME_LENGTH, blank=True, default="")
    practice = models.CharField(max_length=4, choices=_choices(Practice))
    public_keys = models.JSONField(default=list)
    reply_origins = ArrayField(models.CharField(max_length=500), default=list)
    changed_at = models.DateTimeField()

    class Meta:
        """A sender's name belongs to one client."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender_id"], condition=~Q(sender_id=""), name="one_client_a_sender"),
        ]

    def __str__(self) -> str:
        return f"partner {self.pk}"


class Request(OfClient):
    """A message that a client sent, and what it was answered: so that it counts once and can be asked about.

    `answer_sealed` is the answer's message; swept after a month.
    """

    registry = models.CharField(max_length=12, choices=_choices(Registry))
    action = models.CharField(max_length=24)
    message_id = models.CharField(max_length=_NAME_LENGTH)
    transaction_id = models.CharField(max_length=_NAME_LENGTH)
    correlation_id = models.CharField(max_length=_NAME_LENGTH, unique=True)
    reference_ids = ArrayField(models.CharField(max_length=_NAME_LENGTH), default=list)
    answer_sealed = models.BinaryField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        """A client's message counts once; found by transaction."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["client", "message_id"], name="one_request_a_message"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["client", "transaction_id"], name="request_transaction"),
            models.Index(fields=["received_at"], name="request_age"),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


class Subscription(OfClient):
    """A wish to be told. Of one person by keyed digest, also before it is registered; else of all that are known."""

    code = models.CharField(max_length=36, unique=True)
    event_type = models.CharField(max_length=20, choices=_choices(EventType))
    record_type = models.CharField(max_length=8)
    level = models.PositiveSmallIntegerField()
    person_index = models.BinaryField(null=True, max_length=_INDEX_LENGTH)
    person_sealed = models.BinaryField(null=True)
    address = models.CharField(max_length=500)
    purpose = models.CharField(max_length=80, blank=True, default="")
    # The last event of the feed that was laid into the outbox for it.
    cursor = models.BigIntegerField()
    subscribed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The same wish stands once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["client", "event_type", "person_index"],
                condition=Q(ended_at__isnull=True, person_index__isnull=False),
                name="one_subscription_a_person",
            ),
            models.UniqueConstraint(
                fields=["client", "event_type"],
                condition=Q(ended_at__isnull=True, person_index__isnull=True),
                name="one_subscription_for_all",
            ),
            models.CheckConstraint(
                condition=Q(person_index__isnull=True, person_sealed__isnull=True)
                | Q(person_index__isnull=False, person_sealed__isnull=False),
                name="subscribed_person_is_sealed",
            ),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"


class Webhook(OfClient):
    """Where a client wants our own events brought, and with which secret they are signed."""

    address = models.CharField(max_length=500)
    secret_sealed = models.BinaryField()
    kinds = ArrayField(models.CharField(max_length=30))
    begun_at = models.DateTimeField()
    # The last event of the feed that was laid into the outbox for it.
    cursor = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """An address is told once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["client", "address"], condition=Q(ended_at__isnull=True), name="one_webhook_an_address"
            ),
        ]

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class Event(models.Model):
    """Something that happened to a household, in the order in which it was noticed. `id` is the cursor of replays."""

    kind = models.CharField(max_length=30, choices=_choices(FeedEvent))
    household = models.ForeignKey("registry.Household", on_delete=models.PROTECT, related_name="+", db_index=False)
    need_kind = models.SmallIntegerField(null=True)
    period = models.IntegerField(null=True)
    quantity = models.BigIntegerField(null=True)
    member_count = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    # Of which row of a lower room it was made: noticed twice, it counts once.
    source = models.CharField(max_length=60, unique=True)

    class Meta:
        """Read by cursor, and by household for what was known of it before."""

        indexes: ClassVar = [models.Index("household", F("id").desc(), name="feed_household")]

    def __str__(self) -> str:
        return f"feed event {self.pk}"


class Message(OfClient):
    """A message on its way out. Signed when it is sent, so that a late one is not too old."""

    channel = models.CharField(max_length=8, choices=_choices(Channel))
    name = models.CharField(max_length=36, unique=True)
    action = models.CharField(max_length=30)
    address = models.CharField(max_length=500)
    household = models.ForeignKey(
        "registry.Household", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    body_sealed = models.BinaryField()
    webhook = models.ForeignKey(Webhook, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    subscription = models.ForeignKey(
        Subscription, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    state = models.CharField(max_length=9, choices=_choices(MessageState), default=MessageState.WAITING.value)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    last_code = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """An event is told once a webhook or subscription; what waits is found by its time and its place in line."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["webhook", "event"], condition=Q(webhook__isnull=False), name="one_message_a_webhook"
            ),
            models.UniqueConstraint(
                fields=["subscription", "event"], condition=Q(subscription__isnull=False), name="one_message_a_wish"
            ),
            models.CheckConstraint(
                condition=Q(state="WAITING", settled_at__isnull=True)
                | (~Q(state="WAITING") & Q(settled_at__isnull=False)),
                name="message_settles_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(state="WAITING"), name="message_due"),
            models.Index(fields=["client", "household", "id"], condition=Q(state="WAITING"), name="message_in_line"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Watermark(models.Model):
    """How far a room below was followed."""

    name = models.CharField(max_length=20, primary_key=True)
    # A number of a row, or seconds since 1970.
    position = models.BigIntegerField()

    def __str__(self) -> str:
        return f"watermark {self.pk}"


class DigestKey(OfClient):
    """A key agreed with a client, under which it may ask by digest; drawn by us, shown once, ended by either side."""

    key_sealed = models.BinaryField()
    filled_to = models.BigIntegerField(default=0)
    # How far the pass over everybody has come that begins each night; none is under way where it is empty.
    renewed_to = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Found by client."""

        indexes: ClassVar = [models.Index(fields=["client"], name="digest_key_client")]

    def __str__(self) -> str:
        return f"digest key {self.pk}"


class Digest(models.Model):
    """A person's identifier under a client's key. Asked for, it is compared with what is kept now."""

    digest_key = models.ForeignKey(DigestKey, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey("registry.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.BinaryField()

    class Meta:
        """A person has one digest under a key. Two persons never share a national ID, so nobody shares a digest."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest_key", "person"], name="one_digest_a_person"),
        ]
        indexes: ClassVar = [models.Index(fields=["digest_key", "digest"], name="digest_asked")]

    def __str__(self) -> str:
        return f"digest {self.pk}"
