"""The directory of bodies: what each gives, where, for whom, to how many a month, under which licence.

Terms follow Open Referral's HSDS (organisation, service, service area, eligibility); capacity, which it lacks, is ours.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.coordination.rules.introductions import ServiceState
from sakha.vocabulary.need_kinds import NeedKind

_LINES: Final = """
    SELECT service.id, service.organisation_id, body.name, body.licence_issuer, body.licence_number,
           body.licence_valid_until, body.approved_at IS NOT NULL AND body.suspended_at IS NULL
               AND (body.licence_valid_until IS NULL OR body.licence_valid_until >= %(on)s),
           service.kind, service.province, service.county, service.households_a_month, service.eligibility,
           service.contact, service.state
      FROM coordination_service AS service JOIN access_organisation AS body ON body.id = service.organisation_id
     WHERE (%(kind)s::int IS NULL OR service.kind = %(kind)s)
       AND (%(province)s = '' OR service.province IN ('', %(province)s))
       AND (%(county)s = '' OR service.county IN ('', %(county)s))
       AND (%(own)s::int IS NULL OR service.organisation_id = %(own)s)
       AND (%(state)s = '' OR service.state = %(state)s)
       AND (body.name, service.id) > (%(after_name)s, %(after_id)s)
     ORDER BY body.name, service.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryWanted:
    """What the directory is asked for; `after` is the last line's (name, id) of the page before."""

    kind: NeedKind | None = None
    province: str = ""
    county: str = ""
    organisation_id: int | None = None
    state: ServiceState | None = None
    after: tuple[str, int] = ("", 0)
    limit: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """A line of the directory."""

    id: int
    organisation_id: int
    organisation_name: str
    licence: str
    licence_valid_until: date | None
    is_licensed: bool
    kind: NeedKind
    province: str
    county: str
    households_a_month: int
    eligibility: str
    contact: str
    state: ServiceState


def directory(*, actor: Actor, on: date, wanted: DirectoryWanted) -> tuple[ServiceLine, ...]:
    """The lines that the actor may see, by name; what waits for approval is seen by its body and its office."""
    asked: dict[str, Any] = {
        "on": on,
        "kind": None if wanted.kind is None else wanted.kind.value,
        "province": wanted.province,
        "county": wanted.county,
        "own": wanted.organisation_id,
        "state": "" if wanted.state is None else wanted.state.value,
        "after_name": wanted.after[0],
        "after_id": wanted.after[1],
        "limit": wanted.limit,
    }
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_LINES, asked)
        rows = cursor.fetchall()
    return tuple(
        ServiceLine(
            id=row[0],
            organisation_id=row[1],
            organisation_name=row[2],
            licence=f"{row[3]} {row[4]}".strip(),
            licence_valid_until=row[5],
            is_licensed=row[6],
            kind=NeedKind(row[7]),
            province=row[8],
            county=row[9],
            households_a_month=row[10],
            eligibility=row[11],
            contact=row[12],
            state=ServiceState(row[13]),
        )
        for row in rows
    )
