"""From a file's texts to the table `people`: each distinct text is read once, by the same rules as at the desk."""

from collections.abc import Callable
from typing import Final

from sakha.linkage.queries.engine import Engine
from sakha.linkage.rules.addresses import read_address, read_county, read_province
from sakha.linkage.rules.births import read_birth
from sakha.linkage.rules.names import code_name
from sakha.linkage.rules.numbers import IdTrust, read_gender, read_id, read_phone, read_postal_code
from sakha.linkage.rules.voices import skeleton, voice
from sakha.linkage.rules.whole_names import part_whole_name

# A name is common from these shares of the file's people on, and from this many bearers.
MANY_SHARE: Final = 0.01
SOME_SHARE: Final = 0.001
FEWEST_BEARERS: Final = 5
# A phone of so many people, of so many families, is an office's or a social worker's: it says nothing.
HUB_RECORDS: Final = 40
HUB_FAMILIES: Final = 6
SHARED_FAMILIES: Final = 3
# So does an address (a village, a camp, the charity's own) or a postal code of so many families.
SHARED_HOME_FAMILIES: Final = 4
# A given name tells a gender that nobody wrote when nearly all of its bearers have it.
SURE_SHARE: Final = 0.95
# An ID under which so many given names stand is a guardian's.
SHARED_ID_NAMES: Final = 2
# One of so many was typed because the form wants a number, or is what a spreadsheet left of it.
FILLER_ID_NAMES: Final = 12
LARGEST_GUESSED_FILE: Final = 12
_TELLING_ADDRESS: Final = 6

_FORMS: Final = (
    "name_forms", "whole_forms", "id_forms", "birth_forms", "gender_forms", "mobile_forms", "postal_forms",
    "address_forms", "place_forms",
)  # fmt: skip
_NAME_TYPES: Final = {"code": "VARCHAR", "sound": "VARCHAR", "voice": "VARCHAR"}


def _read_name(raw: str) -> tuple[str, str, str]:
    code = code_name(raw)
    return code, skeleton(code), voice(code)


def _read_whole_name(raw: str) -> tuple[str, str, str, str, str, str]:
    given, family = part_whole_name(raw)
    return given, skeleton(given), voice(given), family, skeleton(family), voice(family)


def _read_id(raw: str) -> tuple[str, int]:
    number, trust = read_id(raw)
    return number, int(trust)


def _alone(reader: Callable[[str], str]) -> Callable[[str], tuple[str]]:
    return lambda raw: (reader(raw),)


def _read_place(raw: str, county: str) -> tuple[str, str]:
    province = read_province(raw)
    return province, read_county(county, province)


def read_people(engine: Engine) -> None:
    """Make `read_people` from `records` (all texts, `rid`)."""
    names = " UNION ".join(
        f"SELECT {column} AS raw FROM records WHERE {column} <> ''"
        for column in ("given_name", "family_name", "father_name")
    )
    engine.read_values("name_forms", names, _read_name, _NAME_TYPES)
    engine.read_values(
        "whole_forms",
        "SELECT DISTINCT given_name AS raw FROM records LEFT JOIN name_forms AS family ON family.raw = family_name"
        " WHERE given_name <> '' AND coalesce(family.code, '') = ''",
        _read_whole_name,
        dict.fromkeys(("given", "given_sound", "given_voice", "family", "family_sound", "family_voice"), "VARCHAR"),
    )
    for table, column, reader, types in (
        ("id_forms", "national_id", _read_id, {"number": "VARCHAR", "trust": "INT"}),
        ("birth_forms", "birth_date", read_birth, {"jalali": "VARCHAR", "gregorian": "VARCHAR"}),
        ("gender_forms", "gender", _alone(read_gender), {"form": "VARCHAR"}),
        ("mobile_forms", "mobile", _alone(read_phone), {"form": "VARCHAR"}),
        ("postal_forms", "postal_code", _alone(read_postal_code), {"form": "VARCHAR"}),
        ("address_forms", "address", read_address, {"form": "VARCHAR", "pairs": "BIGINT", "more_pairs": "BIGINT"}),
    ):
        engine.read_values(table, f"SELECT DISTINCT {column} AS raw FROM records WHERE {column} <> ''", reader, types)
    engine.read_values(
        "place_forms",
        "SELECT DISTINCT province AS raw, county AS raw_county FROM records WHERE province <> '' OR county <> ''",
        _read_place,
        {"province_code": "VARCHAR", "county_code": "VARCHAR"},
    )
    engine.table("read_people", _READ_PEOPLE)
    engine.drop(*_FORMS)


