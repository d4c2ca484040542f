"""The demonstration's organisations and accounts: charities and agencies of the pilot, offices, people who sign in.

Leaves what they may do to `access`. Repeating it finds them again and makes nothing twice.
"""

from __future__ import annotations

import csv
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sakha.access.actions import acting, create_organisations, create_users
from sakha.access.queries import find_actor, organisations, user_ids
from sakha.access.rules import SYSTEM, Actor, NewOrganisation, NewUser, OrganisationKind, Role
from sakha.entrypoints.commands.database import keep_word

PROVINCE: Final = "30"
LARGEST_COUNT: Final = 3


@dataclass(frozen=True, slots=True)
class Body:
    """A charity or agency of the pilot, with its id in the register and the actor who works for it."""

    code: str
    name: str
    organisation_id: int
    capacity: int
    file: str
    staff: Actor


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in to try the site."""

    username: str
    password: str
    words: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody of the demonstration."""

    charities: tuple[Body, ...]
    agencies: tuple[Body, ...]
    accounts: tuple[Account, ...]
    officer: Actor


def prepare_cast(*, pilot: Path, home: Path, at: datetime) -> Cast:
    """Admit the pilot's bodies and make their accounts, as the system; the same cast again on a second run."""
    charities = _read_rows(pilot / "charities.csv")
    agencies = _read_rows(pilot / "agencies.csv")
    password = keep_word(home / "demo.password", secrets.token_urlsafe(9))
    with acting(SYSTEM):
        ids = _organisation_ids([*map(_charity, charities), *map(_agency, agencies)], at)
        largest = sorted(charities, key=lambda row: -int(row["capacity"]))[:LARGEST_COUNT]
        offices = _offices()
        staff = [_staff(row, ids, password if row in largest else None) for row in charities]
        staff += [_agency_staff(row, ids, password) for row in agencies]
        users = _user_ids([*staff, *[_with_password(one, password) for one in offices]], at)
    actors = {name: find_actor(user_id, at=at) for name, user_id in users.items()}
    shown = [
        *offices,
        *[_staff(row, ids, None) for row in largest],
        *[_agency_staff(row, ids, None) for row in agencies],
    ]
    return Cast(
        charities=tuple(_body(row, ids, actors) for row in charities),
        agencies=tuple(_body(row, ids, actors) for row in agencies),
        accounts=tuple(Account(one.username, password, one.display_name) for one in shown),
        officer=_actor(actors, "alborz"),
    )


def _read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _charity(row: dict[str, str]) -> NewOrganisation:
    return NewOrganisation(
        kind=OrganisationKind(row["kind"]),
        name=row["name"],
        province=PROVINCE,
        county=row["county"],
        licence_issuer=row["licence_issuer"],
        licence_number=row["licence_number"],
        licence_valid_until=date.fromisoformat(row["valid_until"]),
        legal_id=row["legal_id"],
        capacity_households=int(row["capacity"]),
    )


def _agency(row: dict[str, str]) -> NewOrganisation:
    return NewOrganisation(kind=OrganisationKind.AGENCY, name=row["name"], province=PROVINCE, legal_id=row["legal_id"])


def _organisation_ids(wanted: list[NewOrganisation], at: datetime) -> dict[str, int]:
    """Ids by legal ID, made where they are missing."""
    known = {card.legal_id: card.id for card in organisations(province=PROVINCE)}
    missing = [one for one in wanted if one.legal_id not in known]
    made = create_organisations(actor=SYSTEM, at=at, organisations=missing)
    return known | {one.legal_id: made_id for one, made_id in zip(missing, made, strict=True)}


def _offices() -> list[NewUser]:
    return [
        NewUser("alborz", Role.PROVINCE_OFFICER, "استانداری البرز، دفتر امور اجتماعی", province=PROVINCE),
        NewUser("karaj", Role.COUNTY_OFFICER, "فرمانداری کرج", province=PROVINCE, county="3001"),
        NewUser("iran", Role.NATION_OFFICER, "دبیرخانهٔ کشوری سخا"),
        NewUser("operator", Role.OPERATOR, "راهبر سامانه"),
    ]


def _staff(row: dict[str, str], ids: dict[str, int], password: str | None) -> NewUser:
    return NewUser(
        row["code"].lower(), Role.CHARITY_HEAD, row["name"], password=password, organisation_id=ids[row["legal_id"]]
    )


def _agency_staff(row: dict[str, str], ids: dict[str, int], password: str | None) -> NewUser:
    return NewUser(
        row["code"].lower(), Role.AGENCY_STAFF, row["name"], password=password, organisation_id=ids[row["legal_id"]]
    )


def _with_password(user: NewUser, password: str) -> NewUser:
    return NewUser(
        user.username, user.role, user.display_name, password, user.organisation_id, user.province, user.county
    )


def _user_ids(wanted: list[NewUser], at: datetime) -> dict[str, int]:
    known = user_ids(one.username for one in wanted)
    missing = [one for one in wanted if one.username not in known]
    made = create_users(actor=SYSTEM, at=at, users=missing)
    return known | {one.username: made_id for one, made_id in zip(missing, made, strict=True)}


def _actor(actors: dict[str, Actor | None], username: str) -> Actor:
    actor = actors[username]
    if actor is None:
        raise LookupError(f"The demonstration's account {username} was closed.")
    return actor


def _body(row: dict[str, str], ids: dict[str, int], actors: dict[str, Actor | None]) -> Body:
    return Body(
        code=row["code"],
        name=row["name"],
        organisation_id=ids[row["legal_id"]],
        capacity=int(row.get("capacity") or 0),
        file=row.get("file", ""),
        staff=_actor(actors, row["code"].lower()),
    )
