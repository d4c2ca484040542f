"""What is published: approved bodies with what they give, and delivered money without whoever received it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final

from django.db import connection
from django.utils.crypto import salted_hmac

from sakha.access.queries import acting, organisations
from sakha.access.rules import SYSTEM
from sakha.coordination.queries.directory import DirectoryWanted, directory
from sakha.coordination.rules.introductions import ServiceState
from sakha.exchange.rules.directory import Body, Offer
from sakha.exchange.rules.grants import Grant
from sakha.vocabulary.need_kinds import NeedKind

READ_LONGEST: Final = "10s"
GRANTS_MAX: Final = 100_000
_OFFERS_MAX: Final = 20_000
_CODE_LENGTH: Final = 20
_SANDBOXES: Final = "SELECT DISTINCT organisation_id FROM access_client WHERE is_sandbox"
# A household that proved to be another is the other: it is no second one of a crowd, and protected as that one is.
_GRANTS: Final = """
SELECT d.id, d.kind, d.amount_rial, (d.settled_at AT TIME ZONE 'Asia/Tehran')::date,
       CASE WHEN h.is_protected THEN '' ELSE h.province END, h.id, h.is_protected
  FROM giving_draw d JOIN registry_household drawn ON drawn.id = d.household_id
  JOIN registry_household h ON h.id = coalesce(drawn.merged_into_id, drawn.id)
 WHERE d.state = 'DELIVERED' ORDER BY d.id DESC LIMIT %s
"""


@contextmanager
def bounded_reads() -> Iterator[None]:
    """Read what anybody may ask for in one transaction, in which no statement takes longer than ten seconds."""
    with acting(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", (READ_LONGEST,))
        yield


def published_bodies() -> tuple[Body, ...]:
    """Bodies that were approved and stand, by number; those of sandboxes are nobody's."""
    with acting(SYSTEM), connection.cursor() as cursor:
        found = organisations()
        cursor.execute(_SANDBOXES)
        sandboxes = {row[0] for row in cursor.fetchall()}
    return tuple(
        Body(
            id=one.id,
            name=one.name,
            kind=one.kind.value,
            licence=f"{one.licence_issuer} {one.licence_number}".strip(),
            province=one.province,
            county=one.county,
        )
        for one in found
        if one.approved_at is not None and one.suspended_at is None and one.id not in sandboxes
    )


def published_offers(*, on: date) -> tuple[Offer, ...]:
    """Approved lines of published bodies, by number."""
    bodies = {body.id: body for body in published_bodies()}
    lines = directory(actor=SYSTEM, on=on, wanted=DirectoryWanted(state=ServiceState.ACTIVE, limit=_OFFERS_MAX))
    return tuple(
        Offer(
            id=line.id,
            body=bodies[line.organisation_id],
            kind=line.kind,
            province=line.province,
            county=line.county,
            households_a_month=line.households_a_month,
            eligibility=line.eligibility,
            is_licensed=line.is_licensed,
        )
        for line in sorted(lines, key=lambda one: one.id)
        if line.organisation_id in bodies
    )


def published_grants() -> tuple[Grant, ...]:
    """Delivered money of givers, newest first. The codes come from a secret: nobody counts from them to a household.

    Under protection a row has another code, or what was read before would still tell its province.
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_GRANTS, (GRANTS_MAX,))
        rows = cursor.fetchall()
    return tuple(
        Grant(
            code=grant_code(row[0], is_protected=row[6]),
            household=row[5],
            kind=NeedKind(row[1]),
            amount_rial=row[2],
            on=row[3],
            province=row[4],
        )
        for row in rows
    )


def grant_code(draw_id: int, *, is_protected: bool) -> str:
    """The code under which a draw is published."""
    told = f"{draw_id} protected" if is_protected else str(draw_id)
    return salted_hmac("sakha.exchange.grant", told, algorithm="sha256").hexdigest()[:_CODE_LENGTH]
