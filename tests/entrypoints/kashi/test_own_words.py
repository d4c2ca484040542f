"""What people wrote themselves stays theirs in English, and no text keeps a page waiting."""

from __future__ import annotations

import pytest
from django.template import engines
from django.utils import translation

from sakha.entrypoints.kashi import english
from sakha.entrypoints.kashi.english import say
from sakha.entrypoints.kashi.segments import say_source

TANGLED = "م " + "، از " * 60 + "پ"
COMPLAINT = "، ".join(
    f"از {word} گفتیم" for word in ("خانه", "کار", "مدرسه", "بیماری", "قرض", "اجاره", "فردا", "آب", "نان")
)


@pytest.mark.parametrize(
    "written",
    [
        "شهرستان ما از همه دورتر است",
        "فرزند بیمار دارم و کسی نیست",
        "دو سه روز پیش",
        COMPLAINT,
        TANGLED,
        TANGLED * 20,
    ],
)
def test_somebodys_own_sentence_stays_as_it_was_written(written: str) -> None:
    assert say(written) == written


def test_a_tangled_text_is_given_up_after_so_many_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    find = english._find

    def count(bare: str, looks: english._Looks) -> str | None:
        looked.append(bare)
        return find(bare, looks)

    monkeypatch.setattr(english, "_find", count)
    for written in (COMPLAINT, TANGLED):
        looked.clear()
        say(written)
        assert len(looked) <= english._LOOKS


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("۲٫۵ میلیون تومان", "2.5 million toman"),
        ("۳ میلیارد", "3 billion"),
        ("۵٬۰۰۰ تومان کمتر", "5,000 toman less"),
        ("۲ روز مانده", "2 days left"),
        ("استان یزد · تا دهک ۳ · هر ۷ روز ۱۰۰ نفر", "Yazd province · Up to decile 3 · Every 7 days 100 people"),
        (
            "برای این خانوار ۳ هفته پیش بستهٔ غذایی ثبت شده است.",
            "Food parcel was recorded for this household 3 weeks ago.",
        ),
    ],
)
def test_values_that_the_house_makes_are_said(shown: str, said: str) -> None:
    assert say(shown) == said


def test_a_template_says_whose_words_it_shows() -> None:
    source = say_source("<p>{{ text|linebreaksbr|own }}</p>", {}.get)
    template = engines["django"].from_string(source)

    assert template.render({"text": "نیاز\n<b>"}) == "<p>نیاز<br>&lt;b&gt;</p>"
    with translation.override("en"):
        assert template.render({"text": "نیاز\n<b>"}) == ('<p><span lang="fa" dir="auto">نیاز<br>&lt;b&gt;</span></p>')
