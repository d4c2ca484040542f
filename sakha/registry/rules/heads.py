"""Who may head a household whose head has died, and how the others stand to the new head."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from sakha.registry.rules.words import Relation
from sakha.vocabulary.refusal import Refusal

ADULT_YEARS: Final = 18  # Civil Code, note 1 of article 1210: whoever is younger has a guardian


class HeadNotAMember(Refusal):
    """Only somebody who lives in the household heads it."""

    code: ClassVar[str] = "HEAD_NOT_A_MEMBER"
    sentence: ClassVar[str] = "این شخص عضو این خانوار نیست."


class HeadNotLiving(Refusal):
    """The named person has died."""

    code: ClassVar[str] = "HEAD_NOT_LIVING"
    sentence: ClassVar[str] = "این شخص درگذشته است؛ کسی دیگر را برگزینید."


class HeadLives(Refusal):
    """The household has a head who lives."""

    code: ClassVar[str] = "HEAD_LIVES"
    sentence: ClassVar[str] = "سرپرست این خانوار زنده است؛ سرپرست تازه تنها پس از درگذشت او نامیده می‌شود."


class HeadTooYoung(Refusal):
    """A child heads no household in which an adult lives."""

    code: ClassVar[str] = "HEAD_TOO_YOUNG"
    sentence: ClassVar[str] = "در این خانوار بزرگسالی هست؛ کودک سرپرست نمی‌شود."


@dataclass(frozen=True, slots=True, kw_only=True)
class LivingMember:
    """Somebody in the household, as the choice of a head needs to know."""

    membership_id: int
    person_id: int
    relation: Relation
    birth_on: date | None
    died_on: date | None

    def is_adult(self, today: date) -> bool:
        """Whose age is unknown counts as an adult."""
        if self.birth_on is None:
            return True
        had_birthday = (today.month, today.day) >= (self.birth_on.month, self.birth_on.day)
        return today.year - self.birth_on.year - (not had_birthday) >= ADULT_YEARS


def choose_head(members: Sequence[LivingMember], person_id: int, today: date) -> LivingMember:
    """The member who becomes, or already is, the head.

    Raises: HeadNotAMember, HeadNotLiving, HeadLives, HeadTooYoung.
    """
    chosen = next((one for one in members if one.person_id == person_id), None)
    if chosen is None:
        raise HeadNotAMember(field="person")
    if chosen.died_on is not None:
        raise HeadNotLiving(field="person")
    if chosen.relation is Relation.HEAD:
        return chosen
    if any(one.relation is Relation.HEAD and one.died_on is None for one in members):
        raise HeadLives(field="person")
    others = [one for one in members if one.died_on is None and one.person_id != person_id]
    if not chosen.is_adult(today) and any(one.is_adult(today) for one in others):
        raise HeadTooYoung(field="person")
    return chosen


# Of the old head's spouse the children stay children; of a child the widowed parent is a parent. All else is kin.
_TO_NEW: Final = {
    (Relation.SPOUSE, Relation.CHILD): Relation.CHILD,
    (Relation.CHILD, Relation.SPOUSE): Relation.PARENT,
}


def relation_to_new_head(new_head: Relation, member: Relation) -> Relation:
    """How a member stands to the new head, by how both stood to the old one."""
    return _TO_NEW.get((new_head, member), Relation.OTHER)
