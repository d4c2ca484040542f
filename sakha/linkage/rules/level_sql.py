"""The comparisons of `levels` and `name_levels` as SQL over two rows `l` and `r` with the columns of a record view.

Only what DuckDB and Spark both know and count alike: names are ASCII codes here, so a byte is a letter.
"""

from collections.abc import Iterable
from typing import Final

from sakha.linkage.rules import levels as v
from sakha.linkage.rules import name_levels as n
from sakha.linkage.rules.coding import HEARD_FROM, HEARD_TO
from sakha.linkage.rules.levels import Birth, File, Gender, Home, Id, Phone, Place
from sakha.linkage.rules.name_levels import Name
from sakha.linkage.rules.numbers import IdTrust

# The columns that the comparisons read; `file` is a number here, 0 for none.
COMPARED_COLUMNS: Final = (
    "given", "family", "father", "given_sound", "family_sound", "father_sound", "national_id", "id_trust", "birth",
    "birth_gregorian", "gender", "mobile", "postal_code", "address", "province", "county", "file", "given_band",
    "family_band", "is_mobile_shared", "is_postal_shared", "is_address_shared", "letter_pairs",
    "more_letter_pairs", "given_voice", "family_voice", "father_voice",
)  # fmt: skip


def is_latin_sql(column: str) -> str:
    """Tell whether a coded text was written in Latin letters, as `voices.is_latin` does."""
    return f"({column} >= 'a' AND {column} < '{{')"


def levels_sql(*, is_file_given: bool, has_latin: bool) -> str:
    """All comparisons of two rows packed into one number; the context, known later, is left at zero.

    Where no row has a Latin letter the levels are the same without asking for the script, which costs time.
    """
    parts = (
        _crossed(_name("given", "l.given_band", has_latin=has_latin), "given", int(Name.CROSSED)),
        _crossed(_name("family", "l.family_band", has_latin=has_latin), "given", int(Name.UNKNOWN)),
        _name("father", "0", has_latin=has_latin),
        _id(),
        _birth(),
        _phone(),
        _home(has_latin=has_latin),
        _place(),
        _gender(),
        _file(File.SAME if is_file_given else File.LIKELY_SAME),
    )
    return " + ".join(f"CAST({part} AS BIGINT) * {1 << (v.BITS * place)}" for place, part in enumerate(parts))


def _case(*branches: tuple[str, int | str], otherwise: int) -> str:
    return "CASE " + " ".join(f"WHEN {test} THEN {level}" for test, level in branches) + f" ELSE {int(otherwise)} END"


def _crossed(usual: str, column: str, level: int) -> str:
    whole, crossed = "concat(r.given, r.family)", "concat(r.family, r.given)"
    test = (
        f"l.{column} <> r.{column} AND ("
        "l.given_sound <> l.family_sound"
        " AND l.given_sound = r.family_sound AND l.family_sound = r.given_sound"
        f" OR length(l.given) + length(l.family) >= {v.WHOLE_LETTERS}"
        " AND length(l.given) + length(l.family) = length(r.given) + length(r.family)"
        f" AND (concat(l.given, l.family) = {whole} OR concat(l.given, l.family) = {crossed})"
        f" OR {_nearly_crossed('given', 'family')} OR {_nearly_crossed('family', 'given')})"
    )
    return f"CASE WHEN {test} THEN {level} ELSE {usual} END"


def _nearly_crossed(same: str, near: str) -> str:
    one, other, theirs = f"l.{same}", f"l.{near}", f"r.{same}"
    shorter = f"least(length({other}), length({theirs}))"
    return (
        f"({one} = r.{near} AND length({one}) >= {v.CROSSED_LETTERS} AND {shorter} >= {v.SHORT_CROSSED_LETTERS}"
        f" AND (substr({other}, 1, {shorter}) = substr({theirs}, 1, {shorter})"
        f" OR right({other}, {shorter}) = right({theirs}, {shorter})"
        f" OR levenshtein({other}, {theirs}) <= CASE WHEN {shorter} >= {v.CROSSED_LETTERS}"
        f" THEN {v.CROSSED_EDITS} ELSE 1 END))"
    )


