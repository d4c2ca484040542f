"""Money of givers that reached households, as grants of 360Giving 1.4: nobody named, and no place that would name them.

The day is the first of the month, and the province stands only where enough households share it with kind and month.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.places import PROVINCES

VERSION: Final = "1.4"
CROWD_MIN: Final = 5
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
ANYBODY: Final = "Individual"
# Closed lists of 360Giving: grantToIndividualsReason, grantToIndividualsPurpose.
_HARDSHIP: Final = "GTIR010"
_REASONS: Final = {
    NeedKind.DISABILITY: "GTIR020",
    NeedKind.HEALTH: "GTIR030",
    NeedKind.WORK: "GTIR070",
    NeedKind.SHOCK: "GTIR100",
}
_PURPOSES: Final = {
    NeedKind.FOOD: "GTIP070",
    NeedKind.CASH: "GTIP010",
    NeedKind.HEALTH: "GTIP120",
    NeedKind.RENT: "GTIP060",
    NeedKind.DWELLING: "GTIP030",
    NeedKind.EDUCATION: "GTIP130",
    NeedKind.DISABILITY: "GTIP030",
    NeedKind.WORK: "GTIP140",
    NeedKind.DOWRY: "GTIP020",
    NeedKind.DEBT: "GTIP090",
    NeedKind.HOME_GOODS: "GTIP020",
    NeedKind.ORPHAN: "GTIP010",
    NeedKind.SHOCK: "GTIP170",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Money drawn for one household's need and delivered. `code` is drawn for publishing and leads nowhere.

    `household` is for counting the crowd, and never written.
    """

    code: str
    household: int
    kind: NeedKind
    amount_rial: int
    on: date
    province: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes."""

    name: str
    prefix: str
    address: str


def write_package(grants: Sequence[Grant], *, publisher: Publisher, at: datetime) -> dict[str, Any]:
    """A package of 360Giving."""
    crowded = _crowded(grants)
    return {
        "version": VERSION,
        "title": "Help that reached households",
        "description": "Money of givers, drawn for verified needs and delivered. Individuals are anonymous.",
        "modified": at.isoformat(),
        "publisher": {"name": publisher.name, "identifier": publisher.prefix, "website": publisher.address},
        "license": LICENCE,
        "grants": [_grant(grant, publisher, has_place=_cell(grant) in crowded) for grant in grants],
    }


def write_csv(package: dict[str, Any]) -> str:
    """The same grants as one table with the standard's own titles."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(title for title, _ in _COLUMNS)
    for grant in package["grants"]:
        writer.writerow(_at(grant, path) for _, path in _COLUMNS)
    return lines.getvalue()


_COLUMNS: Final = (
    ("Identifier", ("id",)),
    ("Title", ("title",)),
    ("Description", ("description",)),
    ("Currency", ("currency",)),
    ("Amount Awarded", ("amountAwarded",)),
    ("Amount Disbursed", ("amountDisbursed",)),
    ("Award Date", ("awardDate",)),
    ("Recipient Ind:Identifier", ("recipientIndividual", "id")),
    ("Recipient Ind:Name", ("recipientIndividual", "name")),
    ("To Individuals Details:Primary Grant Reason", ("toIndividualsDetails", "primaryGrantReason")),
    ("To Individuals Details:Grant Purpose", ("toIndividualsDetails", "grantPurpose", 0)),
    ("Funding Org:Identifier", ("fundingOrganization", 0, "id")),
    ("Funding Org:Name", ("fundingOrganization", 0, "name")),
    ("Beneficiary Location:Name", ("beneficiaryLocation", 0, "name")),
    ("Beneficiary Location:Country Code", ("beneficiaryLocation", 0, "countryCode")),
)


def _grant(grant: Grant, publisher: Publisher, *, has_place: bool) -> dict[str, Any]:
    name = NEED_KINDS[grant.kind].name
    place = {"name": PROVINCES[grant.province].name, "countryCode": "IR"} if has_place else {"countryCode": "IR"}
    return {
        "id": f"{publisher.prefix}-{grant.code}",
        "title": name,
        "description": f"{name} برای یک خانوار",
        "currency": "IRR",
        "amountAwarded": grant.amount_rial,
        "amountDisbursed": grant.amount_rial,
        "awardDate": grant.on.replace(day=1).isoformat(),
        "recipientIndividual": {"id": f"{publisher.prefix}-individual-{grant.code}", "name": ANYBODY},
        "fundingOrganization": [{"id": publisher.prefix, "name": publisher.name}],
        "beneficiaryLocation": [place],
        "toIndividualsDetails": {
            "primaryGrantReason": _REASONS.get(grant.kind, _HARDSHIP),
            "grantPurpose": [_PURPOSES[grant.kind]],
        },
    }


def _cell(grant: Grant) -> tuple[str, NeedKind, date]:
    return grant.province, grant.kind, grant.on.replace(day=1)


def _crowded(grants: Sequence[Grant]) -> set[tuple[str, NeedKind, date]]:
    homes: defaultdict[tuple[str, NeedKind, date], set[int]] = defaultdict(set)
    for grant in grants:
        if grant.province in PROVINCES:
            homes[_cell(grant)].add(grant.household)
    return {cell for cell, found in homes.items() if len(found) >= CROWD_MIN}


def _at(told: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        if isinstance(part, int):
            told = told[part] if isinstance(told, list) and len(told) > part else ""
        else:
            told = told.get(part, "") if isinstance(told, dict) else ""
    return told
