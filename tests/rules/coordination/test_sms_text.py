"""The text of an invitation: what it never says, and how many SMS it is."""

import pytest

from sakha.coordination.rules.sms_text import (
    POVERTY_WORDS,
    TextUnfit,
    fit_text,
    part_count,
    poverty_words_in,
    write_invitation,
)


def test_invitation_says_nothing_of_poverty() -> None:
    text = write_invitation(address="sakha.example.ir").text

    assert poverty_words_in(text) == ()
    assert "احسان و نیکوکاری" in text
    assert text.endswith("لغو۱۱")


@pytest.mark.parametrize("word", POVERTY_WORDS)
def test_a_text_with_a_word_of_poverty_is_refused(word: str) -> None:
    with pytest.raises(TextUnfit):
        fit_text(f"سلام. برای {word} به ما سر بزنید.")


@pytest.mark.parametrize("text", ["", "  ", "ا" * 901])
def test_an_empty_or_endless_text_is_refused(text: str) -> None:
    with pytest.raises(TextUnfit):
        fit_text(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("ا" * 70, 1),
        ("ا" * 71, 2),
        ("ا" * 134, 2),
        ("ا" * 135, 3),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ا" * 69 + "😀", 2),
        ("a" * 69 + "ا", 1),
    ],
)
def test_parts_are_counted_as_carriers_charge_them(text: str, parts: int) -> None:
    assert part_count(text) == parts
