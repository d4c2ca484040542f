"""Every page of the site, one row each, and a register in which every one of them has something to show.

Whoever adds a page adds a row: `test_every_page.py` compares with the table of addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sakha.access.actions import acting, add_client_use, issue_client, issue_client_key
from sakha.access.rules import SYSTEM, NewClient
from sakha.coordination.actions.answering_introductions import take_introduction
from sakha.coordination.actions.directory import ServiceToTell, approve_services, tell_service
from sakha.coordination.actions.introducing import introduce_households, record_introduction_consent
from sakha.giving.actions.donors import open_organisation_giver
from sakha.giving.actions.goods import NewOffer, offer_goods
from sakha.giving.actions.pool_policy import propose_pool_policy
from sakha.giving.actions.proposals import propose_shares
from sakha.giving.queries.donors import find_donor
from sakha.giving.rules.pool_policy import PoolTerms
from sakha.ledger.actions import CallsToDraw, deliver_aid, draw_calls, hold_aid, open_needs
from sakha.ledger.rules import NeedToOpen
from sakha.observatory.actions import reckon_days
from sakha.observatory.actions.openings import open_province
from sakha.registry.actions import register_household
from sakha.registry.actions.asking import PairToAsk, ask_about_pairs
from sakha.registry.jobs import check_intake_file
from sakha.scoring.actions import confirm_need, declare_need, open_assessed_needs, score_households
from sakha.scoring.actions.confirming import NewConfirmer, add_confirmer, ask_confirmations
from sakha.scoring.actions.confirming_links import links_to_send
from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.scoring.rules.confirming_questions import QuestionCode
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.periods import period_of
from tests.entrypoints.staff_site.cast import Cast, declaration, make_cast, signed_in
from tests.entrypoints.staff_site.test_evidence import keep
from tests.entrypoints.staff_site.test_files import a_file, mapped, upload
from tests.giving_cast import give, sandbox

CONFIRMER_CODE = "4321"


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its name in the table of addresses, who looks at it, how many questions it may ask the database.

    Sign-in and the session take four of them, each room's scope three.
    """

    name: str
    who: str
    most: int
    places: tuple[str, ...] = ()
    query: str = ""


