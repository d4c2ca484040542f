"""What waits for an office's decision, across all rooms: how many of each and since when.

The policies of each room choose the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission, Scope
from sakha.giving.rules.statements import LATE_DAYS
from sakha.vocabulary.jalali import TEHRAN


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPile:
    """Things of one sort that wait, and the page that shows them."""

    title: str
    detail: str
    count: int
    oldest_at: datetime
    url_name: str
    # Of the page that shows the oldest, where there is no page of all.
    household_id: int | None = None


# Of the levels of grievances the actor's own: what is late climbs by itself.
_LEVEL: Final = {Scope.COUNTY: "COUNTY", Scope.PROVINCE: "PROVINCE", Scope.NATION: "NATION"}
# Cases at the banks stand on the files of households alone; the oldest one is where to begin. Read as the system, for
# they are closed to all but it and the nation: how many they are and whose file it is, of the actor's own area.
_CASES: Final = """
    SELECT count(*), min(one.opened_at), (array_agg(home.id ORDER BY one.opened_at, one.id))[1]
      FROM databanks_case AS one JOIN registry_household AS home ON home.id = one.household_id
     WHERE one.settled_at IS NULL AND NOT home.is_protected
       AND %(province)s IN ('', home.province) AND %(county)s IN ('', home.county)
