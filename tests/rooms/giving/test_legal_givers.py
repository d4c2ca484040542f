"""A company gives by an account of its own: registered by a phone, seen by two officers, acted for by several."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction

from sakha.access.actions import create_organisation
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, NewOrganisation, OrganisationKind, Scope
from sakha.access.rules.actor import PermissionMissing
from sakha.access.rules.sealing import open_sealed
from sakha.giving.actions.donors import reseal_batch
from sakha.giving.actions.goods import NewOffer, offer_goods
from sakha.giving.actions.legal_givers import (
    add_member,
    answer_company,
    check_legal_giver,
    decide_legal_giver,
    register_legal_giver,
    remove_member,
    stop_legal_giver,
)
from sakha.giving.actions.sponsorships import NewSponsorship, begin_sponsorship
from sakha.giving.queries import get_gift
from sakha.giving.queries.donors import DonorCard, find_donor
from sakha.giving.queries.legal_givers import find_legal_account, legal_givers, members_of, own_legal_givers
from sakha.giving.rules.donors import GiverUnknown
from sakha.giving.rules.goods import GOODS
from sakha.giving.rules.legal_givers import (
    LegalGiverDecided,
    LegalGiverInvalid,
    LegalGiverKnown,
    LegalGiverOfRegister,
    LegalGiverOwn,
    LegalGiversMany,
    LegalGiverState,
    LegalGiverUnknown,
    MembersFew,
    MembersMany,
)
from sakha.giving.rules.promises import GiverMarks
from sakha.giving.rules.sponsorships import SponsorshipAim
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.identifiers import LegalIdInvalid
from simulation.payment_gateway import Gateway
from tests.giving_cast import a_legal_id, give, given_company, pay, pledge, rows
from tests.ledger_cast import AT, a_request, an_officer, given_charity, given_officer
from tests.rooms.giving.test_donors import signed_in, texts

pytestmark = pytest.mark.django_db
SEEN, WHY = "روزنامهٔ رسمی دیده شد", "شمارهٔ شرکت پاسخ نداد"
LEGAL_ID = a_legal_id()
WRONG = LEGAL_ID[:-1] + str((int(LEGAL_ID[-1]) + 1) % 10)


def person(mobile: str = "+989990000031") -> DonorCard:
    found = find_donor(donor_id=signed_in(mobile))
    assert found is not None
    return found


def first_of(company: DonorCard) -> int:
    """Who registered it, and acts for it since."""
    statement = "SELECT min(donor_id) FROM giving_legal_member WHERE legal_giver_id = %s"
    return int(rows(statement, company.legal_giver_id)[0][0])


def waiting_in(company: DonorCard) -> int:
    """Who was asked to act for it and hasn't said yes."""
    assert company.legal_giver_id is not None
    return next(one.id for one in members_of(legal_giver_id=company.legal_giver_id) if one.is_waiting)


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
    register(person("+989990000032"))  # whether it gives is nobody's to learn by asking: the office sees the clash
    clash, _ = legal_givers(actor=one)
    assert (clash.is_open, clash.has_account) == (True, True)


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
    one: dict[str, Any] = {"giver": company, "person_id": first.donor_id, "at": AT}
    with pytest.raises(MembersFew):
        remove_member(**one, member_id=first.id)
    for _ in range(2):
        add_member(**one, mobile=mobile, name="حسابدار")
    colleague = person(mobile)
    account = {"donor_id": colleague.donor_id, "legal_giver_id": company.legal_giver_id}
    two = one | {"person_id": colleague.donor_id}
    answer_company(person=colleague, at=AT, legal_giver_id=company.legal_giver_id, is_accepted=True)
    assert find_legal_account(**account) == company.donor_id
    assert [one.id for one in own_legal_givers(donor_id=colleague.donor_id)] == [company.legal_giver_id]
    for stranger in (colleague, person("+989990000033")):  # in one's own name nobody is added
        with pytest.raises(LegalGiverUnknown):
            add_member(giver=stranger, person_id=stranger.donor_id, at=AT, mobile=mobile, name="حسابدار")
    other = given_company("+989990000034", 2)
    theirs: dict[str, Any] = {"giver": other, "person_id": first_of(other), "at": AT}
    add_member(**theirs, mobile=mobile, name="حسابدار")
    with pytest.raises(LegalGiverUnknown):
        remove_member(**theirs, member_id=first.id)
    remove_member(**two, member_id=first.id)
    for late in (partial(remove_member, member_id=first.id), partial(add_member, mobile=mobile, name="دبیر")):
        with pytest.raises(LegalGiverUnknown):  # whose page was opened before acts for it no more
            late(**one)
    assert [one.mobile for one in members_of(legal_giver_id=company.legal_giver_id)] == [mobile]
    monkeypatch.setattr("sakha.giving.actions.legal_givers.MEMBERS_MOST", 1)
    with pytest.raises(MembersMany):
        add_member(**two, mobile="+989990000035", name="دبیر")
    while reseal_batch(actor=SYSTEM, ring=key_ring(), limit=100):
        pass
    assert [one.name for one in members_of(legal_giver_id=company.legal_giver_id)] == ["حسابدار"]


