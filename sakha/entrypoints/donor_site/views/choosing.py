"""The needs that anybody may see: filters, words, order; and who carries givers' money.

Reads the clock once a request.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sakha.entrypoints.donor_site.showing import show
from sakha.entrypoints.donor_site.wording import Chip, line_of
from sakha.giving.queries import PAGE_SIZE, NeedsAsked, shown_needs
from sakha.giving.queries.charities import shown_carriers
from sakha.giving.rules.crowds import CROWD_MIN
from sakha.giving.rules.searching import NeedOrder
from sakha.vocabulary.jalali import month_name
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.places import COUNTIES, PROVINCES

_PAGE_MOST: Final = 10_000
_WORDS_MOST: Final = 60
# Choices of «مانده تا», in rial.
LEFT_CHOICES: Final = {"1": (10_000_000, "تا یک میلیون تومان"), "5": (50_000_000, "تا پنج میلیون تومان"),
                       "20": (200_000_000, "تا بیست میلیون تومان")}  # fmt: skip


@never_cache
@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """The needs that anybody may see."""
    asked = _read_asked(request)
    found = shown_needs(asked=asked)
    other = NeedOrder.NEARLY_FULL if asked.order is NeedOrder.SEEN_LEAST else NeedOrder.SEEN_LEAST
    return show(
        request,
        "needs",
        lines=[line_of(one) for one in found.needs],
        count=found.count,
        chips=_chips(request, asked, found.kinds),
        asked=asked,
        left=request.GET.get("left", ""),
        provinces=[(code, one.name) for code, one in PROVINCES.items()],
        counties=[(code, COUNTIES[code].name) for code in found.counties if code in COUNTIES],
        left_choices=[(key, words) for key, (_, words) in LEFT_CHOICES.items()],
        is_seen_first=asked.order is NeedOrder.SEEN_LEAST,
        other_order=_link(request, order=other.value, page=""),
        is_filtered=bool(asked.province or asked.words or asked.left_most_rial),
        next_page=_link(request, page=str(asked.page + 1)) if asked.page * PAGE_SIZE < found.count else "",
    )


@never_cache
@require_safe
def charities(request: HttpRequest) -> HttpResponse:
    """Who carries givers' money; one that owes a report is not in the list."""
    found = shown_carriers(at=timezone.now())
    return show(request, "charities", found=found, month=month_name(found.month), crowd=CROWD_MIN)


def _chips(request: HttpRequest, asked: NeedsAsked, kinds: tuple[tuple[NeedKind, int], ...]) -> list[Chip]:
    every = Chip(
        name="همه", icon="", count=sum(count for _, count in kinds), link=_link(request, kind="", page=""),
        is_here=asked.kind is None,
    )  # fmt: skip
    return [every] + [
        Chip(
            name=NEED_KINDS[kind].name,
            icon=NEED_KINDS[kind].icon,
            count=count,
            link=_link(request, kind=str(kind.value), page=""),
            is_here=kind is asked.kind,
        )
        for kind, count in kinds
    ]


def _link(request: HttpRequest, **changed: str) -> str:
    """The same search with something else in it; only what the page itself understands is carried on."""
    kept = {name: request.GET.get(name, "") for name in ("kind", "province", "county", "left", "words", "order")}
    return "?" + urlencode({name: text for name, text in (kept | changed).items() if text})


def _read_asked(request: HttpRequest) -> NeedsAsked:
    kind, page = request.GET.get("kind", ""), request.GET.get("page", "")
    province, county = request.GET.get("province", ""), request.GET.get("county", "")
    province = province if province in PROVINCES else ""
    order = request.GET.get("order", "")
    left = LEFT_CHOICES.get(request.GET.get("left", ""))
    return NeedsAsked(
        kind=NeedKind(int(kind)) if kind.isascii() and kind.isdecimal() and int(kind) in set(NeedKind) else None,
        province=province,
        # A county of another province was left over from an earlier choice.
        county=county if county in COUNTIES and COUNTIES[county].province_code == province else "",
        words=f"{request.GET.get('words', '')} {request.GET.get('code', '')[:8]}".strip()[:_WORDS_MOST],
        left_most_rial=left[0] if left else None,
        order=NeedOrder(order) if order in set(NeedOrder) else NeedOrder.SEEN_LEAST,
        page=min(int(page), _PAGE_MOST) if page.isascii() and page.isdecimal() else 1,
    )
