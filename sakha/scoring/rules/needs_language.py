"""The small language of need rules: conditions and amounts over facts, in whole numbers, unknown staying unknown.

Text is read by Python's own parser and only what is named here is let through. The same tree answers in Python and is
written as SQL by sqlglot; who opens a need on the answer is decided elsewhere.
"""

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from typing import Final, Protocol

from sqlglot import exp

PER_MILLE: Final = 1000
PRICE_PREFIX: Final = "price_"
NUMBER_MAX: Final = 10**13  # beyond any price; keeps a product with a count inside 64 bits
Row = Mapping[str, int | None]


class LanguageMisusedError(ValueError):
    """A text that isn't of this language; the argument says where."""


class Node(Protocol):
    """A piece of a rule: what it gives for a row, how it reads as SQL, which columns it reads."""

    @property
    def is_truth(self) -> bool:
        """Whether it answers yes or no instead of a number."""

    @property
    def columns(self) -> frozenset[str]:
        """The facts and prices that it reads."""

    def answer(self, row: Row) -> int | bool | None:
        """The answer for one household; None where it is not known."""

    def tree(self) -> exp.Expression:
        """The same as a syntax tree over the columns."""


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    value: int
    is_truth: bool = False
    columns: frozenset[str] = frozenset()

    def answer(self, row: Row) -> int:  # noqa: ARG002 -- of every node
        """Itself."""
        return self.value

    def tree(self) -> exp.Expression:
        """As 64 bits, so that products have room."""
        return exp.cast(exp.Literal.number(self.value), "bigint")


@dataclass(frozen=True, slots=True)
class Column:
    """A fact, or a price of the household's place."""

    name: str
    is_truth: bool = False

    @property
    def columns(self) -> frozenset[str]:
        """Itself."""
        return frozenset({self.name})

    def answer(self, row: Row) -> int | None:
        """The value; None where nobody knows it."""
        return row.get(self.name)

    def tree(self) -> exp.Expression:
        """The column."""
        return exp.column(self.name)


@dataclass(frozen=True, slots=True)
class Call:
    """An operation on pieces: how it answers when all are known, and how it reads as SQL.

    Every operation of numbers gives unknown where one of its parts is unknown, in Python and in SQL alike.
    """

    name: str
    parts: tuple[Node, ...]

    @property
    def is_truth(self) -> bool:
        """As the operation says."""
        return OPERATIONS[self.name].is_truth

    @property
    def columns(self) -> frozenset[str]:
        """Those of the parts."""
        return frozenset().union(*(part.columns for part in self.parts))

    def answer(self, row: Row) -> int | bool | None:
        """The operation over the parts' answers."""
        return OPERATIONS[self.name].answer(tuple(part.answer(row) for part in self.parts))

    def tree(self) -> exp.Expression:
        """The operation over the parts' trees."""
        return OPERATIONS[self.name].tree([part.tree() for part in self.parts])


