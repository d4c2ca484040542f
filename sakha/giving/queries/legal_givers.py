"""Legal givers as their people see them, and as offices do that look at them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import open_sealed
from sakha.giving.rules.legal_givers import LegalGiverState

# Two reads: those acted for stand first and are never hidden behind requests.
_OWN: Final = """
    (SELECT one.id, one.name, one.legal_id, one.state, one.reason, member.accepted_at IS NOT NULL, true
       FROM giving_legal_member AS member JOIN giving_legal_giver AS one ON one.id = member.legal_giver_id
      WHERE member.donor_id = %(donor)s AND member.removed_at IS NULL
        AND (member.accepted_at IS NOT NULL OR one.state = 'APPROVED')
      ORDER BY one.state <> 'APPROVED', member.accepted_at IS NULL, one.id DESC LIMIT 50)
    UNION ALL
    (SELECT one.id, one.name, one.legal_id, one.state, one.reason, false, false
       FROM giving_legal_giver AS one
      WHERE one.registered_by_id = %(donor)s AND one.state <> 'APPROVED' AND NOT EXISTS (
            SELECT 1 FROM giving_legal_member AS member
             WHERE member.legal_giver_id = one.id AND member.donor_id = %(donor)s AND member.removed_at IS NULL)
      ORDER BY one.id DESC LIMIT 20)
"""
_ACCOUNT: Final = """
    SELECT account.id FROM giving_legal_member AS member
      JOIN giving_legal_giver AS one ON one.id = member.legal_giver_id AND one.state = 'APPROVED'
      JOIN giving_donor AS account ON account.legal_giver_id = one.id
     WHERE member.donor_id = %s AND member.legal_giver_id = %s AND member.removed_at IS NULL
       AND member.accepted_at IS NOT NULL
"""
_MEMBERS: Final = """
    SELECT member.id, member.name_sealed, donor.mobile_sealed, donor.id, member.accepted_at IS NULL
      FROM giving_legal_member AS member JOIN giving_donor AS donor ON donor.id = member.donor_id
     WHERE member.legal_giver_id = %s AND member.removed_at IS NULL ORDER BY member.id
"""
PAGE_SIZE: Final = 50
_CARDS: Final = """
    SELECT one.id, one.name, one.legal_id, one.state, one.contact_sealed, donor.mobile_sealed, one.registered_at,
           one.note, one.checked_by_id, checker.display_name, decider.display_name, one.reason,
           EXISTS (SELECT 1 FROM giving_legal_giver AS other
                    WHERE other.legal_id = one.legal_id AND other.state = 'APPROVED' AND other.id <> one.id),
           EXISTS (SELECT 1 FROM access_organisation AS body WHERE body.legal_id = one.legal_id)
      FROM giving_legal_giver AS one JOIN giving_donor AS donor ON donor.id = one.registered_by_id
      LEFT JOIN access_user AS checker ON checker.id = one.checked_by_id
      LEFT JOIN access_user AS decider ON decider.id = one.decided_by_id
     WHERE %(legal_id)s = '' OR one.legal_id = %(legal_id)s
     ORDER BY one.state NOT IN ('WAITING', 'CHECKED'),
              CASE WHEN one.state IN ('WAITING', 'CHECKED') THEN one.id ELSE -one.id END
     LIMIT %(most)s OFFSET %(offset)s
"""
_OPEN: Final = (LegalGiverState.WAITING, LegalGiverState.CHECKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLegalGiver:
    """A legal giver of somebody who came in by phone; `is_member` where they may act for it, `is_asked` to."""

    id: int
    name: str
    legal_id: str
    state: LegalGiverState
    reason: str
    is_member: bool
    is_asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCard:
    """Somebody who acts for it, or was asked to and hasn't said yes."""

    id: int
    name: str = field(repr=False)
    mobile: str = field(repr=False)
    donor_id: int
    is_waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalGiverCard:
    """A legal giver as an office sees it: with whom to speak while it waits, and what was seen.

    Nothing of what it gave. `has_account` is that of another request for the same number, `is_of_register` a body's.
    """

    id: int
    name: str
    legal_id: str
    state: LegalGiverState
    contact: str = field(repr=False)
    mobile: str = field(repr=False)
    registered_at: datetime
    note: str
    checked_by_id: int | None
    checked_by: str
    decided_by: str
    reason: str
    has_account: bool
    is_of_register: bool

    @property
    def is_open(self) -> bool:
        """Nobody decided yet."""
        return self.state in _OPEN


def own_legal_givers(*, donor_id: int) -> tuple[OwnLegalGiver, ...]:
    """Those that somebody registered or acts for."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OWN, {"donor": donor_id})
        return tuple(
            OwnLegalGiver(
                id=row[0],
                name=row[1],
                legal_id=row[2],
                state=LegalGiverState(row[3]),
                reason=row[4],
                is_member=row[5] and row[3] == LegalGiverState.APPROVED,
                is_asked=row[6] and not row[5],
            )
            for row in cursor.fetchall()
        )


def find_legal_account(*, donor_id: int, legal_giver_id: int) -> int | None:
    """The giver's account of a legal giver for which somebody may act at this moment."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ACCOUNT, [donor_id, legal_giver_id])
        row = cursor.fetchone()
    return int(row[0]) if row else None


def members_of(*, legal_giver_id: int) -> tuple[MemberCard, ...]:
    """Who acts for it; who may ask is the caller's question."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [legal_giver_id])
        rows, ring = cursor.fetchall(), key_ring()
    return tuple(
        MemberCard(
            id=row[0],
            name=open_sealed(ring, bytes(row[1])),
            mobile=open_sealed(ring, bytes(row[2])),
            donor_id=row[3],
            is_waiting=row[4],
        )
        for row in rows
    )


def legal_givers(*, actor: Actor, page: int = 1, legal_id: str = "") -> tuple[LegalGiverCard, ...]:
    """A page of all that registered or of one national ID: who waits longest first, then what was decided last.

    Raises: PermissionMissing.
    """
    actor.require(Permission.DECIDE_POLICY)
    asked: dict[str, Any] = {"legal_id": legal_id, "most": PAGE_SIZE, "offset": (max(page, 1) - 1) * PAGE_SIZE}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CARDS, asked)
        return tuple(_card(row) for row in cursor.fetchall())


def _card(row: tuple[Any, ...]) -> LegalGiverCard:
    ring, state = key_ring(), LegalGiverState(row[3])
    # Whom to call while it waits; afterwards nothing is unsealed.
    contact, mobile = (open_sealed(ring, bytes(one)) if state in _OPEN else "" for one in row[4:6])
    return LegalGiverCard(
        id=row[0],
        name=row[1],
        legal_id=row[2],
        state=state,
        contact=contact,
        mobile=mobile,
        registered_at=row[6],
        note=row[7],
        checked_by_id=row[8],
        checked_by=row[9] or "",
        decided_by=row[10] or "",
        reason=row[11],
        has_account=row[12],
        is_of_register=row[13],
    )
