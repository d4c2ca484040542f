"""What a row says once it is read, and what is wrong with it. No reading here: only the shapes and their texts."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sakha.registry.rules.words import Gender, Relation
from sakha.vocabulary.identifiers import IdKind
from sakha.vocabulary.persian_text import match_key
from sakha.vocabulary.refusal import Refusal

# Parts of a text that is only digested are kept apart by a sign that no cell carries.
_APART: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row can't be taken: a refusal's code, the column it is about and the reason for people.

    `place` is the column's place in the file, or -1 where no one column is to blame. The reason never repeats what
    stood in the cell, so it may be kept unsealed.
    """

    code: str
    field: str
    place: int
    heading: str
    reason: str

    def to_json(self) -> dict[str, object]:
        """The form in which a staged row keeps it."""
        return {
            "code": self.code,
            "field": self.field,
            "place": self.place,
            "heading": self.heading,
            "reason": self.reason,
        }


def problem_of(refusal: Refusal, *, field_name: str, place: int = -1, heading: str = "") -> RowProblem:
    """A refusal as the problem of a column."""
    return RowProblem(code=refusal.code, field=field_name, place=place, heading=heading, reason=refusal.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A row as it was understood. Empty text and None mean unknown, never zero."""

    number: int
    cells: tuple[str, ...]
    problems: tuple[RowProblem, ...] = ()
    case_number: str = ""
    id_kind: IdKind = IdKind.NONE
    id_text: str = ""
    given_name: str = ""
    family_name: str = ""
    father_name: str = ""
    birth_on: date | None = None
    birth_precision: str = ""
    gender: Gender | None = None
    relation: Relation | None = None
    mobile: str = ""
    province: str = ""
    county: str = ""
    address: str = ""
    postal_code: str = ""
    registered_on: date | None = None
    note: str = ""
    is_urban: bool | None = None
    is_protected: bool = False
    facts: dict[str, int] = field(default_factory=dict)

    @property
    def match_key(self) -> str:
        """Both names as they are compared."""
        return match_key(self.given_name + self.family_name)


def content_text(row: ReadRow, organisation_id: int) -> str:
    """What makes two submissions the same: everything that was understood, in no order of columns.

    Only ever digested with a key or sealed. Columns that no field was given to don't count: a list's own numbering
    would make every row new when one is put on top.
    """
    return json.dumps(
        [
            organisation_id, row.case_number, row.id_kind.value, row.id_text, row.given_name, row.family_name,
            row.father_name, _iso(row.birth_on), row.birth_precision, row.gender, row.relation, row.mobile,
            row.province, row.county, row.address, row.postal_code, _iso(row.registered_on), row.note,
            row.is_urban, row.is_protected,
            sorted(row.facts.items()),
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )  # fmt: skip


def case_text(case_number: str, organisation_id: int) -> str:
    """A case number means something only inside the organisation that gave it."""
    return _APART.join(("case", str(organisation_id), case_number)) if case_number else ""


def identity_text(row: ReadRow, organisation_id: int) -> str:
    """By what a person without an identifier is known again, and only by the same organisation.

    Its case number, names, father and birth date. With neither case number nor birth date that would join strangers
    of the same name, so only the very same submission is the same person then.
    """
    if row.id_kind is not IdKind.NONE:
        return row.id_text
    return unidentified_text(
        case=case_text(row.case_number, organisation_id),
        content=content_text(row, organisation_id),
        organisation_id=organisation_id,
        names=(row.given_name, row.family_name, row.father_name),
        birth=(row.birth_on, row.birth_precision),
    )


def unidentified_text(
    *, case: str, content: str, organisation_id: int, names: tuple[str, str, str], birth: tuple[date | None, str]
) -> str:
    """The same for a row that is to go on without its number; `case` and `content` are the texts above."""
    if not case and birth[0] is None:
        return _APART.join(("alone", content))
    number = case.split(_APART, 2)[2] if case else ""
    parts = (number, match_key(names[0] + names[1]), match_key(names[2]), _iso(birth[0]), birth[1])
    return _APART.join(("known", str(organisation_id), *parts))


def _iso(on: date | None) -> str:
    return on.isoformat() if on is not None else ""
