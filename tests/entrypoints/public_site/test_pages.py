"""The public's pages: open to strangers, light, without script or cookie, in two languages, and telling no few."""

from __future__ import annotations

import csv
import gzip
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import resolve, reverse
from pytest_django import DjangoAssertNumQueries

from sakha.access.rules import SYSTEM
from sakha.entrypoints.open_data.kept import Kept
from sakha.entrypoints.public_site import urls
from sakha.entrypoints.public_site.english import FACTS_EN, KINDS_EN
from sakha.entrypoints.public_site.frame import LANGUAGES
from sakha.entrypoints.public_site.points import list_points
from sakha.entrypoints.public_site.tour_steps import TOURS
from sakha.entrypoints.public_site.views import pages
from sakha.ledger.actions import deliver_aid, hold_aid, open_needs
from sakha.ledger.rules import NeedToOpen
from sakha.observatory.actions import reckon_days
from sakha.observatory.queries.public_tables import PublicTables, read_public_tables
from sakha.observatory.rules.public_tables import make_help_table
from sakha.scoring.queries.documents import current_card
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.jalali import TEHRAN
from sakha.vocabulary.need_kinds import NeedKind
from tests.entrypoints.staff_site.cast import make_cast, signed_in
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.entrypoints.staff_site.test_pages import sent_bytes
from tests.ledger_cast import AT, a_request, given_charity, given_household

MOST_BYTES = 60_000
ASSETS = ("kashi/kashi.css", "kashi/public.css", "kashi/mark.svg", "kashi/vazirmatn-fa.woff2",
          "kashi/vazirmatn-latin.woff2")  # fmt: skip
PERSIAN_LETTERS = re.compile("[آ-ی]")
NEXT_MONTH = AT + timedelta(days=40)


def given_help() -> None:
    """In one county thirteen households got food and three a repair of their home; in another twelve got food."""
    charity = given_charity("خیریهٔ مهر")
    for number in range(28):
        household = given_household(charity, county="3001" if number < 16 else "3002")
        kind = NeedKind.DWELLING if 13 <= number < 16 else NeedKind.FOOD
        if kind is NeedKind.DWELLING:
            need = NeedToOpen(household_id=household.id, kind=kind, period=0, target=1_000_000_000)
            open_needs(actor=SYSTEM, at=AT, needs=[need])
        quantity = 1 if kind is NeedKind.FOOD else 50_000_000
        held = hold_aid(actor=charity, at=AT, household_id=household.id, kind=kind, quantity=quantity,
                        request_id=a_request())  # fmt: skip
        deliver_aid(actor=charity, at=AT, hold_id=held.require_held())
    day = AT.astimezone(TEHRAN).date()
    reckon_days(actor=SYSTEM, at=NEXT_MONTH, first=day, last=day, provinces=["30"])


@pytest.fixture
def _told(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "TABLES", Kept(lambda: read_public_tables(at=NEXT_MONTH)))


def addresses(ending: str = "") -> list[str]:
    names = [one.name for one in urls.urlpatterns if "language" in one.default_args]
    own = [name for name in names if name.endswith("_en") == bool(ending) and "proof" not in name]
    return [reverse(name, args=["30"] if "province" in name else None) for name in own]


def lines_of_file(client: Client) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get("/data/figures.csv").content.decode("utf-8-sig"))))


