"""Whether a delivery arrived: asked by SMS once, answered from the household's phone, and a case where it did not."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, PermissionMissing, household_actor
from sakha.access.rules.roles import Scope
from sakha.access.rules.sealing import IndexKind, blind_index, open_sealed, seal
from sakha.coordination.actions import receipts, receive_inbound
from sakha.coordination.actions.receipts import answer_by_sms, confirm_delivery, keep_call, tell_of_deliveries
from sakha.coordination.queries.grievances import get_grievance, grievance_desk
from sakha.coordination.rules.grievances import GrievanceKind
from sakha.coordination.rules.inbound import InboundMeaning
from sakha.coordination.rules.receipt_texts import read_receipt_answer, write_receipt_notice
from sakha.coordination.rules.sms_text import fit_text
from sakha.databanks.rules.lines import LineState
from sakha.ledger.actions import deliver_aid, hold_aid
from sakha.ledger.queries import calls_of_round, receipts_of_household
from sakha.ledger.rules.receipts import CallOutcome, ReceiptState, ReceiptUnknown, ReceiptWay, receipt_code
from sakha.vocabulary.need_kinds import NeedKind
from tests.coordination_cast import NOON, a_mobile, rows
from tests.ledger_cast import KnownHousehold, a_request, an_officer, given_charity, given_household
from tests.rooms.ledger.test_receipts import a_round

pytestmark = pytest.mark.django_db


def given_phone_of(household: KnownHousehold) -> str:
    mobile, ring = a_mobile(), key_ring()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_person SET mobile_index = %s, mobile_sealed = %s WHERE id ="
            " (SELECT person_id FROM registry_membership WHERE household_id = %s)",
            [blind_index(ring, IndexKind.MOBILE, mobile), seal(ring, mobile), household.id],
        )
    return mobile


def given_delivery(giver: Actor, household: KnownHousehold, at: datetime = NOON) -> int:
    held = hold_aid(
        actor=giver, at=at, household_id=household.id, kind=NeedKind.FOOD, quantity=1, request_id=a_request()
    )
    deliver_aid(actor=giver, at=at, hold_id=held.require_held())
    return held.require_held()


@pytest.mark.parametrize("text", ["رسید ۱۲۳۴", "رسید1234", " رسيد: 1234 ", "رسید - ١٢٣٤"])
def test_an_answer_is_read_however_the_keyboard_writes_it(text: str) -> None:
    assert read_receipt_answer(text) == (True, 1234)
    assert read_receipt_answer("ن" + text.strip()) == (False, 1234)


def test_other_texts_are_no_answer_and_the_notice_tells_a_shared_phone_nothing() -> None:
    for text in ("رسید", "نرسید هنوز", "سلام ۱۲۳۴", "رسید ۱۲۳", "رسید ۱۲۳۴۵", "لغو۱۱"):
        assert read_receipt_answer(text) is None
    assert fit_text(write_receipt_notice(1234)).part_count == 2


def test_a_delivery_is_asked_about_once_and_answered_from_its_own_phone(monkeypatch: pytest.MonkeyPatch) -> None:
    charity = given_charity("مهر")
    household, other = given_household(charity), given_household(charity)
    mobile, stranger = given_phone_of(household), given_phone_of(other)
    hold_id = given_delivery(charity, household)

    assert tell_of_deliveries(actor=SYSTEM, at=NOON, limit=10) == 1
    assert tell_of_deliveries(actor=SYSTEM, at=NOON, limit=10) == 0
    [(text,)] = rows("SELECT text_sealed FROM coordination_notice WHERE kind = 'RECEIPT'")
    assert open_sealed(key_ring(), bytes(text)) == write_receipt_notice(receipt_code(hold_id))
    with pytest.raises(PermissionMissing):
        tell_of_deliveries(actor=charity, at=NOON, limit=10)

    said = f"رسید {receipt_code(hold_id)}"
    assert answer_by_sms(at=NOON, mobile=mobile, text="سلام") is None
    assert answer_by_sms(at=NOON, mobile=stranger, text=said) is False
    # Somebody wrote this number down as the head's, perhaps the giver itself: its no is heard, its yes only once it is
    # known whose the line is.
    assert answer_by_sms(at=NOON, mobile=mobile, text=said) is False
    asked: list[tuple[str, str]] = []

    def owned(*, at: datetime, identifier: str, mobile: str) -> LineState:
        del at
        asked.append((identifier, mobile))
        return LineState.OWN

    monkeypatch.setattr(receipts, "line_state", owned)
    heard = receive_inbound(actor=SYSTEM, at=NOON, mobile=mobile, text=said)
    assert (heard.meaning, heard.is_new) == (InboundMeaning.RECEIPT, True)
    assert not receive_inbound(actor=SYSTEM, at=NOON, mobile=mobile, text=said).is_new
    assert answer_by_sms(at=NOON, mobile=mobile, text=said) is False
    assert asked[0] == (household.national_id, mobile)
    assert receipts_of_household(household_id=household.id) == {hold_id: ReceiptState.CONFIRMED}
    monkeypatch.undo()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_person SET id_kind = 'NONE', id_index = NULL, id_sealed = NULL")
    assert answer_by_sms(at=NOON, mobile=mobile, text=said) is False
    assert rows("SELECT count(*) FROM coordination_grievance") == [(0,)]


def test_what_did_not_arrive_opens_one_case_about_the_body_that_delivered() -> None:
    charity = given_charity("مهر")
    household = given_household(charity)
    hold_id = given_delivery(charity, household)
    home = household_actor(household.id)
    needs = rows("SELECT held, delivered FROM ledger_need")

    def say(*, is_received: bool, actor: Actor = home, way: ReceiptWay = ReceiptWay.SITE) -> bool:
        return confirm_delivery(
            actor=actor, at=NOON, hold_id=hold_id, is_received=is_received, way=way, words="همسایه هم خبر ندارد."
        )

    assert say(is_received=False)
    assert not say(is_received=False)
    assert say(is_received=True)
    assert say(is_received=False)  # said again later: the case stands once
    with pytest.raises(ReceiptUnknown):
        say(is_received=True, actor=charity, way=ReceiptWay.VISIT)

    county = an_officer(Scope.COUNTY)
    [line] = grievance_desk(actor=county)
    assert (line.kind, line.about_name) == (GrievanceKind.NOT_RECEIVED, "مهر")
    file = get_grievance(actor=county, at=NOON, grievance_id=line.id)
    assert "همسایه هم خبر ندارد." in file.text
    assert file.may_answer
    assert get_grievance(actor=charity, at=NOON, grievance_id=line.id).may_say
    assert rows("SELECT held, delivered FROM ledger_need") == needs
    assert rows("SELECT status FROM ledger_hold") == [(2,)]


def test_a_call_is_a_receipt_too() -> None:
    charity, officer = given_charity("مهر"), an_officer()
    household = given_household(charity)
    hold_id = given_delivery(charity, household)
    call = calls_of_round(actor=officer, round_id=a_round(officer))[0]

    keep_call(actor=officer, at=NOON, call_id=call.id, outcome=CallOutcome.NOT_REACHED)
    assert receipts_of_household(household_id=household.id) == {}
    keep_call(actor=officer, at=NOON, call_id=call.id, outcome=CallOutcome.NOT_RECEIVED)
    assert receipts_of_household(household_id=household.id) == {hold_id: ReceiptState.NOT_RECEIVED}
    assert len(grievance_desk(actor=officer)) == 1
