"""Fills province, county, address and postal code: one home, worded anew by every charity."""

from functools import cache

import numpy as np

from sakha.vocabulary.places import COUNTIES, PROVINCES
from simulation.chance import Ints
from simulation.person_records.listing import CaseFiles
from simulation.person_records.name_cells import Ground, Texts
from simulation.person_records.number_cells import dress_digits, mistype
from simulation.person_records.people import HEAD, Homes
from simulation.person_records.spelling import ARABIC, slip
from simulation.shipped_tables import places

STREETS = (
    "شهید بهشتی", "امام خمینی", "ولیعصر", "گلستان", "مطهری", "شهدا", "آزادگان", "بسیج", "طالقانی", "مدرس", "انقلاب",
    "فردوسی", "سعدی", "حافظ", "کارگر", "معلم", "دانشگاه", "کشاورز", "رجایی", "باهنر", "چمران", "صیاد شیرازی", "جمهوری",
    "پاسداران", "فرهنگیان", "نور", "لاله", "یاس", "بهار", "ارم", "سپاه", "جهاد", "۱۷ شهریور", "۲۲ بهمن", "۱۵ خرداد",
)  # fmt: skip
LANDMARKS = ("جنب مسجد", "روبروی مدرسه", "پشت درمانگاه", "نرسیده به میدان", "بعد از پل", "کنار نانوایی")
SHAPES = (
    "{quarter}، خیابان {street}، کوچه {alley}، پلاک {plate}",
    "{quarter} خ {street} ک {alley} پ {plate}",
    "خیابان {street} - کوچه {alley} - پلاک {plate}",
    "{county}، {quarter}، خ. {street}، ک. {alley}، پ. {plate}، واحد {flat}",
    "{quarter} خیابان {street} {landmark}",
    "{street} {alley} پلاک {plate} طبقه {flat}",
    "{quarter}، {street}",
    "{county} {quarter} خیابان شهید {street} کوچه شهید {martyr} پلاک {plate}",
)


@cache
def quarters() -> tuple[str, ...]:
    """Names of quarters and villages, the same in many towns."""
    return places().names


def place_cells(
    rng: np.random.Generator, ground: Ground, homes: Homes, files: CaseFiles
) -> tuple[Texts, Texts, Texts, Texts]:
    """Give province, county, address and postal code as keyed."""
    offices, listing, recipe, people = ground.offices, ground.listing, ground.recipe, ground.people
    after = files.after[listing.visit]
    home = files.home[listing.visit]
    county = np.where(after, homes.county_after[home], homes.county[home])
    ground.story.mark("moved", homes.quarter[home] != homes.quarter_after[home])
    office = listing.office
    habit = office % 5
    names = np.array([COUNTIES[code].name for code in offices.counties] + [""], dtype=object)
    provinces = np.array([PROVINCES[code[:2]].name for code in offices.counties] + [""], dtype=object)
    longer = np.array([f"شهرستان {name}" for name in names[:-1]] + [""], dtype=object)
    none = len(names) - 1
    province = provinces[np.where((habit == 4) | (rng.random(len(office)) < 0.04), none, county)]
    county_text = np.where(habit == 0, longer[county], names[np.where(rng.random(len(office)) < 0.05, none, county)])
    arabic = np.flatnonzero(offices.arabic[office])
    for column in (province, county_text):
        column[arabic] = [text.translate(ARABIC) for text in column[arabic].tolist()]
    addresses = write_addresses(rng, ground, homes, files)
    missing = ~offices.asks_address[office] | (rng.random(len(office)) < recipe.address_missing - 0.06)
    missing |= (habit == 2) & (people.relation[listing.person] != HEAD)
    address = np.where(missing, "", addresses[listing.visit])
    return province, county_text, address, postal_cells(rng, ground, homes, files)


def write_addresses(rng: np.random.Generator, ground: Ground, homes: Homes, files: CaseFiles) -> Texts:
    """Word the address of every visit: the charity's usual shape, or what its writer thought of this time."""
    offices, recipe = ground.offices, ground.recipe
    count = len(files.home)
    quarter = np.where(files.after, homes.quarter_after[files.home], homes.quarter[files.home])
    county = np.where(files.after, homes.county_after[files.home], homes.county[files.home])
    seed = (files.home.astype(np.int64) * 2_654_435_761 + quarter * 40_503) % 2**31
    retyped = rng.random(count) < recipe.retyped
    shape = np.where(retyped, (files.office * 5 + rng.integers(0, 3, count)) % len(SHAPES), 0)
    hurt = (rng.random(count) < 0.05 * offices.care[files.office]).tolist()
    rows = zip(
        quarter.tolist(), county.tolist(), seed.tolist(), shape.tolist(), offices.arabic[files.office].tolist(), hurt,
        strict=True,
    )  # fmt: skip
    texts = []
    for place, town, number, form, arabic, slipped in rows:
        text = SHAPES[form].format(
            quarter=quarters()[place * 7 % len(quarters())], county=COUNTIES[offices.counties[town]].name,
            street=STREETS[number % len(STREETS)], alley=number // 64 % 40 + 1, plate=number // 4096 % 200 + 1,
            flat=number // 512 % 6 + 1, martyr=STREETS[number // 7 % len(STREETS)],
            landmark=LANDMARKS[number // 11 % len(LANDMARKS)],
        )  # fmt: skip
        text = slip(text, rng) if slipped else text
        texts.append(text.translate(ARABIC) if arabic else text)
    return dress_digits(np.array(texts, dtype=object), offices.digits[files.office])


def postal_cells(rng: np.random.Generator, ground: Ground, homes: Homes, files: CaseFiles) -> Texts:
    """Write postal codes: of the home, mistyped, a filler, mostly none."""
    offices, listing, recipe = ground.offices, ground.listing, ground.recipe
    office, home = listing.office, files.home[listing.visit]
    after = files.after[listing.visit]
    quarter = np.where(after, homes.quarter_after[home], homes.quarter[home])
    codes = post_numbers(home, quarter)
    filled = offices.asks_postal[office] & (rng.random(len(office)) > recipe.postal_missing - 0.2)
    cells = np.full(len(office), "", dtype=object)
    chosen = np.flatnonzero(filled)
    cells[chosen] = [str(code) for code in codes[chosen].tolist()]
    draw = rng.random(len(office))
    for place in np.flatnonzero(filled & (draw < 0.03)).tolist():
        cells[place] = mistype(cells[place], rng)
    cells[filled & (draw > 0.97)] = "1111111111"
    return dress_digits(cells, offices.digits[office])


def post_numbers(home: Ints, quarter: Ints) -> Ints:
    """Give each home's ten digits; the first five are the quarter's."""
    front = 31_111 + (quarter * 7_919) % 66_000
    return np.asarray(front * 10**5 + 11_111 + (home.astype(np.int64) * 39_916_801 + quarter) % 88_000)
