"""Every page has a gate: strangers sign in first, other roles are refused, other organisations find nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from sakha.access.rules import Permission
from sakha.entrypoints.staff_site import urls
from tests.entrypoints.staff_site.cast import Cast
from tests.entrypoints.staff_site.reading import words_of

OPEN = {
    "home": "leads on",
    "sign_in": "the door itself",
    "sign_out": "leaving needs no permission",
    "new_password": "its link is the key",
}
POSTED = {"hold", "deliver", "release", "register_drop", "file_mapping", "file_load", "file_cancel"}
POSTED |= {"evidence_correct", "evidence_proof", "evidence_decide", "name_head", "publishing"}
PLACES = {
    "household": [7],
    "register_member": [1],
    "register_step": ["head"],
    **{key: [7] for key in ("file", "file_mapping", "file_load", "file_cancel", "file_progress", "file_problems")},
    **{key: [7] for key in ("deliver", "release")},
    "one_province": ["30"],
    "one_county": ["30", "3001"],
    **{key: [7] for key in ("evidence", "evidence_correct", "name_head", "publishing")},
    **{key: [7, 7] for key in ("evidence_proof", "evidence_decide", "evidence_paper")},
}
PLACES["identity_question"] = [7]
POSTED |= {"need_declare", "need_paper", "policy_simulate", "policy_approve", "policy_withdraw"}
OF_POLICY = {"policy", "policy_change", "policy_simulate", "policy_approve", "policy_withdraw", "policy_figures"}
PLACES |= {key: [7] for key in {"household_needs", "need_declare", "need_paper"} | OF_POLICY}
PLACES["policy_new"] = ["priority"]
OF_PRICES = {"price_approve", "price_withdraw"}
POSTED |= OF_PRICES
PLACES |= {key: [7] for key in OF_PRICES}
POSTED |= {"appeal_step", "ask_people", "confirmer", "stop_confirmer", "answer_audit"}
PLACES |= {key: [7] for key in ("why", "score_audit", "ask_people", "new_appeal", "appeal", "confirmer")}
PLACES |= {"stop_confirmer": [7], "answer_audit": [7], "appeal_step": [7, "decide"]}
POSTED |= {"introduction_step", "refer_upward", "directory_tell", "directory_step"}
PLACES |= {"introduction": [7], "introduction_step": [7, "take"], "refer_upward": [7], "directory_step": [7, "pause"]}
POSTED |= {"grievance_step", "visited", "called", "propose_back", "decide_back"}
PLACES |= {"propose_back": [7, 7], "decide_back": [7]}
PLACES |= {key: [7] for key in ("grievance", "household_grievance", "deliveries", "call_round")}
PLACES |= {"grievance_step": [7, "take"], "visited": [7, 7], "called": [7, 7]}
POSTED |= {"give_password_link", "campaign_step", "ask_person"}
PLACES |= {"campaign_step": [7, "pause"], "ask_person": [7]}
PLACES["give_password_link"] = [7]
POSTED |= {"proposal_decide", "refund_step", "pool_policy_step", "settle_gateway_case", "legal_giver_step"}
OF_SHARES = {"shares", "proposal", "proposal_decide", "proposal_figures", "score_months", "refunds", "refund_step"}
OF_SHARES |= {
    "legal_givers",
    "legal_giver_step",
    "gateway_cases",
    "settle_gateway_case",
    "pool_policies",
    "pool_policy",
    "pool_policy_figures",
    "pool_policy_step",
}
PLACES |= {"proposal_figures": [7, "tiers"], "pool_policy_step": [7, "confirm"]}
PLACES |= {"legal_giver_step": [7, "check"], "settle_gateway_case": [7], "pool_policy": [7], "pool_policy_figures": [7]}
PLACES |= {"proposal": [7], "proposal_decide": [7, "approve"], "refund_step": [7, "approve"]}
PLACES["goods_offer"] = [7]
OF_PROGRAMS = {"programs", "program", "new_program_key", "revoke_program_key", "stop_program", "resume_program"}
POSTED |= OF_PROGRAMS - {"programs", "program"}
PLACES |= {key: [7] for key in OF_PROGRAMS - {"programs"}}
PAGES = [pattern.name for pattern in urls.urlpatterns if pattern.name not in OPEN]
OF_REPORTS = {"reports", "report", "kept_report"}
OF_PLACES = {"province", "one_province", "one_county", "since_opening", "figure_file"}
PLACES["kept_report"] = [7]
PLACES["report"] = ["monthly", "30", "2026-11-21", "pdf"]
OF_HEADS = {"identity_queue", "identity_question"}
OF_STAFF = [
    name
    for name in PAGES
    if name not in OF_HEADS | OF_PROGRAMS | OF_REPORTS | OF_PLACES | {"outbox", "banks", "visits", "desk"}
]


def ungated(patterns: list[URLPattern]) -> list[str]:
    return [str(one.name) for one in patterns if one.name not in OPEN and not hasattr(one.callback, "permission")]


def ask(client: Client, name: str):
    address = reverse(name, args=PLACES.get(name))
    return client.post(address) if name in POSTED else client.get(address)


def test_every_address_has_a_gate() -> None:
    assert ungated(urls.urlpatterns) == []


def test_an_address_without_a_gate_is_found() -> None:
    bare = URLPattern(urls.urlpatterns[3].pattern, lambda _: None, name="bare")

    assert ungated([*urls.urlpatterns, bare]) == ["bare"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in(name: str) -> None:
    answer = ask(Client(), name)

    assert answer.status_code == 302
    assert answer.url.startswith("/sign-in/")


@pytest.mark.django_db
def test_a_stranger_comes_back_to_where_they_were_going() -> None:
    assert Client().get("/files/?a=1").url == "/sign-in/?next=%2Ffiles%2F%3Fa%3D1"
    assert Client().post("/holds/new/").url == "/sign-in/"


@pytest.mark.django_db
def test_a_piece_of_a_page_sends_the_whole_browser_to_the_door() -> None:
    answer = Client().get("/files/7/progress/", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in/")


@pytest.mark.parametrize("name", OF_STAFF)
def test_an_operator_has_no_business_with_anybodys_file(operator: Client, name: str) -> None:
    answer = ask(operator, name)

    assert answer.status_code == 403
    assert "نقش شما اجازهٔ این کار را ندارد" in words_of(answer)


@pytest.mark.parametrize(
    "name", [*sorted(OF_PLACES), *sorted(OF_REPORTS), "outbox", "banks", "desk", "campaigns", "in_person"]
)
def test_a_charitys_staff_sees_neither_province_nor_outbox(staff: Client, name: str) -> None:
    assert ask(staff, name).status_code == 403


@pytest.mark.parametrize("name", sorted(OF_POLICY | OF_PRICES | OF_SHARES | {"policies", "policy_new", "prices"}))
def test_a_charitys_staff_decides_no_policy(staff: Client, name: str) -> None:
    assert ask(staff, name).status_code == 403


def test_another_charity_finds_no_needs_of_a_household_it_has_no_record_of(cast: Cast, stranger: Client) -> None:
    assert stranger.get(f"/households/{cast.household_id}/needs/").status_code == 404
    assert stranger.post(f"/households/{cast.household_id}/needs/declare/", {"kind": "10"}).status_code in {404, 422}


@pytest.mark.parametrize("name", ["hold", "files", "register", "outbox"])
def test_an_officer_gives_nothing_and_brings_nothing_in(officer: Client, name: str) -> None:
    assert ask(officer, name).status_code == 403


@pytest.mark.parametrize("name", ["identity_queue", "identity_question"])
def test_who_is_who_is_decided_by_heads_and_offices_alone(staff: Client, operator: Client, name: str) -> None:
    assert (ask(staff, name).status_code, ask(operator, name).status_code) == (403, 403)


def test_another_charity_finds_no_household_that_it_has_no_record_of(cast: Cast, stranger: Client) -> None:
    answer = stranger.get(f"/households/{cast.household_id}/")

    assert answer.status_code == 404
    assert "رضایی" not in words_of(answer)


def test_an_officer_of_the_area_reads_the_household(cast: Cast, officer: Client) -> None:
    assert officer.get(f"/households/{cast.household_id}/").status_code == 200


def test_a_province_officer_sees_no_other_province(officer: Client) -> None:
    assert officer.get("/province/21/").status_code == 404


def test_what_is_only_posted_is_not_got(staff: Client) -> None:
    assert staff.get("/holds/new/").status_code == 405


def test_every_permission_of_the_gates_is_one_of_access() -> None:
    gates = [one.callback.permission for one in urls.urlpatterns if hasattr(one.callback, "permission")]

    assert all(isinstance(gate, Permission) for gate in gates)
    assert get_resolver().reverse_dict.getlist("check")
