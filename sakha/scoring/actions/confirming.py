"""Asking people about facts, and drawing what their answers come to.

Whom to ask is drawn by the system: nobody chooses a confirmer for a household, and only an audit learns who it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, PermissionMissing, Scope
from sakha.access.rules.sealing import IndexKind, blind_index, seal
from sakha.registry.queries import HouseholdUnknown
from sakha.scoring.models import ConfirmationRequest, Confirmer
from sakha.scoring.queries.confirmations import ConfirmerUnknown
from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.scoring.rules.confirming_questions import QuestionCode, questions_for, topics_for
from sakha.scoring.rules.confirming_voices import (
    ASKED_AGAIN_AFTER,
    LINK_LIVES,
    ConfirmerUnfit,
    HouseholdNotToBeAsked,
    new_token,
)
from sakha.vocabulary.identifiers import parse_mobile, parse_person_identifier
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.places import COUNTIES

ASKED_AT_ONCE: Final = 4
REQUESTS_A_MONTH: Final = 12
_MONTH: Final = timedelta(days=30)

# Kin by the register: somebody who is or was a member here, or lived under one roof with one who is or was.
KIN_SQL: Final = """EXISTS (
    SELECT FROM registry_person own
    JOIN registry_membership own_home ON own_home.person_id = own.id
    JOIN registry_membership shared ON shared.household_id = own_home.household_id
    JOIN registry_membership here ON here.person_id = shared.person_id AND here.household_id = {household}
    WHERE own.mobile_index = {confirmer}.mobile_index OR own.id_index = {confirmer}.id_index)"""
_DRAW: Final = f"""
WITH fitting AS (
    SELECT c.id, c.kind, c.user_id,
        row_number() OVER (PARTITION BY c.kind ORDER BY md5(%(household)s || ':' || c.id || ':' || %(day)s)) AS place
    FROM scoring_confirmer c
    WHERE c.county = %(county)s AND c.stopped_at IS NULL AND c.kind = ANY(%(kinds)s)
        AND (%(registered_by)s::int IS NULL
             OR (c.organisation_id IS DISTINCT FROM %(registered_by)s
                 AND c.nominated_by_id IS DISTINCT FROM %(registered_by)s))
        AND NOT EXISTS (SELECT FROM scoring_confirmation_request r WHERE r.confirmer_id = c.id
                        AND r.household_id = %(household)s AND r.asked_at > %(again)s)
        AND (SELECT count(*) FROM scoring_confirmation_request r WHERE r.confirmer_id = c.id
             AND r.asked_at > %(month)s) < {REQUESTS_A_MONTH}
        AND NOT {KIN_SQL.format(household="%(household)s", confirmer="c")}
)
SELECT id, kind, user_id FROM fitting ORDER BY place, md5(kind || %(household)s) LIMIT %(count)s
"""  # noqa: S608 -- constants
_EXPIRE: Final = """
UPDATE scoring_confirmation_request SET state = 'EXPIRED', settled_at = %s, token_sealed = NULL
WHERE state = 'OPEN' AND expires_at <= %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConfirmer:
    """Somebody whom one may ask."""

    kind: ConfirmerKind
    name: str
    mobile: str
    county: str
    national_id: str = ""
    organisation_id: int | None = None
    user_id: int | None = None


def add_confirmer(*, actor: Actor, at: datetime, confirmer: NewConfirmer) -> int:
    """Keep a confirmer, sealed. An office finds its own; an organisation nominates, and its own clients are left out.

    Raises:
        PermissionMissing: neither an office of the county nor somebody who registers households.
        ConfirmerUnfit: unknown county, or somebody has this phone already.
    """
    return add_confirmers(actor=actor, at=at, confirmers=[confirmer])[0]


def add_confirmers(*, actor: Actor, at: datetime, confirmers: Sequence[NewConfirmer]) -> list[int]:
    """Keep several; all or none."""
    is_office = actor.can(Permission.READ_PROVINCE)
    if not is_office:
        actor.require(Permission.WRITE_HOUSEHOLD)
    rows = [_row(actor, at, one, nominated_by_id=None if is_office else actor.organisation_id) for one in confirmers]
    try:
        with acting(SYSTEM), transaction.atomic():
            return [row.pk for row in Confirmer.objects.bulk_create(rows)]
    except IntegrityError as error:
        raise ConfirmerUnfit(field="mobile", reason="این شماره پیش‌تر افزوده شده است.") from error


def stop_confirmer(*, actor: Actor, at: datetime, confirmer_id: int) -> None:
    """Count a confirmer's word no longer, from now on and in all that stands."""
    actor.require(Permission.READ_PROVINCE)
    with acting(actor):
        if not Confirmer.objects.filter(id=confirmer_id).exists():
            raise ConfirmerUnknown(field="confirmer_id")
    with acting(SYSTEM):
        Confirmer.objects.filter(id=confirmer_id, stopped_at__isnull=True).update(stopped_at=at)


