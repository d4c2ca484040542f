"""What the households' own pages read: the registration, what was known beforehand, and what came and who looked.

Of a household's file nothing is read here but what its own scope shows, except the ledger's trail: there the household
may know who gave, which the ledger tells to the system.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, household_actor
from sakha.access.rules.sealing import open_sealed
from sakha.coordination.rules.states import RegistrationState
from sakha.databanks.banks.catalogue import banks
from sakha.databanks.queries import what_is_known
from sakha.databanks.rules import subject_indexes
from sakha.databanks.rules.household import MemberSaid, household_fact, household_meanings
from sakha.ledger.queries import aid_trail
from sakha.ledger.rules.trail import Gift
from sakha.vocabulary.fact_names import FactName

_ONE: Final = """
    SELECT one.id, one.invitation_id, one.province, one.county, one.state, one.draft_sealed, one.helper_sealed,
           coalesce(home.merged_into_id, home.id),
           one.is_file_open AND NOT EXISTS (
               SELECT FROM registry_merge AS joined
                WHERE joined.undone_at IS NULL AND joined.gone_household_id IS NOT NULL
                  AND one.household_id IN (joined.household_id, joined.gone_household_id)),
           one.consented_at, one.sent_at, invitation.mobile_sealed
      FROM coordination_registration AS one
      JOIN coordination_invitation AS invitation ON invitation.id = one.invitation_id
      LEFT JOIN registry_household AS home ON home.id = one.household_id
     WHERE one.id = %s
"""
_CANDIDATE: Final = """
    SELECT candidate.subject_index, candidate.county, candidate.household_size
      FROM coordination_registration AS one
      JOIN coordination_invitation AS invitation ON invitation.id = one.invitation_id
      JOIN coordination_candidate AS candidate ON candidate.id = invitation.candidate_id
     WHERE one.id = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationCard:
    """A household's registration, opened. `household_id` is the household as it is now, also after a merge.

    Joined with a household that somebody else registered, the file is no longer shown to the telephone: who told on it
    that one is the other may not thereby read the other's.
    """

    id: int
    invitation_id: int
    province: str
    county: str
    state: RegistrationState
    draft: Mapping[str, Any] = field(repr=False)
    helper_name: str = field(repr=False)
    household_id: int | None
    is_file_open: bool
    consented_at: datetime | None
    sent_at: datetime | None
    mobile: str = field(repr=False)

    @property
    def reader(self) -> Actor | None:
        """As whom the household reads its own file; None where it may not read it here."""
        return household_actor(self.household_id) if self.household_id is not None and self.is_file_open else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBeforehand:
    """What offices and data banks knew of the invited person, to be asked back."""

    county: str
    household_size: int
    facts: Mapping[FactName, int]


def find_registration(*, registration_id: int) -> RegistrationCard | None:
    """The registration of a session that came in through the door."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_ONE, [registration_id])
        row = cursor.fetchone()
    if row is None:
        return None
    ring = key_ring()
    return RegistrationCard(
        id=row[0],
        invitation_id=row[1],
        province=row[2],
        county=row[3],
        state=RegistrationState(row[4]),
        draft={} if row[5] is None else json.loads(open_sealed(ring, bytes(row[5]))),
        helper_name="" if row[6] is None else json.loads(open_sealed(ring, bytes(row[6])))[0],
        household_id=row[7],
        is_file_open=row[8],
        consented_at=row[9],
        sent_at=row[10],
        mobile=open_sealed(ring, bytes(row[11])),
    )


def find_known_beforehand(*, at: datetime, registration_id: int, national_id: str) -> KnownBeforehand | None:
    """What is known, for whoever writes the identifier of the person that was invited; for any other, nothing."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_CANDIDATE, [registration_id])
        row = cursor.fetchone()
    if row is None or not national_id or bytes(row[0]) not in subject_indexes(key_ring(), [national_id]):
        return None
    return KnownBeforehand(county=row[1], household_size=row[2], facts=_facts(at, national_id))


def what_came(*, at: datetime, registration: RegistrationCard) -> tuple[Gift, ...]:
    """What the household was given and promised in the last six months, newest first, and by whom."""
    if registration.reader is None or registration.household_id is None:
        return ()
    return aid_trail(actor=SYSTEM, at=at, household_id=registration.household_id)


def _facts(at: datetime, national_id: str) -> dict[FactName, int]:
    """Of the household what one person's answers already tell: sums over members that nobody named yet tell nothing."""
    known = what_is_known(at=at, people={0: national_id})[0]
    said = {(one.source, one.fact): one for one in known.facts if one.is_believed and one.value is not None}
    found: dict[FactName, int] = {}
    for meaning in household_meanings(list(banks().values())):
        one = said.get((meaning.source, meaning.bank_fact))
        if one is None:
            continue
        member = MemberSaid(is_head=True, is_adult=True, value=one.value, observed_on=one.observed_on)
        told = household_fact(meaning, [member])
        if told is not None and told.value > 0:
            found[told.fact] = told.value
    return found
