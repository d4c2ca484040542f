"""Two records carry one national ID: are they one person, or was the ID typed for somebody else?

An ID alone proves little, since guardians' IDs stand on children's rows and digits slip. So the verdict weighs given
name, family name and birth date, and looks to the father's name and gender where these leave a doubt.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sakha.linkage.rules.distance import edit_distance
from sakha.linkage.rules.names import NameLevel, compare_name_keys, compare_names, name_key
from sakha.vocabulary.jalali import to_jalali


class IdentityOutcome(StrEnum):
    """SAME may be joined; CONTRADICTION must not be; UNSURE is for a person to see."""

    SAME = "SAME"
    CONTRADICTION = "CONTRADICTION"
    UNSURE = "UNSURE"


class IdentityReason(StrEnum):
    """What the comparison saw."""

    NAMES_AGREE = "NAMES_AGREE"
    NAMES_NEAR = "NAMES_NEAR"
    NAMES_SWAPPED = "NAMES_SWAPPED"
    BIRTH_AGREES = "BIRTH_AGREES"
    BIRTH_NEAR = "BIRTH_NEAR"
    FATHER_AGREES = "FATHER_AGREES"
    GIVEN_NAME_DIFFERS = "GIVEN_NAME_DIFFERS"
    FAMILY_NAME_DIFFERS = "FAMILY_NAME_DIFFERS"
    BIRTH_DIFFERS = "BIRTH_DIFFERS"
    FATHER_DIFFERS = "FATHER_DIFFERS"
    GENDER_DIFFERS = "GENDER_DIFFERS"
    NOTHING_TO_COMPARE = "NOTHING_TO_COMPARE"


REASON_SENTENCES: Final[dict[IdentityReason, str]] = {
    IdentityReason.NAMES_AGREE: "نام‌ها یکی است",
    IdentityReason.NAMES_NEAR: "نام‌ها کمی جور دیگر نوشته شده است",
    IdentityReason.NAMES_SWAPPED: "نام و نام خانوادگی جابه‌جا نوشته شده است",
    IdentityReason.BIRTH_AGREES: "تاریخ تولد یکی است",
    IdentityReason.BIRTH_NEAR: "تاریخ تولد نزدیک است",
    IdentityReason.FATHER_AGREES: "نام پدر یکی است",
    IdentityReason.GIVEN_NAME_DIFFERS: "نام فرق دارد",
    IdentityReason.FAMILY_NAME_DIFFERS: "نام خانوادگی فرق دارد",
    IdentityReason.BIRTH_DIFFERS: "سال تولد فرق دارد",
    IdentityReason.FATHER_DIFFERS: "نام پدر فرق دارد",
    IdentityReason.GENDER_DIFFERS: "جنسیت فرق دارد",
    IdentityReason.NOTHING_TO_COMPARE: "جز کد ملی چیزی برای سنجیدن نیست",
}


@dataclass(frozen=True, slots=True)
class IdentityView:
    """What one record says of who a person is; empty texts and None are unknown."""

    given_name: str = ""
    family_name: str = ""
    father_name: str = ""
    birth_on: date | None = None
    is_birth_year_only: bool = False
    gender: str = ""


@dataclass(frozen=True, slots=True)
class IdentityVerdict:
    """The outcome with everything that led to it."""

    outcome: IdentityOutcome
    reasons: tuple[IdentityReason, ...]

    @property
    def is_same(self) -> bool:
        """Whether the records may be joined without a person's look."""
        return self.outcome is IdentityOutcome.SAME

    @property
    def sentences(self) -> tuple[str, ...]:
        """The reasons in Persian."""
        return tuple(REASON_SENTENCES[reason] for reason in self.reasons)


_ALL_THREE: Final = 3
_TWO: Final = 2


def compare_identity(left: IdentityView, right: IdentityView) -> IdentityVerdict:
    """Say whether two records that carry one national ID speak of one person.

    1. Given name, family name and birth year all differ: CONTRADICTION, the ID is mistyped or somebody else's.
    2. None of the three differs: SAME.
    3. One differs: SAME when the other two agree and nothing else speaks against it, for people are called by another
       name and years are mistyped; UNSURE when a relative's ID would look just so.
    4. Two differ: CONTRADICTION when the third is unknown and father or gender differ as well, else UNSURE.
    """
    given, family, name_reasons = _compare_names(left, right)
    birth, birth_reason = _compare_births(left, right)
    father = compare_names(left.father_name, right.father_name)
    is_gender_other = bool(left.gender and right.gender and left.gender != right.gender)
    reasons = [*name_reasons, *([birth_reason] if birth_reason else [])]
    if father is not NameLevel.UNKNOWN:
        differs = father is NameLevel.DIFFERENT
        reasons.append(IdentityReason.FATHER_DIFFERS if differs else IdentityReason.FATHER_AGREES)
    if is_gender_other:
        reasons.append(IdentityReason.GENDER_DIFFERS)
    levels = (given, family, birth)
    is_against = father is NameLevel.DIFFERENT or is_gender_other
    outcome = _outcome(levels, father, is_against=is_against)
    return IdentityVerdict(outcome, tuple(reasons) or (IdentityReason.NOTHING_TO_COMPARE,))


