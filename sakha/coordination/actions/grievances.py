"""Bringing a grievance: by the household, at a desk, or by anybody at the public door; and following it by its code.

What offices do with it is `grievance_desk`. The public door counts before it refuses, in transactions of its own.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, Scope
from sakha.access.rules.sealing import IndexKind, blind_index, blind_indexes, open_sealed, seal
from sakha.coordination.actions.door_keys import make_code
from sakha.coordination.actions.notices import NoticeToQueue, queue_notice
from sakha.coordination.models import Grievance, GrievanceEntry
from sakha.coordination.rules.grievances import (
    MISSES_IN_WINDOW,
    POSTS_IN_WINDOW,
    TRACKING_DIGITS,
    WAITING,
    WINDOW,
    About,
    GrievanceKind,
    GrievanceLevel,
    GrievanceNeedsPhone,
    GrievancePhoneShared,
    GrievanceState,
    GrievanceStep,
    GrievanceUnfit,
    GrievanceUnknown,
    GrievanceWay,
    TooManyGrievances,
    due_at,
    first_level,
    require_words,
)
from sakha.coordination.rules.notices import NoticeKind
from sakha.coordination.rules.states import KnockKind
from sakha.registry.queries import HouseholdUnknown
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.identifiers import parse_mobile
from sakha.vocabulary.places import COUNTIES, PROVINCES

_log = structlog.get_logger()

# Says nothing of what was written: the desk's own body reads its entries, and a confidential report may be about it.
DESK_PURPOSE: Final = "کار خانوار در میز خدمت"
CODE_TEXT: Final = "سخا: پیام شما ثبت شد. کد پیگیری: {code}\nآن را به کسی ندهید."
_OF_A_NUMBER: Final = 10  # of a mobile number, without the country's code or the zero
# A second household with the same phone may be relatives; with a third it is somebody's who writes it down for many.
_OTHERS_PHONE: Final = """
    SELECT EXISTS (
        SELECT FROM coordination_notice AS notice
          JOIN coordination_grievance AS told ON notice.reference = 'grievance:' || told.id || ':code'
         WHERE notice.kind = 'GRIEVANCE' AND notice.mobile_index = ANY(%(phone)s)
           AND told.organisation_id IS NOT DISTINCT FROM %(body)s
           AND (told.household_id IS NULL OR told.household_id IS DISTINCT FROM %(home)s))
        OR (SELECT count(DISTINCT member.household_id) >= 2
              FROM registry_person AS person
              JOIN registry_membership AS member ON member.person_id = coalesce(person.merged_into_id, person.id)
                                                AND member.to_on IS NULL
             WHERE person.mobile_index = ANY(%(phone)s) AND member.household_id IS DISTINCT FROM %(home)s)
"""
_OFFICES: Final = frozenset({(About.COUNTY_OFFICE, Scope.COUNTY), (About.PROVINCE_OFFICE, Scope.PROVINCE)})
_KNOCK: Final = "INSERT INTO coordination_knock (kind, number_digest, address_digest, at) VALUES (%s, NULL, %s, %s)"
_KNOCKS: Final = """
    SELECT count(*) FROM coordination_knock WHERE address_digest = ANY(%s) AND kind = %s AND at > %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrievance:
    """What is brought, and about whom; without a household the place is told."""

    kind: GrievanceKind
    text: str = field(repr=False)
    about: About = About.OTHER
    about_organisation_id: int | None = None
    about_user_id: int | None = None
    is_confidential: bool = False
    household_id: int | None = None
    hold_id: int | None = None
    mobile: str = field(default="", repr=False)
    province: str = ""
    county: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtGrievance:
    """Its number, for pages of staff; its code, told once to whoever brought it; empty where it went to the phone."""

    grievance_id: int
    tracking_code: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedGrievance:
    """What the code shows: where it stands and the answer, nothing of what was written or by whom."""

    grievance_id: int
    kind: GrievanceKind
    state: GrievanceState
    level: GrievanceLevel
    opened_at: datetime
    due_at: datetime
    answer: str = field(repr=False)
    was_reopened: bool


