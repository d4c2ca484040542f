"""The household's pages as a phone sees them: no script, light, warm, in order, and deaf to strangers."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern
from django.utils import timezone

from sakha.access.rules import SYSTEM
from sakha.coordination.actions.introducing import keep_consents
from sakha.coordination.rules.introductions import Side
from sakha.entrypoints.household_site import urls
from sakha.entrypoints.household_site.sheet import STEPS
from sakha.entrypoints.kashi.language import COOKIE
from sakha.giving.actions import allow_publishing
from tests.coordination_cast import rows
from tests.door_cast import invitation_code_of, newest_text, sign_in_code_of
from tests.entrypoints.household_site.phone import SHEET, Phone
from tests.entrypoints.kashi.speaking import unsaid_on
from tests.entrypoints.staff_site.cast import Cast, declaration, make_cast, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.entrypoints.staff_site.test_pages import sent_bytes

DOORS = {"household_link", "household_link_bare", "household_door", "household_code", "household_leave"} | {
    *("public_voice", "voice_track"),
}
POSTED = {"household_receipt": "/me/receipts/1/", "household_voice_solved": "/me/voices/1/"}
PLACES = {"household_member": "/me/members/1/", "household_step": "/me/head/", "household_proof": "/me/known/1/"}
MOST_BYTES = 60_000
MOST_QUESTIONS = 60


def pages_of(phone: Phone) -> dict[str, str]:
    """Every page on the way, as the phone got it, and again in English."""
    client, got = phone.client, {}

    def look(address: str) -> None:
        got[address] = client.get(address)
        client.cookies[COOKIE] = "en"
        got[f"{address} en"] = client.get(address)
        del client.cookies[COOKIE]

    for address in (f"/k/{phone.link}/", "/d/"):
        look(address)
    phone.come_in()
    got["/d/code/ asked"] = _asked_page(phone)
    phone.fill()
    for step in (*(one.name for one in STEPS), "members/1", "members/2"):
        look(f"/me/{step}/")
    phone.send()
    for address in (
        "/me/",
        "/me/why/",
        "/me/looks/",
        "/me/objections/",
        "/me/introductions/",
        "/me/shown/",
        "/me/known/",
        "/me/voices/",
        "/me/ending/",
    ):
        look(address)
    return got


def _asked_page(phone: Phone):
    other = Client()
    other.post(f"/k/{phone.link}/")
    return other.get("/d/code/")


def test_a_family_registers_itself_in_seven_pages_and_is_ranked_at_once(registered: Phone) -> None:
    words = words_of(registered.client.get("/me/"))

    assert len(STEPS) == 7
    assert "پروندهٔ ما" in words
    assert "نیازهای ما" in words
    assert "هنوز نیازی باز نشده" not in words
    assert rows("SELECT origin FROM registry_intake_file") == [("SELF",)]
    assert rows("SELECT count(*) FROM scoring_score") == [(1,)]
    assert rows("SELECT state FROM coordination_candidate") == [("OPEN",)]


def test_every_page_is_light_needs_no_script_and_speaks_persian_and_english(phone: Phone, built_assets: Path) -> None:
    assets = ("kashi/kashi.css", "kashi/mark.svg", "kashi/vazirmatn-fa.woff2", "kashi/vazirmatn-latin.woff2")
    static = sum(sent_bytes(built_assets, name) for name in assets)
    for address, answer in pages_of(phone).items():
        html = html_of(answer)

        assert answer.status_code == 200, address
        if address.endswith(" en"):
            assert unsaid_on(html, ["میلیون"]) == [], address  # as it was typed: «۳ میلیون»
            continue
        assert len(gzip.compress(answer.content)) + static < MOST_BYTES, address
        assert '<html lang="fa" dir="rtl">' in html, address
        assert "<script" not in html, address
        assert not re.search(r"\sstyle=|<style|javascript:|\son[a-z]+=|<c-", html), address
        assert not re.search(r"[0-9]", words_of(answer)), (address, re.findall(r".{20}[0-9].{20}", words_of(answer)))
        assert not re.search(r"{[{%]|None|\bTrue\b", words_of(answer)), address
        assert "نیازمند" not in words_of(answer), address
        assert html.count("<h1") == 1, address
        assert "no-store" in answer.headers["Cache-Control"], address
        assert phone.family.head not in answer.request["PATH_INFO"]


def test_pages_ask_the_database_few_questions(registered: Phone) -> None:
    for address in ("/me/", "/me/why/", "/me/looks/", "/me/objections/", "/me/known/", "/me/voices/", "/me/ending/"):
        with CaptureQueriesContext(connection) as asked:
            registered.client.get(address)

        assert len(asked) <= MOST_QUESTIONS, (address, len(asked))


def test_one_can_stop_anywhere_and_go_on_later_from_another_phone(inside: Phone) -> None:
    for page in ("who", "head"):
        inside.client.post(f"/me/{page}/", SHEET[page])
    assert "آنچه نوشته‌اید مانده است" in words_of(inside.client.post("/d/out/"))
    assert inside.client.get("/me/head/").url == "/d/"

    again = Client()
    local = "0" + inside.family.mobile.removeprefix("+98")
    again.post("/d/", {"mobile": local})
    answer = again.post("/d/code/", {"code": sign_in_code_of(newest_text())}, follow=True)

    assert answer.redirect_chain[-1][0] == "/me/members/"
    assert "پروانه" in html_of(again.get("/me/head/"))


def test_the_older_of_two_tabs_is_told_so_and_writes_over_nothing(inside: Phone) -> None:
    inside.client.post("/me/who/", SHEET["who"])
    version = re.search(r'name="version" value="(\w+)"', html_of(inside.client.get("/me/head/")))[1]
    inside.client.post("/me/head/", {**SHEET["head"], "version": version})

    older = {**SHEET["head"], "given_name": "پریسا", "version": version}
    answer = inside.client.post("/me/head/", older, follow=True)

    assert "در جای دیگری عوض شده بود" in words_of(answer)
    assert "پروانه" in html_of(answer)
    assert "پریسا" not in html_of(answer)


def test_unknown_is_an_answer_everywhere_but_for_a_name_and_a_county(inside: Phone) -> None:
    name = {"given_name": "پروانه", "family_name": "نمونه‌پور"}
    empty = {"who": {"who": "own"}, "head": name, "members": {}, "home": {}, "life": {}}
    for page, typed in empty.items():
        assert inside.client.post(f"/me/{page}/", typed).status_code == 302, page
    assert inside.client.post("/me/place/", {"county": "کرج"}).status_code == 302

    assert "پروندهٔ ما" in words_of(inside.send())


def test_what_was_known_is_filled_in_and_asked_back_to_the_invited_person_only(inside: Phone) -> None:
    inside.client.post("/me/who/", {"who": "own", "national_id": inside.family.head})
    size = words_of(inside.client.get("/me/members/"))
    place = html_of(inside.client.get("/me/place/"))

    assert "بنا بر آنچه می‌دانستیم ۲ نفرید" in size
    assert re.search(r'<option value="کرج"\s+selected>', place)
    inside.client.post("/me/who/", {"who": "own", "national_id": inside.family.others[0]})
    assert "می‌دانستیم" not in words_of(inside.client.get("/me/members/"))


def test_a_wrong_entry_is_said_where_it_was_typed(inside: Phone) -> None:
    answer = inside.client.post("/me/who/", {"who": "helped", "national_id": "1234567890"})

    assert answer.status_code == 422
    assert "مشکلی هست" in words_of(answer)
    assert "نام خودتان را بنویسید" in words_of(answer)
    assert "<title>خطا:" in html_of(answer)


def test_nothing_is_sent_without_consent(inside: Phone) -> None:
    inside.fill()

    answer = inside.client.post("/me/answers/", {})

    assert answer.status_code == 422
    assert "رضایت خانوار لازم است" in words_of(answer)
    assert rows("SELECT count(*) FROM registry_record") == [(0,)]


def test_a_helper_without_internet_of_the_family_fills_in_and_leaves_the_file_behind(phone: Phone) -> None:
    code = invitation_code_of(newest_text())
    phone.client.post("/d/", {"mobile": "0" + phone.family.mobile.removeprefix("+98"), "code": code})
    phone.client.post("/d/code/", {"code": sign_in_code_of(newest_text())})
    helper = {
        "who": "helped",
        "helper_name": "نادر نمونه",
        "helper_relation": "همسایه",
        "national_id": phone.family.head,
    }
    phone.fill(who=helper)
    assert "نادر نمونه: خانوار کنار من است" in words_of(phone.client.get("/me/answers/"))

    sent = phone.send()

    assert "پرونده از آنِ خانوار است" in words_of(sent)
    assert phone.client.get("/me/").url == "/d/"
    assert rows("SELECT helper_sealed IS NOT NULL, consented_at IS NOT NULL FROM coordination_registration") == [
        (True, True)
    ]


def test_a_known_family_is_registered_but_its_file_is_not_shown(inside: Phone) -> None:
    cast = make_cast()
    inside.fill(who={"who": "own", "national_id": cast.head_national_id}, head={
        "given_name": "مریم", "family_name": "رضایی", "birth_date_day": "12", "birth_date_month": "7",
        "birth_date_year": "1364", "gender": "زن",
    })  # fmt: skip

    answer = inside.send()

    assert "به فرمانداری شهرستان بروید" in words_of(answer)
    for address in ("/me/", "/me/why/", "/me/looks/", "/me/objections/"):
        words = words_of(inside.client.get(address))
        assert "مهرگان" not in words
        assert "نرگس" not in words


def test_of_somebody_elses_number_the_page_tells_nothing(inside: Phone) -> None:
    cast = make_cast()
    inside.fill(who={"who": "own", "national_id": cast.head_national_id})

    answer = inside.client.post("/me/answers/", {"consent": "yes"})

    assert answer.status_code == 422
    assert "با این کد ملی نمی‌توان از این‌جا ثبت کرد" in words_of(answer)
    assert "رضایی" not in html_of(answer)


# --- afterwards -----------------------------------------------------------------------------------------------------


def test_the_household_sees_who_looked_what_came_and_why(registered: Phone) -> None:
    cast = make_cast()
    staff = signed_in(cast, "staff")
    staff.post("/check/", {"identifier": registered.family.head, "kind": "1"})
    [(household_id,)] = rows("SELECT household_id FROM coordination_registration")
    signed_in(cast, "officer").get(f"/households/{household_id}/")
    registered.client.get("/me/")

    looks = words_of(registered.client.get("/me/looks/"))
    why = words_of(registered.client.get("/me/why/"))

    assert "خیریهٔ مهرگان" in looks
    assert "پیش از کمک پرسید چه گرفته‌اید" in looks
    assert "استانداری البرز پروندهٔ شما را دید" in looks
    assert looks.count("پروندهٔ شما را دید") == 1, "one's own looks are left out"
    assert "خودتان، هنگام ثبت‌نام" in looks
    assert "گفتهٔ خودتان" in why
    assert "دهک رسمی نیست" in why
    assert "هنوز سنجیده نشده" not in why


def test_the_household_objects_once_and_sees_where_it_lies(registered: Phone) -> None:
    told = {"kind": "DATUM", "fact": "rooms", "told_value": "۲", "statement": "خانهٔ ما دو اتاق دارد."}

    first = registered.client.post("/me/objections/", told, follow=True)
    second = registered.client.post("/me/objections/", told)

    assert "سخن شما ثبت شد" in words_of(first)
    assert "در رسیدگی" in words_of(first)
    assert "نزد فرمانداری شهرستان" in words_of(first)  # what one told oneself is answered for by no charity
    assert second.status_code == 422
    assert registered.client.post("/me/objections/", {**told, "fact": ""}).status_code == 422


def test_consent_and_messages_can_be_stopped(registered: Phone) -> None:
    [(known_id,)] = rows("SELECT household_id FROM coordination_registration")
    allow_publishing(actor=SYSTEM, at=timezone.now(), household_id=known_id)
    stopped = registered.client.post("/me/ending/", {"messages": "stop"}, follow=True)
    ended = registered.client.post("/me/ending/", {"consent": "withdraw"}, follow=True)

    assert "دیگر پیامک دعوت نمی‌فرستیم" in words_of(stopped)
    assert "رضایت پس گرفته" in words_of(ended)
    assert rows("SELECT state FROM coordination_candidate") == [("LEFT",)]
    assert rows("SELECT count(*) FROM giving_publishing_leave WHERE withdrawn_at IS NULL") == [(0,)]
    button = 'value="withdraw"'
    assert button not in html_of(registered.client.get("/me/ending/"))
    # An office heard another word since: it is shown, and can be taken back again.
    [(household_id,)] = rows("SELECT household_id FROM coordination_registration")
    keep_consents(at=timezone.now(), household_ids=[household_id], heard_by=Side.OFFICE)
    assert button in html_of(registered.client.get("/me/ending/"))
    registered.client.post("/me/ending/", {"consent": "withdraw"})
    assert rows("SELECT count(*) FROM coordination_introduction_consent WHERE withdrawn_at IS NULL") == [(0,)]


def test_a_draft_can_be_deleted_before_it_is_sent(inside: Phone) -> None:
    inside.client.post("/me/who/", SHEET["who"])
    inside.client.post("/me/head/", SHEET["head"])

    answer = inside.client.post("/me/ending/", {"consent": "withdraw"}, follow=True)

    assert "برگهٔ شما پاک شد" in words_of(answer)
    assert rows("SELECT draft_sealed FROM coordination_registration") == [(None,)]
    assert inside.client.get("/me/head/").url == "/me/"


# --- strangers ------------------------------------------------------------------------------------------------------


def ungated(patterns: list[URLPattern]) -> list[str]:
    return [str(one.name) for one in patterns if one.name not in DOORS and not hasattr(one.callback, "is_gated")]


def test_every_page_behind_the_door_has_a_gate() -> None:
    bare = URLPattern(urls.urlpatterns[5].pattern, lambda _: None, name="bare")

    assert ungated(urls.urlpatterns) == []
    assert ungated([*urls.urlpatterns, bare]) == ["bare"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", [one.name for one in urls.urlpatterns if one.name not in DOORS])
def test_a_stranger_is_led_to_the_door(name: str) -> None:
    address = PLACES.get(name) or f"/me/{name.removeprefix('household_').replace('home', '')}/".replace("//", "/")

    stranger = Client()
    answer = stranger.post(POSTED[name]) if name in POSTED else stranger.get(address)

    assert answer.url == "/d/"
    assert Client().get("/d/code/").url == "/d/"


def test_staff_have_no_way_in_by_their_own_account(cast_of_staff: Cast) -> None:
    assert signed_in(cast_of_staff, "staff").get("/me/").url == "/d/"


@pytest.fixture
def cast_of_staff(db: None) -> Cast:
    del db
    return make_cast()


def test_a_household_has_no_way_into_the_staffs_pages(registered: Phone) -> None:
    for address in ("/check/", "/needs/", "/province/"):
        assert registered.client.get(address).url.startswith("/sign-in/")


def test_the_protected_household_of_the_staffs_cast_stays_closed(inside: Phone) -> None:
    cast = make_cast()
    assert declaration(2001).members[0].national_id == cast.protected_national_id
    inside.fill(who={"who": "own", "national_id": cast.protected_national_id}, head={
        "given_name": "مریم", "family_name": "رضایی", "birth_date_day": "12", "birth_date_month": "7",
        "birth_date_year": "1364", "gender": "زن",
    })  # fmt: skip

    words = words_of(inside.client.post("/me/answers/", {"consent": "yes"}, follow=True))

    assert "مهرگان" not in words
    assert "نرگس" not in words
