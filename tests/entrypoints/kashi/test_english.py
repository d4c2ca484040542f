"""English by one switch: nothing lacks it and nothing is left over, values are said by what is known, names stay."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.template import engines
from django.test import Client
from django.utils import translation

from sakha.entrypoints.kashi import english, language
from sakha.entrypoints.kashi.english import CATALOGUE, CatalogueBroken, make_catalogue, read_entries, say
from sakha.entrypoints.kashi.language import COOKIE
from sakha.entrypoints.kashi.segments import has_words, say_source
from tests.english_sources import faults, told, unsaid, unused
from tests.entrypoints.staff_site.reading import html_of


def test_everything_that_pages_say_has_its_english_and_nothing_is_left_over() -> None:
    entries = told()
    taken_away = next(words for words in entries if words.startswith("هر نگاه به پرونده"))
    fewer = {words: english for words, english in entries.items() if words != taken_away}

    assert unsaid(entries) == {}
    assert unused(entries) == []
    assert [one for path in CATALOGUE.glob("*.po") for one in faults(path)] == []
    # what is found when an entry is missing, empty, or said by nobody
    assert list(unsaid(fewer)) == [taken_away]
    assert list(unsaid(entries | {taken_away: ""})) == [taken_away]
    assert unused([*entries, "این را هیچ صفحه‌ای نمی‌گوید"]) == ["این را هیچ صفحه‌ای نمی‌گوید"]


def test_an_entry_with_other_holes_or_persian_words_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "broken.po"
    lines = [("{count} نفر", "people"), ("خانه", "خانه"), ("شهر {name}", "{name}"), ("تازه", "")]
    path.write_text("\n".join(f'msgid "{said}"\nmsgstr "{to_say}"\n' for said, to_say in lines), encoding="utf-8")

    assert faults(path) == ["other holes: {count} نفر", "Persian left: خانه", "no English: تازه"]
    path.write_text('msgid "خانه"\nmsgid خانه\n', encoding="utf-8")
    with pytest.raises(CatalogueBroken, match=r"broken.po:2"):
        list(read_entries(path))


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("۱۲ آبان ۱۴۰۵", "3 November 2026"),
        ("۱۴۰۵/۰۸/۱۲", "3 November 2026"),
        ("آبان ۱۴۰۵", "Aban 1405"),
        ("۳ هفته پیش", "3 weeks ago"),
        ("۱ ماه پیش", "1 month ago"),
        ("۵۰۰٬۰۰۰ تومان", "500,000 toman"),
        ("۳۵۰٬۰۰۰ تومان در ماه", "350,000 toman a month"),
        ("۲۵٪", "25%"),
        ("البرز، کرج", "Alborz, Karaj"),
        ("خیریهٔ مهرگان (شما)", "خیریهٔ مهرگان (you)"),
        ("مریم رضایی", "مریم رضایی"),
        ("خواهش می‌کنیم به دیدن ما بیایید.", "خواهش می‌کنیم به دیدن ما بیایید."),
        ("needs", "needs"),
    ],
)
def test_a_shown_value_is_said_by_what_is_known_of_it(shown: str, said: str) -> None:
    assert say(shown) == said


def test_a_pattern_of_few_words_of_its_own_takes_nobodys_own_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {"{a} تا {b}": "{a} to {b}", "نیاز {code} برآورده شد": "need {code} was met"}
    monkeypatch.setattr(english, "catalogue", lambda: make_catalogue(entries))

    assert say("۲ تا ۳") == "2 to 3"
    assert say("از مادر تا فرزند راه دور است") == "از مادر تا فرزند راه دور است"
    assert say("نیاز ۱۲ برآورده شد") == "need 12 was met"


def test_a_template_is_said_before_it_is_compiled_and_somebodys_own_words_are_marked() -> None:
    source = (
        '<html lang="fa" dir="rtl"><p title="خانه">سلام، {{ name }}</p><b>{{ state }}</b>{% icon "chevron-right" %}'
    )
    english_source = say_source(source, {"خانه": "Home", "سلام، {{ name }}": "Hello, {{ name }}"}.get)

    assert 'lang="en" dir="ltr"' in english_source
    assert '<p title="Home">Hello, {{ name|said }}</p>' in english_source
    assert "chevron-left" in english_source
    template = engines["django"].from_string("{{ name|said }} {{ name|said_plain }}")
    shown = template.render({"name": "<مریم> & ۳"})
    assert shown.startswith('&lt;<bdi lang="fa">مریم</bdi>&gt; &amp; 3')
    assert "<مریم>" not in shown


def without_token(answer: HttpResponse) -> str:
    return re.sub(r'value="\w{64}"', "", html_of(answer))


def test_the_switch_keeps_the_language_in_this_browser_and_leads_back(db: None) -> None:
    del db
    client = Client()
    persian = without_token(client.get("/d/"))
    answer = client.post("/language", {"language": "en", "next": "/d/?a=1"})
    kept = client.cookies[COOKIE]
    page = client.get("/d/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/d/?a=1")
    assert (kept.value, kept["httponly"], kept["samesite"]) == ("en", True, "Lax")
    assert '<html lang="en" dir="ltr">' in html_of(page)
    assert "Cookie" in page.headers["Vary"]
    assert '<form class="language" method="post" action="/language">' in html_of(page)
    assert not has_words(re.sub(r'<form class="language".*?</form>', "", html_of(page)))
    # a stranger beside stays Persian, and so does this browser when it asks for it
    assert without_token(Client(headers={"accept-language": "en"}).get("/d/")) == persian
    client.post("/language", {"language": "fa", "next": "/d/"})
    assert without_token(client.get("/d/")) == persian
    assert translation.get_language() == "fa"


@pytest.mark.parametrize("place", ["https://example.org/", "//example.org/", "javascript:alert(1)", "", "\\\\x"])
def test_the_switch_leads_nobody_elsewhere(place: str) -> None:
    answer = Client(enforce_csrf_checks=True).post("/language", {"language": "en", "next": place})

    assert answer.headers["Location"] == "/"
    assert Client().get("/language").status_code == 405


def test_a_site_without_english_stays_persian_and_shows_no_switch(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    del db
    client = Client()
    client.cookies[COOKIE] = "en"
    monkeypatch.setattr(language, "SITES", frozenset({"donor_site"}))
    page = html_of(client.get("/d/"))

    assert '<html lang="fa" dir="rtl">' in page
    assert 'class="language"' not in page
    missing = client.get("/nowhere/")
    assert (missing.status_code, "This page was not found" in html_of(missing)) == (404, True)