def _outcome(levels: tuple[NameLevel, NameLevel, NameLevel], father: NameLevel, *, is_against: bool) -> IdentityOutcome:
    differing = levels.count(NameLevel.DIFFERENT)
    if differing == 0:
        return IdentityOutcome.SAME
    if differing == _ALL_THREE:
        return IdentityOutcome.CONTRADICTION
    if differing == _TWO:
        is_third_unknown = NameLevel.UNKNOWN in levels
        return IdentityOutcome.CONTRADICTION if is_third_unknown and is_against else IdentityOutcome.UNSURE
    given, family, birth = levels
    # Brothers share family, father and nearly the year, but not the day: only a full birth date carries another name.
    carries = (
        (given is NameLevel.DIFFERENT and family >= NameLevel.CLOSE and birth is NameLevel.EQUAL)
        or (family is NameLevel.DIFFERENT and given >= NameLevel.CLOSE and birth is NameLevel.EQUAL)
        or (birth is NameLevel.DIFFERENT and given is family is NameLevel.EQUAL and father >= NameLevel.CLOSE)
    )
    return IdentityOutcome.SAME if carries and not is_against else IdentityOutcome.UNSURE


def _compare_names(left: IdentityView, right: IdentityView) -> tuple[NameLevel, NameLevel, list[IdentityReason]]:
    if (
        left.given_name
        and left.family_name
        and (left.given_name, left.family_name)
        == (
            right.given_name,
            right.family_name,
        )
    ):
        return NameLevel.EQUAL, NameLevel.EQUAL, [IdentityReason.NAMES_AGREE]
    keys = (
        (name_key(left.given_name), name_key(left.family_name)),
        (name_key(right.given_name), name_key(right.family_name)),
    )
    (left_given, left_family), (right_given, right_family) = keys
    given, family = compare_name_keys(left_given, right_given), compare_name_keys(left_family, right_family)
    if NameLevel.DIFFERENT not in {given, family} and given is not NameLevel.UNKNOWN is not family:
        return given, family, [_name_reason(given, family)]
    crossed = compare_name_keys(left_given, right_family), compare_name_keys(left_family, right_given)
    if min(crossed) >= NameLevel.CLOSE and max(crossed) is NameLevel.EQUAL:
        return crossed[0], crossed[1], [IdentityReason.NAMES_SWAPPED]
    left_whole, right_whole = left_given + left_family, right_given + right_family
    if left_whole and left_whole in {right_whole, right_family + right_given}:
        return NameLevel.EQUAL, NameLevel.EQUAL, [IdentityReason.NAMES_AGREE]
    reasons = []
    if given is NameLevel.DIFFERENT:
        reasons.append(IdentityReason.GIVEN_NAME_DIFFERS)
    if family is NameLevel.DIFFERENT:
        reasons.append(IdentityReason.FAMILY_NAME_DIFFERS)
    if not reasons and max(given, family) >= NameLevel.CLOSE:
        reasons.append(_name_reason(given, family))
    return given, family, reasons


def _name_reason(given: NameLevel, family: NameLevel) -> IdentityReason:
    return IdentityReason.NAMES_NEAR if NameLevel.CLOSE in {given, family} else IdentityReason.NAMES_AGREE


def _compare_births(left: IdentityView, right: IdentityView) -> tuple[NameLevel, IdentityReason | None]:
    if left.birth_on is None or right.birth_on is None:
        return NameLevel.UNKNOWN, None
    if left.birth_on == right.birth_on and not (left.is_birth_year_only or right.is_birth_year_only):
        return NameLevel.EQUAL, IdentityReason.BIRTH_AGREES
    if _is_birth_near(left.birth_on, right.birth_on):
        return NameLevel.CLOSE, IdentityReason.BIRTH_NEAR
    return NameLevel.DIFFERENT, IdentityReason.BIRTH_DIFFERS


# A year given alone stands for its first day, and the old registers were often a year off.
_NEAR_DAYS: Final = 366
# One Jalali day falls on Gregorian days of the year this far apart at most.
_LEAP_DRIFT: Final = 3


def _is_birth_near(left: date, right: date) -> bool:
    if abs((left - right).days) <= _NEAR_DAYS:
        return True
    if abs(left.timetuple().tm_yday - right.timetuple().tm_yday) > _LEAP_DRIFT:
        return False
    # The same day in a year with one digit wrong or two changed over: 1356 for 1365.
    left_year, *left_day = to_jalali(left)
    right_year, *right_day = to_jalali(right)
    return left_day == right_day and edit_distance(str(left_year), str(right_year), 1) <= 1
