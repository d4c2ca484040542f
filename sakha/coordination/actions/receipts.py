"""Whether a delivery arrived: told by SMS, answered by the household, a visitor or a call; «no» opens a case.

The ledger keeps the answer and reverses nothing; here the case is opened about the body that delivered.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, household_actor
from sakha.access.rules.sealing import IndexKind, blind_indexes, open_sealed
from sakha.coordination.actions.grievances import NewGrievance, keep_grievance
from sakha.coordination.actions.notices import HouseholdNotice, queue_household_notices
from sakha.coordination.rules.grievances import About, GrievanceKind, GrievanceWay
from sakha.coordination.rules.notices import NoticeKind
from sakha.coordination.rules.receipt_texts import read_receipt_answer, write_receipt_notice
from sakha.databanks.queries import line_state
from sakha.databanks.rules.lines import LineState
from sakha.ledger.actions import answer_receipt, record_call, tell_receipts
from sakha.ledger.queries import find_delivery_by_code, get_delivery
from sakha.ledger.rules.receipts import CallOutcome, ReceiptState, ReceiptWay, receipt_code
from sakha.vocabulary.identifiers import parse_mobile
from sakha.vocabulary.need_kinds import NEED_KINDS, show_quantity

# What was delivered longer ago is no news any more; asked for at most, so that a stopped worker catches up.
TOLD_WITHIN: Final = timedelta(days=7)
# The head's own phone, or the one by which the household came in; the first only as somebody typed it, with whose it
# is then said to be.
_HOUSEHOLDS_OF_PHONE: Final = """
    SELECT coalesce(home.merged_into_id, home.id), false, person.id_sealed
      FROM registry_person AS person
      JOIN registry_membership AS member ON member.person_id = coalesce(person.merged_into_id, person.id)
                                        AND member.to_on IS NULL AND member.relation = 'HEAD'
      JOIN registry_household AS home ON home.id = member.household_id
     WHERE person.mobile_index = ANY(%(numbers)s)
    UNION
    SELECT coalesce(home.merged_into_id, home.id), true, NULL
      FROM coordination_registration AS told
      JOIN coordination_invitation AS invitation ON invitation.id = told.invitation_id
      JOIN registry_household AS home ON home.id = told.household_id
     WHERE invitation.mobile_index = ANY(%(numbers)s) AND told.state = 'SENT'
"""


def tell_of_deliveries(*, actor: Actor, at: datetime, limit: int) -> int:
    """Ask the households of new deliveries by SMS whether it arrived, each delivery once; tells how many deliveries."""
    if not actor.is_system:
        raise PermissionMissing(field="actor")
    with transaction.atomic():
        told = tell_receipts(at=at, since=at - TOLD_WITHIN, limit=limit)
        queue_household_notices(
            actor=SYSTEM,
            at=at,
            notices=[
                HouseholdNotice(
                    kind=NoticeKind.RECEIPT,
                    reference=f"receipt:{one.hold_id}",
                    household_id=one.household_id,
                    text=write_receipt_notice(receipt_code(one.hold_id)),
                )
                for one in told
            ],
        )
    return len(told)


def confirm_delivery(
    *, actor: Actor, at: datetime, hold_id: int, is_received: bool, way: ReceiptWay, words: str = ""
) -> bool:
    """Keep that a delivery arrived, or not, which opens a case about the body that delivered; False if said before.

    Raises: ReceiptUnknown, ReceiptAnswered.
    """
    state = ReceiptState.CONFIRMED if is_received else ReceiptState.NOT_RECEIVED
    with transaction.atomic():
        is_new = answer_receipt(actor=actor, at=at, hold_id=hold_id, state=state, way=way)
        if is_new and not is_received:
            _open_case(actor, at, hold_id, words)
    return is_new


def answer_by_sms(*, at: datetime, mobile: str, text: str) -> bool | None:
    """Read «رسید ۱۲۳۴» from a household's phone: whether something was kept; None where the text says something else.

    A yes counts only from a phone that is known to be theirs: the giver may have written down its own as theirs. A code
    that is no delivery of this phone's households keeps nothing, and nobody is told so.
    """
    answer = read_receipt_answer(text)
    if answer is None:
        return None
    is_received, code = answer
    number = parse_mobile(mobile)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_HOUSEHOLDS_OF_PHONE, {"numbers": blind_indexes(key_ring(), IndexKind.MOBILE, number)})
        found = cursor.fetchall()
    household_ids = sorted({row[0] for row in found if not is_received or _is_own_phone(at, row, number)})
    hold_id = find_delivery_by_code(at=at, household_ids=household_ids, code=code)
    if hold_id is None:
        return False
    home = household_actor(get_delivery(hold_id=hold_id).household_id)
    return confirm_delivery(actor=home, at=at, hold_id=hold_id, is_received=is_received, way=ReceiptWay.SMS)


def keep_call(*, actor: Actor, at: datetime, call_id: int, outcome: CallOutcome) -> None:
    """Keep what a call came to; a yes or no is the delivery's receipt too. Raises: PermissionMissing, CallUnknown."""
    with transaction.atomic():
        hold_id = record_call(actor=actor, at=at, call_id=call_id, outcome=outcome)
        if outcome in {CallOutcome.RECEIVED, CallOutcome.NOT_RECEIVED}:
            is_received = outcome is CallOutcome.RECEIVED
            confirm_delivery(actor=actor, at=at, hold_id=hold_id, is_received=is_received, way=ReceiptWay.CALL)


def _is_own_phone(at: datetime, row: Any, number: str) -> bool:
    """Whether the household came in by it, or the bank of lines says that it is the head's."""
    _, came_in_by_it, head_sealed = row
    if came_in_by_it or head_sealed is None:
        return bool(came_in_by_it)
    identifier = open_sealed(key_ring(), bytes(head_sealed))
    return line_state(at=at, identifier=identifier, mobile=number) is LineState.OWN


def _open_case(actor: Actor, at: datetime, hold_id: int, words: str) -> None:
    delivery = get_delivery(hold_id=hold_id)
    told = f"{NEED_KINDS[delivery.kind].name}، {show_quantity(delivery.kind, delivery.quantity)}: نرسیده است."
    grievance = NewGrievance(
        kind=GrievanceKind.NOT_RECEIVED,
        text=f"{told} {words}".strip(),
        about=About.ORGANISATION,
        about_organisation_id=delivery.organisation_id,
        household_id=delivery.household_id,
        hold_id=hold_id,
    )
    area = (delivery.province, delivery.county)
    try:
        with transaction.atomic():
            keep_grievance(actor=actor, at=at, grievance=grievance, way=GrievanceWay.RECEIPT, area=area)
    except IntegrityError:
        return  # said so before: the case stands
