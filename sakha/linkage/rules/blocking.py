"""Which records are compared at all: those that share one of these keys, in blocks of bounded size.

A block that is too big is parted by the next finer key; what is too big even then is compared with its neighbours only,
so that no input makes more than a fixed number of pairs a record. Weak keys find something in small files only: their
blocks grow with the file, and those that are too big are passed over.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class BlockRule:
    """A key made of columns of `people`, and the columns that part its oversize blocks, one after the other."""

    name: str
    keys: tuple[str, ...]
    finer: tuple[str, ...]
    needs: str = ""  # a condition on the row
    largest: int = 60  # records in a block; the study's 40 to 80 lose nothing that clusters miss
    is_weak: bool = False  # what no key parts is passed over


# Neighbours compared in a block that no key parts.
NEIGHBOURS: Final = 4

# Given and family sound in the order of the alphabet: whoever wrote them in each other's place meets too.
_NAMES: Final = ("first_sound", "second_sound")
_WHOLE_BIRTH: Final = "length(birth) = 8 AND substr(birth, 5, 4) <> '0101'"

BLOCK_RULES: Final = (
    BlockRule("id", ("national_id",), ("given_sound", "birth_year")),
    BlockRule("id_tail_given", ("id_tail", "given_sound"), ("family_sound",)),
    BlockRule("id_tail_family", ("id_tail", "family_sound"), ("given_sound",)),
    BlockRule("id_head_given", ("id_head", "given_sound"), ("family_sound", "birth_year")),
    BlockRule("id_head_family", ("id_head", "family_sound"), ("given_sound", "birth_year")),
    BlockRule("mobile_given", ("mobile", "given_sound"), ("family_sound", "birth_year")),
    BlockRule("mobile_year", ("mobile", "birth_year"), ("given_sound", "family_sound")),
    BlockRule("given_birth", ("given_sound", "birth"), ("family_sound", "father_sound", "county"), _WHOLE_BIRTH),
    BlockRule("family_birth", ("family_sound", "birth"), ("given_sound", "father_sound", "county"), _WHOLE_BIRTH),
    BlockRule("names_father", (*_NAMES, "father_sound"), ("birth_year", "county", "birth", "mobile")),
    BlockRule("names_year", (*_NAMES, "birth_year"), ("county", "father_sound", "birth", "mobile")),
    BlockRule("family_father_year", ("family_sound", "father_sound", "birth_year"), ("given_sound", "county", "birth")),
    BlockRule("given_father_year", ("given_sound", "father_sound", "birth_year", "county"), ("family_sound", "birth")),
    BlockRule("names", _NAMES, ("county", "birth_year", "father_sound", "postal_code"), largest=30),
    # a weak key, for names that are both mistyped: small blocks, or it would make most of a nation's pairs
    BlockRule("beginnings", ("given_start", "family_start", "county"), ("birth_year", "father_sound"), largest=15),
    BlockRule("birth_county", ("birth", "county"), ("given_sound", "father_sound"), _WHOLE_BIRTH),
    BlockRule("postal_given", ("postal_code", "given_sound"), ("family_sound", "birth_year")),
    BlockRule("postal_year", ("postal_code", "birth_year"), ("given_sound", "birth")),
    BlockRule("address_given", ("long_address", "given_sound"), ("family_sound", "birth_year")),
    # one name, the date and the ID may all be wrong where the home is right
    BlockRule("mobile_family", ("mobile", "family_sound"), ("given_start", "birth_year"), largest=12, is_weak=True),
    BlockRule("postal_family", ("postal_code", "family_sound"), ("given_start",), largest=12, is_weak=True),
    BlockRule("address_family", ("long_address", "family_sound"), ("given_start",), largest=12, is_weak=True),
    BlockRule("address", ("long_address",), (), largest=8, is_weak=True),
    BlockRule("postal_id", ("postal_code", "id_head"), (), largest=8, is_weak=True),
    BlockRule("mobile", ("mobile",), ("given_start",), largest=8, is_weak=True),
    BlockRule("door", ("door", "county"), ("family_start",), largest=8, is_weak=True),
    BlockRule("door_family", ("door", "family_sound"), ("given_start",), largest=8, is_weak=True),
    # and one name where nothing but its beginning is
    BlockRule("given_start_year", ("given_sound", "family_start", "birth_year"), ("county",), largest=12, is_weak=True),
    BlockRule(
        "family_start_year", ("family_sound", "given_start", "birth_year"), ("county",), largest=12, is_weak=True
    ),
    BlockRule("given_father", ("given_sound", "father_sound", "county"), ("family_start",), largest=12, is_weak=True),
    BlockRule("family_father", ("family_sound", "father_sound", "county"), ("given_start",), largest=12, is_weak=True),
    BlockRule("given_start", ("given_sound", "family_start", "county"), ("father_sound",), largest=12, is_weak=True),
    BlockRule("birth", ("birth",), (), _WHOLE_BIRTH, largest=12, is_weak=True),
    BlockRule("family_county", ("family_sound", "county"), (), largest=8, is_weak=True),
)
