"""Which column holds what: proposed from headings, remembered from last time, decided by a person.

Decides whether a mapping is complete; reading a cell by it is left to `reading`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

from sakha.vocabulary.fact_names import FACTS, FactName
from sakha.vocabulary.headings import FIELD_LABELS, RecordField, guess_field, guess_fields, heading_is_monthly
from sakha.vocabulary.headings import heading_money_unit as written_unit
from sakha.vocabulary.money import MoneyUnit
from sakha.vocabulary.persian_text import match_key
from sakha.vocabulary.refusal import Refusal

Field: TypeAlias = RecordField | FactName

_FIELDS: Final[dict[str, Field]] = {field.value: field for field in (*RecordField, *FactName)}
_NAMES: Final = frozenset({RecordField.GIVEN_NAME, RecordField.FAMILY_NAME})


class MappingIncomplete(Refusal):
    """Without a name nobody can be recorded."""

    code: ClassVar[str] = "MAPPING_INCOMPLETE"
    sentence: ClassVar[str] = "ستون نام و نام خانوادگی را مشخص کنید."


class MappingRepeatsField(Refusal):
    """Two columns were given to one field."""

    code: ClassVar[str] = "MAPPING_REPEATS_FIELD"
    sentence: ClassVar[str] = "«{label}» برای دو ستون برگزیده شده است؛ یکی را بردارید."


class FieldUnknown(Refusal):
    """A field that the register does not have, or a column that the file does not have."""

    code: ClassVar[str] = "FIELD_UNKNOWN"
    sentence: ClassVar[str] = "برای یکی از ستون‌ها گزینه‌ای ناشناخته فرستاده شده است."


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file and what it holds; amounts are in `unit`, by the month where `is_monthly` says so."""

    place: int
    heading: str
    field: Field
    unit: MoneyUnit
    is_monthly: bool | None


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field that a column may be given, for the mapping step."""

    name: str
    label: str
    is_fact: bool


FIELD_CHOICES: Final[tuple[FieldChoice, ...]] = (
    *(FieldChoice(field.value, label, is_fact=False) for field, label in FIELD_LABELS.items()),
    *(FieldChoice(name.value, meaning.label, is_fact=True) for name, meaning in FACTS.items()),
)


def find_field(name: str) -> Field | None:
    """The field of a name."""
    return _FIELDS.get(name)


def field_label(name: str) -> str:
    """The Persian name of a field; of an unknown one the name itself."""
    field = find_field(name)
    if isinstance(field, RecordField):
        return FIELD_LABELS[field]
    return FACTS[field].label if field is not None else name


def is_known_heading(heading: str, remembered: Mapping[str, str]) -> bool:
    """Whether a heading is understood, or was mapped by this organisation before."""
    return bool(remembered.get(match_key(heading))) or guess_field(heading) is not None


def suggest_fields(headings: Sequence[str], remembered: Mapping[str, str]) -> list[str]:
    """Propose a field for each column: what was chosen last time first, then what the heading says; '' for neither.

    `remembered` is by match key; an empty field there means that the column was left out on purpose.
    """
    guesses: Sequence[Field | None] = guess_fields(headings)
    suggested: list[str] = []
    for heading, guess in zip(headings, guesses, strict=True):
        last = remembered.get(match_key(heading))
        suggested.append(last if last is not None else guess.value if guess is not None else "")
    # A remembered field takes it from a guessed one.
    claimed: set[str] = set()
    order = sorted(range(len(headings)), key=lambda place: match_key(headings[place]) not in remembered)
    for place in order:
        if suggested[place] in claimed:
            suggested[place] = ""
        elif suggested[place]:
            claimed.add(suggested[place])
    return suggested


def make_columns(
    headings: Sequence[str], fields: Mapping[int, str], *, money_unit: MoneyUnit = MoneyUnit.RIAL
) -> tuple[Column, ...]:
    """Turn the chosen fields into columns; `money_unit` counts where a heading names no unit.

    Raises: FieldUnknown, MappingRepeatsField, MappingIncomplete.
    """
    columns: list[Column] = []
    taken: set[Field] = set()
    for place, name in sorted(fields.items()):
        if not name:
            continue
        field = find_field(name)
        if field is None or not 0 <= place < len(headings):
            raise FieldUnknown(field=name if field is None else "")
        if field in taken:
            raise MappingRepeatsField(field=name, label=field_label(name))
        taken.add(field)
        heading = headings[place]
        columns.append(Column(place, heading, field, written_unit(heading) or money_unit, heading_is_monthly(heading)))
    if RecordField.FULL_NAME not in taken and not taken >= _NAMES:
        raise MappingIncomplete(field=RecordField.FULL_NAME.value)
    return tuple(columns)


def columns_to_json(columns: Sequence[Column]) -> dict[str, object]:
    """The form in which a file keeps its mapping."""
    return {
        "columns": [
            {
                "place": column.place,
                "heading": column.heading,
                "field": column.field.value,
                "unit": column.unit.value,
                "is_monthly": column.is_monthly,
            }
            for column in columns
        ]
    }


def columns_from_json(kept: Mapping[str, object]) -> tuple[Column, ...]:
    """The columns that `columns_to_json` has written.

    Raises: FieldUnknown when a field has been removed from the vocabulary since.
    """
    columns: list[Column] = []
    listed = kept.get("columns")
    for one in listed if isinstance(listed, list) else []:
        field = find_field(one["field"])
        if field is None:
            raise FieldUnknown(field=one["field"])
        columns.append(Column(one["place"], one["heading"], field, MoneyUnit(one["unit"]), one["is_monthly"]))
    return tuple(columns)
