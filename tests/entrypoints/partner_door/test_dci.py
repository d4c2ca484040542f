"""An agency's program finds people by SP DCI, is told what its level shows, and every look is told to the household."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from sakha.access.actions import suspend_client
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, ClientLevel, ClientScope
from sakha.exchange.rules.conditions import Attribute
from sakha.exchange.rules.partners import OwnKey, Partner, Practice, derive_key, public_jwk, sign_message
from sakha.ledger.actions import hold_aid
from sakha.vocabulary.need_kinds import NeedKind
from tests.exchange_cast import REPLIES, Program, by_number, envelope, given_program, search_of
from tests.ledger_cast import AT, KnownHousehold, a_national_id, a_request, given_charity, given_household

SR, IBR = "/dci/social/registry/", "/dci/beneficiary/registry/"
PATHS = [
    (SR + "sync/search", "search"), (SR + "search", "search"), (SR + "subscribe", "subscribe"),
    (SR + "unsubscribe", "unsubscribe"), (SR + "notify", "notify"), (SR + "txn/status", "txn-status"),
    (SR + "sync/txn/status", "txn-status"), (SR + "on-search", "on-search"), (SR + "on-subscribe", "on-subscribe"),
    (SR + "on-unsubscribe", "on-unsubscribe"), (SR + "txn/on-status", "txn-on-status"), (IBR + "sync/search", "search"),
    (IBR + "sync/enrolled", "search"), (IBR + "sync/enrollment/updates", "notify"),
]  # fmt: skip


def records(program: Program, *queries: Any, path: str = SR + "sync/search", **criteria: Any) -> list:
    answered = program.post(path, search_of(*queries, **criteria))
    assert answered.status_code == 200, answered.content
    return [item["data"]["reg_records"] for item in answered.json()["message"]["search_response"]]


def looks_at(household_id: int) -> list[str]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT purpose FROM access_entry WHERE household_id = %s ORDER BY id", [household_id])
        return [row[0] for row in cursor.fetchall()]


def test_each_level_shows_its_fields_and_every_look_is_written_down() -> None:
    own = given_charity("نهاد وام")
    known, unknown = given_household(own), given_household()
    hidden = given_household(own, is_protected=True)
    by_level = {level: given_program(own, level=level) for level in ClientLevel}

    shown = {level: records(one, by_number(known.national_id))[0][0] for level, one in by_level.items()}
    assert shown[ClientLevel.VERDICT]["member_identifier"][0]["identifier_value"] == known.national_id
    assert "additional_attributes" not in shown[ClientLevel.VERDICT]
    assert shown[ClientLevel.NEEDS]["additional_attributes"][0] == {"key": "group_size", "value": 1}
    assert "demographic_info" not in shown[ClientLevel.NEEDS]
    assert shown[ClientLevel.FILE]["demographic_info"]["address"] == [
        {"country_code": "IR", "region_code": "30", "sub_region_code": "3001"}
    ]

    full = by_level[ClientLevel.FILE]
    others, protected, nobody, nonsense = records(
        full, by_number(unknown.national_id), by_number(hidden.national_id), by_number(a_national_id()),
        ("idtype-value", {"type": "UIN", "value": "TEST-001"}),
        authorize={"purpose": {"text": "وام کار"}},
    )  # fmt: skip
    assert "demographic_info" not in others[0], "whose file the body does not know is told as far as needs go"
    assert protected[0]["demographic_info"].keys() == {"name", "sex"}, "the same shape without place"
    assert (nobody, nonsense) == ([], [])
    assert looks_at(known.id) == ["برای ارائهٔ خدمت · برنامهٔ وام"] * 3
    assert looks_at(unknown.id) == ["برای ارائهٔ خدمت · برنامهٔ وام · وام کار"]


def test_conditions_are_asked_of_one_s_own_households_alone_page_by_page() -> None:
    own, other = given_charity("نهاد وام"), given_charity("نهاد دیگر")
    homes = [given_household(own, county=county) for county in ("3001", "3001", "3002")]
    given_household(other)
    given_household(own, is_protected=True)
    program = given_program(own)
    here = ("expression", {"value": {"expression": {"query": {"$and": [{"location": {"$eq": "البرز"}}]}}}})
    small = ("predicate", [{"expression1": {"attribute_name": "group_size", "operator": "le", "attribute_value": "1"}}])

    pages = [
        program.post(
            SR + "sync/search",
            search_of(here, response_entity="Group", pagination={"page_size": 2, "page_number": number},
                      sort=[{"attribute_name": "sub_region_code", "sort_order": "desc"}]),
        ).json()["message"]["search_response"][0]
        for number in (1, 2)
    ]  # fmt: skip
    codes = [one["group_identifier"][0]["identifier_value"] for page in pages for one in page["data"]["reg_records"]]

    assert codes == [homes[2].code, homes[0].code, homes[1].code], "nobody protected is found by place"
    assert [page["pagination"]["total_count"] for page in pages] == [3, 3]
    assert len(records(program, small)[0]) == 4
    refused = given_program(own, level=ClientLevel.VERDICT).post(SR + "sync/search", search_of(small)).json()
    assert refused["message"]["search_response"][0]["status"] == "rjct"


@pytest.mark.parametrize(("path", "action"), PATHS)
def test_nobody_the_wrong_scope_and_the_suspended_are_let_in_nowhere(path: str, action: str) -> None:
    own = given_charity("نهاد وام")
    told = envelope(action, {})
    none = Program(given_program(own).client, "")
    wrong = {ClientScope.REGISTRY_ENROLLED} if "enroll" not in path else {ClientScope.REGISTRY_SEARCH}
    stopped = given_program(own)
    with acting(SYSTEM):
        suspend_client(actor=SYSTEM, at=AT, client_id=stopped.client.id)

    assert none.post(path, told).status_code == 401
    assert Program(none.client, "sakha_test_00000000_unknown").post(path, told).json()["errors"][0]["code"] == (
        "err.request.unauthorized"
    )
    for closed in (given_program(own, scopes=tuple(wrong)), stopped):
        answered = closed.post(path, told)
        assert (answered.status_code, answered.json()["message"]["error"]["code"]) == (403, "err.request.forbidden")
    unread = given_program(own).post(path, {"header": told["header"]})
    assert (unread.status_code, unread.json()["message"]["ack_status"]) == (400, "ERR")


def test_a_signed_message_is_proved_in_both_practices_and_its_answer_too() -> None:
    own, key = given_charity("نهاد وام"), derive_key(bytes(range(32)), name="komak|1")
    known = given_household(own)
    for place, practice in enumerate((Practice.JWS, Practice.HTTP)):
        name = f"komak{place}"
        keys = (public_jwk(OwnKey(f"{name}|1", key.key)),)
        program = given_program(own, partner=Partner(sender_id=name, practice=practice, public_keys=keys))
        told = search_of(by_number(known.national_id), authorize={"purpose": {"text": "وامِ خانهٔ علی‌آباد"}})
        told["header"]["sender_id"] = name
        signer = OwnKey(f"{name}|1", key.key)
        signed = sign_message(signer, told["header"], told["message"], practice=practice, at=datetime.now(UTC))

        answered = program.post(SR + "sync/search", signed)
        assert answered.status_code == 200, answered.content
        assert answered.json()["signature"].startswith("ey" if practice is Practice.JWS else "namespace=")
        again = program.post(SR + "sync/search", signed)
        assert again.json()["message"]["error"]["message"] == "rjct.message_id.duplicate"
        signed["message"]["transaction_id"] = "another"
        assert program.post(SR + "sync/search", signed).status_code == 401


def test_enrolled_says_yes_after_a_promise_or_a_told_coverage_and_no_before() -> None:
    own, other = given_charity("نهاد وام"), given_charity("نهاد دیگر")
    helped, covered = given_household(own), given_household()
    program = given_program(own)

    def is_enrolled(number: str, programme: str = "") -> str:
        query = {"person_identifier": {"eq": number}}
        if programme:
            query["programme_identifier.program.programme_identifier"] = {"eq": programme}
        told = envelope("search", {"enrolled_criteria": {"query_type": "idtype-value", "query": query}})
        return program.post(IBR + "sync/enrolled", told).json()["message"]["enrolled_response"][0]["enrolled_status"]

    assert is_enrolled(helped.national_id) == is_enrolled(covered.national_id) == is_enrolled(a_national_id()) == "no"
    from django.utils import timezone

    hold_aid(
        actor=own, at=timezone.now(), household_id=helped.id, kind=NeedKind.FOOD, quantity=1, request_id=a_request()
    )
    assert [is_enrolled(helped.national_id, one) for one in ("", "FOOD", "RENT")] == ["yes", "yes", "no"]
    (beneficiaries,) = records(program, by_number(helped.national_id), path=IBR + "sync/search")
    assert [one["programme_identifier"]["programme_identifier"][0]["identifier_value"] for one in beneficiaries] == [
        "FOOD"
    ]

    update = {"member": {"member_identifier": [{"identifier_type": "UIN", "identifier_value": covered.national_id}]},
              "programme_identifier": {"programme_name": "مستمری"}, "enrollment_date": "2026-01-01",
              "enrollment_status": "1"}  # fmt: skip
    teller = given_program(other)
    told = teller.post(
        IBR + "sync/enrollment/updates", envelope("notify", {"enrolled_updates": {"beneficiaries": [update, {}]}})
    ).json()["message"]["enrolled_response"]
    assert [line["status"] for line in told] == ["succ", "rjct"]
    assert (is_enrolled(covered.national_id), is_enrolled(covered.national_id, "مستمری")) == ("yes", "yes")
    ended = {**update, "enrollment_status": "3", "status_change_date": "2026-02-01"}
    teller.post(IBR + "sync/enrollment/updates", envelope("notify", {"enrolled_updates": {"beneficiaries": [ended]}}))
    assert is_enrolled(covered.national_id) == "no"


def test_an_answer_can_be_asked_for_again_by_its_client_alone() -> None:
    own, other = given_charity("نهاد وام"), given_charity("نهاد دیگر")
    known = given_household(own)
    program, stranger = given_program(own), given_program(other)
    told = search_of(by_number(known.national_id))
    ack = program.post(SR + "search", told).json()["message"]
    question = {"txnstatus_request": {"reference_id": "q", "txn_type": "search", "attribute_type": "correlation_id",
                                      "attribute_value": ack["correlation_id"]}}  # fmt: skip

    def status(one: Program) -> dict:
        answered = one.post(SR + "sync/txn/status", envelope("txn-status", question)).json()["message"]
        return answered["txnstatus_response"]["txn_status"]["search_response"][0]

    assert ack["ack_status"] == "ACK"
    assert status(program)["data"]["reg_records"][0]["member_identifier"][0]["identifier_value"] == known.national_id
    assert status(stranger)["status"] == "rjct"


def test_answers_are_brought_to_registered_public_addresses_only() -> None:
    own = given_charity("نهاد وام")
    program = given_program(own)
    free = given_program(own, partner=Partner())
    for where in ("https://evil.example/", REPLIES + ".evil.example/", "http://partner.example/dci/", "file:///x"):
        told = search_of(by_number(a_national_id()))
        told["header"]["sender_uri"] = where
        answered = program.post(SR + "search", told).json()["message"]
        assert answered["error"]["code"] == "err.sender_uri.invalid"
    told = search_of(by_number(a_national_id()))
    told["header"]["sender_uri"] = "http://169.254.169.254/latest/meta-data"
    assert free.post(SR + "search", told).json()["message"]["error"]["code"] == "err.sender_uri.invalid"


def given_people(home: KnownHousehold, *born: int) -> None:
    """Call its person by the year of birth, the first of `born`, and add one for each other year."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_person p SET given_name = %s, birth_on = %s, birth_precision = 'DAY'"
            " FROM registry_membership m WHERE m.person_id = p.id AND m.household_id = %s",
            (str(born[0]), date(born[0], 5, 5), home.id),
        )
        for year in born[1:]:
            cursor.execute(
                "INSERT INTO registry_person (id_kind, given_name, family_name, father_name, match_key, birth_on,"
                " birth_precision, gender, registered_at)"
                " VALUES ('NONE', %s, 'نمونه', '', '', %s, 'DAY', '', %s) RETURNING id",
                (str(year), date(year, 5, 5), AT),
            )
            cursor.execute(
                "INSERT INTO registry_membership (household_id, person_id, relation, from_on)"
                " VALUES (%s, %s, 'CHILD', %s)",
                (home.id, cursor.fetchone()[0], AT.date()),
            )


