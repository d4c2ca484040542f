"""The reason for a score in Persian words: what raises it, what lowers it, and how much is not known.

Points add up to the score exactly. The decile shown is ours; the official one is evidence of its own and elsewhere.
"""

from dataclasses import dataclass
from typing import Final

from sakha.scoring.rules.card import Card, Variable
from sakha.scoring.rules.evaluation import Contribution, Evaluation
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.fact_names import FactUnit
from sakha.vocabulary.money import show_toman

SHOWN_REASONS: Final = 3
TENURE_WORDS: Final = {
    1: "خانهٔ خود خانوار",
    2: "خانهٔ خود خانوار",
    3: "خانهٔ اجاره‌ای",
    4: "خانهٔ رهنی",
    5: "خانهٔ سازمانی",
    6: "خانه‌ای رایگان",
    7: "جایی دیگر",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One variable in words: its name, the sentence, and its points for or against."""

    name: str
    label: str
    sentence: str
    value: int | None
    points: int


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a score is what it is: `score == sum of all points + expected_points`."""

    raises: tuple[Reason, ...]
    lowers: tuple[Reason, ...]
    all: tuple[Reason, ...]
    unknown_labels: tuple[str, ...]
    expected_points: int
    summary: str


def explain(card: Card, evaluation: Evaluation) -> Reasons:
    """The strongest three each way, all contributions for who wants them, and the unknown by name."""
    reasons = tuple(_reason(contribution) for contribution in evaluation.contributions)
    ordered = sorted(reasons, key=lambda reason: (-abs(reason.points), reason.name))
    return Reasons(
        raises=tuple(reason for reason in ordered if reason.points > 0)[:SHOWN_REASONS],
        lowers=tuple(reason for reason in ordered if reason.points < 0)[:SHOWN_REASONS],
        all=tuple(ordered),
        unknown_labels=tuple(variable.wording.label for variable in evaluation.unknown),
        expected_points=evaluation.expected_points,
        summary=_summary(card, evaluation),
    )


def show_value(variable: Variable, value: int | None) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    unit = variable.wording.unit
    if unit in {FactUnit.RIAL_MONTHLY, FactUnit.RIAL_YEARLY}:
        # whole thousands of toman: nobody reads a bill to the rial
        return show_toman(round(value, -4))
    if unit == FactUnit.CODE:
        return TENURE_WORDS.get(value, persian_digits(value))
    return persian_digits(value)


def _reason(contribution: Contribution) -> Reason:
    variable, points = contribution.variable, contribution.points
    sentence = variable.wording.raises if points > 0 else variable.wording.lowers
    return Reason(
        name=variable.name,
        label=variable.wording.label,
        sentence=sentence.format(value=show_value(variable, contribution.value)),
        value=contribution.value,
        points=points,
    )


def _summary(card: Card, evaluation: Evaluation) -> str:
    known = persian_digits(len(evaluation.contributions))
    total = persian_digits(len(card.variables))
    if not evaluation.unknown:
        return f"هر {total} نشانه دانسته است."
    return f"{known} نشانه از {total} دانسته است؛ دربارهٔ بقیه حدس میانه زده‌ایم و ندانستن به زیان کسی نیست."
