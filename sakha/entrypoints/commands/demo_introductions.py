"""The demonstration's invited households: some register themselves by their SMS, and charities take their needs.

Every step is an action of the product; who registers follows from the order of the invitations. A second walk finds
registrations there and adds nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

import duckdb
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.sealing import open_sealed
from sakha.coordination.actions import Consent, ask_code_by_link, enter, send_registration
from sakha.coordination.actions.answering_introductions import decline_introduction, note_contact, take_introduction
from sakha.coordination.actions.directory import ServiceToTell, approve_services, tell_service
from sakha.coordination.actions.introducing import introduce_households
from sakha.coordination.actions.settling_introductions import follow_introductions
from sakha.coordination.queries.introductions import body_desk
from sakha.coordination.rules.introductions import DeclineReason
from sakha.entrypoints.commands.demo_aid import PlannedGift
from sakha.entrypoints.commands.demo_bodies import PROVINCE, Body
from sakha.ledger.actions import deliver_aid, hold_aid
from sakha.ledger.rules.states import Outcome
from sakha.registry.rules.declaration import HouseholdDeclaration, PersonDeclaration
from sakha.scoring.queries import get_needs
from sakha.vocabulary.jalali import show_date_short
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.places import COUNTIES, PROVINCES
from sakha.vocabulary.refusal import Refusal

REGISTERED_MAX: Final = 40
EVERY: Final = 3  # of three who were reached one answers
DECLINED_EVERY: Final = 7
KEPT_EVERY: Final = 4  # every fourth promise is still to be kept when the page is printed
KINDS_MAX: Final = 3
PROVINCE_WIDE: Final = 3  # the largest serve the whole province
_EACH_LOGGED: Final = "sakha.coordination.actions.registering"
_NAMESPACE: Final = UUID("0e3a3c5e-5b1d-4d0e-8a54-7d6a1f0c1406")
_INVITED: Final = """
    SELECT invitation.id, message.text_sealed, candidate.subject_sealed, candidate.county
      FROM coordination_invitation AS invitation
      JOIN coordination_message AS message ON message.invitation_id = invitation.id
      JOIN coordination_candidate AS candidate ON candidate.id = invitation.candidate_id
     WHERE invitation.province = %s AND candidate.subject_sealed IS NOT NULL AND invitation.link_digest IS NOT NULL
     ORDER BY invitation.id LIMIT %s
"""
_CODE: Final = """
    SELECT message.text_sealed FROM coordination_message AS message
      JOIN coordination_sign_in_code AS code ON code.id = message.sign_in_code_id
     WHERE code.invitation_id = %s ORDER BY code.id DESC LIMIT 1
"""
_MEMBERS: Final = """
    SELECT head.national_id, one.national_id, one.is_head, one.given_name, one.family_name, one.birth_on, one.gender,
           one.mobile
      FROM read_parquet(?) AS one
      JOIN read_parquet(?) AS head ON head.household_no = one.household_no
     WHERE head.national_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY one.national_id
