"""A household registers itself: its draft is kept sealed, and sent it goes the way of every form into the register.

What follows at once: the candidate and the invitation know the household, it is scored, its needs are opened. Who the
phone belongs to was asked at the door; the register decides who the people are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import connection, transaction

from sakha.access.actions import create_organisation
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, NewOrganisation, OrganisationKind, Role, Scope
from sakha.access.rules.sealing import open_sealed, seal
from sakha.coordination.actions.introducing import end_consent, keep_consents
from sakha.coordination.actions.opting_out import opt_out
from sakha.coordination.rules.doors import (
    TRIES_MAX,
    ConsentMissing,
    DraftOlder,
    RegistrationClosed,
    RegistrationTriedTooOften,
    RegistrationUnknown,
    page_version,
)
from sakha.coordination.rules.introductions import Side
from sakha.coordination.rules.states import OptOutSource, RegistrationState
from sakha.registry.actions import RegisteredHousehold, register_household
from sakha.registry.rules.declaration import HouseholdDeclaration
from sakha.registry.rules.states import IntakeOrigin
from sakha.scoring.actions import open_assessed_needs, score_households
from sakha.vocabulary.persian_text import clean_text

_log = structlog.get_logger()

# The body in whose name households' own words stand among the records: found by this licence, made once. It is no
# charity and no agency, so what stands under it covers nobody.
SELF_ISSUER: Final = "SAKHA"
SELF_LICENCE: Final = "SELF-REGISTRATION"
SELF_NAME: Final = "ثبت‌نام خود خانوارها"

_LOCK: Final = "SELECT state, province, county, try_count FROM coordination_registration WHERE id = %s FOR UPDATE"
_SAVE: Final = "UPDATE coordination_registration SET draft_sealed = %s, saved_at = %s WHERE id = %s"
_TRY: Final = "UPDATE coordination_registration SET try_count = try_count + 1 WHERE id = %s"
_SENT: Final = """
    UPDATE coordination_registration
       SET state = 'SENT', household_id = %(household)s, is_file_open = %(is_open)s, helper_sealed = %(helper)s,
           draft_sealed = NULL, consented_at = %(at)s, sent_at = %(at)s
     WHERE id = %(id)s
"""
# The link was for registering: done, it opens no more. The way back is the number.
_CLOSE_LINK: Final = """
    UPDATE coordination_invitation SET link_digest = NULL, code_digest = NULL
     WHERE id = (SELECT invitation_id FROM coordination_registration WHERE id = %s)
"""
# Nobody covers the household yet: the candidate stays open, and is now one that the register knows.
_KNOW: Final = """
    UPDATE coordination_candidate AS kept
       SET household_id = %(household)s,
           person_id = coalesce((SELECT person.id FROM registry_membership AS member
                                   JOIN registry_person AS person ON person.id = member.person_id
                                  WHERE member.household_id = %(household)s AND member.to_on IS NULL
                                    AND person.id_index = kept.subject_index), kept.person_id)
      FROM coordination_invitation AS invitation
      JOIN coordination_registration AS sent ON sent.invitation_id = invitation.id
     WHERE sent.id = %(id)s AND kept.id = invitation.candidate_id
"""
_WITHDRAW: Final = """
    UPDATE coordination_registration SET state = 'WITHDRAWN', draft_sealed = NULL, withdrawn_at = %s WHERE id = %s
"""
_LEAVE: Final = """
    UPDATE coordination_candidate SET state = 'LEFT', left_at = %s
     WHERE state = 'OPEN' AND id = (SELECT invitation.candidate_id FROM coordination_registration AS one
                                      JOIN coordination_invitation AS invitation ON invitation.id = one.invitation_id
                                     WHERE one.id = %s)
"""
_HOUSEHOLD: Final = """
    SELECT coalesce(home.merged_into_id, home.id) FROM coordination_registration AS one
      JOIN registry_household AS home ON home.id = one.household_id WHERE one.id = %s
"""
_NUMBER: Final = """
    SELECT invitation.mobile_sealed FROM coordination_registration AS one
      JOIN coordination_invitation AS invitation ON invitation.id = one.invitation_id WHERE one.id = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """That the household wants to be registered; with the name and relation of who fills in the sheet for it."""

    is_given: bool
    helper_name: str = ""
    helper_relation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRegistration:
    """What became of the sheet. Without `is_file_open` the household was known before: an office shows the file."""

    household_id: int
    code: str
    is_file_open: bool


def save_draft(*, at: datetime, registration_id: int, draft: Mapping[str, Any]) -> None:
    """Keep what is filled in so far, sealed; to go on with later from any phone. Raises: RegistrationClosed."""
    text = json.dumps(draft, ensure_ascii=False)
    with acting(SYSTEM), connection.cursor() as cursor:
        _take(cursor, registration_id)
        cursor.execute(_SAVE, [seal(key_ring(), text), at, registration_id])


