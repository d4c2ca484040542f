"""Where a gift to the pool would go today, for anybody: made once in ten minutes, of crowds only.

Reads the clock for that.
"""

from __future__ import annotations

from typing import Final

from django.db import OperationalError
from django.utils import timezone

from sakha.entrypoints.open_data.kept import Kept, NotReady
from sakha.exchange.queries.published import bounded_reads
from sakha.giving.queries.pool import GiftPreview, preview_gift
from sakha.giving.rules.terms import GiftTerms
from sakha.vocabulary.digits import group_thousands
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.need_kinds import NEED_KINDS
from sakha.vocabulary.places import PROVINCES

# One million toman: what givers speak of.
EXAMPLE_RIAL: Final = 10_000_000
_PROVINCES_NAMED: Final = 4
_NOWHERE: Final = GiftPreview(0, (), 0, 0.0, 0.0)


def _read() -> GiftPreview:
    """Nothing where the database ended what took too long: that is kept as well, so that not every visit waits."""
    try:
        with bounded_reads():
            return preview_gift(at=timezone.now(), amount_rial=EXAMPLE_RIAL, terms=GiftTerms())
    except OperationalError:
        return _NOWHERE


PREVIEW: Final = Kept(_read)


def tell_preview() -> str:
    """A sentence; empty where nothing is reached, or it can't be said in time or of a crowd."""
    try:
        seen = PREVIEW.get()
    except NotReady:
        return ""
    if not seen.crowd_kinds:
        return ""
    kinds = "، ".join(NEED_KINDS[kind].name for kind in seen.crowd_kinds)
    named = [PROVINCES[code].name for code in seen.crowd_provinces if code in PROVINCES]
    more = len(named) - _PROVINCES_NAMED
    places = "، ".join(named[:_PROVINCES_NAMED]) + (f" و {group_thousands(more)} استان دیگر" if more > 0 else "")
    reach = f"به {group_thousands(seen.crowd_count)} نیاز" if seen.crowd_count else "به چنین نیازهایی"
    return f"{show_toman(EXAMPLE_RIAL)} امروز {reach} می‌رسید: {kinds}. {places}."
