"""A household corrects by itself what a data bank says of its head: changed, wrong or missing, with or without a paper.

Decides that only the telephone that is the head's own may; all else is the way of every correction.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sakha.access.actions import record_access
from sakha.access.queries import acting
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.databanks.actions import PRIORITY_FIRST, Correction, Proof, bring_proof, open_correction
from sakha.databanks.actions.cases import CaseUnknown
from sakha.databanks.banks.catalogue import asked_banks
from sakha.databanks.banks.installation import installation
from sakha.databanks.queries import cases_of_household
from sakha.databanks.rules.bank import Filling
from sakha.databanks.rules.grounds import Purpose
from sakha.databanks.rules.lines import LINE_BANK, LineState
from sakha.databanks.rules.states import CaseKind, CaseState
from sakha.registry.actions.bank_answers import ask_banks_about
from sakha.registry.queries.bank_evidence import people_to_ask
from sakha.registry.queries.households import HouseholdUnknown
from sakha.registry.queries.own_evidence import LineNotProven, OwnHead, find_own_head

PURPOSE: Final = "own correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCorrection:
    """What the household says of a fact of its head."""

    kind: CaseKind
    fact: str
    source: str
    words: str = field(repr=False)


def open_own_correction(
    *, actor: Actor, at: datetime, mobile: str, told: OwnCorrection, proof: Proof | None = None
) -> int:
    """Open the case, or find the open one, and bring its paper where there is one; tells the case.

    Raises: PermissionMissing, HouseholdUnknown, LineNotProven, CaseWordsMissing, CaseStateWrong, ProofUnfit.
    """
    head, household_id = _proven(actor, at, mobile)
    correction = Correction(
        kind=told.kind,
        household_id=household_id,
        identifier=head.identifier,
        fact=told.fact,
        source=told.source,
        words=told.words,
    )
    with acting(actor):
        case_id = open_correction(actor=actor, at=at, correction=correction)
        if proof is not None:
            bring_proof(actor=actor, at=at, case_id=case_id, proof=proof)
        record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose=PURPOSE)
    return case_id


def bring_own_proof(*, actor: Actor, at: datetime, mobile: str, case_id: int, proof: Proof) -> None:
    """Bring the paper of a case that waits for it.

    Raises: PermissionMissing, HouseholdUnknown, LineNotProven, CaseUnknown, CaseStateWrong, ProofUnfit.
    """
    head, household_id = _proven(actor, at, mobile)
    waiting = {
        one.id
        for one in cases_of_household(at=at, household_id=household_id, identifier=head.identifier)
        if one.state is CaseState.WAITING_FOR_PROOF
    }
    if case_id not in waiting:
        raise CaseUnknown(field="case")
    with acting(actor):
        bring_proof(actor=actor, at=at, case_id=case_id, proof=proof)
        record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose=PURPOSE)


def ask_whose_line(*, actor: Actor, at: datetime, mobile: str) -> LineState:
    """Ask about the household first in line, the bank of lines among all, unless it was; tells how the line stands.

    Nobody is asked without the installation's standing ground, and none whose register knows another number.

    Raises: PermissionMissing, HouseholdUnknown.
    """
    head = find_own_head(actor=actor, at=at, mobile=mobile)
    if head is None or actor.household_id is None:
        return LineState.NOT_ASKED
    ground = installation().ground_for(Purpose.AID_ASSESSMENT)
    if head.line is not LineState.NOT_ASKED or ground is None or LINE_BANK not in asked_banks():
        return head.line
    people = [one for one in people_to_ask(household_ids=[actor.household_id], at=at) if one.is_head]
    if [one.fillings.get(Filling.MOBILE) for one in people] != [mobile]:
        return LineState.NOT_OWN
    ids = [actor.household_id]
    ask_banks_about(actor=actor, at=at, ground=ground, household_ids=ids, priority=PRIORITY_FIRST)
    asked = find_own_head(actor=actor, at=at, mobile=mobile)
    return LineState.NOT_ASKED if asked is None else asked.line


def _proven(actor: Actor, at: datetime, mobile: str) -> tuple[OwnHead, int]:
    actor.require(Permission.READ_HOUSEHOLD)
    head = find_own_head(actor=actor, at=at, mobile=mobile)
    if actor.household_id is None:
        raise HouseholdUnknown(field="household")
    if head is None:
        raise LineNotProven(field="mobile")
    head.require_own_line()
    return head, actor.household_id
