"""What a search asks for: by an identifier, or by conditions in either of the standard's two notations.

Decides which attributes can be asked about and what a value means; which rows are seen is the database's matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from sakha.exchange.rules.envelope import is_writable
from sakha.exchange.rules.refusals import ItemRefused
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.places import find_county, find_province

CONDITIONS_MAX: Final = 20
_DEPTH_MAX: Final = 6
_TEXT_LENGTH: Final = 100


class IdentifierType(StrEnum):
    """By what a person or household can be asked for."""

    UIN = "UIN"
    NIN = "NIN"
    MOBILE = "MOBILE"
    HOUSEHOLD_ID = "HOUSEHOLD_ID"
    EMAIL = "EMAIL"


class Attribute(StrEnum):
    """What a condition can be about."""

    AGE = "age"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    GROUP_SIZE = "group_size"
    POVERTY_SCORE = "poverty_score"
    REGION = "region_code"
    SUB_REGION = "sub_region_code"
    REGISTRATION_DATE = "registration_date"
    LAST_UPDATED = "last_updated"


class Operator(StrEnum):
    """How a value is compared."""

    GT = ">"
    LT = "<"
    GE = ">="
    LE = "<="
    EQ = "="
    NE = "<>"
    IN = "in"


NUMBERS: Final = frozenset({Attribute.AGE, Attribute.GROUP_SIZE, Attribute.POVERTY_SCORE})
DATES: Final = frozenset({Attribute.BIRTH_DATE, Attribute.REGISTRATION_DATE, Attribute.LAST_UPDATED})
OF_PERSONS: Final = frozenset({Attribute.AGE, Attribute.BIRTH_DATE, Attribute.SEX})
OF_PLACES: Final = frozenset({Attribute.REGION, Attribute.SUB_REGION})

_ATTRIBUTES: Final[dict[str, Attribute]] = {
    **{one.value: one for one in Attribute},
    "gender": Attribute.SEX,
    "location": Attribute.REGION,
    "region": Attribute.REGION,
    "province": Attribute.REGION,
    "district": Attribute.SUB_REGION,
    "county": Attribute.SUB_REGION,
    "date_of_birth": Attribute.BIRTH_DATE,
}
_OPERATORS: Final[dict[str, Operator]] = {
    "gt": Operator.GT,
    "lt": Operator.LT,
    "ge": Operator.GE,
    "gte": Operator.GE,
    "le": Operator.LE,
    "lte": Operator.LE,
    "eq": Operator.EQ,
    "ne": Operator.NE,
    "in": Operator.IN,
}
_SEXES: Final = {"male": "M", "m": "M", "female": "F", "f": "F", "unknown": ""}

Value = str | Decimal | date


@dataclass(frozen=True, slots=True)
class ByIdentifier:
    """Ask for whoever has this identifier."""

    kind: IdentifierType
    value: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. Without values nothing fulfils it: a place that does not exist, say."""

    attribute: Attribute
    operator: Operator
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part is fulfilled."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part is fulfilled."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part is not fulfilled."""

    part: "Tree"


Tree = Condition | All | AnyOf | Not
Query = ByIdentifier | Condition | All | AnyOf | Not


def read_query(query_type: str, told: Any) -> Query:
    """The query in the notation that `query_type` names. Raises: ItemRefused."""
    match query_type:
        case "idtype-value":
            return _read_identifier(told)
        case "expression":
            return _limited(_read_expression(told))
        case "predicate":
            return _limited(_read_predicates(told))
        case _:
            raise ItemRefused(reason="query_type must be idtype-value, expression or predicate")


def find_attribute(told: Any) -> Attribute | None:
    """The attribute that a name or a path ending in it means."""
    return _ATTRIBUTES.get(told.rpartition(".")[2].strip()) if isinstance(told, str) else None


def conditions_of(tree: Tree) -> list[Condition]:
    """Every comparison of a tree."""
    if isinstance(tree, Condition):
        return [tree]
    parts = (tree.part,) if isinstance(tree, Not) else tree.parts
    return [condition for part in parts for condition in conditions_of(part)]


def _read_identifier(told: Any) -> ByIdentifier:
    if not isinstance(told, Mapping):
        raise ItemRefused(reason="query must have type and value")
    kind, value = told.get("type", told.get("identifier_type")), told.get("value", told.get("identifier_value"))
    if not isinstance(kind, str) or kind not in IdentifierType.__members__:
        raise ItemRefused(reason="this type of identifier is not known here")
    if not isinstance(value, str | int) or isinstance(value, bool) or not 0 < len(str(value)) <= _TEXT_LENGTH:
        raise ItemRefused(reason="value must be a text")
    if not is_writable(str(value)):
        raise ItemRefused(reason="value must be a text")
    return ByIdentifier(IdentifierType(kind), str(value))


def _read_expression(told: Any) -> Tree:
    """`{"value": {"expression": {"query": {...}}}}`, or as much of it as is there."""
    for name in ("value", "expression", "query"):
        if isinstance(told, Mapping) and name in told:
            told = told[name]
    return _read_object(told, depth=0)


def _read_object(told: Any, *, depth: int) -> Tree:
    if not isinstance(told, Mapping) or not told or depth > _DEPTH_MAX:
        raise ItemRefused(reason="an expression is an object of attributes, $and, $or or $not")
    parts: list[Tree] = []
    for name, value in told.items():
        if name in {"$and", "$or"}:
            if not isinstance(value, list) or not value:
                raise ItemRefused(reason=f"{name} needs a list")
            inner = tuple(_read_object(part, depth=depth + 1) for part in value)
            parts.append(All(inner) if name == "$and" else AnyOf(inner))
        elif name == "$not":
            parts.append(Not(_read_object(value, depth=depth + 1)))
        else:
            parts += _read_comparisons(name, value)
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _read_comparisons(name: str, told: Any) -> list[Tree]:
    pairs = told.items() if isinstance(told, Mapping) else [("$eq", told)]
    return [_condition(name, operator, value) for operator, value in pairs]


def _read_predicates(told: Any) -> Tree:
    if not isinstance(told, list) or not told or not all(isinstance(one, Mapping) for one in told):
        raise ItemRefused(reason="a predicate is a list of expressions")
    parts = [_read_predicate(one) for one in told]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _read_predicate(told: Mapping[str, Any]) -> Tree:
    first = _read_triple(told.get("expression1"))
    second = None if told.get("expression2") is None else _read_triple(told["expression2"])
    match (told.get("condition", "and"), second):
        case ("and", None):
            return first
        case ("not", None):
            return Not(first)
        case ("and", Condition()):
            return All((first, second))
        case ("or", Condition()):
            return AnyOf((first, second))
        case ("not", Condition()):
            return All((first, Not(second)))
    raise ItemRefused(reason="condition must be and, or, not")


def _read_triple(told: Any) -> Condition:
    if not isinstance(told, Mapping):
        raise ItemRefused(reason="expression1 is missing")
    return _condition(told.get("attribute_name"), told.get("operator"), told.get("attribute_value"))


def _condition(name: Any, operator: Any, told: Any) -> Condition:
    attribute = find_attribute(name)
    if attribute is None:
        raise ItemRefused(reason="this attribute can't be searched for")
    known = _OPERATORS.get(operator.removeprefix("$")) if isinstance(operator, str) else None
    if known is None or (known not in {Operator.EQ, Operator.NE, Operator.IN} and attribute not in NUMBERS | DATES):
        raise ItemRefused(reason="this operator is not known for this attribute")
    listed = told if isinstance(told, list) else str(told).split(",") if known is Operator.IN else [told]
    values = tuple(value for value in (_value(attribute, one) for one in listed) if value is not None)
    return Condition(attribute, known, values)


def _value(attribute: Attribute, told: Any) -> Value | None:
    """What a value means; None where nothing can have it. Raises: ItemRefused where it is of another kind."""
    if not isinstance(told, str | int | float) or isinstance(told, bool) or len(str(told)) > _TEXT_LENGTH:
        raise ItemRefused(reason="a value must be a text or a number")
    text = fold_digits(str(told)).strip()
    if attribute in NUMBERS:
        return _number(text)
    if attribute in DATES:
        return _day(text)
    if attribute is Attribute.SEX:
        return _SEXES.get(text.lower())
    if attribute is Attribute.REGION:
        province = find_province(text)
        return None if province is None else province.code
    county = find_county(text)
    return None if county is None else county.code


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ItemRefused(reason="this attribute is compared with a number") from None
    if not number.is_finite() or abs(number) > 10**9:
        raise ItemRefused(reason="this attribute is compared with a number")
    return number


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ItemRefused(reason="this attribute is compared with a date (2026-01-31)") from None


def _limited(tree: Tree) -> Tree:
    if len(conditions_of(tree)) > CONDITIONS_MAX:
        raise ItemRefused(reason="too many conditions")
    return tree