def settle_people(engine: Engine, *, has_files: bool) -> None:
    """Make `people` from `read_people`: what only the whole register tells (common names, offices' phones, files)."""
    _count_common(engine)
    engine.table("files", _GIVEN_FILES if has_files else _GUESSED_FILES)
    engine.table("people", _PEOPLE.format(files=_FILE_KEYS[has_files]))
    engine.drop(
        "given_bands",
        "given_genders",
        "family_bands",
        "shared_ids",
        "shared_mobiles",
        "shared_postal_code",
        "shared_address",
    )


_READ_PEOPLE: Final = """
    SELECT records.rid, records.is_new, records.source, records.file_no,
        coalesce(whole.given, given.code, '') AS given, coalesce(whole.given_sound, given.sound, '') AS given_sound,
        coalesce(whole.family, family.code, '') AS family,
        coalesce(whole.family_sound, family.sound, '') AS family_sound,
        coalesce(father.code, '') AS father, coalesce(father.sound, '') AS father_sound,
        coalesce(whole.given_voice, given.voice, '') AS given_voice,
        coalesce(whole.family_voice, family.voice, '') AS family_voice, coalesce(father.voice, '') AS father_voice,
        coalesce(id_forms.number, '') AS national_id, coalesce(id_forms.trust, 0) AS id_trust,
        coalesce(birth_forms.jalali, '') AS birth, coalesce(birth_forms.gregorian, '') AS birth_gregorian,
        coalesce(gender_forms.form, '') AS gender, coalesce(mobile_forms.form, '') AS mobile,
        coalesce(postal_forms.form, '') AS postal_code, coalesce(address_forms.form, '') AS address,
        coalesce(address_forms.pairs, 0) AS letter_pairs, coalesce(address_forms.more_pairs, 0) AS more_letter_pairs,
        coalesce(place_forms.province_code, '') AS province, coalesce(place_forms.county_code, '') AS county
    FROM records
    LEFT JOIN name_forms AS given ON given.raw = records.given_name
    LEFT JOIN name_forms AS family ON family.raw = records.family_name
    LEFT JOIN whole_forms AS whole ON whole.raw = records.given_name AND coalesce(family.code, '') = ''
    LEFT JOIN name_forms AS father ON father.raw = records.father_name
    LEFT JOIN id_forms ON id_forms.raw = records.national_id
    LEFT JOIN birth_forms ON birth_forms.raw = records.birth_date
    LEFT JOIN gender_forms ON gender_forms.raw = records.gender
    LEFT JOIN mobile_forms ON mobile_forms.raw = records.mobile
    LEFT JOIN postal_forms ON postal_forms.raw = records.postal_code
    LEFT JOIN address_forms ON address_forms.raw = records.address
    LEFT JOIN place_forms ON place_forms.raw = records.province AND place_forms.raw_county = records.county
"""


