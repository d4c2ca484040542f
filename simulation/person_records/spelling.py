"""What hands, eyes and ears do to a Persian name: right second spellings, sound-alikes, wrong keys, misread dots."""

from functools import cache

import numpy as np

ZWNJ = "\u200c"
ARABIC = str.maketrans({"ی": "ي", "ک": "ك"})
JOINTS = (ZWNJ, " ", "")
# Two spellings that are both right or both usual; each is tried in both directions.
DOUBLETS = (
    ("اسماعیل", "اسمعیل"), ("ابراهیم", "ابرهیم"), ("اسحاق", "اسحق"), ("رحمان", "رحمن"), ("هارون", "هرون"),
    ("صغری", "صغرا"), ("کبری", "کبرا"), ("لیلا", "لیلی"), ("یحیی", "یحیا"), ("موسی", "موسا"), ("عیسی", "عیسا"),
    ("مصطفی", "مصطفا"), ("مرتضی", "مرتضا"), ("مجتبی", "مجتبا"), ("هدی", "هدا"), ("ابوالفضل", "ابولفضل"),
    ("ابوالقاسم", "ابولقاسم"), ("رضائی", "رضایی"), ("ئی", "یی"), ("طباطبائی", "طباطبایی"), ("داود", "داوود"),
    ("طاووس", "طاوس"), ("الله", "اله"), ("الله", "الـله"), ("فائزه", "فایزه"), ("عذرا", "عذری"), ("رؤیا", "رویا"),
    ("مؤمن", "مومن"), ("زهرا", "زهراء"), ("طاهره", "طاهرة"), ("فاطمه", "فاطمة"), ("خدیجه", "خدیجة"),
    ("معصومه", "معصومة"),    ("نساء", "نسا"),
    ("آ", "ا"), ("عبدال", "عبد ال"), ("خواجه", "خاجه"), ("ذبیح", "زبیح"), ("شریعتی", "شریعطی"),
    ("ملوک", "مولوک"), ("اقدس", "اغدس"), ("صدیقه", "صدیغه"),
)  # fmt: skip
HOMOPHONES = ("ثسص", "تط", "ذزضظ", "حه", "غق", "اع")
# Letters that differ by dots or a stroke: misread from handwriting or a poor copy.
LOOK_ALIKE = ("بپتثنی", "جچحخ", "دذ", "رزژو", "سش", "صض", "طظ", "عغ", "فق", "کگ")
KEYBOARD = ("ضصثقفغعهخحجچ", "شسیبلاتنمکگ", "ظطزرذدپو")
HONORIFICS_OF_MEN = ("حاج", "حاجی", "آقای", "کربلایی", "مشهدی", "مرحوم", "استاد", "کل", "مش")
HONORIFICS_OF_WOMEN = ("خانم", "سرکار خانم", "حاجیه خانم", "حاجیه", "کربلایی", "مرحومه", "بی‌بی")
AFTER_MEN, AFTER_WOMEN = ("آقا", "جان", "(مرحوم)"), ("خانم", "سادات", "بیگم", "(همسر)")
TITLES = ("", "سید", "سیده", "سادات")
NICKNAMES = {
    "محمد": "ممد", "ابراهیم": "ابی", "اسماعیل": "اسی", "ابوالفضل": "ابی", "فاطمه": "فاطی", "معصومه": "معصوم",
    "زهرا": "زری", "سکینه": "سکین", "عباس": "عبی", "خدیجه": "خدیج", "مصطفی": "مصی", "عبدالله": "عبدی", "مریم": "مری",
}  # fmt: skip
FORE_WORDS = ("محمد", "امیر", "علی", "غلام", "حمید", "عباس", "حسین", "فاطمه", "سید")
SECOND_HALVES = frozenset(("الله", "الدین", "اله", "زاده", "پور", "نژاد", "نیا", "وند", "لو", "فر"))


@cache
def parts_of(name: str, known: frozenset[str]) -> tuple[str, ...]:
    """Part a compound: at a space or half-space, or after a fore-word when the rest is a name too."""
    parts = tuple(part for part in name.replace(ZWNJ, " ").split(" ") if part)
    if len(parts) > 1:
        return parts
    for word in FORE_WORDS:
        if name.startswith(word) and name[len(word) :] in known:
            return word, name[len(word) :]
    return (name,)


@cache
def other_spellings(name: str) -> tuple[str, ...]:
    """Give the usual second spellings of a name; the name itself where there is none."""
    found = []
    for one, other in DOUBLETS:
        for old, new in ((one, other), (other, one)):
            if old in name and old != new and (len(old) > 1 or old == "آ"):
                found.append(name.replace(old, new, 1))
    return tuple(dict.fromkeys(found)) or (name,)


@cache
def neighbours() -> dict[str, str]:
    """Give the letters beside and below each on the keyboard."""
    near: dict[str, str] = {}
    for number, row in enumerate(KEYBOARD):
        for place, letter in enumerate(row):
            beside = row[max(place - 1, 0) : place] + row[place + 1 : place + 2]
            below = KEYBOARD[number + 1][place : place + 1] if number + 1 < len(KEYBOARD) else ""
            near[letter] = beside + below
    return near


def slip(text: str, draw: np.random.Generator) -> str:
    """Drop, double, exchange, mistake or add one letter, seldom the first."""
    if len(text) < 3:
        return text
    place = int(draw.integers(0 if draw.random() < 0.12 else 1, len(text) - 1))
    kind = int(draw.integers(5))
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[: place + 1] + text[place] + text[place + 1 :]
    if kind == 2:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    near = neighbours().get(text[place], "")
    if not near:
        return text[:place] + text[place + 1 :]
    letter = near[int(draw.integers(len(near)))]
    return text[:place] + letter + text[place + (1 if kind == 3 else 0) :]


def exchange(text: str, draw: np.random.Generator, groups: tuple[str, ...]) -> str:
    """Replace one letter by another of its group, if the text has such a letter."""
    places = [(at, group) for at, letter in enumerate(text) for group in groups if letter in group]
    if not places:
        return text
    at, group = places[int(draw.integers(len(places)))]
    others = group.replace(text[at], "")
    return text[:at] + others[int(draw.integers(len(others)))] + text[at + 1 :]


def honour(text: str, draw: np.random.Generator, *, female: bool) -> str:
    """Put a word of respect before the name, sometimes behind it."""
    if draw.random() < 0.2:
        behind = AFTER_WOMEN if female else AFTER_MEN
        return f"{text} {behind[int(draw.integers(len(behind)))]}"
    words = HONORIFICS_OF_WOMEN if female else HONORIFICS_OF_MEN
    return f"{words[int(draw.integers(len(words)))]} {text}"


def sprinkle(text: str, draw: np.random.Generator) -> str:
    """Add what nobody sees: a space too many, a stretched letter, a direction mark, a vowel sign."""
    kind = int(draw.integers(6))
    place = int(draw.integers(1, len(text))) if len(text) > 1 else 0
    return (
        f"{text} ", f" {text}", text.replace(" ", "  "), f"{text[:place]}\u0640{text[place:]}", f"\u200f{text}",
        f"{text[:place]}\u064e{text[place:]}",
    )[kind]  # fmt: skip
