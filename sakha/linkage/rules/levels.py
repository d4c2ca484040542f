"""How near two records are, field by field: the comparisons, their levels, and the level of two views.

The engines find the same levels with `level_sql`; a test holds the two together. What a level is worth is the model's.
"""

from enum import IntEnum
from typing import Final

from sakha.linkage.rules.distance import changed_letters
from sakha.linkage.rules.name_levels import Name, count_edits, is_part, name_levels
from sakha.linkage.rules.numbers import IdTrust
from sakha.linkage.rules.record_view import RecordView
from sakha.linkage.rules.voices import is_latin


class Id(IntEnum):
    """Levels of the national ID."""

    UNKNOWN = 0
    CHECKED = 1  # equal, with a right check digit
    UNCHECKED = 2
    SHARED = 3  # equal, but several people use it
    SLIP = 4
    NEIGHBOUR = 5  # issued one after the other: twins, and children registered on one day
    OTHER = 6  # both right, and different
    DIFFERENT = 7  # different, and one of them may be mistyped


class Birth(IntEnum):
    """Levels of the birth date."""

    UNKNOWN = 0
    EQUAL = 1
    SWAPPED = 2  # day and month
    SLIP = 3
    YEAR_ONLY = 4  # one side knows the year alone, or writes the first of Farvardin for it
    TWO_PARTS = 5
    YEAR = 6
    NEAR_YEAR = 7
    DIFFERENT = 8


class Phone(IntEnum):
    """Levels of the mobile."""

    UNKNOWN = 0
    EQUAL = 1
    SHARED = 2  # equal, but of people of several family names
    SLIP = 3
    DIFFERENT = 4


class Home(IntEnum):
    """Levels of the door behind which they live."""

    UNKNOWN = 0
    BOTH = 1  # postal code and address, each by itself
    POSTAL = 2
    ADDRESS = 3
    NEAR_ADDRESS = 4
    AREA = 5  # a postal code or an address of several families
    DIFFERENT = 6


class Place(IntEnum):
    """Levels of the county and province."""

    UNKNOWN = 0
    COUNTY = 1
    PROVINCE = 2
    DIFFERENT = 3


class Gender(IntEnum):
    """Levels of the gender."""

    UNKNOWN = 0
    SAME = 1
    OTHER = 2


class File(IntEnum):
    """Levels of the case file."""

    UNKNOWN = 0
    OTHER = 1
    SAME = 2  # the source says that they are one case
    LIKELY_SAME = 3  # one source, one address


class Context(IntEnum):
    """Levels of who else stands in the two files."""

    UNKNOWN = 0
    LINKED = 1  # another pair of the two files is linked
    UNLINKED = 2  # both files hold others, and none of them is linked
    MATE = 4  # compared only because others of the two files are linked
    TAKEN = 3  # one of the two is linked to somebody else of the other file


# The order in which levels are packed, four bits each; documents and engines rely on it.
COMPARISONS: Final[dict[str, type[IntEnum]]] = {
    "given": Name, "family": Name, "father": Name, "national_id": Id, "birth": Birth, "mobile": Phone, "home": Home,
    "place": Place, "gender": Gender, "file": File, "context": Context,
}  # fmt: skip
LEVEL_COUNT: Final = 10
BITS: Final = 4

WHOLE_LETTERS: Final = 5
CROSSED_LETTERS: Final = 4
CROSSED_EDITS: Final = 2
SHORT_CROSSED_LETTERS: Final = 3  # with one edit
ADDRESS_LETTERS: Final = 8
ADDRESS_EDITS: Final = 4
ADDRESS_LETTERS_AN_EDIT: Final = 5  # where the numbers agree
DOOR_DIGITS: Final = 3
STREET_LETTERS: Final = 3
LONG_STREET_LETTERS: Final = 5  # enough for any number to be the door's
# Two addresses in other words: so many of twenty of their pairs of letters in common, or of the shorter's, where the
# numbers agree; where not, more of them. Fewer pairs say nothing.
ALIKE_IN_TWENTY: Final = 15
PART_IN_TWENTY: Final = 18
ALIKE_IN_TWENTY_ALONE: Final = 17
FEWEST_PAIRS: Final = 4
FEWEST_PAIRS_OF_PART: Final = 7
FEWEST_PAIRS_ALONE: Final = 12
FLAT_DIGITS: Final = 4  # from here on the last digit may be the floor in one and the flat in the other
FEWEST_DOOR_DIGITS: Final = 2
PLACE_LETTERS: Final = 6
NEAR_YEARS: Final = 2
WHOLE_DATE: Final = 8
FIRST_DAY: Final = "0101"
GREGORIAN_AHEAD: Final = 621

Levels = tuple[int, ...]


