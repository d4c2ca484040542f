"""What one record says of who a person is, read once into the form in which any two records are compared.

One reading for intake, desk, batch and both engines. Whether two views are one person is `scoring`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sakha.linkage.rules.addresses import read_address, read_county, read_province
from sakha.linkage.rules.births import read_birth
from sakha.linkage.rules.names import code_name
from sakha.linkage.rules.numbers import IdTrust, read_gender, read_id, read_phone, read_postal_code
from sakha.linkage.rules.voices import skeleton, voice
from sakha.linkage.rules.whole_names import part_whole_name

# The columns of a record as it was submitted; each may be missing.
RECORD_COLUMNS: Final = (
    "given_name", "family_name", "father_name", "national_id", "birth_date", "gender", "mobile", "province", "county",
    "address", "postal_code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NameBands:
    """How common names are: coded name to 1 (some have it) or 2 (many); who isn't named is rare."""

    given: Mapping[str, int]
    family: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record in comparable form; empty texts are unknown. Names are codes of one byte a letter (`coding`)."""

    given: str = ""
    family: str = ""
    father: str = ""
    given_sound: str = ""
    family_sound: str = ""
    father_sound: str = ""
    given_voice: str = ""
    family_voice: str = ""
    father_voice: str = ""
    national_id: str = ""
    id_trust: IdTrust = IdTrust.NONE
    birth: str = ""  # Jalali YYYYMMDD, or YYYY where only the year is known
    birth_gregorian: str = ""
    gender: str = ""
    mobile: str = ""
    postal_code: str = ""
    address: str = ""
    province: str = ""
    county: str = ""
    file: str = ""  # the case file in which the record stands, guessed or given; people of one file are relatives
    is_file_given: bool = False
    given_band: int = 0  # how many people have the name: 0 few, 1 some, 2 many
    family_band: int = 0
    is_mobile_shared: bool = False  # by people of several family names
    is_postal_shared: bool = False
    is_address_shared: bool = False
    letter_pairs: int = 0  # of the words of the address, as bits
    more_letter_pairs: int = 0


def view_record(
    columns: Mapping[str, str], *, bands: NameBands | None = None, file: str = "", is_file_given: bool = False
) -> RecordView:
    """Read one record as submitted; `bands` tells common names (a model carries its own)."""
    cell = {name: columns.get(name) or "" for name in RECORD_COLUMNS}
    given, family, father = (code_name(cell[name]) for name in ("given_name", "family_name", "father_name"))
    if given and not family:
        given, family = part_whole_name(cell["given_name"])
    national_id, trust = read_id(cell["national_id"])
    birth, birth_gregorian = read_birth(cell["birth_date"])
    province = read_province(cell["province"])
    address, letter_pairs, more_letter_pairs = read_address(cell["address"])
    return RecordView(
        given=given,
        family=family,
        father=father,
        given_sound=skeleton(given),
        family_sound=skeleton(family),
        father_sound=skeleton(father),
        given_voice=voice(given),
        family_voice=voice(family),
        father_voice=voice(father),
        national_id=national_id,
        id_trust=trust,
        birth=birth,
        birth_gregorian=birth_gregorian,
        gender=read_gender(cell["gender"]),
        mobile=read_phone(cell["mobile"]),
        postal_code=read_postal_code(cell["postal_code"]),
        address=address,
        province=province,
        county=read_county(cell["county"], province),
        file=file,
        is_file_given=is_file_given,
        given_band=bands.given.get(given, 0) if bands else 0,
        family_band=bands.family.get(family, 0) if bands else 0,
        letter_pairs=letter_pairs,
        more_letter_pairs=more_letter_pairs,
    )