def _name(name: str, band: str, *, has_latin: bool) -> str:
    left, right = f"l.{name}", f"r.{name}"
    shorter, longer = f"least(length({left}), length({right}))", f"greatest(length({left}), length({right}))"
    edits = f"levenshtein({left}, {right})"
    heard = f"translate({{}}, '{HEARD_FROM}', '{HEARD_TO}')"
    begins = f"substr({left}, 1, {shorter}) = substr({right}, 1, {shorter})"
    ends = f"right({left}, {shorter}) = right({right}, {shorter})"
    return _case(
        (f"{left} = '' OR {right} = ''", int(Name.UNKNOWN)),
        (f"{left} = {right}", f"{int(Name.RARE)} + {band}"),
        *(_voiced(name) if has_latin else ()),
        (f"length({left}) = length({right}) AND {heard.format(left)} = {heard.format(right)}", int(Name.HEARD)),
        (_within(left, right, edits, ((1, n.SLIP_LETTERS), (2, n.LONG_LETTERS)), longer), int(Name.SLIP)),
        (f"{shorter} >= {n.PART_LETTERS} AND ({begins} OR {ends})", int(Name.PART)),
        (
            f"l.{name}_sound = r.{name}_sound OR "
            + _within(left, right, edits, ((1, n.NEAR_LETTERS), (2, n.NEAR_LONG_LETTERS)), longer),
            int(Name.NEAR),
        ),
        otherwise=Name.DIFFERENT,
    )


def _voiced(name: str) -> tuple[tuple[str, int | str], ...]:
    latin, other_latin = is_latin_sql(f"l.{name}"), is_latin_sql(f"r.{name}")
    left, right = f"l.{name}_voice", f"r.{name}_voice"
    shorter, longer = f"least(length({left}), length({right}))", f"greatest(length({left}), length({right}))"
    edits = f"levenshtein({left}, {right})"
    begins = f"substr({left}, 1, {shorter}) = substr({right}, 1, {shorter})"
    ends = f"right({left}, {shorter}) = right({right}, {shorter})"
    in_two_scripts = _case(
        (f"{left} = {right}", int(Name.HEARD)),
        (f"{shorter} >= {n.PART_LETTERS} AND ({begins} OR {ends})", int(Name.PART)),
        (
            f"l.{name}_sound = r.{name}_sound OR "
            + _within(left, right, edits, ((1, n.NEAR_SIGNS), (2, n.LONG_SIGNS)), longer),
            int(Name.NEAR),
        ),
        otherwise=Name.DIFFERENT,
    )
    return ((f"{latin} <> {other_latin}", in_two_scripts),)


def _within(left: str, right: str, edits: str, allowed: tuple[tuple[int, int], ...], longer: str) -> str:
    # the lengths first: they are cheap, and most pairs of names end there
    (_few, letters), (most, long_letters) = allowed
    return (
        f"(abs(length({left}) - length({right})) <= {most} AND {longer} >= {letters} AND"
        f" CASE WHEN {longer} >= {long_letters} THEN {edits} <= {most} ELSE {_one_edit(left, right)} END)"
    )


def _one_edit(left: str, right: str) -> str:
    """A letter lost, added or changed, or two in each other's place."""
    edits = f"levenshtein({left}, {right})"
    letters = f"list_sort(string_split({left}, '')) = list_sort(string_split({right}, ''))"
    same_length = f"length({left}) = length({right})"
    return f"CASE WHEN {edits} <= 1 THEN true WHEN {edits} = 2 AND {same_length} THEN {letters} ELSE false END"


def _id() -> str:
    shared = f"(l.id_trust = {int(IdTrust.SHARED)} OR r.id_trust = {int(IdTrust.SHARED)})"
    right = f"l.id_trust <> {int(IdTrust.UNCHECKED)} AND r.id_trust <> {int(IdTrust.UNCHECKED)}"
    surely = f"{right} AND l.id_trust <> {int(IdTrust.PADDED)} AND r.id_trust <> {int(IdTrust.PADDED)}"
    unchecked = f"l.id_trust = {int(IdTrust.UNCHECKED)} AND r.id_trust = {int(IdTrust.UNCHECKED)}"
    return _case(
        ("l.national_id = '' OR r.national_id = ''", int(Id.UNKNOWN)),
        (f"l.national_id = r.national_id AND {shared}", int(Id.SHARED)),
        (f"l.national_id = r.national_id AND {unchecked}", int(Id.UNCHECKED)),
        ("l.national_id = r.national_id", int(Id.CHECKED)),
        (f"{surely} AND substr(l.national_id, 1, 8) = substr(r.national_id, 1, 8)", int(Id.NEIGHBOUR)),
        (surely, int(Id.OTHER)),
        ("levenshtein(l.national_id, r.national_id) <= 2", int(Id.SLIP)),
        (right, int(Id.OTHER)),
        otherwise=Id.DIFFERENT,
    )


