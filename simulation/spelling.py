"""The ways in which one and the same name or number reaches a list: keyboards, joins, honorifics, slips of the hand."""

import numpy as np

from sakha.vocabulary.identifiers import national_id_check_digit
from simulation.styles import Digits, Style

ZWNJ = "\u200c"
TO_ARABIC = str.maketrans({"ی": "ي", "ک": "ك"})
TO_DIGITS = {digits: str.maketrans(Digits.ASCII.value, digits.value) for digits in Digits}
# Two right spellings of one name.
DOUBLETS = (
    ("اسماعیل", "اسمعیل"), ("رضائی", "رضایی"), ("ائی", "ایی"), ("اله", "الله"), ("رحمان", "رحمن"),
    ("محمدرضا", "محمد رضا"), ("محمدعلی", "محمد علی"), ("علیرضا", "علی رضا"), ("محمدحسین", "محمد حسین"),
    ("محمدمهدی", "محمد مهدی"),
    ("امیرحسین", "امیر حسین"), ("حمیدرضا", "حمید رضا"), ("فاطمه زهرا", "فاطمه‌زهرا"), ("رؤیا", "رویا"),
    ("مؤمنی", "مومنی"), ("طباطبائی", "طباطبایی"), ("ابوالفضل", "ابولفضل"), ("صغری", "صغرا"),
    ("کبری", "کبرا"), ("داود", "داوود"),
)  # fmt: skip
OF_MEN, OF_WOMEN = ("آقای", "حاج", "جناب", "مرحوم", "کربلایی", "مشهدی"), ("خانم", "سرکار خانم", "حاجیه خانم")
# A letter struck instead of its neighbour on the Persian keyboard, or its sound-alike.
SLIPS = {
    "س": "ص",
    "ص": "س",
    "ز": "ذ",
    "ت": "ط",
    "ط": "ت",
    "ح": "ه",
    "ه": "ح",
    "غ": "ق",
    "ق": "غ",
    "ب": "ی",
    "ن": "م",
    "ر": "ز",
}


def spell(rng: np.random.Generator, name: str, style: Style, *, female: bool, given: bool) -> str:
    """Write a name as this charity would write it this time."""
    draws = rng.random(4)
    if draws[0] < 0.25:
        for one, other in DOUBLETS:
            if one in name:
                name = name.replace(one, other, 1)
                break
    if given:
        if draws[1] < 0.5:
            name = name.removeprefix("سید ").removeprefix("سیده ").removesuffix(" سادات")
        if draws[2] < style.honorific_share:
            words = OF_WOMEN if female else OF_MEN
            name = f"{words[int(draws[2] * 1e6) % len(words)]} {name}"
    elif " " in name and draws[1] < 0.15:
        name = name.rsplit(" ", 1)[0]
    if draws[3] < style.error_share:
        name = slip(rng, name)
    return dress(name, style)


def dress(text: str, style: Style) -> str:
    """Write a text with the joins, letters and digits of this charity's keyboard."""
    if style.joint != ZWNJ:
        text = text.replace(ZWNJ, style.joint)
    if style.arabic_letters:
        text = text.translate(TO_ARABIC)
    return dress_digits(text, style)


def dress_digits(text: str, style: Style) -> str:
    """Write digits as this charity types them."""
    if style.digits is Digits.ASCII:
        return text
    return text.translate(TO_DIGITS[style.digits])


def slip(rng: np.random.Generator, text: str) -> str:
    """Drop, double, swap or mistake one letter."""
    if len(text) < 3:
        return text
    place = int(rng.integers(1, len(text) - 1))
    kind = int(rng.integers(4))
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place] + text[place:]
    if kind == 2:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + SLIPS.get(text[place], text[place]) + text[place + 1 :]


def wrong_digit(rng: np.random.Generator, number: str) -> str:
    """Mistype one of the last digits of a national ID so that the check digit fails; a few slips would pass."""
    while True:
        place = int(rng.integers(4, len(number)))
        digit = (int(number[place]) + int(rng.integers(1, 10))) % 10
        mistyped = f"{number[:place]}{digit}{number[place + 1 :]}"
        if mistyped[9] != national_id_check_digit(mistyped[:9]):
            return mistyped
