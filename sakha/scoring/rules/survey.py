"""The household survey as arrays, and the fit plan: what is to be fitted and with which round thresholds.

Reading files is left to the action; here a survey row and a registered household are the same set of facts.
"""

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sakha.scoring.rules.card import Variable, VariableKind
from sakha.scoring.rules.derived import EQUIVALENT_SIZE, derive_income_arrays, parts_of
from sakha.scoring.rules.document import build_variable
from sakha.vocabulary.refusal import Refusal

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
FOLD_COUNT = 5
_FIRST_ROW = 2  # as a spreadsheet counts: headings are the first
TRUTH = "t_cons_pae_official"


class SurveyUnreadable(Refusal):
    """A column that the fit needs is missing, or a row of it holds something else than a number."""

    code: ClassVar[str] = "SURVEY_UNREADABLE"
    sentence: ClassVar[str] = "فایل پیمایش خوانده نشد: {reason}"


@dataclass(frozen=True, slots=True)
class PlannedVariable:
    """A variable without points yet: the thresholds of its steps, or the groups of its codes."""

    variable: Variable
    thresholds: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]
    content: Mapping[str, Any]

    @property
    def width(self) -> int:
        """How many columns of the design it takes."""
        return len(self.thresholds) + len(self.groups)


@dataclass(frozen=True, slots=True)
class FitPlan:
    """The head of the future document and its variables."""

    head: Mapping[str, Any]
    variables: tuple[PlannedVariable, ...]

    def registered(self) -> "FitPlan":
        """The plan of a card for households that nobody has visited: what registers know, and nothing else."""
        head = {**self.head, "id": f"{self.head['id']}-registers", "title": f"{self.head['title']}، تنها ثبت‌ها"}
        return FitPlan(head, tuple(planned for planned in self.variables if planned.variable.is_registered))

    @property
    def valued(self) -> tuple[PlannedVariable, ...]:
        """The variables that read a value of their own; the place is fitted apart."""
        return tuple(planned for planned in self.variables if planned.variable.kind is not VariableKind.LOOKUP)


@dataclass(frozen=True, slots=True)
class Survey:
    """Households of a survey: facts by name, place, weight, persons, and monthly consumption per equivalent adult."""

    facts: Mapping[str, Ints]
    county: Ints
    urban: Ints
    cluster: Ints
    weight: Floats
    persons: Ints
    head_female: Ints
    consumption: Floats

    @property
    def size(self) -> int:
        """How many households."""
        return len(self.weight)

    @property
    def log_consumption(self) -> Floats:
        """What the card is fitted to."""
        return np.log(self.consumption)

    @property
    def person_weight(self) -> Floats:
        """Deciles and errors count persons, not households."""
        return self.weight * self.persons

    @property
    def place(self) -> Ints:
        """County and urban or rural in one number."""
        return self.county * 2 + self.urban

    @property
    def fold(self) -> Ints:
        """Five folds that keep sampling clusters whole: neighbours resemble and must not examine each other."""
        return (self.cluster * 2654435761 // 65536) % FOLD_COUNT

    def take(self, chosen: Bools) -> "Survey":
        """The chosen households."""
        return Survey(
            facts={name: column[chosen] for name, column in self.facts.items()},
            county=self.county[chosen],
            urban=self.urban[chosen],
            cluster=self.cluster[chosen],
            weight=self.weight[chosen],
            persons=self.persons[chosen],
            head_female=self.head_female[chosen],
            consumption=self.consumption[chosen],
        )

    def rows(self) -> Iterator[dict[str, int | str | None]]:
        """Households as rows that a card can evaluate."""
        for number in range(self.size):
            row: dict[str, int | str | None] = {name: int(column[number]) for name, column in self.facts.items()}
            yield row | {"county": f"{self.county[number]:04d}", "urban": int(self.urban[number])}


def _read_columns(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The cells of each column; every row is as long as the headings."""
    header, *rows = list(csv.reader(lines)) or [[]]
    for number, row in enumerate(rows, start=_FIRST_ROW):
        if len(row) != len(header):
            raise SurveyUnreadable(field="row", reason=f"ردیف {number}، {len(row)} خانه دارد و سرستون {len(header)}.")
    return dict(zip((name.strip().lstrip("\ufeff") for name in header), zip(*rows, strict=True), strict=bool(rows)))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def parse_survey(lines: Iterable[str], plan: FitPlan) -> Survey:
    """Read the survey's CSV lines; adult equivalents are kept in hundredths."""
    columns = _read_columns(lines)

    def numbers(name: str) -> Floats:
        if name not in columns:
            raise SurveyUnreadable(field=name, reason=f"ستون «{name}» را ندارد.")
        try:
            return np.array(columns[name], dtype=np.float64)
        except ValueError:
            row = next(number for number, cell in enumerate(columns[name], start=_FIRST_ROW) if not _is_number(cell))
            raise SurveyUnreadable(field=name, reason=f"ردیف {row}، ستون «{name}» عدد نیست.") from None

    def integers(name: str) -> Ints:
        return np.rint(numbers(name)).astype(np.int64)

    names = [planned.variable.name for planned in plan.valued if planned.variable.name != EQUIVALENT_SIZE]
    facts = {part: integers(part) for name in names for part in parts_of(name)}
    facts[EQUIVALENT_SIZE] = np.rint(numbers("ae_official") * 100).astype(np.int64)
    facts |= {name: values for name, values in derive_income_arrays(facts).items() if name in names}
    return Survey(
        facts=facts,
        county=integers("county"),
        urban=integers("urban"),
        cluster=integers("psu"),
        weight=numbers("weight"),
        persons=integers("hhsize"),
        head_female=integers("head_female"),
        consumption=numbers(TRUTH),
    )


def parse_plan(text: str) -> FitPlan:
    """Read a fit plan."""
    content = tomllib.loads(text)
    variables = content.pop("variables")
    return FitPlan(head=content, variables=tuple(_build_planned(variable) for variable in variables))


def _build_planned(content: Mapping[str, Any]) -> PlannedVariable:
    plain = {name: value for name, value in content.items() if name not in {"thresholds", "groups"}}
    return PlannedVariable(
        variable=build_variable(plain),
        thresholds=tuple(content.get("thresholds", ())),
        groups=tuple(tuple(group) for group in content.get("groups", ())),
        content=plain,
    )
