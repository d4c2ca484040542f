"""The records of the banks that speak SP DCI: persons of the civil registry, beneficiaries of the two agencies."""

from datetime import timedelta
from typing import Any

from simulation.chance import Ints
from simulation.data_banks.answers import FIDA_FROM, show_day, show_known_day
from simulation.data_banks.catalogue import Bank
from simulation.data_banks.known import NO_DAY, NOBODY, Known
from simulation.people import EPOCH, PILOT_ON

ACTIVE, DECEASED, GRADUATED = "1", "2", "3"
TODAY = (PILOT_ON - EPOCH).days
UPDATED_ON = (PILOT_ON - timedelta(days=1)).isoformat()
PERSON_COLUMNS = (
    "identifier", "given_name", "family_name", "gender", "birth_on", "died_on", "marital", "father_name", "child_count",
)  # fmt: skip
SEXES = {"F": "female", "M": "male"}


def records_of(known: Known, bank: Bank, lines: Ints) -> list[list[dict[str, Any]]]:
    """Give the records of each line: one, or none where the bank has no entry."""
    is_there = lines != NOBODY
    if bank.name == "civil_registry":
        is_there &= known.number[lines] < FIDA_FROM
        found = iter(person_records(known, lines[is_there]))
    else:
        agency = bank.name.partition("_")[0]
        is_there &= known.columns[f"{agency}_from"][lines] != NO_DAY
        found = iter(beneficiary_records(known, agency, lines[is_there]))
    return [[next(found)] if one else [] for one in is_there.tolist()]


def person_records(known: Known, lines: Ints) -> list[dict[str, Any]]:
    """Give people as the civil registry knows them."""
    columns = (known.take(name, lines) for name in PERSON_COLUMNS)
    return [
        {
            "identifier": [{"identifier_type": "UIN", "identifier_value": str(number)}],
            "name": {"given_name": given, "surname": family},
            "sex": SEXES[gender],
            "birth_date": show_day(born),
            "death_date": show_known_day(died),
            "marital_status": marital,
            "additional_attributes": {"father_name": father, "child_count": children},
            "last_updated": UPDATED_ON,
        }
        for number, given, family, gender, born, died, marital, father, children in zip(*columns, strict=True)
    ]


def beneficiary_records(known: Known, agency: str, lines: Ints) -> list[dict[str, Any]]:
    """Give what an agency's list says of people who are in it."""
    names = ("identifier", f"{agency}_from", f"{agency}_to", f"{agency}_kind", "died_on")
    columns = (known.take(name, lines) for name in names)
    return [
        {
            "assistance_unit": "2",
            "member": {"member_identifier": {"identifier_type": "UIN", "identifier_value": str(number)}},
            "programme_identifier": f"{agency.upper()}-{kind}",
            "enrollment_date": show_day(since),
            "enrollment_status": enrollment_status(until, died),
            "last_updated": UPDATED_ON,
        }
        for number, since, until, kind, died in zip(*columns, strict=True)
    ]


def enrollment_status(until: int, died: int) -> str:
    """Give the standard's code: active, deceased, graduated."""
    if died != NO_DAY:
        return DECEASED
    return GRADUATED if until != NO_DAY and until < TODAY else ACTIVE
