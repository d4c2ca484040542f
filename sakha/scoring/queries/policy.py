"""The policies of a day: documents approved for it, else those that the product ships; and the prices of that day."""

from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Final

from django.db import connection

from sakha.scoring.queries.documents import DOCUMENTS, current_card
from sakha.scoring.rules.needs import parse_need_rules
from sakha.scoring.rules.needs_prices import PriceRow, parse_prices, prices_on
from sakha.scoring.rules.policy import Policies, PolicySubject, parse_cut_offs
from sakha.scoring.rules.priority import parse_priority

SHIPPED: Final = {
    PolicySubject.NEEDS: "needs-2.toml",
    PolicySubject.PRIORITY: "priority-1.toml",
    PolicySubject.CUT_OFFS: "priority-cutoffs-1.toml",
}
PRICES_DOCUMENT: Final = "needs-prices-1405.toml"
_IN_USE: Final = """
    SELECT DISTINCT ON (subject) subject, document FROM scoring_policy
     WHERE state = 'APPROVED' AND in_use_from <= %s ORDER BY subject, in_use_from DESC, version DESC"""
_PRICES: Final = """
    SELECT name, province, amount, follows_place, valid_from, valid_to, label, source FROM scoring_price
     WHERE valid_from <= %s AND (drafted_by_id IS NULL OR approved_at IS NOT NULL)
     ORDER BY name, province, valid_from"""


@cache
def shipped_text(subject: PolicySubject) -> str:
    """The document that the product ships for a subject, which counts until another is approved."""
    return (DOCUMENTS / SHIPPED[subject]).read_text(encoding="utf-8")


@cache
def shipped_prices() -> tuple[PriceRow, ...]:
    """The rows of prices that the product ships."""
    return parse_prices((DOCUMENTS / PRICES_DOCUMENT).read_text(encoding="utf-8"))


def policies_on(on: date) -> Policies:
    """Everything that the policy decides on a day. Call it inside `acting`."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_USE, [on])
        documents = tuple(sorted(cursor.fetchall()))
        cursor.execute(_PRICES, [on])
        rows = tuple(PriceRow(*row) for row in cursor.fetchall())
    return build_policies(documents, rows or shipped_prices(), on)


@lru_cache(maxsize=32)
def build_policies(documents: Sequence[tuple[str, str]], rows: tuple[PriceRow, ...], on: date) -> Policies:
    """The policies of these documents (subject, text) and prices; what no document decides is as shipped."""
    texts = {subject: shipped_text(subject) for subject in PolicySubject}
    texts |= {PolicySubject(subject): text for subject, text in documents}
    prices = prices_on(rows, on=on, card=current_card())
    return Policies(
        needs=parse_need_rules(texts[PolicySubject.NEEDS], prices=prices.names),
        weights=parse_priority(texts[PolicySubject.PRIORITY]),
        cut_offs=parse_cut_offs(texts[PolicySubject.CUT_OFFS]),
        prices=prices,
    )
