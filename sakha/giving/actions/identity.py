"""A natural giver's identity, for large gifts: asked of the banks at once, kept as verified by whom and when.

Each check is counted before it is asked. Of one that came to nothing neither number nor birth date is kept.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import seal
from sakha.databanks.actions.confirming import confirm_person
from sakha.databanks.rules.bank import Filling
from sakha.databanks.rules.grounds import LegalLevelTooLow, PurposeMissing, PurposeNotAllowed
from sakha.giving.queries.donors import DonorCard
from sakha.giving.rules.identity import (
    CHECKS_A_DAY,
    HOLDS_FOR,
    OWNER_BANK,
    REGISTRY_BANK,
    CheckOutcome,
    IdentityAskedOften,
    IdentityDiffers,
    IdentityUnanswered,
    OnlyPhonesVerified,
    judge,
    require_adult,
)
from sakha.vocabulary.identifiers import parse_national_id
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.refusal import Refusal

_log = structlog.get_logger()
_DAY: Final = timedelta(days=1)
_IN_TURN: Final = "SELECT 1 FROM giving_donor WHERE id = %s FOR NO KEY UPDATE"
_COUNT: Final = "SELECT count(*) FROM giving_identity_check WHERE donor_id = %s AND asked_at > %s"
_BEGIN: Final = """
    INSERT INTO giving_identity_check (donor_id, asked_at, outcome, verified_by) VALUES (%s, %s, 'ASKED', '')
    RETURNING id
"""
_END: Final = """
    UPDATE giving_identity_check
       SET outcome = %(outcome)s, verified_by = %(by)s, national_id_sealed = %(number)s, birth_sealed = %(birth)s
     WHERE id = %(check)s AND outcome = 'ASKED'
"""
# The ground is missing or not enough: no bank was asked, so it counts for nobody.
_NEVER_ASKED: Final = (PurposeMissing, PurposeNotAllowed, LegalLevelTooLow)


def verify_giver(
    *,
    giver: DonorCard,
    clock: Callable[[], datetime],
    pause: Callable[[float], None],
    national_id: str,
    birth_on: date,
) -> None:
    """Ask whether the phone of this account is this person's, and whether they are who they say.

    Runs in transactions of its own, for banks are asked between them. Whoever is verified again stays so.

    Raises: OnlyPhonesVerified, IdentifierInvalid, GiverTooYoung, IdentityAskedOften, IdentityDiffers,
        IdentityUnanswered.
    """
    if giver.is_organisation:
        raise OnlyPhonesVerified
    number, at = parse_national_id(national_id), clock()
    require_adult(birth_on, on=at.astimezone(TEHRAN).date())
    check_id = _begin(giver.donor_id, at)
    fillings = {
        Filling.IDENTIFIER: number,
        Filling.MOBILE: giver.mobile,
        Filling.BIRTH_ON: birth_on.isoformat(),
    }
    answers = _ask(clock, pause, fillings)
    if not answers:
        _forget(check_id)
        raise IdentityUnanswered(field="national_id")
    outcome = judge(answers)
    _end(check_id, outcome, number, birth_on, answers)
    _log.info("giver_identity_checked", outcome=outcome.value, banks=",".join(sorted(answers)))
    if outcome is CheckOutcome.MISMATCH:
        raise IdentityDiffers(field="national_id")
    if outcome is not CheckOutcome.VERIFIED:
        raise IdentityUnanswered(field="national_id")


def forget_identities(*, at: datetime) -> int:
    """Forget checks that count no more, with number and birth date; tell how many."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("DELETE FROM giving_identity_check WHERE asked_at < %s", [at - HOLDS_FOR])
        return int(cursor.rowcount)


def _begin(donor_id: int, at: datetime) -> int:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_IN_TURN, [donor_id])
        cursor.execute(_COUNT, [donor_id, at - _DAY])
        if cursor.fetchone()[0] >= CHECKS_A_DAY:
            raise IdentityAskedOften(field="national_id")
        cursor.execute(_BEGIN, [donor_id, at])
        return int(cursor.fetchone()[0])


def _forget(check_id: int) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("DELETE FROM giving_identity_check WHERE id = %s AND outcome = 'ASKED'", [check_id])


def _ask(
    clock: Callable[[], datetime], pause: Callable[[float], None], fillings: Mapping[Filling, str]
) -> dict[str, Mapping[str, int | None]]:
    """The owner of the line first: where that fails, the registry is not troubled. No answer is none of a fact.

    Empty where no bank was asked at all.
    """
    answers: dict[str, Mapping[str, int | None]] = {}
    for bank in (OWNER_BANK, REGISTRY_BANK):
        try:
            told = confirm_person(actor=SYSTEM, clock=clock, pause=pause, bank=bank, fillings=fillings)
        except Refusal as refusal:
            _log.warning("giver_identity_unanswered", bank=bank, code=refusal.code)
            is_unasked = not answers and isinstance(refusal, _NEVER_ASKED)
            return {} if is_unasked else answers | {bank: {}}
        if told is not None:
            answers[bank] = told.facts
        if not answers.get(OWNER_BANK, {}).get("MOBILE_OWNED"):
            break
    return answers


def _end(
    check_id: int,
    outcome: CheckOutcome,
    number: str,
    birth_on: date,
    answers: Mapping[str, Mapping[str, int | None]],
) -> None:
    ring, is_verified = key_ring(), outcome is CheckOutcome.VERIFIED
    facts: dict[str, Any] = {
        "check": check_id,
        "outcome": outcome.value,
        "by": ",".join(answers) if is_verified else "",
        "number": seal(ring, number) if is_verified else None,
        "birth": seal(ring, birth_on.isoformat()) if is_verified else None,
    }
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_END, facts)
