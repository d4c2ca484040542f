"""The directory of bodies in the words of Open Referral HSDS 3.0, with capacity as our declared extension.

Ids are made from our own numbers and stay the same; nobody's name but a body's stands in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.places import COUNTIES, PROVINCES

VERSION: Final = "3.0"
PER_PAGE: Final = 50
PER_PAGE_MAX: Final = 100
TAXONOMY: Final = "sakha-need-kinds"
_SPACE: Final = uuid5(NAMESPACE_URL, "https://sakha.example/hsds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An approved body of the directory."""

    id: int
    name: str
    kind: str
    licence: str
    province: str
    county: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a body gives: an approved line of the directory."""

    id: int
    body: Body
    kind: NeedKind
    province: str
    county: str
    households_a_month: int
    eligibility: str
    is_licensed: bool


def hsds_id(of: str, number: int | str) -> str:
    """The UUID of one of our things."""
    return str(uuid5(_SPACE, f"{of}:{number}"))


def write_organization(body: Body) -> dict[str, Any]:
    """An organization of HSDS."""
    told: dict[str, Any] = {
        "id": hsds_id("organization", body.id),
        "name": body.name,
        "description": f"{body.name}، {_place(body.province, body.county)}".rstrip("، "),
        "locations": [write_location(body)],
    }
    if body.licence:
        told["organization_identifiers"] = [
            {
                "id": hsds_id("licence", body.id),
                "identifier_type": "licence",
                "identifier": body.licence,
            }
        ]
    return told


def write_location(body: Body) -> dict[str, Any]:
    """Where a body sits, as far as the register knows: county and province."""
    return {
        "id": hsds_id("location", body.id),
        "location_type": "physical",
        "organization_id": hsds_id("organization", body.id),
        "name": _place(body.province, body.county) or body.name,
    }


def write_service(offer: Offer) -> dict[str, Any]:
    """A service of HSDS. `capacity` is the extension that our profile declares."""
    service_id = hsds_id("service", offer.id)
    return {
        "id": service_id,
        "organization_id": hsds_id("organization", offer.body.id),
        "name": NEED_KINDS[offer.kind].name,
        "description": f"{NEED_KINDS[offer.kind].name}، {offer.body.name}",
        "status": "active" if offer.is_licensed else "inactive",
        "eligibility_description": offer.eligibility,
        "service_areas": [
            {
                "id": hsds_id("area", offer.id),
                "service_id": service_id,
                "name": _place(offer.province, offer.county) or "ایران",
                "extent": offer.county or offer.province or "IR",
                "extent_type": "other",
            }
        ],
        "attributes": [
            {
                "id": hsds_id("attribute", offer.id),
                "link_id": service_id,
                "link_entity": "service",
                "taxonomy_term_id": hsds_id("term", offer.kind.name),
                "value": offer.kind.name,
            }
        ],
        "capacity": {"households_a_month": offer.households_a_month},
    }


def write_service_at_location(offer: Offer) -> dict[str, Any]:
    """That a service is given from where its body sits."""
    return {
        "id": hsds_id("service_at_location", offer.id),
        "service_id": hsds_id("service", offer.id),
        "location_id": hsds_id("location", offer.body.id),
        "location": write_location(offer.body),
    }


def write_taxonomy() -> dict[str, Any]:
    """Our kinds of need as a taxonomy."""
    return {"id": hsds_id("taxonomy", TAXONOMY), "name": "Sakha need kinds", "description": "نیازهای سیزده‌گانهٔ سخا"}


def write_terms() -> list[dict[str, Any]]:
    """Each kind of need as a term."""
    return [
        {
            "id": hsds_id("term", kind.name),
            "code": kind.name,
            "name": facts.name,
            "description": facts.name,
            "taxonomy_id": hsds_id("taxonomy", TAXONOMY),
        }
        for kind, facts in NEED_KINDS.items()
    ]


def write_profile(address: str) -> dict[str, Any]:
    """What the interface is, and how it adds to the standard."""
    return {
        "version": VERSION,
        "profile": f"{address}profile",
        "openapi_url": "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/openapi.json",
    }


def write_extension() -> dict[str, Any]:
    """The profile itself: one field more, on service."""
    capacity = {
        "type": "object",
        "description": "How many households the service takes in a month (HSDS issue 221 asks for such a field).",
        "required": ["households_a_month"],
        "properties": {"households_a_month": {"type": "integer", "minimum": 0}},
    }
    return {"base": VERSION, "service.json": {"properties": {"capacity": capacity}}}


def write_page(contents: Sequence[dict[str, Any]], *, total: int, page: int, per_page: int) -> dict[str, Any]:
    """A page in the standard's frame."""
    pages = max(1, ceil(total / per_page))
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": page,
        "size": len(contents),
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": not contents,
        "contents": list(contents),
    }


def is_hsds_id(text: str) -> bool:
    """Whether a text can be an id."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _place(province: str, county: str) -> str:
    names = [
        COUNTIES[county].name if county in COUNTIES else "",
        PROVINCES[province].name if province in PROVINCES else "",
    ]
    return "، ".join(name for name in names if name)