@pytest.mark.usefixtures("_told")
def test_strangers_read_light_pages_in_two_languages(
    built_assets: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    given_help()
    client = Client()
    assert client.get("/figures/").status_code == 200
    static = sum(sent_bytes(built_assets, name) for name in ASSETS)
    assert len(addresses()) == len(addresses("_en")) == 9

    for address in [*addresses(), *addresses("_en")]:
        with django_assert_num_queries(0):  # read once in ten minutes, for whoever asks
            answer = client.get(address)
        html = html_of(answer)
        assert answer.status_code == 200, address
        assert len(gzip.compress(answer.content)) + static < MOST_BYTES, address
        assert answer.headers["Cache-Control"] == "public, max-age=600"
        assert ("<script" in html, "<c-" in html, answer.cookies, "noindex" in html) == (False, False, {}, False)
        assert client.post(address).status_code == 405
        is_english = address.startswith("/en/")
        assert (f'lang="{"en" if is_english else "fa"}" dir="{"ltr" if is_english else "rtl"}"') in html
        if is_english:
            unspoken = re.sub(r"<a[^>]*other-language[^>]*>فارسی</a>", "", html)
            assert PERSIAN_LETTERS.findall(unspoken) == [], address
        other = re.search(r'rel="alternate" hreflang="(?:fa|en)" href="([^"]+)"', html)[1]
        assert other == (address.removeprefix("/en") if is_english else f"/en{address}")
    assert [client.get(one).status_code for one in ("/figures/77/", "/en/figures/tehran/")] == [404, 404]


@pytest.mark.usefixtures("_told")
def test_what_is_told_counts_and_hides_what_would_show_few() -> None:
    given_help()
    client = Client()
    lines = {(one["table"], one["place"], one["part"]): one for one in lines_of_file(client)}

    assert {key: one["value"] for key, one in lines.items() if one["status"] == "exact"} == {
        ("HELP_NEEDS", "", ""): "28",
        ("HELP_NEEDS", "30", ""): "28",
        ("HELP_NEEDS", "3001", ""): "16",
        ("HELP_NEEDS", "3002", ""): "12",
    }
    # three repairs, and the food without which they would be what is left over
    assert {key for key, one in lines.items() if one["status"] == "hidden"} == {
        ("HELP_NEEDS", place, part) for place in ("", "30") for part in ("FOOD", "DWELLING")
    }
    assert all(one["value"] == "" for one in lines.values() if one["status"] == "hidden")
    assert lines["HOUSEHOLDS", "3001", ""]["value"] == lines["HOUSEHOLDS", "3002", ""]["value"] == "11"
    assert (lines["HOUSEHOLDS", "", ""]["value"], lines["HOUSEHOLDS", "3001", ""]["place_en"]) == ("22", "Karaj")
    assert lines["HELP_NEEDS", "30", ""]["until"] == "140508"
    # of the last day that was counted, not of yesterday
    assert lines["HOUSEHOLDS", "30", ""]["until"] == AT.astimezone(TEHRAN).date().isoformat()
    words = words_of(client.get("/figures/30/"))
    assert ("پنهان" in words, "۲۸ نیاز" in words, "آبان ۱۴۰۵" in words) == (True, True, True)
    assert "Aban 1405" in words_of(client.get("/en/figures/30/"))
    # of the running month nothing is told yet
    assert read_public_tables(at=AT).help.needs == {("", 0): 0}


def test_the_map_counts_an_uncovered_household_of_the_register_once() -> None:
    standing = {("HOUSEHOLDS", "30"): 110, ("UNCOVERED", "30"): 33, ("UNCOVERED_OUTSIDE", "30"): 22}
    tables = PublicTables(make_help_table(140508, ()), standing, {}, AT.date())

    assert pages._shares(tables) == {"30": 0.25}


@pytest.mark.usefixtures("_told")
def test_the_first_page_is_everybodys_and_leads_staff_to_their_work() -> None:
    assert "نیازها را ببینید" in words_of(Client().get("/"))
    assert Client().get("/start/").url == reverse("sign_in")
    assert signed_in(make_cast(), "officer").get("/").url == reverse("home")


@pytest.mark.django_db
def test_figures_that_take_too_long_are_told_later(monkeypatch: pytest.MonkeyPatch) -> None:

    def fail() -> None:
        raise OperationalError

    monkeypatch.setattr(pages, "TABLES", Kept(fail))
    answers = [Client().get(one) for one in ("/figures/", "/en/voices/", "/data/figures.csv", "/")]

    assert [one.status_code for one in answers] == [503, 503, 503, 200]
    assert answers[0].headers["Retry-After"] == "60"
    assert "public" not in answers[0].headers["Cache-Control"]


def test_the_method_shows_every_point_of_the_model_in_force() -> None:
    for language in LANGUAGES.values():
        shown = list_points(language, year=1405)
        assert len(shown) == len(current_card().variables)
        rent = next(one for one in shown if one.label in {"اجارهٔ ماهانه", "Monthly rent"})
        # 5,000,000 rial of 1398 at the rents of 1405
        assert rent.steps[0] == (("کمتر از ۴٫۶ میلیون تومان", "\N{LEFT-TO-RIGHT MARK}۰") if language.is_persian
                                 else ("below 4.6 million toman", "0"))  # fmt: skip
    assert KINDS_EN.keys() == set(NeedKind)
    assert {name.value for name in FactName} | {one.name for one in current_card().variables} <= FACTS_EN.keys()


def test_the_demonstration_alone_has_a_tour_of_every_role_by_real_pages(settings) -> None:
    client = Client()
    assert [client.get(address).status_code for address in ("/tour/", "/en/tour/")] == [404, 404]
    settings.SAKHA = settings.SAKHA.model_copy(update={"is_demonstration": True})

    for address, direction, other in (("/tour/", "rtl", "/en/tour/"), ("/en/tour/", "ltr", "/tour/")):
        html = html_of(client.get(address))
        assert f'dir="{direction}"' in html
        assert f'href="{other}"' in html
        assert "<script" not in html
        steps = re.findall(r"<li><b><a href=\"([^\"]+)\"", html)
        assert len(steps) == sum(len(one.steps) for one in TOURS) == 26
        resolved = [resolve(step) for step in steps]
        assert len({one.func for one in resolved}) >= 20
        assert address in html_of(client.get("/begin/" if direction == "rtl" else "/en/begin/")), "the foot leads there"