Answers = tuple[int | bool | None, ...]
Trees = list[exp.Expression]


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation takes and gives."""

    answer: Callable[[Answers], int | bool | None]
    tree: Callable[[Trees], exp.Expression]
    is_truth: bool = False
    takes_truth: bool = False
    least: int = 2
    most: int = 2


def _known(compute: Callable[..., int | bool]) -> Callable[[Answers], int | bool | None]:
    return lambda answers: None if None in answers else compute(*answers)


def _both(answers: Answers) -> bool | None:
    return False if False in answers else None if None in answers else True


def _either(answers: Answers) -> bool | None:
    return True if True in answers else None if None in answers else False


def _first_known(answers: Answers) -> int | bool | None:
    return next((answer for answer in answers if answer is not None), None)


def _share_of(value: int, per_mille: int) -> int:
    return max(value, 0) * per_mille // PER_MILLE


def _rounded_down(value: int, unit: int) -> int:
    return max(value, 0) // unit * unit


def _comparison(compute: Callable[[int, int], bool], node: type[exp.Expression]) -> Operation:
    return Operation(_known(compute), lambda trees: node(this=trees[0], expression=trees[1]), is_truth=True)


def _unless_unknown(trees: Trees, then: exp.Expression) -> exp.Expression:
    """LEAST and GREATEST pass over NULL; here what is unknown stays unknown."""
    unknown = exp.or_(*(exp.Is(this=tree.copy(), expression=exp.null()) for tree in trees), copy=False)
    return exp.Case().when(unknown, exp.null(), copy=False).else_(then, copy=False)


def _clipped(trees: Trees, then: exp.Expression) -> exp.Expression:
    """Nothing under zero, so that no dialect divides a negative number."""
    value, zero = trees[0], exp.Literal.number(0)
    return (
        exp.Case()
        .when(exp.GT(this=value.copy(), expression=zero), then, copy=False)
        .when(exp.LTE(this=value.copy(), expression=zero.copy()), exp.cast(zero.copy(), "bigint"), copy=False)
    )


def _divided(this: exp.Expression, by: exp.Expression) -> exp.Expression:
    return exp.cast(exp.IntDiv(this=exp.paren(this), expression=by), "bigint")


def _product(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    return exp.Mul(this=exp.paren(exp.cast(left.copy(), "bigint")), expression=exp.paren(right.copy()))


OPERATIONS: Final[Mapping[str, Operation]] = {
    "and": Operation(_both, lambda trees: exp.paren(exp.and_(*trees)), is_truth=True, takes_truth=True, most=40),
    "or": Operation(_either, lambda trees: exp.paren(exp.or_(*trees)), is_truth=True, takes_truth=True, most=40),
    "not": Operation(
        _known(lambda value: not value), lambda trees: exp.Not(this=exp.paren(trees[0])), is_truth=True,
        takes_truth=True, least=1, most=1,
    ),
    "<": _comparison(lt, exp.LT),
    "<=": _comparison(le, exp.LTE),
    ">": _comparison(gt, exp.GT),
    ">=": _comparison(ge, exp.GTE),
    "==": _comparison(eq, exp.EQ),
    "!=": _comparison(ne, exp.NEQ),
    "in": Operation(
        _known(lambda value, *numbers: value in numbers),
        lambda trees: exp.In(this=trees[0], expressions=trees[1:]), is_truth=True, most=40,
    ),
    "known": Operation(
        lambda answers: answers[0] is not None,
        lambda trees: exp.Not(this=exp.Is(this=trees[0], expression=exp.null())), is_truth=True, least=1, most=1,
    ),
    "+": Operation(
        _known(lambda left, right: left + right),
        lambda trees: exp.paren(exp.Add(this=exp.cast(trees[0], "bigint"), expression=trees[1])),
    ),
    "-": Operation(
        _known(lambda left, right: left - right),
        lambda trees: exp.paren(exp.Sub(this=exp.cast(trees[0], "bigint"), expression=exp.paren(trees[1]))),
    ),
    "*": Operation(_known(lambda left, right: left * right), lambda trees: _product(trees[0], trees[1])),
    "min": Operation(
        _known(min), lambda trees: _unless_unknown(trees, exp.Least(this=trees[0], expressions=trees[1:])), most=8
    ),
    "max": Operation(
        _known(max), lambda trees: _unless_unknown(trees, exp.Greatest(this=trees[0], expressions=trees[1:])), most=8
    ),
    "value_or": Operation(_first_known, lambda trees: exp.Coalesce(this=trees[0], expressions=trees[1:])),
    "share": Operation(
        _known(_share_of),
        lambda trees: _clipped(trees, _divided(_product(trees[0], trees[1]), exp.Literal.number(PER_MILLE))),
    ),
    "rounded": Operation(
        _known(_rounded_down),
        lambda trees: _clipped(trees, _product(_divided(trees[0].copy(), trees[1].copy()), trees[1])),
    ),
}  # fmt: skip
NAMED: Final = frozenset({"min", "max", "value_or", "share", "rounded", "known"})
LITERAL_SECOND: Final = frozenset({"share", "rounded"})
_COMPARISONS: Final = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_ARITHMETIC: Final = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}


def parse_rule(text: str, *, facts: Collection[str], prices: Collection[str], is_truth: bool) -> Node:
    """Read a condition (`is_truth`) or an amount; anything that isn't of the language is refused."""
    try:
        parsed = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise LanguageMisusedError(f"{text!r} can't be read") from error
    node = _Reader(facts, prices).read(parsed.body)
    if node.is_truth is not is_truth:
        raise LanguageMisusedError(f"{text!r} is {'a number' if is_truth else 'a condition'}")
    return node


def prices_named(text: str) -> frozenset[str]:
    """The names of prices in a text, before it is known which exist."""
    calls = [node for node in ast.walk(ast.parse(text.strip(), mode="eval")) if isinstance(node, ast.Call)]
    return frozenset(
        argument.value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "price"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    facts: Collection[str]
    prices: Collection[str]

    def read(self, node: ast.expr) -> Node:  # noqa: PLR0911 -- one return a rule of the grammar
        match node:
            case ast.Constant(value=int() as value) if not isinstance(value, bool) and abs(value) <= NUMBER_MAX:
                return Number(value)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)) if abs(value) <= NUMBER_MAX:
                return Number(-value)
            case ast.Name(id=name) if name in self.facts:
                return Column(name)
            case ast.BoolOp(op=operator, values=values):
                return self._call("and" if isinstance(operator, ast.And) else "or", values)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._call("not", [operand])
            case ast.BinOp(op=operator, left=left, right=right) if type(operator) in _ARITHMETIC:
                return self._call(_ARITHMETIC[type(operator)], [left, right])
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._comparison(left, operator, right)
            case ast.Call(func=ast.Name(id="price"), args=[ast.Constant(value=str() as name)], keywords=[]):
                return self._price(name)
            case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in NAMED:
                return self._call(name, parts)
        raise LanguageMisusedError(f"{ast.unparse(node)!r} is not of the language")

    def _comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Node:
        if isinstance(operator, ast.In) and isinstance(right, (ast.Tuple, ast.List)):
            call = self._call("in", [left, *right.elts])
            if all(isinstance(part, Number) for part in call.parts[1:]):
                return call
        elif type(operator) in _COMPARISONS:
            return self._call(_COMPARISONS[type(operator)], [left, right])
        raise LanguageMisusedError(f"{ast.unparse(left)!r} is compared in a way that is not of the language")

    def _price(self, name: str) -> Node:
        if name not in self.prices:
            raise LanguageMisusedError(f"no price {name!r}")
        return Column(PRICE_PREFIX + name)

    def _call(self, name: str, parts: list[ast.expr]) -> Call:
        operation = OPERATIONS[name]
        if not operation.least <= len(parts) <= operation.most:
            raise LanguageMisusedError(f"{name} takes {operation.least} to {operation.most} parts")
        call = Call(name, tuple(self.read(part) for part in parts))
        if any(part.is_truth is not operation.takes_truth for part in call.parts):
            raise LanguageMisusedError(f"{name} takes {'conditions' if operation.takes_truth else 'numbers'}")
        if name in LITERAL_SECOND and not (isinstance(call.parts[1], Number) and call.parts[1].value > 0):
            raise LanguageMisusedError(f"the second part of {name} is a number above zero")
        return call