def _birth() -> str:
    columns = ("birth", "birth_gregorian")
    # the first of Farvardin on both sides is two years and no day
    whole = (
        f"length(l.birth) = {v.WHOLE_DATE} AND length(r.birth) = {v.WHOLE_DATE}"
        f" AND NOT (substr(l.birth, 5, 4) = '{v.FIRST_DAY}' AND substr(r.birth, 5, 4) = '{v.FIRST_DAY}')"
    )
    year_same = _any(f"l.{c} <> '' AND r.{c} <> '' AND {_same(c, 1, 4)}" for c in columns)
    swapped = _any(
        f"{_same(c, 1, 4)} AND substr(l.{c}, 5, 2) = substr(r.{c}, 7, 2) AND substr(l.{c}, 7, 2) = substr(r.{c}, 5, 2)"
        for c in columns
    )
    first_day = f"{year_same} AND (substr(l.birth, 5, 4) = '{v.FIRST_DAY}' OR substr(r.birth, 5, 4) = '{v.FIRST_DAY}')"
    parts = ((1, 4), (5, 2)), ((1, 4), (7, 2)), ((5, 2), (7, 2))
    two_parts = _any(f"{_same(c, *one)} AND {_same(c, *other)}" for c in columns for one, other in parts)
    years = (
        f"CASE WHEN {{0}}.birth <> '' THEN CAST(substr({{0}}.birth, 1, 4) AS INT)"
        f" ELSE CAST(substr({{0}}.birth_gregorian, 1, 4) AS INT) - {v.GREGORIAN_AHEAD} END"
    )
    return _case(
        ("l.birth = '' AND l.birth_gregorian = '' OR r.birth = '' AND r.birth_gregorian = ''", int(Birth.UNKNOWN)),
        (f"{whole} AND (l.birth = r.birth OR l.birth_gregorian = r.birth_gregorian)", int(Birth.EQUAL)),
        (f"{whole} AND {swapped}", int(Birth.SWAPPED)),
        (f"{whole} AND {_any(_one_edit(f'l.{c}', f'r.{c}') for c in columns)}", int(Birth.SLIP)),
        (f"{whole} AND {first_day}", int(Birth.YEAR_ONLY)),
        (f"{whole} AND {two_parts}", int(Birth.TWO_PARTS)),
        (f"NOT ({whole}) AND {year_same}", int(Birth.YEAR_ONLY)),
        (year_same, int(Birth.YEAR)),
        (f"abs({years.format('l')} - {years.format('r')}) <= {v.NEAR_YEARS}", int(Birth.NEAR_YEAR)),
        otherwise=Birth.DIFFERENT,
    )


def _same(column: str, start: int, length: int) -> str:
    return f"substr(l.{column}, {start}, {length}) = substr(r.{column}, {start}, {length})"


def _any(tests: Iterable[str]) -> str:
    return "(" + " OR ".join(f"({test})" for test in tests) + ")"


def _phone() -> str:
    return _case(
        ("l.mobile = '' OR r.mobile = ''", int(Phone.UNKNOWN)),
        ("l.mobile = r.mobile AND (l.is_mobile_shared OR r.is_mobile_shared)", int(Phone.SHARED)),
        ("l.mobile = r.mobile", int(Phone.EQUAL)),
        (
            f"abs(length(l.mobile) - length(r.mobile)) <= 1 AND {_one_edit('l.mobile', 'r.mobile')}",
            int(Phone.SLIP),
        ),
        otherwise=Phone.DIFFERENT,
    )


def _home(*, has_latin: bool) -> str:
    one_script = f" AND {is_latin_sql('l.address')} = {is_latin_sql('r.address')}" if has_latin else ""
    postal = "l.postal_code <> '' AND l.postal_code = r.postal_code"
    own_postal = "NOT (l.is_postal_shared OR r.is_postal_shared)"
    equal = f"length(l.address) >= {v.ADDRESS_LETTERS} AND l.address = r.address"
    near = f"l.address <> '' AND r.address <> '' AND ({_near_address()} OR {_one_door()} OR {_in_other_words()})"
    own_address = "NOT (l.is_address_shared OR r.is_address_shared)"
    return _case(
        (f"{postal} AND ({own_address} OR {own_postal}) AND ({equal} OR ({near}))", int(Home.BOTH)),
        (f"{postal} AND {own_postal}", int(Home.POSTAL)),
        (f"{equal} AND {own_address}", int(Home.ADDRESS)),
        (f"{own_address} AND {near}", int(Home.NEAR_ADDRESS)),
        (f"{postal} OR l.address <> '' AND l.address = r.address OR ({near})", int(Home.AREA)),
        (
            f"l.postal_code <> '' AND r.postal_code <> '' OR l.address <> '' AND r.address <> ''{one_script}",
            int(Home.DIFFERENT),
        ),
        otherwise=Home.UNKNOWN,
    )