PAGES = (
    Page("check", "staff", 14),
    Page("find", "staff", 14),
    Page("household", "staff", 74, ("household",)),
    Page("household", "officer", 74, ("household",)),
    Page("evidence", "staff", 50, ("household",)),
    Page("evidence", "officer", 50, ("household",)),
    Page("household_needs", "staff", 45, ("household",)),
    Page("needs", "staff", 24),
    Page("needs", "officer", 24, query="?severity=3"),
    Page("why", "staff", 72, ("household",)),
    Page("score_audit", "officer", 62, ("household",)),
    Page("new_appeal", "staff", 14, ("household",)),
    Page("appeals", "staff", 20),
    Page("appeals", "officer", 24),
    Page("appeal", "staff", 34, ("appeal",)),
    Page("appeal", "officer", 34, ("appeal",)),
    Page("visits", "officer", 20),
    Page("grievances", "staff", 20),
    Page("grievances", "officer", 20),
    Page("grievance", "officer", 30, ("grievance",)),
    Page("new_grievance", "staff", 14),
    Page("household_grievance", "staff", 14, ("household",)),
    Page("deliveries", "officer", 45, ("household",)),
    Page("calls", "officer", 20),
    Page("users", "officer", 20),
    Page("programs", "officer", 20),
    Page("program", "officer", 24, ("program",)),
    Page("call_round", "officer", 24, ("round",)),
    Page("asked", "stranger", 20),
    Page("confirmers", "officer", 40),
    Page("policies", "officer", 32),
    Page("policy", "officer", 32, ("policy",)),
    Page("policy_change", "officer", 24, ("policy",)),
    Page("policy_new", "officer", 20, ("priority",)),
    Page("policy_new", "officer", 20, ("cut-offs",)),
    Page("policy_new", "officer", 20, ("needs",)),
    Page("prices", "officer", 32),
    Page("shares", "officer", 24),
    Page("proposal", "officer", 34, ("proposal",)),
    Page("pool_policies", "nation", 24),
    Page("pool_policies", "officer", 24),
    Page("pool_policy", "nation", 24, ("pool_policy",)),
    Page("own_shares", "staff", 40),
    Page("goods", "staff", 14),
    Page("refunds", "nation", 20),
    Page("gateway_cases", "nation", 23),
    Page("gateway_cases", "officer", 20),
    Page("legal_givers", "officer", 20),
    Page("goods_offer", "staff", 16, ("goods",)),
    Page("score_months", "officer", 20),
    Page("score_months", "nation", 20, query="?month=140001&province=30"),
    Page("identity_queue", "officer", 20),
    Page("identity_question", "officer", 34, ("question",)),
    Page("banks", "officer", 20),
    Page("banks", "operator", 20),
    Page("register", "staff", 14),
    Page("register_step", "staff", 14, ("head",)),
    Page("register_step", "staff", 14, ("members",)),
    Page("register_step", "staff", 14, ("place",)),
    Page("register_step", "staff", 14, ("living",)),
    Page("register_member", "staff", 14, ("1",)),
    Page("files", "staff", 20),
    Page("file", "staff", 20, ("unmapped",)),
    Page("file", "staff", 32, ("file",)),
    Page("held", "staff", 20),
    Page("introductions", "staff", 20),
    Page("introductions", "officer", 20),
    Page("introduction", "staff", 30, ("introduction",)),
    Page("directory", "staff", 20),
    Page("directory", "officer", 20),
    Page("desk", "officer", 33),
    Page("campaigns", "officer", 24),
    Page("in_person", "officer", 14),
    Page("province", "officer", 56),
    Page("province", "nation", 56),
    Page("one_province", "nation", 56, ("30",)),
    Page("one_county", "officer", 56, ("30", "3001")),
    Page("since_opening", "officer", 30),
    Page("reports", "officer", 30),
    Page("outbox", "operator", 26),
    Page("sign_in", "", 4),
)
# Addresses that are got and show no page of their own.
NO_PAGES = {
    "home": "leads on to the first page of the role",
    "file_progress": "a piece of the file's page",
    "file_problems": "a spreadsheet",
    "policy_figures": "a spreadsheet",
    "proposal_figures": "a spreadsheet",
    "pool_policy_figures": "a spreadsheet",
    "figure_file": "a spreadsheet",
    "report": "a PDF or a spreadsheet",
    "kept_report": "a PDF or a spreadsheet",
    "new_password": "open to whoever holds its link (test_passwords)",
    "evidence_paper": "a photo or a PDF",
}


@dataclass(frozen=True, slots=True)
class Furnished:
    """The register with something behind every page: who is who, what stands in an address, a link."""

    cast: Cast
    places: dict[str, str]
    link: str

    def clients(self) -> dict[str, Client]:
        """Everybody of `PAGES`, signed in; the stranger to the site is the empty name."""
        return {who: signed_in(self.cast, who) if who else Client() for who in {page.who for page in PAGES}}

    def address(self, page: Page) -> str:
        """Where the page stands."""
        return reverse(page.name, args=[self.places.get(one, one) for one in page.places]) + page.query


