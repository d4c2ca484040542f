"""Members, groups and beneficiaries in the standard's shape. Decides which fields a level shows, not whom it reaches.

A protected household is told in the same shape, without place, and without whoever helps it; to whom does not know its
file, as the verdict alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sakha.access.rules.clients import ClientLevel
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedUnit

CONTEXT: Final = "https://schema.spdci.org/extensions/social/v1/context.jsonld"
_SEXES: Final = {"M": "male", "F": "female"}
_RELATIONS: Final = {"SPOUSE": "spouse", "CHILD": "child", "PARENT": "parent", "OTHER": "other"}
# AssistanceUnit, BenefitType, EnrollmentStatus of spdci/schemas extensions/ibr/v1/code.
ASSISTANCE_UNIT_HOUSEHOLD: Final = "2"
BENEFIT_CASH: Final = "1"
BENEFIT_IN_KIND: Final = "3"
ENROLLMENT_ACTIVE: Final = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A person of a household, as far as the room reads it."""

    id: int
    given_name: str
    family_name: str
    gender: str
    birth_on: date | None
    relation: str
    died_on: date | None
    registered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdLine:
    """A household with its people. `is_known` says that the client's body knows its file."""

    id: int
    code: str
    province: str
    county: str
    is_protected: bool
    is_known: bool
    registered_at: datetime
    changed_at: datetime
    decile: int | None
    model: str
    needs: tuple[tuple[NeedKind, int], ...]
    people: tuple[PersonLine, ...]

    @property
    def is_hidden(self) -> bool:
        """Whether nothing is told of it but that it is registered: the ledger's own rule of protected households."""
        return self.is_protected and not self.is_known


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenLine:
    """Aid promised or delivered, as far as the asker may know it."""

    kind: NeedKind
    quantity: int
    at: datetime
    is_delivered: bool
    giver: str


def write_group(home: HouseholdLine, *, level: ClientLevel, identifiers: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A household as a Group."""
    level = _told_level(home, level)
    group: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Group",
        "group_identifier": _identifiers([*identifiers, ("HOUSEHOLD_ID", home.code)]),
        "group_type": "household",
        "registration_date": home.registered_at.isoformat(),
        "last_updated": home.changed_at.isoformat(),
    }
    if level >= ClientLevel.NEEDS:
        group |= {"group_size": len(home.people), **_poverty(home), "additional_attributes": _open_needs(home)}
    if level >= ClientLevel.FILE and home.is_known:
        members = [_member(home, person, []) for person in home.people]
        group["member_list"] = members
        if members and home.people[0].relation == "HEAD":
            group["group_head_info"] = members[0]
        if not home.is_protected:
            group["address"] = [_address(home)]
    return group


def write_member(
    home: HouseholdLine, person: PersonLine, *, level: ClientLevel, identifiers: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """A person as a Member of its household."""
    level = _told_level(home, level)
    named = [*identifiers, ("HOUSEHOLD_ID", home.code)]
    if level >= ClientLevel.FILE and home.is_known:
        member = _member(home, person, named)
    else:
        member = {"@context": CONTEXT, "@type": "Member", "member_identifier": _identifiers(named)}
    member["registration_date"] = person.registered_at.isoformat()
    member["last_updated"] = home.changed_at.isoformat()
    if level >= ClientLevel.NEEDS:
        member["additional_attributes"] = [
            {"key": "group_size", "value": len(home.people)},
            *({"key": key, "value": value} for key, value in _poverty(home).items()),
            *_open_needs(home),
        ]
    return member


def write_beneficiary(
    home: HouseholdLine, gifts: Sequence[GivenLine], *, level: ClientLevel, identifiers: Sequence[tuple[str, str]]
) -> list[dict[str, Any]]:
    """A Beneficiary for each kind of aid of the last months; below NEEDS one, without kind, day or benefits."""
    if home.is_hidden or not gifts:
        return []
    beneficiary = {
        "@context": "https://schema.spdci.org/extensions/ibr/v1/context.jsonld",
        "@type": "Beneficiary",
        "assistance_unit": ASSISTANCE_UNIT_HOUSEHOLD,
        "group": write_group(home, level=min(level, ClientLevel.NEEDS), identifiers=identifiers),
        "enrollment_status": ENROLLMENT_ACTIVE,
        "benefits": [],
    }
    if level < ClientLevel.NEEDS:
        return [beneficiary]
    return [
        beneficiary
        | {
            "programme_identifier": write_programme(kind),
            "enrollment_date": min(gift.at for gift in gifts if gift.kind is kind).isoformat(),
            "benefits": [_benefit(gift) for gift in gifts if gift.kind is kind],
        }
        for kind in sorted({gift.kind for gift in gifts})
    ]


def write_programme(kind: NeedKind) -> dict[str, Any]:
    """A kind of need as a programme: several givers serve one."""
    return {
        "programme_name": NEED_KINDS[kind].name,
        "programme_identifier": [{"identifier_type": "SAKHA_NEED_KIND", "identifier_value": kind.name}],
    }


def _told_level(home: HouseholdLine, level: ClientLevel) -> ClientLevel:
    return ClientLevel.VERDICT if home.is_hidden else level


def _benefit(gift: GivenLine) -> dict[str, Any]:
    is_rial = NEED_KINDS[gift.kind].unit is NeedUnit.RIAL
    benefit: dict[str, Any] = {
        "benefit_type": BENEFIT_CASH if is_rial else BENEFIT_IN_KIND,
        "benefit_date": gift.at.isoformat(),
        "benefit_value" if is_rial else "benefit_quantity": gift.quantity,
        "benefit_description": "delivered" if gift.is_delivered else "held",
    }
    return benefit | ({"implementing_institution": gift.giver} if gift.giver else {})


def _member(home: HouseholdLine, person: PersonLine, named: Sequence[tuple[str, str]]) -> dict[str, Any]:
    demographic: dict[str, Any] = {
        "name": {"given_name": person.given_name, "surname": person.family_name},
        "sex": _SEXES.get(person.gender, "unknown"),
    }
    if person.birth_on is not None:
        demographic["birth_date"] = person.birth_on.isoformat()
    if person.died_on is not None:
        demographic["death_date"] = person.died_on.isoformat()
    if not home.is_protected:
        demographic["address"] = [_address(home)]
    member: dict[str, Any] = {"@context": CONTEXT, "@type": "Member", "demographic_info": demographic}
    if named:
        member["member_identifier"] = _identifiers(named)
    if person.relation in _RELATIONS:
        related = [{"identifier_type": "HOUSEHOLD_ID", "identifier_value": home.code}]
        member["related_person"] = [{"relationship_type": _RELATIONS[person.relation], "related_member": related}]
    return member


def _identifiers(named: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"identifier_type": kind, "identifier_value": value} for kind, value in named]


def _address(home: HouseholdLine) -> dict[str, str]:
    return {"country_code": "IR", "region_code": home.province, "sub_region_code": home.county}


def _poverty(home: HouseholdLine) -> dict[str, Any]:
    """Sakha's own decile, 1 for the poorest tenth; never the official one."""
    if home.decile is None:
        return {}
    return {"poverty_score": home.decile, "poverty_score_type": f"SakhaDecile:{home.model[:12]}"}


def _open_needs(home: HouseholdLine) -> list[Mapping[str, Any]]:
    return [
        {"key": f"open_need:{kind.name}", "value": quantity, "unit": NEED_KINDS[kind].unit.value}
        for kind, quantity in home.needs
    ]