"""
# Closed to all but the system: an office reads of the pool what it decides itself. What somebody proposed waits for
# others; the pool's policy and refunds are the nation's.
_POOL: Final = (
    (
        "پیشنهادهای سهم عادلانه",
        "پول صندوق تا تصویب کس دیگری می‌ماند",
        "shares",
        """SELECT count(*), min(proposed_at) FROM giving_proposal
            WHERE state = 'PROPOSED' AND proposed_by_id IS DISTINCT FROM %(user)s
              AND (%(is_nation)s OR province = %(province)s)""",
    ),
    (
        "برگشت هدیه‌ها",
        "با تصویب کس دیگری به بخشنده برمی‌گردد",
        "refunds",
        """SELECT count(*), min(proposed_at) FROM giving_refund
            WHERE state = 'PROPOSED' AND proposed_by_id IS DISTINCT FROM %(user)s AND %(is_nation)s""",
    ),
    (
        "شرکت‌های بخشنده",
        "مدرک‌ها دیده شود و کس دیگری تصویب کند",
        "legal_givers",
        """SELECT count(*), min(registered_at) FROM giving_legal_giver
            WHERE state = 'WAITING' OR (state = 'CHECKED' AND checked_by_id IS DISTINCT FROM %(user)s)""",
    ),
    (
        "ناهمخوانی با درگاه پرداخت",
        "دفتر درگاه و دفتر سخا یکی نیست",
        "gateway_cases",
        "SELECT count(*), min(opened_at) FROM giving_gateway_case WHERE settled_at IS NULL AND %(is_nation)s",
    ),
    (
        "دفتر درگاه پرداخت نرسیده است",
        "تا نرسد، ناهمخوانی‌ها دیده نمی‌شود",
        "gateway_cases",
        """SELECT count(*), min(due_from)::timestamp AT TIME ZONE 'Asia/Tehran' FROM giving_statement_due
            WHERE due_from <= %(late_on)s AND %(is_nation)s""",
    ),
    (
        "نسخه‌های سیاست صندوق ملی",
        "اثرش دیده شود و کس دیگری تصویب کند",
        "pool_policies",
        """SELECT count(*), min(proposed_at) FROM giving_pool_policy
            WHERE confirmed_at IS NULL AND withdrawn_at IS NULL AND proposed_by_id IS DISTINCT FROM %(user)s
              AND %(is_nation)s""",
    ),
    (
        "پس‌گرفتن نسخه‌های سیاست صندوق ملی",
        "تا پیش از روز آغاز، کس دیگری می‌پذیرد",
        "pool_policies",
        """SELECT count(*), min(withdrawal_asked_at) FROM giving_pool_policy
            WHERE withdrawal_asked_by_id IS DISTINCT FROM %(user)s AND withdrawal_asked_at IS NOT NULL
              AND withdrawn_at IS NULL AND valid_from > %(day)s AND %(is_nation)s""",
    ),
)
_PILES: Final = (
    (
        "اعتراض‌های باز",
        "مهلت پاسخ دارند",
        "appeals",
        Permission.READ_PROVINCE,
        "SELECT count(*), min(opened_at) FROM scoring_appeal WHERE decided_at IS NULL AND state <> 'CLOSED'",
    ),
    (
        "هویت‌های نامعلوم",
        "آیا این دو یک نفرند؟",
        "identity_queue",
        Permission.DECIDE_IDENTITY,
        "SELECT count(*), min(asked_at) FROM registry_identity_question WHERE state = 'OPEN'",
    ),
    (
        "معرفی‌هایی که خانوار نپذیرفته",
        "داوری شما پایانش می‌دهد",
        "introductions",
        Permission.INVITE,
        "SELECT count(*), min(disputed_at) FROM coordination_introduction WHERE disputed_at IS NOT NULL",
    ),
    (
        "معرفی‌هایی که کسی نپذیرفته",
        "تا نهادهای کشوری بالا رفته‌اند",
        "introductions",
        Permission.INVITE,
        "SELECT count(*), min(opened_at) FROM coordination_introduction WHERE state = 'OFFERED' AND level = 'NATION'",
    ),
    (
        "خدمت‌های تازهٔ نهادها",
        "پس از تأیید در راهنما دیده می‌شوند",
        "directory",
        Permission.INVITE,
        "SELECT count(*), min(told_at) FROM coordination_service WHERE state = 'WAITING'",
    ),
    (
        "پیام‌های مردم",
        "شکایت، گزارش و تحویلی که نرسید؛ مهلت پاسخ دارند",
        "grievances",
        Permission.ANSWER_GRIEVANCE,
        """SELECT count(*), min(opened_at) FROM coordination_grievance
            WHERE state IN ('RECEIVED', 'IN_WORK', 'ESCALATED', 'REOPENED') AND level = %(level)s""",
    ),
    (
        "تحویل‌هایی که شاید پس گرفته شوند",
        "به امضای دوم نیاز دارد",
        "grievances",
        Permission.ANSWER_GRIEVANCE,
        """SELECT count(*), min(proposed_at) FROM ledger_undoing
            WHERE state = 1 AND proposed_by_id IS DISTINCT FROM %(user)s""",
    ),
    (
        "قیمت‌ها و خط‌های فقر تازه",
        "با تصویب کس دیگری به کار می‌آیند",
        "prices",
        Permission.DECIDE_POLICY,
        """SELECT count(*), min(added_at) FROM scoring_price
            WHERE drafted_by_id IS NOT NULL AND drafted_by_id IS DISTINCT FROM %(user)s AND approved_at IS NULL
              AND withdrawn_at IS NULL""",
    ),
    (
        "پیش‌نویس سیاست‌ها",
        "آزموده شود یا تصویب",
        "policies",
        Permission.DECIDE_POLICY,
        "SELECT count(*), min(drafted_at) FROM scoring_policy WHERE state IN ('DRAFT', 'SIMULATED')",
    ),
)


def decisions_that_wait(*, actor: Actor, at: datetime) -> tuple[WaitingPile, ...]:
    """The piles that are not empty, the one with the oldest on top.

    Raises: PermissionMissing.
    """
    actor.require(Permission.READ_PROVINCE)
    day = at.astimezone(TEHRAN).date()
    asked = {
        "level": _LEVEL.get(actor.scope, ""),
        "user": actor.user_id,
        "day": day,
        "late_on": day - timedelta(days=LATE_DAYS),
        "province": actor.province,
        "county": actor.county if actor.scope is Scope.COUNTY else "",
        "is_nation": actor.is_of_nation,
    }
    piles: list[WaitingPile] = []
    with acting(actor), connection.cursor() as cursor:
        for title, detail, url_name, permission, statement in _PILES:
            if not actor.can(permission):
                continue
            cursor.execute(statement, asked)
            count, oldest_at = cursor.fetchone()
            if count:
                piles.append(
                    WaitingPile(title=title, detail=detail, count=count, oldest_at=oldest_at, url_name=url_name)
                )
    return tuple(sorted(piles + _closed_piles(actor, asked), key=lambda pile: pile.oldest_at))


def _closed_piles(actor: Actor, asked: dict[str, Any]) -> list[WaitingPile]:
    """What is read as the system, of the actor's own area."""
    piles: list[WaitingPile] = []
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CASES, asked)
        count, oldest_at, household_id = cursor.fetchone()
        if count:
            piles.append(
                WaitingPile(
                    title="پرونده‌های بانک‌های داده",
                    detail="آنچه بانک می‌گوید با آنچه می‌دانستیم نمی‌خواند",
                    count=count,
                    oldest_at=oldest_at,
                    url_name="evidence",
                    household_id=household_id,
                )
            )
        for title, detail, url_name, statement in _POOL if actor.can(Permission.DECIDE_POLICY) else ():
            cursor.execute(statement, asked)
            count, oldest_at = cursor.fetchone()
            if count:
                piles.append(
                    WaitingPile(title=title, detail=detail, count=count, oldest_at=oldest_at, url_name=url_name)
                )
    return piles
