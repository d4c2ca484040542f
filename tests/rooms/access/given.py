"""The cast of the access tests: two charities in two counties, an agency, and one user of every role."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sakha.access.actions import acting, create_organisations, create_users
from sakha.access.queries import find_actor
from sakha.access.rules import SYSTEM, Actor, NewOrganisation, NewUser, OrganisationKind, Role

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
PASSWORD = "چهار درخت گیلاس"


@dataclass(frozen=True, slots=True)
class Cast:
    """Mehr works in Karaj, Noor in Fardis; the agency in the whole province."""

    mehr_id: int
    noor_id: int
    agency_id: int
    mehr_head: Actor
    mehr_staff: Actor
    noor_head: Actor
    agency_staff: Actor
    karaj_officer: Actor
    fardis_officer: Actor
    province_officer: Actor
    other_province_officer: Actor
    nation_officer: Actor
    operator: Actor


def charity(name: str, county: str, number: str) -> NewOrganisation:
    return NewOrganisation(
        kind=OrganisationKind.CHARITY,
        name=name,
        province="30",
        county=county,
        licence_issuer="استانداری البرز",
        licence_number=number,
        licence_valid_until=date(2027, 3, 20),
        capacity_households=120,
    )


def people(mehr: int, noor: int, agency: int) -> dict[str, NewUser]:
    def new(username: str, role: Role, organisation_id: int | None = None, **area: str) -> NewUser:
        return NewUser(
            username=username,
            role=role,
            display_name=f"کاربر {username}",
            password=PASSWORD,
            organisation_id=organisation_id,
            **area,
        )

    return {
        "mehr_head": new("mehr.head", Role.CHARITY_HEAD, mehr),
        "mehr_staff": new("mehr.staff", Role.CHARITY_STAFF, mehr),
        "noor_head": new("noor.head", Role.CHARITY_HEAD, noor),
        "agency_staff": new("agency", Role.AGENCY_STAFF, agency),
        "karaj_officer": new("karaj", Role.COUNTY_OFFICER, province="30", county="3001"),
        "fardis_officer": new("fardis", Role.COUNTY_OFFICER, province="30", county="3002"),
        "province_officer": new("alborz", Role.PROVINCE_OFFICER, province="30"),
        "other_province_officer": new("yazd", Role.PROVINCE_OFFICER, province="21"),
        "nation_officer": new("iran", Role.NATION_OFFICER),
        "operator": new("operator", Role.OPERATOR),
    }


def make_cast() -> Cast:
    with acting(SYSTEM):
        agency = NewOrganisation(kind=OrganisationKind.AGENCY, name="کمیتهٔ امداد البرز", province="30")
        mehr, noor, agency_id = create_organisations(
            actor=SYSTEM, at=AT, organisations=[charity("مهر", "3001", "11"), charity("نور", "3002", "12"), agency]
        )
        users = people(mehr, noor, agency_id)
        ids = create_users(actor=SYSTEM, at=AT, users=list(users.values()))
    actors = {name: find_actor(user_id, at=AT) for name, user_id in zip(users, ids, strict=True)}
    return Cast(mehr_id=mehr, noor_id=noor, agency_id=agency_id, **actors)
