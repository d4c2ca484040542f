"""The document of a province that is to be opened: its offices, agencies and charities; read whole or refused whole.

Decides what makes such a document wrong; what is admitted is decided by `open_province`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any, ClassVar, Final

from sakha.access.rules import NewOrganisation, NewUser, OrganisationKind, Role
from sakha.access.rules.users import clean_username, require_username
from sakha.vocabulary.identifiers import parse_legal_id
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.places import COUNTIES, PROVINCES
from sakha.vocabulary.refusal import Refusal

_OFFICE: Final = frozenset({"username", "name", "county"})
_BODY: Final = frozenset({"username", "name", "legal_id"})
_CHARITY: Final = _BODY | {"county", "licence_issuer", "licence_number", "valid_until", "capacity", "is_centre"}
_PARTS: Final[Mapping[str, frozenset[str]]] = {"office": _OFFICE, "agency": _BODY, "charity": _CHARITY}
_TRAINING: Final = frozenset({"home", "needy", "population"})


class ProvinceFileWrong(Refusal):
    """The document can't be used; every fault of it is told at once."""

    code: ClassVar[str] = "PROVINCE_FILE_WRONG"
    sentence: ClassVar[str] = "پروندهٔ استان درست نیست:\n{reason}"


@dataclass(frozen=True, slots=True)
class Invited:
    """A body and who signs in for it first."""

    organisation: NewOrganisation
    username: str
    role: Role


@dataclass(frozen=True, slots=True)
class Training:
    """The home of the training installation, below the working folder, and how many people are made up for it."""

    home: str
    needy: int
    population: int


@dataclass(frozen=True, slots=True)
class ProvinceFile:
    """All that a province begins with."""

    code: str
    offices: tuple[NewUser, ...]
    bodies: tuple[Invited, ...]
    training: Training | None


def read_province_file(text: str, *, code: str) -> ProvinceFile:
    """Read the document of a province. Raises: ProvinceFileWrong."""
    if code not in PROVINCES:
        raise ProvinceFileWrong(reason=f"کد استان {code} شناخته نیست.", field="code")
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProvinceFileWrong(reason=str(error)) from None
    faults = [f"{key}: بخش ناشناخته" for key in sorted(told.keys() - {*_PARTS, "training"})]
    offices, bodies = [], []
    for part, known in _PARTS.items():
        rows = told.get(part, [])
        for number, row in enumerate(rows if isinstance(rows, list) else [rows], start=1):
            try:
                _require_row(row, known)
                if part == "office":
                    offices.append(_office(row, code))
                else:
                    bodies.append(_body(row, code, is_agency=part == "agency"))
            except (KeyError, TypeError, ValueError, Refusal) as error:
                faults.append(f"{part} {number}: {_say(error)}")
    if not any(one.role is Role.PROVINCE_OFFICER for one in offices):
        faults.append("office: دست‌کم یک دفتر استان (بدون county) لازم است.")
    faults += _doubled(offices, bodies)
    training = _training(told.get("training"), faults)
    if faults:
        raise ProvinceFileWrong(reason="\n".join(faults))
    return ProvinceFile(code, tuple(offices), tuple(bodies), training)


def _require_row(row: Any, known: frozenset[str]) -> None:
    if not isinstance(row, dict):
        raise TypeError("یک جدول نیست")
    if unknown := sorted(row.keys() - known):
        raise ValueError(f"ناشناخته: {', '.join(unknown)}")


def _office(row: Mapping[str, Any], code: str) -> NewUser:
    county = str(row.get("county", ""))
    role = Role.COUNTY_OFFICER if county else Role.PROVINCE_OFFICER
    return NewUser(_username(row), role, _name(row), province=code, county=_county(county, code) if county else "")


def _body(row: Mapping[str, Any], code: str, *, is_agency: bool) -> Invited:
    if is_agency:
        agency = NewOrganisation(
            kind=OrganisationKind.AGENCY, name=_name(row), province=code, legal_id=parse_legal_id(str(row["legal_id"]))
        )
        return Invited(agency, _username(row), Role.AGENCY_STAFF)
    until = row.get("valid_until")
    if until is not None and not isinstance(until, date):
        raise ValueError("valid_until یک روز است: 2027-03-20")
    capacity = row.get("capacity")
    if capacity is not None and (not isinstance(capacity, int) or capacity < 0):
        raise ValueError("capacity شمار خانوارهاست")
    charity = NewOrganisation(
        kind=OrganisationKind.CHARITY_CENTRE if row.get("is_centre") else OrganisationKind.CHARITY,
        name=_name(row),
        province=code,
        county=_county(str(row["county"]), code),
        licence_issuer=str(row.get("licence_issuer", "")),
        licence_number=str(row.get("licence_number", "")),
        licence_valid_until=until,
        legal_id=parse_legal_id(str(row["legal_id"])),
        capacity_households=capacity,
    )
    return Invited(charity, _username(row), Role.CHARITY_HEAD)


def _username(row: Mapping[str, Any]) -> str:
    username = clean_username(str(row["username"]))
    require_username(username)
    return username


def _name(row: Mapping[str, Any]) -> str:
    name = clean_text(str(row["name"]))
    if not name:
        raise ValueError("name خالی است")
    return name


def _county(county: str, code: str) -> str:
    if county not in COUNTIES or COUNTIES[county].province_code != code:
        raise ValueError(f"county {county} از این استان نیست")
    return county


def _doubled(offices: list[NewUser], bodies: list[Invited]) -> Iterator[str]:
    usernames = [*(one.username for one in offices), *(one.username for one in bodies)]
    legal_ids = [one.organisation.legal_id for one in bodies]
    for name, words in (("username", usernames), ("legal_id", legal_ids)):
        yield from (f"{name}: {word} بیش از یک بار" for word in sorted({w for w in words if words.count(w) > 1}))


def _training(row: Any, faults: list[str]) -> Training | None:
    if row is None:
        return None
    try:
        return _read_training(row)
    except (KeyError, TypeError, ValueError) as error:
        faults.append(f"training: {_say(error)}")
        return None


def _read_training(row: Any) -> Training:
    _require_row(row, _TRAINING)
    needy, population = int(row.get("needy", 600)), int(row.get("population", 6000))
    if not 0 < needy < population:
        raise ValueError("needy از population کمتر است")
    home = PurePath(str(row["home"]))
    if home.is_absolute() or ".." in home.parts or not home.parts:
        raise ValueError("home پوشه‌ای زیر پوشهٔ کار است، بی .. و بی / در آغاز")
    return Training(str(home), needy, population)


def _say(error: Exception) -> str:
    if isinstance(error, Refusal):
        return error.message
    return f"{error.args[0]} نوشته نشده است" if isinstance(error, KeyError) else str(error)
