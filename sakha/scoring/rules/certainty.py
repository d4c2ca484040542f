"""Whether enough is known of a household to be sure of its place, and between which deciles it probably lies.

Decides the threshold and the words; what is unknown or old, and by how much, is counted by `evaluation`.
"""

from math import isqrt
from typing import Final

from sakha.scoring.rules.card import PER_MILLE, Card
from sakha.scoring.rules.evaluation import Evaluation
from sakha.vocabulary.digits import persian_digits

# Squared points of what is not known; all that a card tells is some 760. Beyond it a third of the poorest two fifths
# are placed elsewhere, where it is a fifth of those of whom all is known (`python -m bench.scoring.unknown`).
UNSURE_VARIANCE: Final = 300


def is_sure(evaluation: Evaluation) -> bool:
    """Whether enough is known to speak of a place without saying that it may well be another."""
    return evaluation.unknown_variance <= UNSURE_VARIANCE


def likely_deciles(card: Card, evaluation: Evaluation, *, region_points: int) -> tuple[int, int]:
    """The lowest and highest decile of two households in three with these signs: one spread of the law each way."""
    own = round(card.scale.sigma * PER_MILLE / card.unit_per_mille)
    spread = isqrt(own * own + evaluation.unknown_variance)
    score = evaluation.score - region_points
    return card.table.decile_of(score - spread), card.table.decile_of(score + spread)


def show_unsure(deciles: tuple[int, int]) -> str:
    """The same for people, where too little is known."""
    low, high = (persian_digits(decile) for decile in deciles)
    return f"هنوز کمتر از آن می‌دانیم که مطمئن باشیم: به گمان بیشتر، جایی میان دهک {low} و {high}."