def furnish() -> Furnished:
    """Make the cast, and let its people do everything that has a page."""
    cast = make_cast()
    staff, officer = signed_in(cast, "staff"), signed_in(cast, "officer")
    for fact, source, value in (("CAR_COUNT", "VEHICLES", 7), ("PENSION_ANNUAL", "WAGE_PENSION", None)):
        keep(cast, fact, source, value)
    score_households(actor=SYSTEM, at=timezone.now())
    open_assessed_needs(actor=SYSTEM, at=timezone.now())
    statement = {"kind": "VISIT", "statement": "خواهش می‌کنیم به دیدن ما بیایید."}
    places = {
        "household": str(cast.household_id),
        "appeal": _number(staff.post(f"/households/{cast.household_id}/appeal/", statement)),
        "policy": _simulate_policy(officer),
        "question": str(_ask_who_is_who(cast)),
        "unmapped": _number(staff.post("/files/", {"file": _another_file()})),
        "file": _check_file(cast, staff),
        "introduction": str(_introduce(cast)),
    }
    places["proposal"] = str(_propose_shares(cast))
    places["pool_policy"] = str(_propose_policy(cast))
    places["goods"] = str(_offer_goods(cast))
    places |= {"grievance": str(_write_down(cast, staff)), "round": str(_draw_calls(cast))}
    places["program"] = str(_admit_program(cast))
    at = timezone.now()
    open_province(actor=SYSTEM, at=at, province="30")
    reckon_days(actor=SYSTEM, at=at, first=timezone.localdate(at), last=timezone.localdate(at))
    return Furnished(cast, places, _ask_confirmers(cast))


def _admit_program(cast: Cast) -> int:
    """A program of the charity that called once and was refused once."""
    new = NewClient(organisation_id=cast.staff.organisation_id or 0, name="برنامهٔ مهر")
    at = timezone.now()
    client_id = issue_client(actor=SYSTEM, at=at, client=new)
    issue_client_key(actor=SYSTEM, at=at, client_id=client_id)
    minute = at.replace(second=0, microsecond=0)
    add_client_use(counts={(client_id, minute, "check", ""): 2, (client_id, minute, "check", "SCOPE_MISSING"): 1})
    return client_id


def _introduce(cast: Cast) -> int:
    """A need that the charity took, others that it is offered, one line of the directory that waits."""
    at = timezone.now()
    for kind in NeedKind:
        service = ServiceToTell(kind=kind, households_a_month=5, province="30", county="", contact="۰۲۶۳۲۲۲۱۱۰۰")
        line = tell_service(actor=cast.staff, at=at, service=service)
        if kind is not NeedKind.FOOD:
            approve_services(actor=SYSTEM, at=at, service_ids=[line])
    home = register_household(actor=cast.stranger, at=at, declaration=declaration(650))
    score_households(actor=SYSTEM, at=at, household_ids=[home.household_id])
    for kind in (NeedKind.HEALTH, NeedKind.DEBT):
        declare_need(actor=cast.stranger, at=at, household_id=home.household_id, kind=kind)
        confirm_need(actor=SYSTEM, at=at, household_id=home.household_id, kind=kind)
    record_introduction_consent(actor=cast.stranger, at=at, household_id=home.household_id)
    introduce_households(actor=SYSTEM, at=at, household_ids=[home.household_id])
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM coordination_introduction ORDER BY id LIMIT 1")
        introduction_id = int(cursor.fetchone()[0])
    take_introduction(actor=cast.staff, at=at, introduction_id=introduction_id)
    return introduction_id


def _propose_shares(cast: Cast) -> int:
    """Money in the pool, and shares of it proposed."""
    with sandbox() as gateway:
        give(gateway, 1_000_000)
    return propose_shares(actor=cast.officer, at=timezone.now(), province="30")


def _propose_policy(cast: Cast) -> int:
    """A version of the policy of the pool that waits for other eyes."""
    at = timezone.now()
    terms = PoolTerms(
        valid_from=timezone.localdate(at),
        reason="مصوبهٔ نمونهٔ شورا",
        deprived_provinces=("11", "30"),
        deprived_mille=300,
        poor_mille=200,
        poor_below_mille=250,
    )
    return propose_pool_policy(actor=cast.nation, at=at, terms=terms)


def _offer_goods(cast: Cast) -> int:
    """Medicine of a company in stock."""
    at = timezone.now()
    giver = find_donor(donor_id=open_organisation_giver(at=at, organisation_id=cast.stranger.organisation_id or 0))
    assert giver is not None
    goods = NewOffer(
        request_id=uuid4(), item="MEDICINE", quantity=20, worth_rial=500_000, province="30", contact="انبار، ۰۲۶"
    )
    return offer_goods(giver=giver, at=at, offer=goods)


