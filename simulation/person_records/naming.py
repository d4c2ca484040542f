"""The names that people bear: the country's common ones, a long tail, names of refugees, and who gets which."""

from functools import cache

import numpy as np

from sakha.vocabulary.places import COUNTIES
from simulation.chance import Floats, Ints, chance, draw_index
from simulation.names import draw_given, families
from simulation.shipped_tables import WeightedNames, family_names, given_name_rows

# Of refugees, of the border provinces and of the other faiths: the shipped list has few of them.
RARE_MEN = (
    "نورمحمد", "خدارحم", "دین‌محمد", "عبدالواحد", "عبدالصمد", "شیرمحمد", "گل‌محمد", "نظرمحمد", "یارمحمد", "خان‌محمد",
    "فیض‌محمد", "محمدعمر", "جمعه", "سلطان", "نادعلی", "صفدر", "ذکریا", "حفیظ‌الله", "سمیع‌الله", "نجیب‌الله",
    "عنایت‌الله", "حبیب‌الله", "لعل‌محمد", "ملک", "شاه‌مراد", "دادخدا", "پیرمحمد", "تاج‌محمد", "غوث‌الدین", "قطب‌الدین",
    "عبدالحکیم", "عبدالباسط", "عبدالقدوس", "ظاهر", "امان‌الله", "رحمت‌الله", "اسدالله", "هیوا", "ئاسو", "گورگین",
)  # fmt: skip
RARE_WOMEN = (
    "بی‌بی‌گل", "گل‌بی‌بی", "نازبی‌بی", "ماه‌بی‌بی", "شاه‌بی‌بی", "زرغونه", "شکیبا", "عزیزه", "حلیمه", "نوریه", "حمیده",
    "گل‌اندام", "ماهرخ", "خدیجه‌بی‌بی", "زلیخا", "صالحه", "مرسل", "پلوشه", "ثریا", "عایشه", "حنیفه", "رحیمه", "صفورا",
    "ام‌البنین", "ام‌کلثوم", "نساء", "بس‌گل", "دُرّی", "هاجره", "سکینه‌بی‌بی",
)  # fmt: skip
REFUGEE_FAMILIES = (
    "حیدری", "رضایی", "احمدی", "محمدی", "حسینی", "نوری", "هزاره", "تاجیک", "رحیمی", "سلطانی", "غلامی", "علیزاده",
    "جعفری", "میرزایی", "عظیمی", "صدیقی", "نظری", "امینی", "سروری", "قاسمی", "براتی", "یوسفزی", "اکبری", "خاوری",
    "بارکزی", "نورزایی", "محمدزی", "پوپلزی", "عثمانی", "فقیری", "",
)  # fmt: skip
FORE_PARTS = ("ملا", "میر", "حاجی", "شیخ", "خواجه", "خان", "شاه", "کدخدا", "استاد", "میرزا")
SUFFIXES = ("زاده", "پور", "نژاد", "نیا", "وند", "تبار", "لو", "فر")
PLACES_OF_ORIGIN = (
    "تهرانی", "کرجی", "همدانی", "زنجانی", "اردبیلی", "گیلانی", "لرستانی", "کرمانی", "شیرازی", "سبزواری", "اصل", "فرد",
    "مقدم", "طالشی", "بختیاری", "سنجری", "خوئی", "دزفولی", "راد", "نیشابوری", "بهبهانی", "ساوجی", "خمسه", "میانجی",
)  # fmt: skip
ZWNJ = "\u200c"
LETTERS_THAT_END = frozenset("ادذرزژو")
LONG_TAIL_SHARE = 0.45
SPACED_FACTOR = 0.4  # second family names are rarer among the poor than in the province's pool
RARE_SHARE, RARE_FOREIGN_SHARE = 0.03, 0.4


@cache
def given_pool() -> tuple[str, ...]:
    """Every given name: first the shipped ones in their order, then the rare ones of men and of women."""
    return (*(name for name, *_ in given_name_rows()), *RARE_MEN, *RARE_WOMEN)


@cache
def family_pool() -> WeightedNames:
    """Every family name with its weight: the province's pool, a long tail of built ones, those of refugees (weight 0).

    The register counts some hundred thousand families; a tail of two parts before and behind keeps strangers from
    sharing a rare name more often than they do.
    """
    near = families()
    near_weights = near.weights * np.array([SPACED_FACTOR if " " in name else 1.0 for name in near.names])
    common = family_names().names
    built: dict[str, float] = {}
    for place, name in enumerate(common):
        stem = name.removesuffix("ی") if len(name) > 4 and not name.endswith(("وی", "ئی")) else name
        for fore in FORE_PARTS:
            built[_join(fore, name)] = 1 / (8 + place)
        for suffix in SUFFIXES[place % 3 :: 2]:
            if name.endswith(SUFFIXES):
                continue
            built[_join(stem, suffix)] = 1 / (8 + place)
            for origin in PLACES_OF_ORIGIN[place % 4 :: 4]:
                built[f"{_join(stem, suffix)} {origin}"] = 1 / (300 + place)
    for place, county in enumerate(COUNTIES.values()):
        if " " not in county.name and county.name[-1] not in "یهاو":
            built[f"{county.name}ی"] = 1 / (10 + place % 50)
    known = set(near.names)
    fresh = {name: weight for name, weight in built.items() if name not in known}
    scale = LONG_TAIL_SHARE / sum(fresh.values())
    near_weights *= (1 - LONG_TAIL_SHARE) / near_weights.sum()
    weights = [*near_weights, *(weight * scale for weight in fresh.values()), *(0.0 for _ in REFUGEE_FAMILIES)]
    return WeightedNames((*near.names, *fresh, *REFUGEE_FAMILIES), np.array(weights))


def _join(first: str, second: str) -> str:
    return f"{first}{'' if first[-1] in LETTERS_THAT_END else ZWNJ}{second}"


def draw_given_names(rng: np.random.Generator, female: Ints, cohort: Ints, foreign: Ints) -> Ints:
    """Draw given names by sex and time of birth; now and then, of refugees often, a rare one."""
    given = draw_given(rng, female, cohort).astype(np.int32)
    shipped = len(given_name_rows())
    rare = rng.random(len(given)) < np.where(foreign, RARE_FOREIGN_SHARE, RARE_SHARE)
    men = shipped + rng.integers(0, len(RARE_MEN), len(given))
    women = shipped + len(RARE_MEN) + rng.integers(0, len(RARE_WOMEN), len(given))
    return np.where(rare, np.where(female, women, men), given)


def draw_families(rng: np.random.Generator, count: int, quarter: Ints, foreign: Ints) -> Ints:
    """Draw one family name an entry: of the whole country, or one of the few that fill a village."""
    pool = family_pool()
    drawn = draw_index(rng, pool.weights, count).astype(np.int32)
    local = rng.random(count) < 0.3
    drawn[local] = local_families(quarter[local], rng.integers(0, 5, int(local.sum())))
    refugees = len(pool.names) - len(REFUGEE_FAMILIES) + rng.integers(0, len(REFUGEE_FAMILIES), count)
    return np.where(foreign, refugees, drawn)


def local_families(quarter: Ints, place: Ints) -> Ints:
    """Give the families that many of a quarter bear, the same ones for every portion of people."""
    table = draw_index(chance(0, "local families"), family_weights_flat(), 40_000).astype(np.int32)
    return np.asarray(table[(quarter * 5 + place) % len(table)])


@cache
def family_weights_flat() -> Floats:
    """Weights in which the common names are less common: a village's name is seldom the country's."""
    return np.sqrt(family_pool().weights)