def test_whoever_is_added_says_yes_before_anything_is_open_to_them() -> None:
    company, mobile = given_company(), "+989990000032"
    (first,) = members_of(legal_giver_id=company.legal_giver_id or 0)
    one: dict[str, Any] = {"giver": company, "person_id": first.donor_id, "at": AT}
    add_member(**one, mobile=mobile, name="حسابدار")
    colleague = person(mobile)
    account = {"donor_id": colleague.donor_id, "legal_giver_id": company.legal_giver_id or 0}
    # Until the yes nothing is open to that phone: it may have been written wrong.
    assert find_legal_account(**account) is None
    assert [(own.is_member, own.is_asked) for own in own_legal_givers(donor_id=colleague.donor_id)] == [(False, True)]
    two = one | {"person_id": colleague.donor_id}
    with pytest.raises(LegalGiverUnknown):
        add_member(**two, mobile="+989990000036", name="دبیر")
    with pytest.raises(MembersFew):  # who only was asked doesn't stay in anybody's stead
        remove_member(**one, member_id=first.id)
    answer: dict[str, Any] = {"at": AT, "legal_giver_id": company.legal_giver_id}
    answer_company(person=colleague, is_accepted=False, **answer)
    with pytest.raises(LegalGiverUnknown):
        answer_company(person=colleague, is_accepted=True, **answer)
    add_member(**one, mobile=mobile, name="حسابدار")
    remove_member(**one, member_id=waiting_in(company))  # taken back
    add_member(**one, mobile=mobile, name="حسابدار")
    for person_asked, is_asked in ((colleague, True), (person("+989990000033"), False), (colleague, False)):
        with nullcontext() if is_asked else pytest.raises(LegalGiverUnknown):
            answer_company(person=person_asked, is_accepted=True, **answer)
    assert find_legal_account(**account) == company.donor_id


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
    for seen in (card, company):  # the card of before says nothing any more
        with pytest.raises(LegalGiverUnknown):
            add_member(giver=seen, person_id=donor_id, at=AT, mobile="+989990000035", name="دبیر")
    with pytest.raises(LegalGiverDecided):
        stop_legal_giver(**asked)


def offer_of(giver: DonorCard) -> int:
    new = NewOffer(request_id=a_request(), item=next(iter(GOODS)), quantity=3, worth_rial=1_000_000, province="30",
                   contact="انبار، ۰۲۶")  # fmt: skip
    return offer_goods(giver=giver, at=AT, offer=new)


def promise_of(giver: DonorCard) -> int:
    new = NewSponsorship(request_id=a_request(), amount_rial=1_000_000, aim=SponsorshipAim.POOL)
    return begin_sponsorship(giver=giver, at=AT, promise=new)


