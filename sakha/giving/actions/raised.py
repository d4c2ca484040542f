"""What the room's own functions in the database raise, told as the refusal that it means."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

import psycopg
from django.db.utils import Error as DatabaseError

from sakha.giving.rules.goods import GoodsShort, GoodsUnfit
from sakha.giving.rules.terms import MoneyShort, NeedUnverified
from sakha.vocabulary.refusal import Refusal

MONEY_SHORT: Final = "SK010"
_REFUSALS: Final[Mapping[str, type[Refusal]]] = MappingProxyType(
    {MONEY_SHORT: MoneyShort, "SK011": NeedUnverified, "SK012": GoodsShort, "SK013": GoodsUnfit}
)


@contextmanager
def told_as_refusal(*, field: str) -> Iterator[None]:
    """Refuse with what a function raised, naming the field; whatever else went wrong goes on as it is."""
    try:
        yield
    except DatabaseError as fault:
        refusal = _REFUSALS.get(state_of(fault))
        if refusal is None:
            raise
        raise refusal(field=field) from None


def state_of(fault: DatabaseError) -> str:
    """The SQLSTATE with which the database refused; nothing where it wasn't the database."""
    return (fault.__cause__.sqlstate or "") if isinstance(fault.__cause__, psycopg.Error) else ""
