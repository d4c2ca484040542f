"""The cast of the tests of introductions: households with needs and consent, and bodies that say what they give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor
from sakha.coordination.actions.directory import ServiceToTell, approve_services, tell_service
from sakha.coordination.actions.introducing import introduce_households, keep_consents
from sakha.coordination.rules.introductions import Side
from sakha.ledger.actions import open_needs
from sakha.ledger.rules import NeedToOpen
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.periods import period_of
from tests.coordination_cast import rows, score
from tests.ledger_cast import AT, COUNTY, PROVINCE, KnownHousehold, given_charity, given_household

_NEED = """
    INSERT INTO scoring_need (household_id, kind, state, source, severity, amount, less, target, delivered, period,
                              rules_sha, expires_on, opened_at, state_at, assessed_at, proof, reason)
    VALUES (%(household)s, %(kind)s, 2, 'RULE', %(severity)s, %(target)s, 0, %(target)s, 0, %(period)s, 'test',
            '2027-03-20', %(at)s, %(at)s, %(at)s, '', '')
"""


def given_needy(
    *kinds: NeedKind,
    severity: int = 2,
    priority: int = 0,
    county: str = COUNTY,
    has_consent: bool = True,
    known_to: Sequence[Actor] = (),
) -> KnownHousehold:
    """A household of the third decile with open needs of these kinds, which nobody covers."""
    home = given_household(*known_to, county=county)
    score(home.id, 3)
    day = AT.astimezone(TEHRAN).date()
    opened = []
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_score SET priority = %s WHERE household_id = %s", [priority, home.id])
        for kind in kinds:
            target, period = NEED_KINDS[kind].standard_target, period_of(kind, day)
            facts = {"household": home.id, "kind": kind.value, "severity": severity, "target": target}
            cursor.execute(_NEED, facts | {"period": period, "at": AT})
            opened.append(NeedToOpen(household_id=home.id, kind=kind, period=period, target=target))
    open_needs(actor=SYSTEM, at=AT, needs=opened)
    if has_consent:
        keep_consents(at=AT, household_ids=[home.id], heard_by=Side.HOUSEHOLD)
    return home


def given_giver(
    name: str,
    *kinds: NeedKind,
    capacity: int = 10,
    province: str = PROVINCE,
    county: str = COUNTY,
    is_approved: bool = True,
) -> Actor:
    """A charity that gives these kinds there."""
    body = given_charity(name)
    for kind in kinds:
        service = ServiceToTell(kind=kind, households_a_month=capacity, province=province, county=county)
        line = tell_service(actor=body, at=AT, service=service)
        if is_approved:
            approve_services(actor=SYSTEM, at=AT, service_ids=[line])
    return body


def introduce(at: datetime = AT) -> None:
    introduce_households(actor=SYSTEM, at=at)


def offers_of(home: KnownHousehold) -> dict[int, str]:
    """To whom the household stands offered, and how."""
    return dict(
        rows("SELECT organisation_id, state FROM coordination_offer WHERE household_id = %s ORDER BY id", home.id)
    )


def the_introduction(home: KnownHousehold) -> tuple[int, str, str]:
    """Its id, state and level."""
    [found] = rows("SELECT id, state, level FROM coordination_introduction WHERE household_id = %s", home.id)
    return found