def bring_grievance(*, actor: Actor, at: datetime, grievance: NewGrievance) -> BroughtGrievance:
    """Take in what a household brings on its own page, or at a desk, or what a desk writes down for somebody.

    With the code goes the word whether it is solved: a desk that it is about never sees it.

    Raises: PermissionMissing, GrievanceUnfit, GrievanceNeedsPhone, HouseholdUnknown, IdentifierInvalid.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    way = GrievanceWay.DESK if actor.household_id is None else GrievanceWay.HOUSEHOLD
    province, county = grievance.province or actor.province, grievance.county or actor.county
    if grievance.household_id is not None:
        province, county = _area_of_household(actor, at, grievance.household_id)
    is_about_desk = way is GrievanceWay.DESK and _is_about(actor, grievance)
    if is_about_desk and not grievance.mobile:
        raise GrievanceNeedsPhone(field="mobile")
    if is_about_desk:
        _require_own_phone(actor, grievance)
    brought = keep_grievance(actor=actor, at=at, grievance=grievance, way=way, area=(province, county))
    if not is_about_desk:
        return brought
    _send_code(at, grievance, brought)
    return BroughtGrievance(grievance_id=brought.grievance_id, tracking_code="")


def bring_public_grievance(*, at: datetime, address: str, grievance: NewGrievance) -> BroughtGrievance:
    """Take in what anybody brings without an account; without a phone only a report of misuse is taken.

    Raises: TooManyGrievances, GrievanceUnfit, IdentifierInvalid.
    """
    if grievance.household_id is not None or grievance.hold_id is not None:
        raise GrievanceUnfit(field="kind", reason="از این‌جا پروندهٔ خانواری باز نمی‌شود.")
    if not grievance.mobile and grievance.kind is not GrievanceKind.MISUSE:
        raise GrievanceUnfit(field="mobile", reason="شمارهٔ گوشی را بنویسید تا پاسخ به شما برسد.")
    require_words(grievance.text, field="text")
    _count(at, address, KnockKind.ASK, POSTS_IN_WINDOW)
    area = (grievance.province, grievance.county)
    return keep_grievance(actor=SYSTEM, at=at, grievance=grievance, way=GrievanceWay.PUBLIC, area=area)


def track_grievance(*, at: datetime, address: str, code: str) -> TrackedGrievance:
    """What became of it, for whoever has the code. Raises: TooManyGrievances, GrievanceUnknown."""
    _require_patience(at, address, KnockKind.MISS, MISSES_IN_WINDOW)
    typed = "".join(sign for sign in fold_digits(code) if sign.isdigit())
    with acting(SYSTEM):
        found = Grievance.objects.filter(
            tracking_digest__in=blind_indexes(key_ring(), IndexKind.DIGEST, _tracking_text(typed))
        ).first()
    if found is None or len(typed) != TRACKING_DIGITS:
        _knock(at, address, KnockKind.MISS)
        raise GrievanceUnknown(field="code")
    return TrackedGrievance(
        grievance_id=found.pk,
        kind=GrievanceKind(found.kind),
        state=GrievanceState(found.state),
        level=GrievanceLevel(found.level),
        opened_at=found.opened_at,
        due_at=found.due_at,
        answer="" if found.answer_sealed is None else open_sealed(key_ring(), bytes(found.answer_sealed)),
        was_reopened=found.was_reopened,
    )


def keep_grievance(
    *, actor: Actor, at: datetime, grievance: NewGrievance, way: GrievanceWay, area: tuple[str, str]
) -> BroughtGrievance:
    """Write it down with its first step (for the room's own use)."""
    text = require_words(grievance.text, field="text")
    province, county = area
    _require_place(province, county)
    if (grievance.about is About.ORGANISATION) != (grievance.about_organisation_id is not None):
        raise GrievanceUnfit(field="about", reason="بگویید دربارهٔ کدام نهاد است.")
    level = first_level(grievance.about, is_confidential=grievance.is_confidential)
    if level is GrievanceLevel.COUNTY and not county:
        level = GrievanceLevel.PROVINCE
    ring, code = key_ring(), make_code(TRACKING_DIGITS)
    with acting(SYSTEM):
        row = Grievance.objects.create(
            kind=grievance.kind.value,
            way=way.value,
            about=grievance.about.value,
            about_organisation_id=grievance.about_organisation_id,
            about_user_id=grievance.about_user_id,
            is_confidential=grievance.is_confidential,
            household_id=grievance.household_id,
            hold_id=grievance.hold_id,
            province=province,
            county=county,
            text_sealed=seal(ring, text),
            mobile_sealed=seal(ring, parse_mobile(grievance.mobile)) if grievance.mobile else None,
            tracking_digest=blind_index(ring, IndexKind.DIGEST, _tracking_text(code)),
            state=GrievanceState.RECEIVED.value,
            level=level.value,
            opened_at=at,
            due_at=due_at(grievance.kind, at=at),
            organisation_id=actor.organisation_id,
            opened_by_id=actor.user_id,
        )
        add_entry(actor, at, row, GrievanceStep.RECEIVED)
    _log.info("grievance_brought", grievance_id=row.pk, kind=row.kind, way=row.way)
    return BroughtGrievance(grievance_id=row.pk, tracking_code=code)


def add_entry(actor: Actor, at: datetime, row: Grievance, step: GrievanceStep, note: str = "") -> None:
    """Keep a step (for the room's own use, inside `acting(SYSTEM)`)."""
    GrievanceEntry.objects.create(
        grievance=row,
        step=step.value,
        level=row.level,
        user_id=actor.user_id,
        note_sealed=seal(key_ring(), note) if note else None,
        at=at,
    )


def is_waiting(row: Grievance) -> bool:
    """Whether an office owes an answer (for the room's own use)."""
    return row.state in {state.value for state in WAITING}


def _is_about(actor: Actor, grievance: NewGrievance) -> bool:
    own = grievance.about_organisation_id is not None and grievance.about_organisation_id == actor.organisation_id
    person = grievance.about_user_id is not None and grievance.about_user_id == actor.user_id
    return own or person or (grievance.about, actor.scope) in _OFFICES


def _require_own_phone(actor: Actor, grievance: NewGrievance) -> None:
    """Refuse a phone that may be the desk's: written down for others, a code for others went to it, or its own line."""
    number = parse_mobile(grievance.mobile)
    indexes = blind_indexes(key_ring(), IndexKind.MOBILE, number)
    facts = {"phone": indexes, "body": actor.organisation_id, "home": grievance.household_id}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OTHERS_PHONE, facts)
        is_others = bool(cursor.fetchone()[0])
        cursor.execute("SELECT contact FROM coordination_service WHERE organisation_id = %s", [actor.organisation_id])
        own = ["".join(filter(str.isdigit, fold_digits(row[0]))) for row in cursor.fetchall()]
    if is_others or any(number[-_OF_A_NUMBER:] in line for line in own):
        raise GrievancePhoneShared(field="mobile")