def compare_views(left: RecordView, right: RecordView, context: Context = Context.UNKNOWN) -> Levels:
    """Give the level of each comparison, in the order of `COMPARISONS`."""
    given, family, father = name_levels(left, right)
    if left.given != right.given and _is_crossed(left, right):
        given, family = Name.CROSSED, Name.UNKNOWN
    gender = Gender.UNKNOWN
    if left.gender and right.gender:
        gender = Gender.SAME if left.gender == right.gender else Gender.OTHER
    return (
        given, family, father, _id_level(left, right), _birth_level(left, right), _phone_level(left, right),
        _home_level(left, right), _place_level(left, right), gender, _file_level(left, right), context,
    )  # fmt: skip


def pack(levels: Levels) -> int:
    """Pack levels into one number, as the engines keep them."""
    return sum(int(level) << (BITS * place) for place, level in enumerate(levels))


def unpack(packed: int) -> Levels:
    """Give back the levels of a packed number."""
    mask = (1 << BITS) - 1
    return tuple((packed >> (BITS * place)) & mask for place in range(len(COMPARISONS)))


def _is_crossed(left: RecordView, right: RecordView) -> bool:
    # حسن حسینی and his brother حسین: where one record's two names sound alike, nothing tells that they changed places
    is_told_apart = left.given_sound != left.family_sound
    if is_told_apart and left.given_sound == right.family_sound and left.family_sound == right.given_sound:
        return True
    crossed = (left.given, right.family), (left.family, right.given)
    for (one, its), (other, theirs) in (crossed, crossed[::-1]):
        shorter = min(len(other), len(theirs))
        if one == its and len(one) >= CROSSED_LETTERS and shorter >= SHORT_CROSSED_LETTERS:
            allowed = CROSSED_EDITS if shorter >= CROSSED_LETTERS else 1
            if is_part(other, theirs, shorter) or changed_letters(other, theirs, allowed) <= allowed:
                return True
    whole = left.given + left.family
    return len(whole) >= WHOLE_LETTERS and whole in {right.given + right.family, right.family + right.given}


def _id_level(left: RecordView, right: RecordView) -> Id:
    if not left.national_id or not right.national_id:
        return Id.UNKNOWN
    trusts = left.id_trust, right.id_trust
    if left.national_id == right.national_id:
        if IdTrust.SHARED in trusts:
            return Id.SHARED
        return Id.UNCHECKED if trusts == (IdTrust.UNCHECKED, IdTrust.UNCHECKED) else Id.CHECKED
    is_right = IdTrust.UNCHECKED not in trusts
    if is_right and IdTrust.PADDED not in trusts:
        return Id.NEIGHBOUR if left.national_id[:8] == right.national_id[:8] else Id.OTHER
    if changed_letters(left.national_id, right.national_id, 2) <= 2:  # noqa: PLR2004 -- a digit lost, and a zero put back
        return Id.SLIP
    return Id.OTHER if is_right else Id.DIFFERENT


def _birth_level(left: RecordView, right: RecordView) -> Birth:
    if not (left.birth or left.birth_gregorian) or not (right.birth or right.birth_gregorian):
        return Birth.UNKNOWN
    calendars = (left.birth, right.birth), (left.birth_gregorian, right.birth_gregorian)
    is_year_same = any(one and one[:4] == other[:4] for one, other in calendars)
    # the first of Farvardin on both sides is two years and no day
    is_year_alone = left.birth[4:] == right.birth[4:] == FIRST_DAY
    if len(left.birth) == len(right.birth) == WHOLE_DATE and not is_year_alone:
        level = _whole_birth_level(calendars, is_year_same=is_year_same)
        if level is not None:
            return level
    elif is_year_same:
        return Birth.YEAR_ONLY
    if is_year_same:
        return Birth.YEAR
    return Birth.NEAR_YEAR if abs(_year(left) - _year(right)) <= NEAR_YEARS else Birth.DIFFERENT


def _whole_birth_level(calendars: tuple[tuple[str, str], ...], *, is_year_same: bool) -> Birth | None:
    (left, right), (left_gregorian, right_gregorian) = calendars
    if left == right or left_gregorian == right_gregorian:
        return Birth.EQUAL
    if any(one[:4] == other[:4] and one[4:6] == other[6:] and one[6:] == other[4:6] for one, other in calendars):
        return Birth.SWAPPED
    if any(count_edits(one, other) <= 1 for one, other in calendars):
        return Birth.SLIP
    if is_year_same and (left[4:] == FIRST_DAY or right[4:] == FIRST_DAY):
        return Birth.YEAR_ONLY
    if any(_has_two_parts(one, other) for one, other in calendars):
        return Birth.TWO_PARTS
    return None


def _has_two_parts(one: str, other: str) -> bool:
    parts = (one[:4] == other[:4], one[4:6] == other[4:6], one[6:] == other[6:])
    return sum(parts) >= 2  # noqa: PLR2004 -- two of three


def _year(view: RecordView) -> int:
    return int(view.birth[:4]) if view.birth else int(view.birth_gregorian[:4]) - GREGORIAN_AHEAD


def _phone_level(left: RecordView, right: RecordView) -> Phone:
    if not left.mobile or not right.mobile:
        return Phone.UNKNOWN
    if left.mobile == right.mobile:
        return Phone.SHARED if left.is_mobile_shared or right.is_mobile_shared else Phone.EQUAL
    return Phone.SLIP if count_edits(left.mobile, right.mobile) <= 1 else Phone.DIFFERENT


