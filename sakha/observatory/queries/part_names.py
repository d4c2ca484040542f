"""The names of a figure's parts as a page writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sakha.coordination.rules.grievances import KIND_WORDS
from sakha.observatory.rules.daily import UNKNOWN, WORTH_EDGES, Breakdown
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.fact_names import FACTS
from sakha.vocabulary.money import show_toman_rounded
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.places import COUNTIES, PROVINCES

_UNKNOWN_NAME: Final = "نامعلوم"
_UNKNOWN_NAMES: Final = {
    Breakdown.DECILE: "دهک نامعلوم",
    Breakdown.SEX: "سرپرست نامعلوم",
    Breakdown.SETTLEMENT: "شهر یا روستا نامعلوم",
    Breakdown.DISABILITY: "معلولیت نامعلوم",
}
_UNKNOWN_COUNTY: Final = "شهرستان نامعلوم"
_WORDS: Final[dict[Breakdown, dict[str, str]]] = {
    Breakdown.SEX: {"F": "زن سرپرست", "M": "مرد سرپرست"},
    Breakdown.SETTLEMENT: {"URBAN": "شهری", "RURAL": "روستایی"},
    Breakdown.DISABILITY: {"YES": "با عضو معلول", "NO": "بی عضو معلول"},
    Breakdown.GIVER: {
        "CHARITY": "خیریه‌ها",
        "CHARITY_CENTRE": "مراکز نیکوکاری",
        "AGENCY": "نهادهای حمایتی",
        "GOVERNOR_OFFICE": "استانداری‌ها",
    },
    Breakdown.MATTER: {kind.value: words for kind, words in KIND_WORDS.items()},
    Breakdown.FACT: {name.value: meaning.label for name, meaning in FACTS.items()}
    | {"VISIT": "درخواست بازدید", "DECISION": "درخواست رأی کمیته"},
}


_NAMES: Final[dict[Breakdown, Callable[[str], str]]] = {
    Breakdown.PROVINCE: lambda key: PROVINCES[key].name if key in PROVINCES else key,
    Breakdown.COUNTY: lambda key: COUNTIES[key].name if key in COUNTIES else _UNKNOWN_COUNTY,
    Breakdown.DECILE: lambda key: f"دهک {persian_digits(key)}",
    Breakdown.KIND: lambda key: NEED_KINDS[NeedKind(int(key))].name,
    Breakdown.WORTH: lambda key: f"از {show_toman_rounded(WORTH_EDGES[int(key) - 1])}" if int(key) else "بی‌کمک",
    Breakdown.DAYS: lambda key: f"{persian_digits(key)} روز",
}


def part_name(by: Breakdown, key: str) -> str:
    """Name a part; an unknown one says so."""
    if key == UNKNOWN and by not in {Breakdown.COUNTY, Breakdown.WORTH, Breakdown.DAYS}:
        return _UNKNOWN_NAMES.get(by, _UNKNOWN_NAME)
    return _NAMES[by](key) if by in _NAMES else _WORDS.get(by, {}).get(key, key)
