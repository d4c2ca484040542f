"""One score for three readers: the household in plain words, a charity in a band, an auditor with every point.

Chooses what each may be told; the numbers come from `explanation`, sources and dates from the queries.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sakha.scoring.rules.card import Card, Variable
from sakha.scoring.rules.explanation import Reason, Reasons
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import show_age_ago

BANDS: Final = (
    (2, "کم‌درآمدترین پنجم جامعه"),
    (4, "دو پنجم کم‌درآمد جامعه"),
    (7, "میانهٔ جامعه"),
    (10, "بالای میانه"),
)
FRESH_DAYS: Final = 365
REGISTER_WORDS: Final = "دفتر خانوار در سخا"
PEOPLE_WORDS: Final = "تأیید اهل محل"
HIDDEN_WORDS: Final = "پاسخ یکی از بانک‌های داده؛ متن آن را فرمانداری برای خود خانوار چاپ می‌کند."
APPEAL_WORDS: Final = "رأی رسیدگی به اعتراض"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who told a fact, and when it was observed."""

    name: str
    on: date | None
    is_bank: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedReason:
    """A reason as the household reads it: the sentence with its value, who told it, when."""

    name: str
    sentence: str
    source: str
    on: date | None
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How much is known, and how old the oldest of what counts is."""

    known_count: int
    variable_count: int
    oldest_on: date | None
    newest_on: date | None
    old_count: int

    def show(self, on: date) -> str:
        """The same in a sentence."""
        known = f"{persian_digits(self.known_count)} نشانه از {persian_digits(self.variable_count)} دانسته است"
        if self.newest_on is None:
            return f"{known}."
        age = show_age_ago((on - self.newest_on).days)
        old = f"؛ {persian_digits(self.old_count)} نشانه بیش از یک سال پیش دیده شده است" if self.old_count else ""
        return f"{known}؛ تازه‌ترین: {age}{old}."


def band_of(decile: int) -> str:
    """The band in words. It is our estimate, never the official decile."""
    return next(words for most, words in BANDS if decile <= most)


def sourced(reasons: tuple[Reason, ...], card: Card, sources: Mapping[str, Source]) -> tuple[SourcedReason, ...]:
    """Reasons with who told them; what the register derived itself has the register as its source."""
    variables = {variable.name: variable for variable in card.variables}
    return tuple(_sourced(reason, variables[reason.name], sources) for reason in reasons)


def may_be_shown_to_charity(reason: SourcedReason, card: Card, sources: Mapping[str, Source]) -> bool:
    """What a data bank answered stays between the register and the household."""
    variable = next(one for one in card.variables if one.name == reason.name)
    return not any(sources[name].is_bank for name in variable.columns if name in sources)


def without_bank_figures(
    reasons: tuple[SourcedReason, ...], card: Card, sources: Mapping[str, Source]
) -> tuple[SourcedReason, ...]:
    """The reasons as a charity may print them: what a data bank answered keeps its place and loses its words."""
    return tuple(
        one if may_be_shown_to_charity(one, card, sources) else replace(one, sentence=HIDDEN_WORDS) for one in reasons
    )


def measure_freshness(reasons: Reasons, card: Card, sources: Mapping[str, Source], *, on: date) -> Freshness:
    """How fresh is what the score stands on."""
    known = {reason.name for reason in reasons.all}
    days = [
        source.on
        for variable in card.variables
        if variable.name in known
        for name in variable.columns
        if (source := sources.get(name)) is not None and source.on is not None
    ]
    return Freshness(
        known_count=len(known),
        variable_count=len(card.variables),
        oldest_on=min(days, default=None),
        newest_on=max(days, default=None),
        old_count=sum((on - day).days > FRESH_DAYS for day in days),
    )


def _sourced(reason: Reason, variable: Variable, sources: Mapping[str, Source]) -> SourcedReason:
    source = next((sources[name] for name in variable.columns if name in sources), None)
    return SourcedReason(
        name=reason.name,
        sentence=reason.sentence,
        source=source.name if source else REGISTER_WORDS,
        on=source.on if source else None,
        points=reason.points,
    )