"""


@dataclass(slots=True)
class Introducing:
    """What came of it."""

    registered: int = 0
    introduced: int = 0
    taken: int = 0
    declined: int = 0
    delivered: int = 0
    climbed: int = 0


def tell_directory(
    *, officer: Actor, charities: Sequence[Body], plans: Mapping[str, Sequence[PlannedGift]], at: datetime
) -> None:
    """Let each charity tell what it gives, and the province's office approve it."""
    largest = {body.code for body in sorted(charities, key=lambda body: -body.capacity)[:PROVINCE_WIDE]}
    told = []
    for body in charities:
        kinds = sorted({gift.kind for gift in plans.get(body.code, ())})[:KINDS_MAX]
        for kind in kinds:
            service = ServiceToTell(
                kind=kind,
                households_a_month=max(body.capacity // 20, 2),
                province=PROVINCE,
                county="" if body.code in largest else body.staff.county,
            )
            told.append(tell_service(actor=body.staff, at=at, service=service))
    if told:
        approve_services(actor=officer, at=at, service_ids=told)


def let_invited_register(*, pilot: Path, at: datetime) -> int:
    """Let some of the invited come in by their link and code, and send their sheet."""
    ring = key_ring()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT FROM coordination_registration WHERE province = %s LIMIT 1", [PROVINCE])
        if cursor.fetchone() is not None:
            return 0
        cursor.execute(_INVITED, [PROVINCE, REGISTERED_MAX * EVERY])
        invited = [
            (row[0], open_sealed(ring, bytes(row[1])), open_sealed(ring, bytes(row[2])), row[3])
            for row in cursor.fetchall()[::EVERY]
        ]
    families = _families(pilot / "welfare.parquet", [one[2] for one in invited])
    logging.getLogger(_EACH_LOGGED).setLevel(logging.WARNING)  # forty equal lines would tear the bars apart
    count = 0
    for number, (invitation_id, text, head, county) in enumerate(invited):
        if head in families:
            count += _register(at, (invitation_id, text, number), _told(families[head], county))
    return count


def introduce_and_take(*, officer: Actor, charities: Sequence[Body], at: datetime) -> Introducing:
    """Introduce who registered; the charities take, decline and deliver; what nobody takes climbs."""
    introduced = introduce_households(actor=officer, at=at, province=PROVINCE)
    told = Introducing(introduced=introduced.introduction_count, climbed=introduced.placed.climbed_count)
    if not introduced.introduction_count:
        return told
    for body in charities:
        for line in body_desk(actor=body.staff, at=at, limit=body.capacity).offered:
            _answer(body.staff, at, line.id, line.kind, told)
    follow_introductions(actor=SYSTEM, at=at)
    return told


def _answer(staff: Actor, at: datetime, introduction_id: int, kind: NeedKind, told: Introducing) -> None:
    try:
        if introduction_id % DECLINED_EVERY == 0:
            decline_introduction(actor=staff, at=at, introduction_id=introduction_id, reason=DeclineReason.NO_CAPACITY)
            told.declined += 1
            return
        household_id = take_introduction(actor=staff, at=at, introduction_id=introduction_id)
    except Refusal:  # another was quicker, or the licence ended
        return
    told.taken += 1
    if introduction_id % KEPT_EVERY == 0:
        return
    note_contact(actor=staff, at=at, introduction_id=introduction_id)
    needs = get_needs(actor=staff, at=at, household_id=household_id, event_count=0).needs
    left = next((need.left for need in needs if need.kind is kind), 0)
    if not left:
        return
    held = hold_aid(
        actor=staff,
        at=at,
        household_id=household_id,
        kind=kind,
        quantity=min(left, NEED_KINDS[kind].standard_target),
        request_id=uuid5(_NAMESPACE, str(introduction_id)),
    )
    if held.outcome is Outcome.DONE:
        deliver_aid(actor=staff, at=at, hold_id=held.require_held())
        told.delivered += 1


def _register(at: datetime, who: tuple[int, str, int], declaration: HouseholdDeclaration) -> int:
    invitation_id, text, number = who
    link = re.search(r"/k/([\w-]{12})", text)
    if link is None:
        return 0
    address = f"198.51.100.{number % 250}"  # of the documentation (RFC 5737)
    ask_code_by_link(at=at, link=link[1], address=address)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CODE, [invitation_id])
        row = cursor.fetchone()
    code = re.search(r"\b(\d{6})\b", open_sealed(key_ring(), bytes(row[0]))) if row else None
    if code is None:
        return 0
    registration_id = enter(at=at, invitation_id=invitation_id, code=code[1], address=address)
    try:
        send_registration(
            at=at, registration_id=registration_id, declaration=declaration, consent=Consent(is_given=True)
        )
    except Refusal:  # the sheet of somebody whom the register knows otherwise waits for an office
        return 0
    return 1


def _families(extract: Path, heads: Sequence[str]) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect() as duck:
        rows = duck.execute(_MEMBERS, [str(extract), str(extract), list(heads)]).fetchall()
    families: dict[str, list[tuple[Any, ...]]] = {}
    for head, *member in rows:
        families.setdefault(head, []).append(tuple(member))
    return families


def _told(members: Sequence[tuple[Any, ...]], county: str) -> HouseholdDeclaration:
    ordered = sorted(members, key=lambda member: not member[1])
    people = tuple(
        PersonDeclaration(
            given_name=given,
            family_name=family,
            national_id=national_id,
            birth_date=show_date_short(birth_on),
            gender="زن" if gender == "F" else "مرد",
            relation="سرپرست" if place == 0 else "دیگر",
            mobile=(mobile or "") if place == 0 else "",
        )
        for place, (national_id, _, given, family, birth_on, gender, mobile) in enumerate(ordered)
    )
    return HouseholdDeclaration(
        members=people,
        province=PROVINCES[PROVINCE].name,
        county=COUNTIES[county].name if county in COUNTIES else "",
        facts={"tenure": "اجاره‌ای", "rooms": "1", "has_car": "ندارد"},
    )