def paged(
    program: Program, path: str, pages: int, *, size: int, order: str, **criteria: Any
) -> tuple[list[Any], set[int]]:
    """The records of each page of whoever was born before 2010, and the counts that the pages tell."""
    asked = ("expression", {"birth_date": {"$lt": "2010-01-01"}})
    sort = [{"attribute_name": "birth_date", "sort_order": order}]
    answers = [
        program.post(
            path, search_of(asked, pagination={"page_size": size, "page_number": number}, sort=sort, **criteria)
        ).json()["message"]["search_response"][0]
        for number in range(1, pages + 1)
    ]
    return [one["data"]["reg_records"] for one in answers], {one["pagination"]["total_count"] for one in answers}


@pytest.mark.parametrize("criteria", [{}, {"response_entity": "Member"}])
def test_pages_of_persons_have_each_once_in_the_order_asked_for(criteria: dict[str, str]) -> None:
    own = given_charity("نهاد وام")
    first, second, third = (given_household(own) for _ in range(3))
    given_people(first, 1970, 2000, 1990, 2015)  # the last was born too late for the question
    given_people(second, 1980, 1995)
    given_people(third, 1985)
    program = given_program(own)
    ordered = ["1970", "1980", "1985", "1990", "1995", "2000"]

    for order, size in (("asc", 4), ("desc", 4), ("asc", 1), ("desc", 100)):
        full, rest = divmod(len(ordered), size)
        sizes = [size] * full + [rest, 0]  # and a page past the end
        pages, totals = paged(program, SR + "sync/search", len(sizes), size=size, order=order, **criteria)
        names = [one["demographic_info"]["name"]["given_name"] for page in pages for one in page]

        assert names == (ordered if order == "asc" else ordered[::-1]), (order, size)
        assert ([len(page) for page in pages], totals) == (sizes, {6})


