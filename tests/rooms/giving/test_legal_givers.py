"""A company gives by an account of its own: registered by a phone, seen by two officers, acted for by several."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Scope
from sakha.access.rules.actor import PermissionMissing
from sakha.giving.actions.donors import reseal_batch
from sakha.giving.actions.legal_givers import (
    add_member,
    check_legal_giver,
    decide_legal_giver,
    register_legal_giver,
    remove_member,
    stop_legal_giver,
)
from sakha.giving.queries import get_gift
from sakha.giving.queries.donors import DonorCard, find_donor
from sakha.giving.queries.legal_givers import find_legal_account, legal_givers, members_of, own_legal_givers
from sakha.giving.rules.donors import GiverUnknown
from sakha.giving.rules.legal_givers import (
    LegalGiverDecided,
    LegalGiverInvalid,
    LegalGiverKnown,
    LegalGiverOwn,
    LegalGiversMany,
    LegalGiverState,
    LegalGiverUnknown,
    MembersFew,
    MembersMany,
)
from sakha.giving.rules.promises import GiverMarks
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.identifiers import LegalIdInvalid
from simulation.payment_gateway import Gateway
from tests.giving_cast import a_legal_id, give, given_company, pay, pledge, rows
from tests.ledger_cast import AT, an_officer, given_charity, given_officer
from tests.rooms.giving.test_donors import signed_in, texts

pytestmark = pytest.mark.django_db
SEEN, WHY = "روزنامهٔ رسمی دیده شد", "شمارهٔ شرکت پاسخ نداد"
LEGAL_ID = a_legal_id()
WRONG = LEGAL_ID[:-1] + str((int(LEGAL_ID[-1]) + 1) % 10)


def person(mobile: str = "+989990000031") -> DonorCard:
    found = find_donor(donor_id=signed_in(mobile))
    assert found is not None
    return found


def register(giver: DonorCard, legal_id: str = LEGAL_ID, name: str = "شرکت نمونه") -> int:
    return register_legal_giver(giver=giver, at=AT, name=name, legal_id=legal_id, contact="مدیر مالی")


@pytest.fixture
def officers(db: None) -> list[Actor]:
    return [given_officer(name, Scope.NATION) for name in ("one", "two")]


def test_two_officers_look_and_only_then_somebody_acts_for_it(officers: list[Actor]) -> None:
    one, two, giver = *officers, person()
    for wrong in (WRONG, LEGAL_ID[:-1], "1" * 11):
        with pytest.raises(LegalIdInvalid):
            register(giver, wrong)
    with pytest.raises(LegalGiverInvalid):
        register(giver, name="ش")
    number = register(giver, persian_digits(LEGAL_ID))
    with pytest.raises(LegalGiverKnown):
        register(giver)
    assert find_legal_account(donor_id=giver.donor_id, legal_giver_id=number) is None
    asked = {"at": AT, "legal_giver_id": number}
    for stranger in (given_charity("مهر"), an_officer(Scope.NATION)):
        with pytest.raises(PermissionMissing):
            check_legal_giver(actor=stranger, note=SEEN, **asked)
    with pytest.raises(PermissionMissing):
        legal_givers(actor=given_charity("امید"))
    with pytest.raises(LegalGiverDecided):  # nobody saw its papers
        decide_legal_giver(actor=two, is_approved=True, **asked)
    with pytest.raises(LegalGiverInvalid):
        check_legal_giver(actor=one, note="دیدم", **asked)
    check_legal_giver(actor=one, note=SEEN, **asked)
    with pytest.raises(LegalGiverDecided):
        check_legal_giver(actor=two, note=SEEN, **asked)
    with pytest.raises(LegalGiverOwn):
        decide_legal_giver(actor=one, is_approved=True, **asked)
    with pytest.raises(IntegrityError), transaction.atomic(), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE giving_legal_giver SET state = 'APPROVED', decided_by_id = checked_by_id, decided_at = now()"
        )
    decide_legal_giver(actor=two, is_approved=True, **asked)
    assert len(texts("GIVER_LEGAL")) == 1
    account = find_legal_account(donor_id=giver.donor_id, legal_giver_id=number)
    assert account is not None
    card = find_donor(donor_id=account)
    assert card is not None
    assert (card.name, card.legal_id, card.is_organisation, card.mobile) == ("شرکت نمونه", LEGAL_ID, True, "")
    with pytest.raises(LegalGiverKnown):  # the next one asks a colleague
        register(person("+989990000032"))


def test_who_registers_anothers_number_first_keeps_the_true_one_from_nothing(officers: list[Actor]) -> None:
    one, two = officers
    false, true = register(person()), register(person("+989990000032"))
    for number in (false, true):
        check_legal_giver(actor=one, at=AT, legal_giver_id=number, note=SEEN)
    decide_legal_giver(actor=two, at=AT, legal_giver_id=true, is_approved=True)
    with pytest.raises(LegalGiverKnown):
        decide_legal_giver(actor=two, at=AT, legal_giver_id=false, is_approved=True)
    decide_legal_giver(actor=two, at=AT, legal_giver_id=false, is_approved=False, reason=WHY)
    giver = person()
    (own,) = own_legal_givers(donor_id=giver.donor_id)
    assert (own.state, own.reason, own.is_member) == (LegalGiverState.REJECTED, WHY, False)
    assert find_legal_account(donor_id=giver.donor_id, legal_giver_id=true) is None
    for another in (2, 3, 4):
        register(giver, a_legal_id(another))
    with pytest.raises(LegalGiversMany):
        register(giver, a_legal_id(5))


def test_several_people_act_for_it_until_they_are_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    company, mobile = given_company(), "+989990000032"
    assert company.legal_giver_id is not None
    (first,) = members_of(legal_giver_id=company.legal_giver_id)
    with pytest.raises(MembersFew):
        remove_member(giver=company, at=AT, member_id=first.id)
    for _ in range(2):
        add_member(giver=company, at=AT, mobile=mobile, name="حسابدار")
    colleague = person(mobile)
    account = {"donor_id": colleague.donor_id, "legal_giver_id": company.legal_giver_id}
    assert find_legal_account(**account) == company.donor_id
    assert [one.id for one in own_legal_givers(donor_id=colleague.donor_id)] == [company.legal_giver_id]
    for stranger in (colleague, person("+989990000033")):  # in one's own name nobody is added
        with pytest.raises(LegalGiverUnknown):
            add_member(giver=stranger, at=AT, mobile=mobile, name="حسابدار")
    other = given_company("+989990000034", 2)
    add_member(giver=other, at=AT, mobile=mobile, name="حسابدار")
    with pytest.raises(LegalGiverUnknown):
        remove_member(giver=other, at=AT, member_id=first.id)
    remove_member(giver=company, at=AT, member_id=first.id)
    assert [one.mobile for one in members_of(legal_giver_id=company.legal_giver_id)] == [mobile]
    monkeypatch.setattr("sakha.giving.actions.legal_givers.MEMBERS_MOST", 1)
    with pytest.raises(MembersMany):
        add_member(giver=company, at=AT, mobile="+989990000035", name="دبیر")
    while reseal_batch(actor=SYSTEM, ring=key_ring(), limit=100):
        pass
    assert [one.name for one in members_of(legal_giver_id=company.legal_giver_id)] == ["حسابدار"]


def test_its_gifts_are_its_own_with_name_and_number_and_may_be_large(gateway: Gateway) -> None:
    company = given_company()
    marks = GiverMarks(donor_id=company.donor_id, is_organisation=company.is_organisation)
    large = pledge(gateway, 2_000_000_000, giver=marks)
    pay(gateway, large)
    told = get_gift(follow_code=large.follow_code)
    assert (told.giver_name, told.giver_legal_id) == (company.name, LEGAL_ID)
    nameless = get_gift(follow_code=give(gateway, 1_000_000).follow_code)
    assert (nameless.giver_name, nameless.giver_legal_id) == ("", "")
    with pytest.raises(GiverUnknown):  # no person may
        pledge(gateway, 2_000_000_000, giver=GiverMarks(mobile="+989990000021", donor_id=company.donor_id))


def test_once_it_is_stopped_nobody_acts_for_it(officers: list[Actor]) -> None:
    company = given_company()
    assert company.legal_giver_id is not None
    ((donor_id,),) = rows("SELECT donor_id FROM giving_legal_member")
    asked = {"actor": officers[0], "at": AT, "legal_giver_id": company.legal_giver_id, "reason": WHY}
    stop_legal_giver(**asked)
    assert find_legal_account(donor_id=donor_id, legal_giver_id=company.legal_giver_id) is None
    card = find_donor(donor_id=company.donor_id)
    assert card is not None
    assert not card.is_in_good_standing
    with pytest.raises(LegalGiverUnknown):
        add_member(giver=card, at=AT, mobile="+989990000035", name="دبیر")
    with pytest.raises(LegalGiverDecided):
        stop_legal_giver(**asked)