def test_nothing_of_a_stopped_company_is_offered_or_asked_for(officers: list[Actor]) -> None:
    company, other = given_company(), given_company("+989990000034", 2)
    assert company.legal_giver_id is not None
    for giver in (company, other):
        offer_of(giver)
        promise_of(giver)
    stop_legal_giver(actor=officers[0], at=AT, legal_giver_id=company.legal_giver_id, reason=WHY)
    assert rows("SELECT donor_id, withdrawn_at FROM giving_goods_offer ORDER BY id") == [
        (company.donor_id, AT), (other.donor_id, None),
    ]  # fmt: skip
    assert rows("SELECT donor_id, state, state_at FROM giving_sponsorship ORDER BY id") == [
        (company.donor_id, "ENDED", AT), (other.donor_id, "ACTIVE", AT),
    ]  # fmt: skip
    for late in (offer_of, promise_of):  # with the card of before
        with pytest.raises(LegalGiverUnknown):
            late(company)


def test_no_body_of_the_register_becomes_a_company(officers: list[Actor]) -> None:
    one, two = officers
    number = register(person())
    check_legal_giver(actor=one, at=AT, legal_giver_id=number, note=SEEN)
    with acting(SYSTEM):
        body = NewOrganisation(
            kind=OrganisationKind.CHARITY, name="خیریهٔ مهر", province="30", county="3001", legal_id=LEGAL_ID
        )
        create_organisation(actor=SYSTEM, at=AT, organisation=body)
    with pytest.raises(LegalGiverOfRegister):
        decide_legal_giver(actor=two, at=AT, legal_giver_id=number, is_approved=True)
    (card,) = legal_givers(actor=one)
    assert card.is_of_register
    with pytest.raises(LegalGiverOfRegister):
        register(person("+989990000032"))
    decide_legal_giver(actor=two, at=AT, legal_giver_id=number, is_approved=False, reason=WHY)


def test_an_office_finds_every_company_and_who_waits_longest_first(
    officers: list[Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    given_company("+989990000034", 9)
    waiting = [register(person(f"+98999000004{one}"), a_legal_id(one)) for one in range(1, 5)]
    monkeypatch.setattr("sakha.giving.queries.legal_givers.PAGE_SIZE", 3)
    first, second = (legal_givers(actor=officers[0], page=page) for page in (1, 2))
    assert [card.id for card in (*first, *second)][:4] == waiting
    assert [card.legal_id for card in second] == [a_legal_id(4), a_legal_id(9)]
    (found,) = legal_givers(actor=officers[0], legal_id=a_legal_id(9))
    assert found.state is LegalGiverState.APPROVED


def test_whom_to_call_is_kept_and_unsealed_only_while_it_waits(officers: list[Actor]) -> None:
    one, two = officers
    given_company("+989990000034", 9)
    numbers = [register(person(f"+98999000004{number}"), a_legal_id(number)) for number in (1, 2)]
    decide_legal_giver(actor=two, at=AT, legal_giver_id=numbers[0], is_approved=False, reason=WHY)
    with patch("sakha.giving.queries.legal_givers.open_sealed", side_effect=open_sealed) as opened:
        cards = legal_givers(actor=one)
    assert opened.call_count == 2  # the name and the phone of the only one that waits
    assert [(bool(card.contact), bool(card.mobile)) for card in cards] == [(True, True), (False, False), (False, False)]
    kept = rows("SELECT contact_sealed FROM giving_legal_giver ORDER BY id")
    assert [open_sealed(key_ring(), bytes(row[0])) for row in kept] == ["", "", "مدیر مالی"]


def test_requests_hide_no_company_that_somebody_acts_for() -> None:
    company = given_company()
    donor_id = first_of(company)
    for _ in range(25):
        rows(
            "INSERT INTO giving_legal_giver (name, legal_id, registered_by_id, registered_at, contact_sealed, state,"
            " note, reason) VALUES ('ش', '1', %s, now(), '', 'REJECTED', '', '') RETURNING id",
            donor_id,
        )
    found = own_legal_givers(donor_id=donor_id)
    assert (found[0].id, found[0].is_member, len(found)) == (company.legal_giver_id, True, 21)
