"""Two people side by side: how surely they are one, which field says so, and when nobody needs to be asked.

Weighs by linkage's model, as the batch does. Who may answer and what follows is left to the actions.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log2
from typing import Final

from sakha.linkage.rules import IdentityView, LinkModel, PairScore, RecordView, product_model, score_pair, view_record
from sakha.linkage.rules.levels import COMPARISONS
from sakha.vocabulary.jalali import to_jalali
from sakha.vocabulary.persian_text import match_key

_PARTS_APART: Final = "|"
_TOLD_LENGTH: Final = 300
# Of two people of the register nothing is known of files and of who stands beside them.
_SHOWN: Final = frozenset({"given", "family", "father", "national_id", "birth", "mobile", "place", "gender"})


class PairVerdict(StrEnum):
    """What is done with a pair without asking, or that it is asked."""

    MERGE = "MERGE"
    ASK = "ASK"
    LEAVE = "LEAVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """What is known of a person, opened for comparing; nothing of it is logged or kept."""

    given_name: str
    family_name: str
    father_name: str = ""
    national_id: str = ""
    birth_on: date | None = None
    birth_precision: str = ""
    gender: str = ""
    mobile: str = ""
    province: str = ""
    county: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """What one field says: bits for one person (above 0) or against, and how near the two values are."""

    field: str
    level: str
    weight: float


def weigh_pair(left: PersonView, right: PersonView) -> tuple[float, tuple[Feature, ...]]:
    """The weight in bits, and what each field says by itself against everything else that the two could be."""
    model = product_model()
    score: PairScore = score_pair(_record(left), _record(right), model)
    told = [
        Feature(field, level(number).name, _bits(model, place, number))
        for place, ((field, level), number) in enumerate(zip(COMPARISONS.items(), score.levels, strict=True))
        if number and field in _SHOWN
    ]
    return round(score.weight, 2), tuple(sorted(told, key=lambda one: -abs(one.weight)))


def judge_weight(weight: float) -> PairVerdict:
    """By the model's thresholds: certain pairs are merged, likely ones asked about."""
    model = product_model()
    if weight >= model.certain:
        return PairVerdict.MERGE
    return PairVerdict.ASK if weight >= model.queue_from else PairVerdict.LEAVE


def local_mobile(mobile: str) -> str:
    """A stored mobile as people write it."""
    return f"0{mobile.removeprefix('+98')}" if mobile else ""


def _bits(model: LinkModel, place: int, level: int) -> float:
    """What a level says against all other explanations together, relatives and strangers by their shares."""
    rivals = model.shares[1:] / model.shares[1:].sum()
    others = float((rivals * model.tables[1:, place, level]).sum())
    return round(log2(float(model.tables[0, place, level]) / others), 1)


def told_key(given: str, family: str, father: str, birth_on: date | None) -> str:
    """What a row says of who it is about; an answer holds for each later row of the organisation that says the same."""
    parts = (match_key(given), match_key(family), match_key(father), birth_on.isoformat() if birth_on else "")
    return _PARTS_APART.join(parts)[:_TOLD_LENGTH]


def identity_view(person: PersonView) -> IdentityView:
    """The same person as the verdict on one identifier wants it."""
    return IdentityView(
        person.given_name,
        person.family_name,
        person.father_name,
        person.birth_on,
        person.birth_precision == "YEAR",
        person.gender,
    )


def _record(person: PersonView) -> RecordView:
    return view_record(
        {
            "given_name": person.given_name,
            "family_name": person.family_name,
            "father_name": person.father_name,
            "national_id": person.national_id,
            "birth_date": jalali_text(person.birth_on, person.birth_precision),
            "gender": person.gender,
            "mobile": local_mobile(person.mobile),
            "province": person.province,
            "county": person.county,
        },
        bands=product_model().bands,
    )


def jalali_text(on: date | None, precision: str) -> str:
    """A birth date as people write it; the year alone where only that is known."""
    if on is None:
        return ""
    year, month, day = to_jalali(on)
    return str(year) if precision == "YEAR" else f"{year:04d}/{month:02d}/{day:02d}"
