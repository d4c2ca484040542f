"""What the data banks said of the head of a household, for the household itself, behind its own telephone.

Decides that it is shown only where the bank of lines says that this telephone is this head's own (decision 0035). Of
other members nothing is shown: whose number was typed for them, no telephone proves.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.access.rules.sealing import open_sealed
from sakha.databanks.queries import (
    CaseLine,
    InquiryLine,
    PersonKnown,
    cases_of_household,
    line_state,
    what_is_known,
    who_asked,
)
from sakha.databanks.rules.lines import LineState
from sakha.registry.queries.bank_evidence import MemberKnown
from sakha.registry.queries.households import HouseholdUnknown
from sakha.vocabulary.refusal import Refusal

# In the household's own scope the database shows no other; one that was merged is no longer this telephone's.
_HEAD: Final = """
SELECT p.id, p.id_sealed, p.given_name, p.family_name, (
           SELECT count(*) FROM registry_membership o WHERE o.household_id = m.household_id AND o.to_on IS NULL) - 1
FROM registry_household h
JOIN registry_membership m ON m.household_id = h.id AND m.to_on IS NULL AND m.relation = 'HEAD'
JOIN registry_person p ON p.id = m.person_id
WHERE h.id = %s AND h.merged_into_id IS NULL AND p.died_on IS NULL AND p.merged_into_id IS NULL
    AND p.id_kind IN ('NATIONAL', 'FIDA')
"""


class LineNotProven(Refusal):
    """It is not known that this telephone is the head's own."""

    code: ClassVar[str] = "LINE_NOT_PROVEN"
    sentence: ClassVar[str] = "هنوز دانسته نیست که این خط به نام سرپرست خانوار است."


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHead:
    """The head of the household that reads, and whether the telephone in its hand is the head's own."""

    person_id: int
    identifier: str
    name: str
    other_count: int
    line: LineState

    def require_own_line(self) -> None:
        """Refuse where the telephone is not known to be the head's. Raises: LineNotProven."""
        if self.line is not LineState.OWN:
            raise LineNotProven(field="mobile")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKnown:
    """What the household is shown: who asked the banks, always; what they said, only where `line` is its own."""

    line: LineState
    head: MemberKnown | None
    other_count: int
    cases: tuple[CaseLine, ...]
    inquiries: tuple[InquiryLine, ...]


def find_own_head(*, actor: Actor, at: datetime, mobile: str) -> OwnHead | None:
    """The living head of the household that acts, and what is known of the telephone; None where there is none.

    Raises: PermissionMissing, HouseholdUnknown.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    if actor.household_id is None:
        raise HouseholdUnknown(field="household")
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_HEAD, [actor.household_id])
        row: Any = cursor.fetchone()
    if row is None:
        return None
    identifier = open_sealed(key_ring(), bytes(row[1]))
    return OwnHead(
        person_id=row[0],
        identifier=identifier,
        name=f"{row[2]} {row[3]}".strip(),
        other_count=row[4],
        line=line_state(at=at, identifier=identifier, mobile=mobile),
    )


def own_known(*, actor: Actor, at: datetime, mobile: str, purpose: str) -> OwnKnown:
    """What the banks know, for the household that acts; the look is logged as its own.

    Raises: PermissionMissing, HouseholdUnknown.
    """
    head = find_own_head(actor=actor, at=at, mobile=mobile)
    household_id = actor.household_id
    if household_id is None:
        raise HouseholdUnknown(field="household")
    with acting(actor):
        record_access(actor=actor, at=at, action=AccessAction.READ, household_id=household_id, purpose=purpose)
    inquiries = who_asked(household_id=household_id)
    if head is None or head.line is not LineState.OWN:
        line = LineState.NOT_ASKED if head is None else head.line
        return OwnKnown(line=line, head=None, other_count=0, cases=(), inquiries=inquiries)
    known: PersonKnown = what_is_known(at=at, people={0: head.identifier})[0]
    return OwnKnown(
        line=head.line,
        head=MemberKnown(person_id=head.person_id, name=head.name, is_head=True, known=known),
        other_count=head.other_count,
        cases=cases_of_household(at=at, household_id=household_id, identifier=head.identifier),
        inquiries=inquiries,
    )
