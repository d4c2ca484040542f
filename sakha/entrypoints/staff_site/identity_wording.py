"""From found people and identity questions to the words on their pages.

Chooses words only: who is found, what a field weighs and who may answer comes from below.
"""

from __future__ import annotations

from datetime import date, datetime

from sakha.entrypoints.staff_site.identity_screens import (
    ComparedRow,
    FoundRow,
    FoundScreen,
    QuestionRow,
    QuestionScreen,
    SideScreen,
)
from sakha.linkage.rules.explanation import FIELD_NAMES, LEVEL_SENTENCES
from sakha.registry.queries.finding import FoundPeople, FoundPerson
from sakha.registry.queries.identity import QuestionCard, Side, WaitingQuestion
from sakha.registry.rules.identity_pairs import Feature
from sakha.registry.rules.identity_states import QuestionKind
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import jalali_year, show_age_ago, show_date
from sakha.vocabulary.places import COUNTIES

_RELATIONS = {"HEAD": "سرپرست", "SPOUSE": "همسر", "CHILD": "فرزند", "PARENT": "پدر یا مادر", "OTHER": "عضو خانوار"}
_GENDERS = {"F": "زن", "M": "مرد", "": ""}
_AGREES = {
    "identifier": "کد", "mobile": "موبایل", "given_name": "نام", "family_name": "نام خانوادگی",
    "father_name": "نام پدر", "birth": "تولد",
}  # fmt: skip
_SURE, _LIKELY = 5, 0
_UNKNOWN = "نمی‌دانیم"


def show_found(found: FoundPeople) -> FoundScreen:
    """The people found, each with what led to it."""
    return FoundScreen(rows=tuple(_found(one) for one in found.people), elsewhere_count=found.elsewhere_count)


def show_waiting(question: WaitingQuestion, at: datetime) -> QuestionRow:
    """A question in the queue, without a name."""
    is_row = question.kind is QuestionKind.ROW
    return QuestionRow(
        question_id=question.id,
        title="سطری از یک فهرست با کدی که از آنِ دیگری ثبت شده" if is_row else "دو پروندهٔ بسیار همانند",
        when=show_age_ago((at - question.asked_at).days),
        is_row=is_row,
        waits_for_second=question.waits_for_second,
    )


def show_question(card: QuestionCard) -> QuestionScreen:
    """Both sides, field by field."""
    right = card.right
    other = right or card.left
    return QuestionScreen(
        question_id=card.id,
        left=_side(card.left),
        right=_side(other),
        compared=_compared(card.left, other, {one.field: one for one in card.features}) if right else (),
        summary=_summary(card.weight),
        is_row=card.kind is QuestionKind.ROW,
        waits_for_second=card.waits_for_second,
        is_first_mine=card.is_first_mine,
        may_answer=card.may_answer and right is not None,
        may_take_back=card.merge_id is not None,
    )


def _found(one: FoundPerson) -> FoundRow:
    parts = [
        f"فرزند {one.father_name}" if one.father_name else "",
        _birth(one.birth_on, one.birth_precision),
        _RELATIONS.get(one.relation, ""),
        COUNTIES[one.county].name if one.county in COUNTIES else "",
    ]
    return FoundRow(
        household_id=one.household_id,
        code=one.household_code,
        name=f"{one.given_name} {one.family_name}".strip(),
        line=" · ".join(part for part in parts if part),
        identifier=persian_digits(one.identifier),
        agrees=tuple(_AGREES[name] for name, points in one.features if points > 0 and name in _AGREES),
    )


def _side(side: Side) -> SideScreen:
    others = "، ".join(side.others)
    lines = [
        f"همراه: {others}" if others else "تنها در این پرونده",
        f"ثبت‌کننده: {'، '.join(side.bodies)}" if side.bodies else "",
        f"نسبت: {_RELATIONS[side.relation]}" if side.relation in _RELATIONS else "",
        f"شهرستان {COUNTIES[side.county].name}" if side.county in COUNTIES else "",
    ]
    return SideScreen(
        title="سطری که چشم‌به‌راه است" if side.is_waiting_row else "ثبت‌شده در سامانه",
        code=side.household_code,
        household_id=side.household_id,
        lines=tuple(line for line in lines if line),
    )


def _compared(left: Side, right: Side, features: dict[str, Feature]) -> tuple[ComparedRow, ...]:
    rows = (
        ("given", left.given_name, right.given_name),
        ("family", left.family_name, right.family_name),
        ("father", left.father_name, right.father_name),
        ("national_id", left.identifier, right.identifier),
        ("birth", _birth(left.birth_on, left.birth_precision), _birth(right.birth_on, right.birth_precision)),
        ("gender", _GENDERS.get(left.gender, ""), _GENDERS.get(right.gender, "")),
        ("mobile", left.mobile, right.mobile),
    )
    return tuple(_row(name, first, second, features.get(name)) for name, first, second in rows if first or second)


def _row(field: str, left: str, right: str, feature: Feature | None) -> ComparedRow:
    if feature is None:
        return ComparedRow(
            name=FIELD_NAMES[field], left=persian_digits(left) or _UNKNOWN, right=persian_digits(right) or _UNKNOWN,
            words="یک طرف را نمی‌دانیم", sign="minus", kind="", points="",
        )  # fmt: skip
    agrees = feature.weight > 0
    return ComparedRow(
        name=FIELD_NAMES[field],
        left=persian_digits(left) or _UNKNOWN,
        right=persian_digits(right) or _UNKNOWN,
        words=LEVEL_SENTENCES.get(field, {}).get(feature.level, ""),
        sign="equal" if agrees else "equal-not",
        kind="clear" if agrees else "wait",
        points=persian_digits(f"{'+' if agrees else '−'}{abs(feature.weight):.1f}".replace(".", "٫")),
    )


def _summary(weight: float) -> str:
    if weight >= _SURE:
        return "روی هم، به احتمال بسیار یک نفرند."
    if weight >= _LIKELY:
        return "روی هم، یک نفر بودنشان محتمل‌تر است."
    return "روی هم، دو نفر بودنشان محتمل‌تر است؛ با دقت ببینید."


def _birth(on: date | None, precision: str) -> str:
    if on is None:
        return ""
    return f"متولد {persian_digits(jalali_year(on))}" if precision == "YEAR" else f"متولد {show_date(on)}"