def _write_down(cast: Cast, staff: Client) -> int:
    told = {"kind": "COMPLAINT", "about": "OTHER", "text": "نوبت ما را به دیگری دادند."}
    assert staff.post(f"/households/{cast.household_id}/grievance/", told).status_code == 200
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM coordination_grievance")
        return int(cursor.fetchone()[0])


def _draw_calls(cast: Cast) -> int:
    at, kind = timezone.now(), NeedKind.DEBT
    on = timezone.localtime(at).date()
    need = NeedToOpen(household_id=cast.household_id, kind=kind, period=period_of(kind, on), target=10_000_000)
    open_needs(actor=SYSTEM, at=at, needs=[need])
    held = hold_aid(
        actor=cast.staff, at=at, household_id=cast.household_id, kind=kind, quantity=5_000_000, request_id=uuid4()
    )
    deliver_aid(actor=cast.staff, at=at, hold_id=held.require_held())
    day = timedelta(days=1)
    calls = CallsToDraw(province="30", county="", from_at=at - day, until_at=at + day, size=5, seed=7)
    return draw_calls(actor=cast.officer, at=at, calls=calls)


def _number(answer: object) -> str:
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.url).strip("/").split("/")[-1]


def _another_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("دوم.csv", a_file().read() + "\r\n9990041019,سارا,نوری,,,,".encode())


def _check_file(cast: Cast, staff: Client) -> str:
    address = upload(staff)
    mapped(staff, address)
    number = address.strip("/").split("/")[-1]
    check_intake_file(file_id=int(number), user_id=cast.staff.user_id)
    return number


def _simulate_policy(officer: Client) -> str:
    form = officer.get("/policies/new/priority/").context["form"]
    weights = {name: field.initial for name, field in form.fields.items() if field.initial is not None}
    words = {"gap_points": "۹", "title": "فاصله بیشتر بشمارد", "reason": "فقیرترین‌ها زودتر دیده شوند."}
    number = _number(officer.post("/policies/new/priority/", weights | words))
    officer.post(f"/policies/{number}/simulate/", {"end": "HOUSEHOLDS", "amount": "۱۰"})
    return number


def _ask_who_is_who(cast: Cast) -> int:
    told = declaration(5001)
    other = register_household(actor=cast.stranger, at=timezone.now(), declaration=replace(told, members=told.members))
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(person_id), max(person_id) FROM registry_membership"
            " WHERE relation = 'HEAD' AND household_id IN (%s, %s)",
            (cast.household_id, other.household_id),
        )
        ask_about_pairs([PairToAsk(*cursor.fetchone(), 3.0, ())], at=timezone.now())
        cursor.execute("SELECT id FROM registry_identity_question")
        return int(cursor.fetchone()[0])


def _ask_confirmers(cast: Cast) -> str:
    """A neighbour is asked by a link, another charity's staff in the site."""
    at = timezone.now()
    neighbour = NewConfirmer(
        kind=ConfirmerKind.NEIGHBOUR, name="گواه نمونه", mobile=f"0990000{CONFIRMER_CODE}", county="3001"
    )
    colleague = NewConfirmer(
        kind=ConfirmerKind.CHARITY,
        name="نادر نمونه",
        mobile="09900005555",
        county="3001",
        user_id=cast.stranger.user_id,
    )
    for one in (neighbour, colleague):
        add_confirmer(actor=cast.officer, at=at, confirmer=one)
    topics = [QuestionCode.HOUSEHOLD_SIZE, QuestionCode.TENURE]
    ask_confirmations(actor=cast.officer, at=at, household_id=cast.household_id, topics=topics)
    return links_to_send(actor=SYSTEM, at=at, limit=1)[0].token
