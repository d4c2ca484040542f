"""A price's way: somebody drafts a dated row with its source, somebody else approves it; it is never edited.

The product's own rows are kept before their first use. The database holds both pairs of eyes and the day.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

from django.db import IntegrityError, connection, transaction

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission, PermissionMissing
from sakha.scoring.models import Price
from sakha.scoring.queries.policy import shipped_prices
from sakha.scoring.rules.needs_prices import NATION, PriceRow, PricesInvalid
from sakha.scoring.rules.policy import PolicyOfNation, SameEyes
from sakha.scoring.rules.policy_prices import NewPrice, may_decide_for, require_sound
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.places import PROVINCES
from sakha.vocabulary.refusal import Refusal

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('scoring.prices'))"
_TAKEN: Final = "برای این نام و جا و روز ردیفی هست"


class PriceUnknown(Refusal):
    """No such draft of a price, or it was decided."""

    code: ClassVar[str] = "PRICE_UNKNOWN"
    sentence: ClassVar[str] = "چنین پیش‌نویسی در انتظار نیست."


def adopt_prices(*, at: datetime) -> int:
    """Keep the shipped rows before their first use; later it only looks. Call it inside `acting`, as the system."""
    return 0 if Price.objects.exists() else _keep(shipped_prices(), at)


def draft_price(*, actor: Actor, at: datetime, price: NewPrice) -> int:
    """Propose a row for a day to come; gives its id. Label and rule of place are those of the name's latest row.

    Raises: PermissionMissing, PolicyOfNation (another's province, or a province's officer for the nation),
    PricesInvalid.
    """
    actor.require(Permission.DECIDE_POLICY)
    if actor.user_id is None:
        raise PermissionMissing(field="actor")  # a row has an author
    if not may_decide_for(actor, price.province):
        raise PolicyOfNation(field="province")
    if price.province != NATION and price.province not in PROVINCES:
        raise PricesInvalid(field="province", reason="چنین استانی نیست")
    source = clean_text(price.source)
    require_sound(
        NewPrice(
            name=price.name,
            province=price.province,
            amount=price.amount,
            valid_from=price.valid_from,
            valid_to=price.valid_to,
            source=source,
        ),
        on=at.astimezone(TEHRAN).date(),
    )
    with acting(SYSTEM):
        adopt_prices(at=at)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        like = Price.objects.filter(name=price.name).order_by("province", "-valid_from").first()
        if like is None:
            raise PricesInvalid(field="name", reason="چنین ردیفی نیست")
        return _draft(actor, at, price, like, source)


def approve_price(*, actor: Actor, at: datetime, price_id: int) -> None:
    """Approve somebody else's row; from its first day everybody is scored by it.

    Raises: PermissionMissing, PriceUnknown, PolicyOfNation, SameEyes, PricesInvalid (its day has passed).
    """
    actor.require(Permission.DECIDE_POLICY)
    with acting(actor):
        price = _get_draft(price_id)
        if not may_decide_for(actor, price.province):
            raise PolicyOfNation(field="province")
        if actor.user_id is None or actor.user_id == price.drafted_by_id:
            raise SameEyes(field="actor")
        if price.valid_from < at.astimezone(TEHRAN).date():
            raise PricesInvalid(field="valid_from", reason="روز آغاز آن گذشته است؛ ردیف تازه‌ای بنویسید")
        price.approved_by_id, price.approved_at = actor.user_id, at
        price.save(update_fields=["approved_by_id", "approved_at"])


def withdraw_price(*, actor: Actor, at: datetime, price_id: int) -> None:
    """Put a proposed row aside; it stays to be read.

    Raises: PermissionMissing, PriceUnknown, PolicyOfNation.
    """
    actor.require(Permission.DECIDE_POLICY)
    with acting(actor):
        price = _get_draft(price_id)
        if not may_decide_for(actor, price.province):
            raise PolicyOfNation(field="province")
        price.withdrawn_at = at
        price.save(update_fields=["withdrawn_at"])


def _get_draft(price_id: int) -> Price:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    drafts = Price.objects.filter(drafted_by__isnull=False, approved_at__isnull=True, withdrawn_at__isnull=True)
    price = drafts.filter(pk=price_id).first()
    if price is None:
        raise PriceUnknown(field="price_id")
    return price


def _draft(actor: Actor, at: datetime, price: NewPrice, like: Price, source: str) -> int:
    try:
        with transaction.atomic():
            row = Price.objects.create(
                name=price.name,
                province=price.province,
                amount=price.amount,
                follows_place=like.follows_place and price.province == NATION,
                valid_from=price.valid_from,
                valid_to=price.valid_to,
                label=like.label,
                source=source,
                added_at=at,
                drafted_by_id=actor.user_id,
            )
    except IntegrityError as error:
        raise PricesInvalid(field="valid_from", reason=_TAKEN) from error
    return int(row.pk)


def _keep(rows: Sequence[PriceRow], at: datetime) -> int:
    made = Price.objects.bulk_create(
        Price(
            name=row.name,
            province=row.province,
            amount=row.amount,
            follows_place=row.follows_place,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            label=row.label,
            source=row.source,
            added_at=at,
        )
        for row in rows
    )
    return len(made)
