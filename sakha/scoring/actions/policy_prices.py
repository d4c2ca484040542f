"""Keeps the dated prices that the product ships, and those that the owner of the policy hands in later."""

from collections.abc import Sequence
from datetime import datetime

from sakha.access.queries import acting
from sakha.access.rules import Actor, Permission
from sakha.scoring.models import Price
from sakha.scoring.queries.policy import shipped_prices
from sakha.scoring.rules.needs_prices import PriceRow, PricesInvalid
from sakha.vocabulary.jalali import TEHRAN


def adopt_prices(*, at: datetime) -> int:
    """Keep the shipped rows before their first use; later it only looks. Call it inside `acting`."""
    return 0 if Price.objects.exists() else _keep(shipped_prices(), at)


def add_prices(*, actor: Actor, at: datetime, rows: Sequence[PriceRow]) -> int:
    """Keep new rows, none of them for a day that has passed: amounts of the past stay what they were.

    Raises:
        PricesInvalid: a row begins before today, or stands already.
    """
    actor.require(Permission.DECIDE_POLICY)
    today = at.astimezone(TEHRAN).date()
    if any(row.valid_from < today for row in rows):
        raise PricesInvalid(field="valid_from", reason="قیمت تازه از امروز یا روزی پس از آن است")
    with acting(actor):
        adopt_prices(at=at)
        names = {(row.name, row.province, row.valid_from) for row in rows}
        standing = Price.objects.filter(valid_from__gte=today).values_list("name", "province", "valid_from")
        if names & set(standing) or len(names) < len(rows):
            raise PricesInvalid(field="prices", reason="برای یک نام و جا و روز تنها یک قیمت هست")
        return _keep(rows, at)


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
