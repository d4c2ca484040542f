"""What a form says of a household, and the same as rows of a file: one validation and one writing serve both.

Texts are as typed; what they mean is decided by `reading`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sakha.registry.rules.mapping import Column, Field, field_label
from sakha.registry.rules.sheets import SheetRow
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.headings import RecordField
from sakha.vocabulary.money import MoneyUnit
from sakha.vocabulary.persian_text import clean_text, match_key

_APART: Final = "\x1e"
_HOUSEHOLD_FIELDS: Final = (
    RecordField.PROVINCE,
    RecordField.COUNTY,
    RecordField.ADDRESS,
    RecordField.POSTAL_CODE,
)
_PERSON_FIELDS: Final = (
    RecordField.GIVEN_NAME,
    RecordField.FAMILY_NAME,
    RecordField.FATHER_NAME,
    RecordField.NATIONAL_ID,
    RecordField.BIRTH_DATE,
    RecordField.GENDER,
    RecordField.RELATION,
    RecordField.MOBILE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDeclaration:
    """A member of the household. `national_id` also takes a foreigner's code; empty means that there is none."""

    given_name: str
    family_name: str
    father_name: str = ""
    national_id: str = ""
    birth_date: str = ""
    gender: str = ""
    relation: str = ""
    mobile: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdDeclaration:
    """A household as told over a desk; the first member is the head unless the relations say otherwise.

    `facts` are by `FactName` value, as typed; amounts without a unit are in `money_unit`.
    """

    members: tuple[PersonDeclaration, ...]
    case_number: str = ""
    province: str = ""
    county: str = ""
    address: str = ""
    postal_code: str = ""
    is_protected: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
    money_unit: MoneyUnit = MoneyUnit.RIAL


def declare_sheet(
    head: Mapping[str, Any],
    members: Iterable[Mapping[str, Any]],
    *,
    province: str,
    place: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> HouseholdDeclaration:
    """Make the declaration of what a sheet kept: the head and the members by field, amounts in tomans.

    What was left empty is not told.
    """
    told = {name: str(value) for name, value in facts.items() if value != ""}
    if place.get("urban"):
        told[FactName.URBAN.value] = place["urban"]
    people = ({**head, "relation": "سرپرست"}, *members)
    return HouseholdDeclaration(
        members=tuple(
            PersonDeclaration(**{one.value: kept.get(one.value, "") for one in _PERSON_FIELDS}) for kept in people
        ),
        province=province,
        county=place.get("county", ""),
        address=place.get("address", ""),
        postal_code=place.get("postal_code", ""),
        is_protected=bool(place.get("is_protected")),
        facts=told,
        money_unit=MoneyUnit.TOMAN,
    )


def form_columns(declaration: HouseholdDeclaration) -> tuple[Column, ...]:
    """The columns of the form's rows: the fields of the register under their own names."""
    facts = tuple(FactName(name) for name in sorted(declaration.facts))
    fields: tuple[Field, ...] = (RecordField.CASE_NUMBER, *_PERSON_FIELDS, *_HOUSEHOLD_FIELDS, *facts)
    return tuple(
        Column(place, field_label(one.value), one, declaration.money_unit, None) for place, one in enumerate(fields)
    )


def form_rows(declaration: HouseholdDeclaration) -> tuple[SheetRow, ...]:
    """One row a member. Facts are the household's: they stand in the head's row."""
    case = clean_text(declaration.case_number) or _case_of_form(declaration)
    head = _head_place(declaration)
    facts = [declaration.facts[name] for name in sorted(declaration.facts)]
    household = [getattr(declaration, one.value) for one in _HOUSEHOLD_FIELDS]
    rows: list[SheetRow] = []
    for place, member in enumerate(declaration.members):
        person = [getattr(member, one.value) for one in _PERSON_FIELDS]
        if place == head and not member.relation:
            person[_PERSON_FIELDS.index(RecordField.RELATION)] = "سرپرست"
        own_facts = facts if place == head else [""] * len(facts)
        rows.append(SheetRow(place + 1, (case, *person, *household, *own_facts)))
    return tuple(rows)


def _head_place(declaration: HouseholdDeclaration) -> int:
    relations = [member.relation for member in declaration.members]
    return relations.index("HEAD") if "HEAD" in relations else 0


def _case_of_form(declaration: HouseholdDeclaration) -> str:
    """Members told together belong together, also without a case number: the head's identity stands for one.

    It is only ever digested with a key or sealed.
    """
    if not declaration.members:
        return ""
    head = declaration.members[_head_place(declaration)]
    identifier = fold_digits(head.national_id).strip()
    own = identifier or match_key(head.given_name + head.family_name + head.father_name) + head.birth_date
    return f"form{_APART}{own}"[:80]
