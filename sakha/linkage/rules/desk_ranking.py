"""How near a person of the register is to who is looked for: points a feature, with the feature named.

Decides the order at the desk only. Whether two records are joined is decided by the model of the batch and by people.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sakha.linkage.rules.desk_question import DeskQuestion
from sakha.linkage.rules.distance import edit_distance
from sakha.linkage.rules.names import NameLevel, compare_name_keys, name_key
from sakha.vocabulary.jalali import DatePrecision, to_jalali

# In halves of a bit or so, set by hand: exact numbers above all, then the day of birth, then names.
ID_EXACT_POINTS: Final = 30
_ID_NEAR, _ID_TAIL = 14, 12
_MOBILE_EXACT, _MOBILE_NEAR = 10, 5
_NAME_POINTS: Final = {
    NameLevel.EQUAL: 8, NameLevel.CLOSE: 6, NameLevel.UNKNOWN: 0, NameLevel.DIFFERENT: -5,
}  # fmt: skip
_FATHER_POINTS: Final = {
    NameLevel.EQUAL: 5, NameLevel.CLOSE: 4, NameLevel.UNKNOWN: 0, NameLevel.DIFFERENT: -4,
}  # fmt: skip
_FATHER_BEGUN: Final = 3
_NAME_BEGUN, _BIRTH_DAY, _BIRTH_YEAR, _BIRTH_NEAR, _BIRTH_OTHER, _GENDER_OTHER = 5, 10, 6, 3, -6, -4
_LETTERS_BEGUN: Final = 2
# What somebody who may not see a person must know before he is told that there is such a person: an identifier and a
# name, or both names with the day of birth. Below that the register would answer guesses.
ELSEWHERE_POINTS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPerson:
    """A person of the register as the keys brought it. The flags say which numbers led to it."""

    given_name: str
    family_name: str
    father_name: str = ""
    birth_on: date | None = None
    birth_precision: str = ""
    gender: str = ""
    is_id_exact: bool = False
    is_id_near: bool = False
    is_id_tail: bool = False
    is_mobile_exact: bool = False
    is_mobile_near: bool = False


@dataclass(frozen=True, slots=True)
class DeskRank:
    """Points and what they are made of: (feature, points), the weightiest first."""

    points: int
    features: tuple[tuple[str, int], ...] = field(default=())


class DeskJudge:
    """Ranks many people for one question; what the question says is worked out once."""

    def __init__(self, question: DeskQuestion) -> None:
        self._question = question
        self._readings = [
            (name_key(given), name_key(family), name_key(father)) for given, family, father in question.readings
        ] or [("", "", name_key(question.father_name))]
        self._is_typed = not (question.given_name or question.family_name)

    def rank(self, person: DeskPerson) -> DeskRank:
        """The points of one person."""
        features = [
            ("identifier", self._identifier(person)),
            ("mobile", _MOBILE_EXACT if person.is_mobile_exact else _MOBILE_NEAR if person.is_mobile_near else 0),
            *self._name_features(person),
            ("birth", self._birth(person)),
            ("gender", self._gender(person)),
        ]
        told = sorted((one for one in features if one[1]), key=lambda one: -abs(one[1]))
        return DeskRank(sum(points for _, points in told), tuple(told))

    def _identifier(self, person: DeskPerson) -> int:
        if person.is_id_exact:
            return ID_EXACT_POINTS
        if person.is_id_tail:
            return _ID_TAIL
        return _ID_NEAR if person.is_id_near else 0

    def _name_features(self, person: DeskPerson) -> list[tuple[str, int]]:
        given, family, father = (name_key(one) for one in (person.given_name, person.family_name, person.father_name))
        ways = [
            (self._name(asked[0], given), self._name(asked[1], family), self._father(asked[2], father))
            for asked in self._readings
        ]
        if not self._is_typed:  # in a form the two fields are changed over now and then
            asked = self._readings[0]
            crossed = self._name(asked[0], family), self._name(asked[1], given)
            if min(crossed) > 0:
                ways.append((crossed[0] - 1, crossed[1] - 1, ways[0][2]))
        best = max(ways, key=sum)
        return [("given_name", best[0]), ("family_name", best[1]), ("father_name", best[2])]

    def _father(self, asked: str, known: str) -> int:
        points = _FATHER_POINTS[compare_name_keys(asked, known)]
        if points < _FATHER_BEGUN and self._is_typed and len(asked) >= _LETTERS_BEGUN and known.startswith(asked):
            return _FATHER_BEGUN
        return points

    def _name(self, asked: str, known: str) -> int:
        points = _NAME_POINTS[compare_name_keys(asked, known)]
        if points < _NAME_BEGUN and self._is_typed and len(asked) >= _LETTERS_BEGUN and known.startswith(asked):
            return _NAME_BEGUN
        return points

    def _birth(self, person: DeskPerson) -> int:
        asked, known = self._question.birth, person.birth_on
        if asked is None or known is None:
            return 0
        is_year_only = DatePrecision.YEAR in (asked.precision, person.birth_precision)
        if known in self._question.birth_days and not is_year_only:
            return _BIRTH_DAY if known == asked.on else _BIRTH_YEAR
        span = self._question.birth_span
        if span is not None and span[0] <= known <= span[1]:
            return _BIRTH_YEAR if is_year_only else _BIRTH_NEAR
        asked_year, known_year = to_jalali(asked.on)[0], to_jalali(known)[0]
        is_near = abs(asked_year - known_year) <= 1 or edit_distance(str(asked_year), str(known_year), 1) <= 1
        return _BIRTH_NEAR if is_near else _BIRTH_OTHER

    def _gender(self, person: DeskPerson) -> int:
        asked = self._question.gender
        return _GENDER_OTHER if asked and person.gender and asked != person.gender else 0