def _send_code(at: datetime, grievance: NewGrievance, brought: BroughtGrievance) -> None:
    notice = NoticeToQueue(
        kind=NoticeKind.GRIEVANCE,
        reference=f"grievance:{brought.grievance_id}:code",
        mobile=grievance.mobile,
        text=CODE_TEXT.format(code=brought.tracking_code),
    )
    queue_notice(actor=SYSTEM, at=at, notice=notice)


def _area_of_household(actor: Actor, at: datetime, household_id: int) -> tuple[str, str]:
    with acting(actor), connection.cursor() as cursor:
        cursor.execute("SELECT province, county FROM registry_household WHERE id = %s", [household_id])
        area: tuple[str, str] | None = cursor.fetchone()
        if area is None:
            raise HouseholdUnknown(field="household_id")
        record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose=DESK_PURPOSE)
    return area


def _require_place(province: str, county: str) -> None:
    if province not in PROVINCES:
        raise GrievanceUnfit(field="province", reason="استان را انتخاب کنید.")
    if county and (county not in COUNTIES or COUNTIES[county].province_code != province):
        raise GrievanceUnfit(field="county", reason="این شهرستان از این استان نیست.")


def _tracking_text(code: str) -> str:
    return f"grievance\x1f{code}"


def _digests(address: str) -> list[bytes]:
    return blind_indexes(key_ring(), IndexKind.ADDRESS, f"grievance\x1f{address}")


def _require_patience(at: datetime, address: str, kind: KnockKind, most: int) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_KNOCKS, [_digests(address), kind.value, at - WINDOW])
        if cursor.fetchone()[0] >= most:
            raise TooManyGrievances


def _knock(at: datetime, address: str, kind: KnockKind) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_KNOCK, [kind.value, _digests(address)[0], at])


def _count(at: datetime, address: str, kind: KnockKind, most: int) -> None:
    """Count and refuse in turns, so that many at once can't slip past the count."""
    with acting(SYSTEM), connection.cursor() as cursor:
        lock = int.from_bytes(_digests(address)[0][:8], "big", signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        _require_patience(at, address, kind, most)
        _knock(at, address, kind)
