"""What the body of the introduction delivers is disputed, and one of the office wants it taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    from sakha.access.rules import Actor, Role, Scope, household_actor
    from sakha.ledger.actions import answer_receipt, deliver_aid, hold_aid, propose_undoing
    from sakha.ledger.rules.receipts import ReceiptState, ReceiptWay
    from sakha.vocabulary.need_kinds import NeedKind
    from tests.coordination_cast import rows
    from tests.journeys.conftest import AT
    from tests.ledger_cast import a_request, given_officer

    del walked
    [(household_id, body, kind)] = rows(
        "SELECT household_id, taken_by_id, kind FROM coordination_introduction"
        " WHERE province = '23' AND state = 'TAKEN' ORDER BY id LIMIT 1"
    )
    giver = Actor(
        user_id=None,
        organisation_id=body,
        role=Role.CHARITY_HEAD,
        scope=Scope.ORGANISATION,
        province="23",
        county="2301",
    )
    held = hold_aid(
        actor=giver, at=AT, household_id=household_id, kind=NeedKind(kind), quantity=1, request_id=a_request()
    )
    hold_id = held.require_held()
    deliver_aid(actor=giver, at=AT, hold_id=hold_id)
    home = household_actor(household_id)
    answer_receipt(actor=home, at=AT, hold_id=hold_id, state=ReceiptState.NOT_RECEIVED, way=ReceiptWay.SITE)
    propose_undoing(actor=given_officer("undoing.officer", province="23"), at=AT, hold_id=hold_id, reason="نرسیده است.")