def _home_level(left: RecordView, right: RecordView) -> Home:
    is_postal = bool(left.postal_code) and left.postal_code == right.postal_code
    is_own_postal = is_postal and not (left.is_postal_shared or right.is_postal_shared)
    address = _address_level(left, right)
    is_own_address = address is not None and not (left.is_address_shared or right.is_address_shared)
    if is_postal and address and (is_own_postal or is_own_address):
        return Home.BOTH
    if is_own_postal:
        return Home.POSTAL
    if address and is_own_address:
        return address
    # «باغ ملک» alone is a village: no door, and no other one either
    if is_postal or address or (left.address and left.address == right.address):
        return Home.AREA
    is_address_known = left.address and right.address and is_latin(left.address) == is_latin(right.address)
    is_known = (left.postal_code and right.postal_code) or is_address_known
    return Home.DIFFERENT if is_known else Home.UNKNOWN


def _place_level(left: RecordView, right: RecordView) -> Place:
    is_written_alike = min(len(left.county), len(right.county)) >= PLACE_LETTERS and (
        count_edits(left.county, right.county) <= 1
    )
    if left.county and (left.county == right.county or is_written_alike):
        return Place.COUNTY
    if left.province and left.province == right.province:
        return Place.PROVINCE
    is_known = (left.province and right.province) or (left.county and right.county)
    return Place.DIFFERENT if is_known else Place.UNKNOWN


def _address_level(left_view: RecordView, right_view: RecordView) -> Home | None:
    left, right = left_view.address, right_view.address
    if not left or not right:
        return None
    shorter, longer = sorted((len(left), len(right)))
    if shorter >= ADDRESS_LETTERS and left == right:
        return Home.ADDRESS
    is_long = longer >= 2 * ADDRESS_LETTERS
    is_near = is_long and changed_letters(left, right, ADDRESS_EDITS) <= ADDRESS_EDITS
    is_near = is_near or _is_one_door(left, right, longer) or _is_in_other_words(left_view, right_view)
    return Home.NEAR_ADDRESS if is_near else None


def _is_in_other_words(left: RecordView, right: RecordView) -> bool:
    """Tell whether the words are the same in another order, or with others among them."""
    counts = [(view.letter_pairs.bit_count() + view.more_letter_pairs.bit_count()) for view in (left, right)]
    both = (left.letter_pairs & right.letter_pairs).bit_count()
    both += (left.more_letter_pairs & right.more_letter_pairs).bit_count()
    fewest = min(counts)
    is_alike = fewest >= FEWEST_PAIRS and 40 * both >= ALIKE_IN_TWENTY * sum(counts)
    if not is_alike and not (fewest >= FEWEST_PAIRS_OF_PART and 20 * both >= PART_IN_TWENTY * fewest):
        return False
    if fewest >= FEWEST_PAIRS_ALONE and 40 * both >= ALIKE_IN_TWENTY_ALONE * sum(counts):
        return True
    door, other_door = (view.address[len(view.address.rstrip("0123456789")) :] for view in (left, right))
    digits = min(len(door), len(other_door))
    digits -= digits >= FLAT_DIGITS
    if digits >= FEWEST_DOOR_DIGITS:
        return door[:digits] == other_door[:digits] or _has_same_digits(door, other_door)
    return digits > 0 and fewest >= FEWEST_PAIRS_OF_PART and door == other_door


def _has_same_digits(door: str, other_door: str) -> bool:
    """Tell whether the numbers are the same in another order: «پلاک ۲۰ کوچهٔ ۴» is «ک ۴ پ ۲۰»."""
    return len(door) == len(other_door) >= DOOR_DIGITS and sorted(door) == sorted(other_door)


def _is_one_door(left: str, right: str, longer: int) -> bool:
    """Tell whether the numbers agree (one may add a floor) and the words are alike or part of the other's."""
    street, other_street = left.rstrip("0123456789"), right.rstrip("0123456789")
    door, other_door = left[len(street) :], right[len(other_street) :]
    shorter, digits = min(len(street), len(other_street)), min(len(door), len(other_door))
    is_door_same = digits >= DOOR_DIGITS and door[:digits] == other_door[:digits]
    is_door_same |= digits > 0 and shorter >= LONG_STREET_LETTERS and door == other_door
    is_door_same |= _has_same_digits(door, other_door)
    if not is_door_same:
        return False
    if shorter >= STREET_LETTERS and is_part(street, other_street, shorter):
        return True
    allowed = longer // ADDRESS_LETTERS_AN_EDIT
    return changed_letters(left, right, allowed) <= allowed


def _file_level(left: RecordView, right: RecordView) -> File:
    if not left.file or not right.file:
        return File.UNKNOWN
    if left.file != right.file:
        return File.OTHER
    return File.SAME if left.is_file_given and right.is_file_given else File.LIKELY_SAME
