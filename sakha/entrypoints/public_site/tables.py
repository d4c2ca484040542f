"""The told tables as rows for a page, in either language, and as a file. Decides words and order; hides nothing."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sakha.coordination.rules.grievances import GrievanceKind
from sakha.entrypoints.public_site.languages import ENGLISH, PERSIAN, Language
from sakha.observatory.queries.public_tables import PublicTables
from sakha.observatory.rules.public_tables import ALL_KINDS, NATION, place_above
from sakha.vocabulary.need_kinds import NEED_KINDS
from sakha.vocabulary.places import PROVINCES

STANDING: Final = ("HOUSEHOLDS", "UNCOVERED", "DOUBLE_AID_REFUSED")
COLUMNS: Final = ("table", "until", "place", "place_fa", "place_en", "part", "value", "status")
# What a column of the file means, in both languages; the page of data prints it.
CODEBOOK: Final = (
    ("table",
     "HELP_NEEDS، HELP_WORTH_RIAL، HOUSEHOLDS، UNCOVERED، UNCOVERED_OUTSIDE، DOUBLE_AID_REFUSED، APPEALS، GRIEVANCES",
     "HELP_NEEDS, HELP_WORTH_RIAL, HOUSEHOLDS, UNCOVERED, UNCOVERED_OUTSIDE, DOUBLE_AID_REFUSED, APPEALS, GRIEVANCES"),
    ("until", "ماه جلالی بسته‌شده (۱۴۰۵۰۸) برای کمک‌ها؛ آخرین روز شمرده‌شده (میلادی) برای بقیه",
     "the closed Jalali month (140508) of help; the last counted day of all others"),
    ("place", "کد دورقمی استان یا چهاررقمی شهرستان از مرکز آمار؛ خالی: سراسر کشور؛ با خط تیره: شهرستان نامعلوم",
     "the Statistical Centre's code: two digits a province, four a county; empty: the country; a dash: county unknown"),
    ("place_fa", "نام جا", "its name in Persian"),
    ("place_en", "نام انگلیسی جا", "its name in English"),
    ("part", "نوع نیاز، یا دادهٔ مورد اعتراض و نتیجهٔ آن؛ خالی: همه",
     "kind of need, or the disputed datum and the outcome; empty: all"),
    ("value", "عدد؛ خالی اگر پنهان است. UNCOVERED_OUTSIDE: از بی‌پوشش‌ها، آن‌ها که در دفتر هم نیستند",
     "the number; empty where it is hidden. UNCOVERED_OUTSIDE: the uncovered who are not in the register"),
    ("status", "exact: همان شمارش؛ hidden: پنهان؛ steps: رو به پایین، گام یازده؛ rounded: رو به پایین، صد میلیون ریال",
     "exact: as counted; hidden; steps: down to a multiple of eleven; rounded: down to a hundred million rials"),
)  # fmt: skip
_VOICE_OUTCOMES: Final = ("OPEN", "UPHELD", "REJECTED", "WITHDRAWN")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its name, its cells, and a page of its own where it has one."""

    name: str
    cells: tuple[str, ...]
    address: str = ""


def kind_rows(tables: PublicTables, language: Language, place: str = NATION) -> tuple[Row, ...]:
    """Needs met of the month by kind, most first; the hidden last."""
    told = [(kind, tables.help.told(place, kind)) for kind in NEED_KINDS]
    order = sorted((one for one in told if one[1] != 0), key=lambda one: -1 if one[1] is None else one[1], reverse=True)
    return tuple(Row(language.kind(kind), (language.told(count),)) for kind, count in order)


def place_rows(tables: PublicTables, language: Language, province: str = NATION) -> tuple[Row, ...]:
    """The provinces, or the counties of one: households, the uncovered, needs met in the month."""
    standing = {place for name, place in tables.standing if place and name in STANDING[:2]}
    below = {place for place in standing if place_above(place) == province}
    places = sorted(below | set(tables.help.places(province)))
    return tuple(
        Row(
            language.place(place),
            (
                language.number(tables.standing.get(("HOUSEHOLDS", place), 0)),
                language.number(tables.standing.get(("UNCOVERED", place), 0)),
                language.told(tables.help.told(place)),
            ),
            address=place if place in PROVINCES else "",
        )
        for place in places
    )


def appeal_rows(tables: PublicTables, language: Language) -> tuple[Row, ...]:
    """Appeals by what they are about and how they ended, most first."""
    by_matter: dict[str, dict[str, int]] = defaultdict(dict)
    for matter, outcome, count in _appeals(tables):
        by_matter[matter][outcome] = count
    order = sorted(by_matter.items(), key=lambda one: (-sum(one[1].values()), one[0]))
    return tuple(
        Row(
            language.fact(matter),
            tuple(
                language.number(count)
                for count in (sum(found.values()), *(found.get(outcome, 0) for outcome in _VOICE_OUTCOMES))
            ),
        )
        for matter, found in order
    )


def grievance_rows(tables: PublicTables, language: Language) -> tuple[Row, ...]:
    """What people brought, by kind: all, and answered."""
    rows = []
    for kind in GrievanceKind:
        answered, waiting = (tables.voices.get(f"GRIEVANCE {kind.value} {state}", 0) for state in ("ANSWERED", "OPEN"))
        rows.append(Row(language.matter(kind), (language.number(answered + waiting), language.number(answered))))
    return tuple(rows)


def write_file(tables: PublicTables) -> str:
    """Everything that is told, a line each, as the codebook says."""
    drawn = io.StringIO()
    writer = csv.writer(drawn, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_lines(tables))
    return drawn.getvalue()


def _lines(tables: PublicTables) -> Iterator[tuple[str | int, ...]]:
    def line(
        table: str, until: str | int, place: str, part: str, value: str | int, status: str
    ) -> tuple[str | int, ...]:
        return table, until, place, PERSIAN.place(place), ENGLISH.place(place), part, value, status

    names = {kind.value: kind.name for kind in NEED_KINDS} | {ALL_KINDS: ""}
    month, day = tables.help.month, tables.on.isoformat()
    for (place, kind), count in sorted(tables.help.needs.items()):
        status = "hidden" if count is None else "exact"
        yield line("HELP_NEEDS", month, place, names[kind], "" if count is None else count, status)
    for place, rial in sorted(tables.help.worth_rial.items()):
        yield line("HELP_WORTH_RIAL", month, place, "", rial, "rounded")
    for (name, place), count in sorted(tables.standing.items()):
        yield line(name, day, place, "", count, "steps")
    for name, count in sorted(tables.voices.items()):
        table, _, part = name.partition(" ")
        yield line(f"{table}S", day, NATION, " ".join(part.split()), count, "steps")


def _appeals(tables: PublicTables) -> Iterator[tuple[str, str, int]]:
    for name, count in tables.voices.items():
        words = name.split(" ")
        if words[0] == "APPEAL" and len(words) == len(("APPEAL", "kind", "fact", "outcome")):
            yield words[2] or words[1], words[3], count
