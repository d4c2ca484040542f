"""Money of givers that reached households, as grants of 360Giving 1.4: nobody named, and no place that would name them.

Closed Jalali months alone, by their first day. No crowd that a reader makes of the rows by province, kind and month has
fewer households than `CROWD_MIN`: small ones lose their kind within the province, then their province, or go.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sakha.giving.rules.crowds import CROWD_MIN
from sakha.vocabulary.jalali import TEHRAN, jalali_month, month_bounds
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.places import PROVINCES

VERSION: Final = "1.4"
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
ANYBODY: Final = "Individual"
ANYWHERE: Final = ""
_OTHER: Final = "نیازهای دیگر"
Label = tuple[str, NeedKind | None]  # the province that is told, and the kind
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
    told = tell_crowds(grants, on=at.astimezone(TEHRAN).date())
    return {
        "version": VERSION,
        "title": "Help that reached households",
        "description": "Money of givers, drawn for verified needs and delivered. Individuals are anonymous.",
        "modified": at.isoformat(),
        "publisher": {"name": publisher.name, "identifier": publisher.prefix, "website": publisher.address},
        "license": LICENCE,
        "grants": [_grant(grant, publisher, label) for grant, label in told],
    }


def tell_crowds(grants: Iterable[Grant], *, on: date) -> list[tuple[Grant, Label]]:
    """The grants of months closed by a day, newest month first, each with the province and kind that may be told."""
    running = jalali_month(on)
    months: defaultdict[int, list[Grant]] = defaultdict(list)
    for grant in grants:
        if jalali_month(grant.on) < running:
            months[jalali_month(grant.on)].append(grant)
    # Within a month by code, which is drawn: the order in which money was drawn would tell who goes with whom.
    return [
        (grant, label)
        for month in sorted(months, reverse=True)
        for grant, label in _told_of_month(sorted(months[month], key=lambda one: one.code))
    ]


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


def _grant(grant: Grant, publisher: Publisher, label: Label) -> dict[str, Any]:
    province, kind = label
    name = _OTHER if kind is None else NEED_KINDS[kind].name
    place = {"name": PROVINCES[province].name} if province else {}
    details: dict[str, Any] = {"primaryGrantReason": _HARDSHIP if kind is None else _REASONS.get(kind, _HARDSHIP)}
    if kind is not None:
        details["grantPurpose"] = [_PURPOSES[kind]]
    return {
        "id": f"{publisher.prefix}-{grant.code}",
        "title": name,
        "description": f"{name} برای یک خانوار",
        "currency": "IRR",
        "amountAwarded": grant.amount_rial,
        "amountDisbursed": grant.amount_rial,
        "awardDate": month_bounds(jalali_month(grant.on))[0].isoformat(),
        "recipientIndividual": {"id": f"{publisher.prefix}-individual-{grant.code}", "name": ANYBODY},
        "fundingOrganization": [{"id": publisher.prefix, "name": publisher.name}],
        "beneficiaryLocation": [place | {"countryCode": "IR"}],
        "toIndividualsDetails": details,
    }


def _told_of_month(grants: Sequence[Grant]) -> list[tuple[Grant, Label]]:
    labels: list[Label] = [(one.province if one.province in PROVINCES else ANYWHERE, one.kind) for one in grants]
    for province in sorted({province for province, _ in labels} - {ANYWHERE}):
        labels = _folded(labels, grants, province)
    labels = _folded(labels, grants, ANYWHERE)
    # What is left over of the nation must be a crowd as well: the smallest of the provinces join it, until it is one.
    while 0 < _crowds(labels, grants).get((ANYWHERE, None), 0) < CROWD_MIN:
        others = {label: size for label, size in _crowds(labels, grants).items() if label != (ANYWHERE, None)}
        if not others:
            return []
        joins = min(others, key=lambda label: (others[label], label[0], label[1] or 0))
        labels = [(ANYWHERE, None) if label == joins else label for label in labels]
    return list(zip(grants, labels, strict=True))


def _folded(labels: list[Label], grants: Sequence[Grant], place: str) -> list[Label]:
    """Small kinds of a place become "other", and the next smallest with them, until "other" is a crowd again.

    A province in which all together are none is told of nowhere.
    """
    folded = list(labels)
    for size, kind in sorted((size, kind or 0) for (at, kind), size in _crowds(labels, grants).items() if at == place):
        rest = _crowds(folded, grants).get((place, None), 0)
        if size >= CROWD_MIN and (rest == 0 or rest >= CROWD_MIN):
            break
        folded = [(place, None) if label == (place, kind) else label for label in folded]
    if place != ANYWHERE and 0 < _crowds(folded, grants).get((place, None), 0) < CROWD_MIN:
        return [
            (ANYWHERE, one.kind) if one.province == place else label for label, one in zip(labels, grants, strict=True)
        ]
    return folded


def _crowds(labels: Sequence[Label], grants: Sequence[Grant]) -> dict[Label, int]:
    """Households behind each label: several grants of one are no crowd."""
    homes: defaultdict[Label, set[int]] = defaultdict(set)
    for label, grant in zip(labels, grants, strict=True):
        homes[label].add(grant.household)
    return {label: len(found) for label, found in homes.items()}


def _at(told: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        if isinstance(part, int):
            told = told[part] if isinstance(told, list) and len(told) > part else ""
        else:
            told = told.get(part, "") if isinstance(told, dict) else ""
    return told