def save_page(
    *,
    at: datetime,
    registration_id: int,
    page: str,
    answers: Mapping[str, Any] | list[dict[str, Any]],
    seen: str | None,
) -> None:
    """Keep one page of the draft, unless it was changed elsewhere since it was shown as `seen`.

    Raises: RegistrationClosed, DraftOlder.
    """
    ring = key_ring()
    with acting(SYSTEM), connection.cursor() as cursor:
        _take(cursor, registration_id)
        cursor.execute("SELECT draft_sealed FROM coordination_registration WHERE id = %s", [registration_id])
        sealed = cursor.fetchone()[0]
        draft = {} if sealed is None else json.loads(open_sealed(ring, bytes(sealed)))
        if seen is not None and seen != page_version(draft.get(page)):
            raise DraftOlder
        text = json.dumps({**draft, page: answers}, ensure_ascii=False)
        cursor.execute(_SAVE, [seal(ring, text), at, registration_id])


def send_registration(
    *, at: datetime, registration_id: int, declaration: HouseholdDeclaration, consent: Consent
) -> SentRegistration:
    """Register the household by the register's own way, score it and open its needs; all of it or nothing.

    Call it outside of any transaction: a try counts also when it is refused.

    Raises: ConsentMissing, RegistrationUnknown, RegistrationClosed, RegistrationTriedTooOften, HouseholdEmpty,
    HouseholdInvalid.
    """
    if not consent.is_given:
        raise ConsentMissing(field="consent")
    with acting(SYSTEM), connection.cursor() as cursor:
        if _take(cursor, registration_id)[3] >= TRIES_MAX:
            raise RegistrationTriedTooOften
        cursor.execute(_TRY, [registration_id])
    with transaction.atomic(), acting(SYSTEM), connection.cursor() as cursor:
        _, province, county, _ = _take(cursor, registration_id)
        made = register_household(
            actor=_self_desk(at, province, county), at=at, declaration=declaration, origin=IntakeOrigin.SELF
        )
        cursor.execute(_SENT, _facts(at, registration_id, made, consent))
        cursor.execute(_KNOW, {"id": registration_id, "household": made.household_id})
        cursor.execute(_CLOSE_LINK, [registration_id])
        score_households(actor=SYSTEM, at=at, household_ids=[made.household_id])
        open_assessed_needs(actor=SYSTEM, at=at, household_ids=[made.household_id])
        keep_consents(at=at, household_ids=[made.household_id], heard_by=Side.HOUSEHOLD)
    _log.info("household_registered_itself", registration_id=registration_id, is_new=made.is_new)
    return SentRegistration(household_id=made.household_id, code=made.code, is_file_open=made.is_new)


def withdraw_registration(*, at: datetime, registration_id: int) -> None:
    """Take the consent back: the draft is erased, nobody is invited or introduced any more. Records stay as told.

    Raises: RegistrationUnknown.
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        is_withdrawn = _lock(cursor, registration_id)[0] == RegistrationState.WITHDRAWN
        cursor.execute(_HOUSEHOLD, [registration_id])
        row = cursor.fetchone()
        if row is not None:
            end_consent(cursor, at=at, household_id=row[0])  # again too: somebody may have heard another since
        if is_withdrawn:
            return
        cursor.execute(_WITHDRAW, [at, registration_id])
        cursor.execute(_LEAVE, [at, registration_id])
        cursor.execute(_CLOSE_LINK, [registration_id])


def stop_messages(*, at: datetime, registration_id: int) -> None:
    """Send this phone no more invitations; one-time codes that it asks for itself still come."""
    with acting(SYSTEM), connection.cursor() as cursor:
        _lock(cursor, registration_id)
        cursor.execute(_NUMBER, [registration_id])
        number = open_sealed(key_ring(), bytes(cursor.fetchone()[0]))
    opt_out(actor=SYSTEM, at=at, mobile=number, source=OptOutSource.HOUSEHOLD)


def _lock(cursor: Any, registration_id: int) -> tuple[str, str, str, int]:
    cursor.execute(_LOCK, [registration_id])
    row: tuple[str, str, str, int] | None = cursor.fetchone()
    if row is None:
        raise RegistrationUnknown
    return row


def _take(cursor: Any, registration_id: int) -> tuple[str, str, str, int]:
    row = _lock(cursor, registration_id)
    if row[0] != RegistrationState.BEGUN:
        raise RegistrationClosed
    return row


def _facts(at: datetime, registration_id: int, made: RegisteredHousehold, consent: Consent) -> dict[str, Any]:
    helper = [clean_text(consent.helper_name), clean_text(consent.helper_relation)]
    return {
        "at": at,
        "id": registration_id,
        "household": made.household_id,
        "is_open": made.is_new,
        "helper": seal(key_ring(), json.dumps(helper, ensure_ascii=False)) if helper[0] else None,
    }


def _self_desk(at: datetime, province: str, county: str) -> Actor:
    """In whose name the register writes what households say of themselves; for the one call of the intake."""
    return Actor(
        user_id=None,
        organisation_id=_self_organisation(at),
        role=Role.HOUSEHOLD,
        scope=Scope.ORGANISATION,
        province=province,
        county=county,
        display_name=SELF_NAME,
    )


def _self_organisation(at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [SELF_LICENCE])
        cursor.execute(
            "SELECT id FROM access_organisation WHERE licence_issuer = %s AND licence_number = %s",
            [SELF_ISSUER, SELF_LICENCE],
        )
        row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    body = NewOrganisation(
        kind=OrganisationKind.GOVERNOR_OFFICE,
        name=SELF_NAME,
        licence_issuer=SELF_ISSUER,
        licence_number=SELF_LICENCE,
    )
    return create_organisation(actor=SYSTEM, at=at, organisation=body)
