"""Queues a notice: one SMS about one thing, for any room above. Sends nothing.

Whoever queues has asked already whether the actor may do what the notice tells of; here only the phone's no, the
words, and that nothing is told twice are looked after.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import IndexKind, blind_indexes, open_sealed, seal_many
from sakha.coordination.actions.claiming import refused_numbers
from sakha.coordination.rules.notices import NoticeKind
from sakha.coordination.rules.sms_text import fit_text
from sakha.vocabulary.identifiers import parse_mobile

# What could not be told within these days is no news any more.
NOTICE_LIVES: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeToQueue:
    """What to tell, and to which phone. The same kind and reference is queued once, whatever its text then says."""

    kind: NoticeKind
    reference: str
    mobile: str = field(repr=False)
    text: str = field(repr=False)
    household_id: int | None = None
    campaign_id: int | None = None
    province: str = ""
    county: str = ""
    lives: timedelta = NOTICE_LIVES


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesQueued:
    """How many were queued; the others want no messages, or were queued before."""

    queued_count: int = 0
    opted_out_count: int = 0
    known_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdNotice:
    """What to tell a household, wherever its phone is."""

    kind: NoticeKind
    reference: str
    household_id: int
    text: str = field(repr=False)
    lives: timedelta = NOTICE_LIVES


_QUEUE: Final = """
    INSERT INTO coordination_notice (id, kind, reference, mobile_index, mobile_sealed, text_sealed, household_id,
                                     campaign_id, province, county, state, reason, part_count, gateway, provider_id,
                                     attempt_count, queued_at, expires_at)
    SELECT nextval(pg_get_serial_sequence('coordination_invitation', 'id')), told.kind, told.reference, told.index,
           told.mobile, told.text, told.household, told.campaign, told.province, told.county, 'QUEUED', '', told.parts,
           '', '', 0, %(at)s, told.expires_at
      FROM unnest(%(kinds)s::text[], %(references)s::text[], %(indexes)s::bytea[], %(mobiles)s::bytea[],
                  %(texts)s::bytea[], %(households)s::bigint[], %(campaigns)s::bigint[], %(provinces)s::text[],
                  %(counties)s::text[], %(parts)s::int[], %(expires)s::timestamptz[])
           AS told(kind, reference, index, mobile, text, household, campaign, province, county, parts, expires_at)
    ON CONFLICT (kind, reference) DO NOTHING
"""
# The phone that was invited and came in through the door, else the head's. A protected household's phone may lie in
# the hands of whom it fled from: nothing rings there.
_PHONES: Final = """
    SELECT asked.id, home.province, home.county, coalesce(own.mobile_sealed, head.mobile_sealed)
      FROM registry_household AS asked
      JOIN registry_household AS home ON home.id = coalesce(asked.merged_into_id, asked.id)
      LEFT JOIN registry_membership AS member
        ON member.household_id = home.id AND member.relation = 'HEAD' AND member.to_on IS NULL
      LEFT JOIN registry_person AS head ON head.id = member.person_id
      LEFT JOIN LATERAL (
           SELECT invitation.mobile_sealed FROM coordination_registration AS told
             JOIN coordination_invitation AS invitation ON invitation.id = told.invitation_id
            WHERE told.household_id = home.id AND told.state = 'SENT' ORDER BY told.id LIMIT 1) AS own ON true
     WHERE asked.id = ANY(%s) AND NOT home.is_protected AND NOT asked.is_protected
"""


def queue_notice(*, actor: Actor, at: datetime, notice: NoticeToQueue) -> bool:
    """Queue one notice; False where the phone wants no messages, or the same was queued before.

    Raises:
        IdentifierInvalid: no mobile number.
        TextUnfit: too long, or a word that no shared phone may show.
    """
    return queue_notices(actor=actor, at=at, notices=[notice]).queued_count == 1


def queue_notices(*, actor: Actor, at: datetime, notices: Sequence[NoticeToQueue]) -> NoticesQueued:
    """Queue several, within the caller's transaction if there is one. Raises as `queue_notice`."""
    actor.require(Permission.INVITE)
    numbers = [parse_mobile(notice.mobile) for notice in notices]
    texts = [fit_text(notice.text) for notice in notices]
    refused = refused_numbers(numbers)
    going = [one for one in zip(notices, numbers, texts, strict=True) if one[1] not in refused]
    if not going:
        return NoticesQueued(opted_out_count=len(notices))
    ring = key_ring()
    facts: dict[str, Any] = {
        "at": at,
        "kinds": [notice.kind.value for notice, _, _ in going],
        "references": [notice.reference for notice, _, _ in going],
        "indexes": [blind_indexes(ring, IndexKind.MOBILE, number)[0] for _, number, _ in going],
        "mobiles": seal_many(ring, [number for _, number, _ in going]),
        "texts": seal_many(ring, [text.text for _, _, text in going]),
        "households": [notice.household_id for notice, _, _ in going],
        "campaigns": [notice.campaign_id for notice, _, _ in going],
        "provinces": [notice.province for notice, _, _ in going],
        "counties": [notice.county for notice, _, _ in going],
        "parts": [text.part_count for _, _, text in going],
        "expires": [at + notice.lives for notice, _, _ in going],
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_QUEUE, facts)
        queued_count = int(cursor.rowcount)
    return NoticesQueued(
        queued_count=queued_count,
        opted_out_count=len(notices) - len(going),
        known_count=len(going) - queued_count,
    )


def queue_household_notices(*, actor: Actor, at: datetime, notices: Sequence[HouseholdNotice]) -> NoticesQueued:
    """Queue what households are told, to the phone that each has; protected ones and those without a phone get none.

    Raises: TextUnfit.
    """
    actor.require(Permission.INVITE)
    ring = key_ring()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_PHONES, [[notice.household_id for notice in notices]])
        homes = {row[0]: row for row in cursor.fetchall() if row[3] is not None}
    return queue_notices(
        actor=actor,
        at=at,
        notices=[
            NoticeToQueue(
                kind=notice.kind,
                reference=notice.reference,
                mobile=open_sealed(ring, bytes(homes[notice.household_id][3])),
                text=notice.text,
                household_id=notice.household_id,
                province=homes[notice.household_id][1],
                county=homes[notice.household_id][2],
                lives=notice.lives,
            )
            for notice in notices
            if notice.household_id in homes
        ],
    )
