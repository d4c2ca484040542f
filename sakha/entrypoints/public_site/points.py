"""The points of the scoring model in rows that anybody can read, out of the model document itself.

Decides words; thresholds of money are at the prices of the year that is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sakha.entrypoints.public_site.languages import Language
from sakha.scoring.queries.documents import current_card
from sakha.scoring.rules.card import PER_MILLE, Card, Variable, VariableKind
from sakha.scoring.rules.explanation import TENURE_WORDS
from sakha.vocabulary.digits import DECIMAL_SEPARATOR
from sakha.vocabulary.fact_names import FactUnit

_MONEY: Final = frozenset({FactUnit.RIAL_MONTHLY, FactUnit.RIAL_YEARLY})
_TENURES_EN: Final = {3: "rented", 4: "let against a deposit", 5: "of the employer", 6: "free", 7: "elsewhere"}
_HUNDREDTHS: Final = "EQUIVALENT"
_WORDS: Final = {
    "fa": {
        "below": "کمتر از {0}", "between": "از {0} تا {1}", "above": "{0} و بیشتر", "no": "ندارد", "yes": "دارد",
        "other": "جز این‌ها", "adults": "{0} نفر معادل", "places": "از کم‌توان‌ترین جا تا پرتوان‌ترین جا",
    },
    "en": {
        "below": "below {0}", "between": "{0} up to {1}", "above": "{0} and more", "no": "no", "yes": "yes",
        "other": "anything else", "adults": "{0} adults' worth", "places": "from the poorest place to the richest",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class VariablePoints:
    """One sign of the model: its name, the least and most points, and what gives how many."""

    label: str
    range: str
    steps: tuple[tuple[str, str], ...]


def list_points(language: Language, *, year: int) -> tuple[VariablePoints, ...]:
    """Every variable of the model in force, those that move most first."""
    card = current_card()
    ordered = sorted(card.variables, key=lambda one: min(one.all_points()) - max(one.all_points()))
    return tuple(_variable(one, card, language, year) for one in ordered)


def _variable(one: Variable, card: Card, language: Language, year: int) -> VariablePoints:
    given = list(one.all_points())
    low, high = language.points(min(given)), language.points(max(given))
    return VariablePoints(
        label=one.wording.label if language.is_persian else language.fact(one.name),
        range=f"{low} تا {high}" if language.is_persian else f"{low} to {high}",
        steps=_steps(one, card, language, year),
    )


def _steps(one: Variable, card: Card, language: Language, year: int) -> tuple[tuple[str, str], ...]:
    words = _WORDS[language.code]
    if one.kind is VariableKind.LOOKUP:
        given = list(one.all_points())
        return ((words["places"], f"{language.points(min(given))} … {language.points(max(given))}"),)
    if one.kind is VariableKind.LEVELS:
        tenures = TENURE_WORDS if language.is_persian else _TENURES_EN
        joint = "، " if language.is_persian else ", "
        listed = [(joint.join(tenures[code] for code in level.codes), level.points) for level in one.levels]
        return tuple((name, language.points(points)) for name, points in [*listed, (words["other"], one.other)])
    if one.wording.unit == FactUnit.YES_NO:
        return (words["no"], language.points(one.below)), (words["yes"], language.points(one.steps[0].points))
    factor = card.factor_of(one, year)
    ends = [_value(one, step.at * factor // PER_MILLE, language) for step in one.steps]
    names = [words["below"].format(ends[0])]
    names += [words["between"].format(low, high) for low, high in pairwise(ends)]
    names.append(words["above"].format(ends[-1]))
    points = [one.below, *(step.points for step in one.steps)]
    return tuple((name, language.points(count)) for name, count in zip(names, points, strict=True))


def _value(one: Variable, value: int, language: Language) -> str:
    unit = one.wording.unit
    if unit in _MONEY:
        return language.money(value)
    if unit == _HUNDREDTHS:
        whole, part = divmod(value, 100)
        mark = DECIMAL_SEPARATOR if language.is_persian else "."
        tail = language.digits(f"{part:02d}".rstrip("0"))
        number = language.number(whole) + (f"{mark}{tail}" if tail else "")
        return _WORDS[language.code]["adults"].format(number)
    return language.number(value)