def _place() -> str:
    alike = f"least(length(l.county), length(r.county)) >= {v.PLACE_LETTERS} AND {_one_edit('l.county', 'r.county')}"
    return _case(
        (f"l.county <> '' AND (l.county = r.county OR {alike})", int(Place.COUNTY)),
        ("l.province <> '' AND l.province = r.province", int(Place.PROVINCE)),
        ("l.province <> '' AND r.province <> '' OR l.county <> '' AND r.county <> ''", int(Place.DIFFERENT)),
        otherwise=Place.UNKNOWN,
    )


def _near_address() -> str:
    return (
        f"(greatest(length(l.address), length(r.address)) >= {2 * v.ADDRESS_LETTERS}"
        f" AND abs(length(l.address) - length(r.address)) <= {v.ADDRESS_EDITS}"
        f" AND levenshtein(l.address, r.address) <= {v.ADDRESS_EDITS})"
    )


def _one_door() -> str:
    door, other_door = (f"regexp_extract({side}.address, '[0-9]+$')" for side in "lr")
    shorter = f"least(length({door}), length({other_door}))"
    street, other_street = (
        f"substr({side}.address, 1, length({side}.address) - length({number}))"
        for side, number in (("l", door), ("r", other_door))
    )
    short = f"least(length({street}), length({other_street}))"
    part = (
        f"{short} >= {v.STREET_LETTERS} AND (substr({street}, 1, {short}) = substr({other_street}, 1, {short})"
        f" OR right({street}, {short}) = right({other_street}, {short}))"
    )
    allowed = f"floor(greatest(length(l.address), length(r.address)) / {v.ADDRESS_LETTERS_AN_EDIT})"
    return (
        f"(CASE WHEN {shorter} >= {v.DOOR_DIGITS}"
        f" AND substr({door}, 1, {shorter}) = substr({other_door}, 1, {shorter})"
        f" OR {shorter} > 0 AND {short} >= {v.LONG_STREET_LETTERS} AND {door} = {other_door}"
        f" OR {_same_digits(door, other_door)}"
        f" THEN {part} OR levenshtein(l.address, r.address) <= {allowed} ELSE false END)"
    )


def _in_other_words() -> str:
    names = ("letter_pairs", "more_letter_pairs")
    counts = [f"({' + '.join(_bits(f'{side}.{name}') for name in names)})" for side in "lr"]
    both = " + ".join(_bits(f"l.{name} & r.{name}") for name in names)
    fewest, total = f"least({counts[0]}, {counts[1]})", f"({counts[0]} + {counts[1]})"
    door, other_door = (f"regexp_extract({side}.address, '[0-9]+$')" for side in "lr")
    digits = f"least(length({door}), length({other_door}))"
    digits = f"({digits} - CASE WHEN {digits} >= {v.FLAT_DIGITS} THEN 1 ELSE 0 END)"
    return (
        f"(CASE WHEN NOT ({fewest} >= {v.FEWEST_PAIRS} AND 40 * ({both}) >= {v.ALIKE_IN_TWENTY} * {total}"
        f" OR {fewest} >= {v.FEWEST_PAIRS_OF_PART} AND 20 * ({both}) >= {v.PART_IN_TWENTY} * {fewest}) THEN false"
        f" WHEN {fewest} >= {v.FEWEST_PAIRS_ALONE} AND 40 * ({both}) >= {v.ALIKE_IN_TWENTY_ALONE} * {total} THEN true"
        f" WHEN {digits} >= {v.FEWEST_DOOR_DIGITS} THEN substr({door}, 1, {digits}) = substr({other_door}, 1, {digits})"
        f" OR {_same_digits(door, other_door)}"
        f" ELSE {digits} > 0 AND {fewest} >= {v.FEWEST_PAIRS_OF_PART} AND {door} = {other_door} END)"
    )


def _same_digits(door: str, other_door: str) -> str:
    digits, other_digits = (f"list_sort(string_split({number}, ''))" for number in (door, other_door))
    return (
        f"(CASE WHEN length({door}) >= {v.DOOR_DIGITS} AND length({door}) = length({other_door})"
        f" THEN {digits} = {other_digits} ELSE false END)"
    )


def _bits(number: str) -> str:
    # an engine counts bits in a byte, which the sums that follow outgrow
    return f"CAST(bit_count({number}) AS INT)"


def _gender() -> str:
    return _case(
        ("l.gender = '' OR r.gender = ''", int(Gender.UNKNOWN)),
        ("l.gender = r.gender", int(Gender.SAME)),
        otherwise=Gender.OTHER,
    )


def _file(same: File) -> str:
    return _case(
        ("l.file = 0 OR r.file = 0", int(File.UNKNOWN)),
        ("l.file <> r.file", int(File.OTHER)),
        otherwise=same,
    )