def _count_common(engine: Engine) -> None:
    for name in ("given", "family"):
        engine.table(
            f"{name}_bands",
            f"SELECT {name}, CASE WHEN bearers >= {MANY_SHARE} * everybody THEN 2 ELSE 1 END AS band FROM"
            f" (SELECT {name}, count(*) AS bearers FROM read_people WHERE {name} <> '' GROUP BY {name}) AS counted,"
            f" (SELECT count(*) AS everybody FROM read_people WHERE {name} <> '') AS whole"
            f" WHERE bearers >= {FEWEST_BEARERS} AND bearers >= {SOME_SHARE} * everybody",
        )
    names = "count(DISTINCT CASE WHEN given_sound <> '' THEN given_sound END)"
    engine.table(
        "shared_ids",
        f"SELECT national_id, {names} >= {FILLER_ID_NAMES} AS is_filler FROM read_people"
        f" WHERE national_id <> '' GROUP BY national_id HAVING {names} >= {FILLER_ID_NAMES} OR {names} >="
        f" {SHARED_ID_NAMES} AND count(DISTINCT CASE WHEN birth <> '' THEN substr(birth, 1, 4) END) > 1",
    )
    engine.table(
        "given_genders",
        "SELECT given, max(gender) AS usual FROM (SELECT given, gender, count(*) AS bearers,"
        " sum(count(*)) OVER (PARTITION BY given) AS everybody FROM read_people WHERE given <> '' AND gender <> ''"
        f" GROUP BY given, gender) AS counted WHERE bearers >= {FEWEST_BEARERS}"
        f" AND bearers >= {SURE_SHARE} * everybody GROUP BY given",
    )
    families = "count(DISTINCT CASE WHEN family_sound <> '' THEN family_sound END)"
    engine.table(
        "shared_mobiles",
        f"SELECT mobile, count(*) > {HUB_RECORDS} OR {families} > {HUB_FAMILIES} AS is_hub FROM read_people"
        f" WHERE mobile <> '' GROUP BY mobile HAVING count(*) > {HUB_RECORDS} OR {families} > {SHARED_FAMILIES}",
    )
    for column in ("postal_code", "address"):
        engine.table(
            f"shared_{column}",
            f"SELECT {column} FROM read_people WHERE {column} <> '' GROUP BY {column}"
            f" HAVING count(*) > {HUB_RECORDS} OR {families} > {SHARED_HOME_FAMILIES}",
        )


_GIVEN_FILES: Final = """
    SELECT source, file_no, row_number() OVER (ORDER BY source, file_no) AS file, count(*) AS size
    FROM read_people WHERE file_no <> '' GROUP BY source, file_no
"""
_GUESSED_FILES: Final = f"""
    SELECT source, county, address, row_number() OVER (ORDER BY source, county, address) AS file, count(*) AS size
    FROM read_people WHERE length(address) >= {_TELLING_ADDRESS} GROUP BY source, county, address
    HAVING count(*) <= {LARGEST_GUESSED_FILE} AND (SELECT count(DISTINCT source) FROM read_people) > 1
"""

_FILE_KEYS: Final = {
    True: "files.source = read_people.source AND files.file_no = read_people.file_no",
    False: "files.source = read_people.source AND files.county = read_people.county"
    " AND files.address = read_people.address",
}

_PEOPLE: Final = f"""
    SELECT CAST(read_people.rid AS INT) AS rid, is_new, CAST(coalesce(files.file, 0) AS INT) AS file,
        given, family, father, given_sound, family_sound, father_sound, given_voice, family_voice, father_voice,
        CASE WHEN shared_ids.is_filler THEN '' ELSE read_people.national_id END AS national_id,
        CASE WHEN shared_ids.is_filler THEN {int(IdTrust.NONE)} WHEN shared_ids.national_id IS NOT NULL
            AND id_trust IN ({int(IdTrust.CHECKED)}, {int(IdTrust.PADDED)})
            THEN {int(IdTrust.SHARED)}
            ELSE id_trust END AS id_trust,
        birth, birth_gregorian, CASE WHEN gender = '' THEN coalesce(given_genders.usual, '') ELSE gender END AS gender,
        CASE WHEN shared_mobiles.is_hub THEN '' ELSE read_people.mobile END AS mobile,
        read_people.postal_code, read_people.address, letter_pairs, more_letter_pairs, province, read_people.county,
        coalesce(given_bands.band, 0) AS given_band, coalesce(family_bands.band, 0) AS family_band,
        shared_mobiles.mobile IS NOT NULL AS is_mobile_shared,
        shared_postal_code.postal_code IS NOT NULL AS is_postal_shared,
        shared_address.address IS NOT NULL AS is_address_shared
    FROM read_people
    LEFT JOIN given_bands USING (given)
    LEFT JOIN given_genders USING (given)
    LEFT JOIN family_bands USING (family)
    LEFT JOIN shared_ids ON shared_ids.national_id = read_people.national_id
    LEFT JOIN shared_mobiles ON shared_mobiles.mobile = read_people.mobile
    LEFT JOIN shared_postal_code ON shared_postal_code.postal_code = read_people.postal_code
    LEFT JOIN shared_address ON shared_address.address = read_people.address
    LEFT JOIN files ON {{files}}
"""