@pytest.mark.parametrize("criteria", [{}, {"response_entity": "Member"}])
def test_pages_of_beneficiaries_have_each_household_once_by_the_first_of_its_persons(criteria: dict[str, str]) -> None:
    from django.utils import timezone

    own = given_charity("نهاد وام")
    first, second, third, younger = (given_household(own) for _ in range(4))
    given_people(first, 1970, 1990, 2000, 2015)
    given_people(second, 1980, 2005)
    given_people(third, 1985)
    given_people(younger, 2012, 2014)
    for home in (first, second, third, younger):
        hold_aid(actor=own, at=timezone.now(), household_id=home.id, kind=NeedKind.FOOD, quantity=1,
                 request_id=a_request())  # fmt: skip
    program = given_program(own)

    for order, expected in (("asc", [first, second, third]), ("desc", [second, first, third])):
        pages, totals = paged(program, IBR + "sync/search", 3, size=2, order=order, **criteria)
        codes = [one["group"]["group_identifier"][0]["identifier_value"] for page in pages for one in page]

        assert codes == [home.code for home in expected]
        assert ([len(page) for page in pages], totals) == ([2, 1, 0], {3})
    for attribute in Attribute:  # each can be sorted by, though several people of a household are found
        every = ("expression", {"group_size": {"$ge": 1}})
        sort = [{"attribute_name": attribute.value, "sort_order": "desc"}]
        assert len(records(program, every, path=IBR + "sync/search", sort=sort, **criteria)[0]) == 4, attribute
