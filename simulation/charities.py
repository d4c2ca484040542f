"""The charities of the province: made-up names, licences, places, and very different size.

The names are put together from common words; a likeness to a real charity is chance.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sakha.vocabulary.identifiers import legal_id_check_digit
from simulation.chance import Floats, Ints, chance
from simulation.people import PILOT_ON
from simulation.shipped_tables import places

WORDS = (
    "مهر", "نور", "امید", "باران", "سپیده", "آشیانه", "همدلی", "نیک‌اندیشان", "یاوران", "همیاران", "احسان", "کرامت",
    "رحمت", "مهرآفرین", "آفتاب", "سایبان", "نسیم", "شکوفه", "پناه", "گلستان", "همراهان", "سخاوت", "ریحانه", "طلوع",
    "چشمه", "مهربانان", "دست‌های گرم", "نان و مهر", "سفره", "یاس", "نرگس", "کوثر",
)  # fmt: skip
FORMS = ("مؤسسه خیریه {} {}", "خیریه {} {}", "انجمن خیریه {} {}", "صندوق خیریه {} {}", "گروه جهادی {} {}")
CENTRE_FORM = "مرکز نیکوکاری {} {}"
ISSUERS = (
    ("وزارت کشور", 0.38),
    ("سازمان بهزیستی", 0.27),
    ("کمیته امداد", 0.0),
    ("سازمان اوقاف و امور خیریه", 0.12),
    ("فراجا", 0.23),
)
CENTRE_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Charity:
    """One charity as the governor's office would list it."""

    code: str
    name: str
    kind: str
    licence_issuer: str
    licence_number: str
    valid_until: date
    place: int
    capacity: int
    legal_id: str

    @property
    def county(self) -> str:
        """Give the code of its county."""
        return places().counties[self.place]


def make_charities(seed: int, count: int, households: int) -> list[Charity]:
    """Make the charities; capacities (households a month) are heavy-tailed and suffice for most of the households."""
    rng = chance(seed, "charities")
    sizes = draw_sizes(rng, count)
    capacities = np.maximum(4, np.rint(sizes / sizes.sum() * households * 1.6)).astype(int)
    table = places()
    homes = rng.choice(len(table.names), count, p=(weight := table.shares * table.hardship) / weight.sum())
    taken: set[str] = set()
    charities = []
    for number in range(count):
        centre = bool(rng.random() < CENTRE_SHARE)
        name = free_name(rng, table.names[homes[number]], taken, centre=centre)
        issuer = "کمیته امداد" if centre else draw_issuer(rng)
        charities.append(
            Charity(
                code=f"CH{number + 1:03d}",
                name=name,
                kind="CHARITY_CENTRE" if centre else "CHARITY",
                licence_issuer=issuer,
                licence_number=f"{rng.integers(10, 99)}/{rng.integers(1000, 99999)}",
                valid_until=PILOT_ON + timedelta(days=int(rng.integers(-25, 1500))),
                place=int(homes[number]),
                capacity=int(capacities[number]),
                legal_id=simulated_legal_id(number + 1),
            )
        )
    return charities


def draw_sizes(rng: np.random.Generator, count: int) -> Floats:
    """Draw relative sizes: the largest tenth holds about half of everything."""
    return np.asarray(np.minimum(np.exp(rng.standard_normal(count) * 1.15), 14), dtype=np.float64)


def free_name(rng: np.random.Generator, place: str, taken: set[str], *, centre: bool) -> str:
    """Put a name together that nobody has yet."""
    while True:
        form = CENTRE_FORM if centre else FORMS[int(rng.integers(len(FORMS)))]
        name = form.format(WORDS[int(rng.integers(len(WORDS)))], place)
        if name in taken:
            name = f"{name} {WORDS[int(rng.integers(len(WORDS)))]}"
        if name not in taken:
            taken.add(name)
            return name


def draw_issuer(rng: np.random.Generator) -> str:
    """Draw who gave the licence."""
    return str(rng.choice([issuer for issuer, _ in ISSUERS], p=[share for _, share in ISSUERS]))


def simulated_legal_id(number: int) -> str:
    """Give a legal ID that passes the check and begins like no issued one."""
    first_ten = f"999{1_000_000 + number}"
    return first_ten + legal_id_check_digit(first_ten)


def charity_places(charities: list[Charity]) -> Ints:
    """Give the place of each charity."""
    return np.array([charity.place for charity in charities])