def ask_confirmations(
    *,
    actor: Actor,
    at: datetime,
    household_id: int,
    count: int = ASKED_AT_ONCE,
    topics: Sequence[QuestionCode] = (),
) -> int:
    """Draw confirmers of different kinds and ask each what somebody of the kind can know; tells how many were asked.

    Without topics the household's turn decides them.

    Raises:
        HouseholdUnknown: the actor doesn't see the household.
        HouseholdNotToBeAsked: it is protected.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    province, county, registered_by = _look_at_home(actor, at, household_id)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('scoring.ask'), %s::int)", [household_id % 2**31])
        asked = tuple(topics) or topics_for(household_id)
        facts: dict[str, Any] = {
            "kinds": [kind.value for kind in ConfirmerKind if questions_for(kind, asked)],
            "household": household_id,
            "county": county,
            "registered_by": registered_by,
            "day": at.date().isoformat(),
            "again": at - ASKED_AGAIN_AFTER,
            "month": at - _MONTH,
            "count": count,
        }
        cursor.execute(_DRAW, facts)
        drawn = cursor.fetchall()
        place = (household_id, province, county)
        ConfirmationRequest.objects.bulk_create(_request(actor, at, place, one, asked) for one in drawn)
    return len(drawn)


def _look_at_home(actor: Actor, at: datetime, household_id: int) -> tuple[str, str, int | None]:
    """Where the household lives and which body registered it; that its neighbours are to be asked is logged."""
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(
            "SELECT province, county, is_protected, registered_by_id FROM registry_household WHERE id = %s",
            [household_id],
        )
        home = cursor.fetchone()
        if home is None:
            raise HouseholdUnknown(field="household_id")
        if home[2]:
            raise HouseholdNotToBeAsked(field="household_id")
        record_access(
            actor=actor, at=at, action=AccessAction.READ, household_id=household_id, purpose="پرسش از اهل محل"
        )
    return home[0], home[1], home[3]


def expire_requests(*, actor: Actor, at: datetime) -> int:
    """Close links whose time has passed."""
    if not actor.is_system:
        raise PermissionMissing(field="actor")
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_EXPIRE, [at, at])
        return int(cursor.rowcount)


def _row(actor: Actor, at: datetime, one: NewConfirmer, *, nominated_by_id: int | None) -> Confirmer:
    place = COUNTIES.get(one.county)
    if place is None or not _is_of_area(actor, one.county):
        raise ConfirmerUnfit(field="county", reason="شهرستان در محدودهٔ شما نیست.")
    ring = key_ring()
    mobile = parse_mobile(one.mobile)
    confirmer = Confirmer(
        kind=one.kind.value,
        organisation_id=one.organisation_id,
        user_id=one.user_id,
        nominated_by_id=nominated_by_id,
        name_sealed=seal(ring, clean_text(one.name), kind="confirmer"),
        mobile_sealed=seal(ring, mobile, kind="confirmer"),
        mobile_index=blind_index(ring, IndexKind.MOBILE, mobile),
        province=place.province_code,
        county=one.county,
        added_at=at,
        added_by_id=actor.user_id,
    )
    if one.national_id:
        _, digits = parse_person_identifier(one.national_id)
        confirmer.id_sealed = seal(ring, digits, kind="confirmer")
        confirmer.id_index = blind_index(ring, IndexKind.NATIONAL_ID, digits)
    return confirmer


def _is_of_area(actor: Actor, county: str) -> bool:
    if actor.scope is Scope.COUNTY:
        return county == actor.county
    if actor.scope in {Scope.PROVINCE, Scope.ORGANISATION} and actor.province:
        return COUNTIES[county].province_code == actor.province
    return True


def _request(
    actor: Actor,
    at: datetime,
    home: tuple[int, str, str],
    drawn: tuple[int, str, int | None],
    topics: Sequence[QuestionCode],
) -> ConfirmationRequest:
    household_id, province, county = home
    confirmer_id, kind, user_id = drawn
    ring, token = key_ring(), new_token()
    return ConfirmationRequest(
        household_id=household_id,
        confirmer_id=confirmer_id,
        user_id=user_id,
        questions=[question.code.value for question in questions_for(ConfirmerKind(kind), topics)],
        token_digest=blind_index(ring, IndexKind.DIGEST, token),
        token_sealed=seal(ring, token, kind="link"),
        province=province,
        county=county,
        asked_at=at,
        asked_by_id=actor.user_id,
        expires_at=at + LINK_LIVES,
    )
