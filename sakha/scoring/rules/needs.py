"""Which needs are open, from facts, decile and expected gap: a small versioned document, read in Python and as SQL.

Opening them in the ledger is left to the action. An unknown fact never opens a need, and never closes one.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any, ClassVar, Final

from sakha.scoring.rules.card import PER_MILLE, Card
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedUnit
from sakha.vocabulary.refusal import Refusal

COMPARISONS: Final = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq}


class NeedRulesInvalid(Refusal):
    """The need rules can't be used."""

    code: ClassVar[str] = "NEED_RULES_INVALID"
    sentence: ClassVar[str] = "سند قاعده‌های نیاز درست نیست: {reason}"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a fact with a number, or with several for `in`."""

    fact: str
    comparison: str
    numbers: tuple[int, ...]

    def holds(self, row: Mapping[str, int | None]) -> bool:
        """Whether it holds; unknown does not."""
        value = row.get(self.fact)
        if value is None:
            return False
        if self.comparison == "in":
            return value in self.numbers
        return bool(COMPARISONS[self.comparison](value, self.numbers[0]))

    def to_sql(self) -> str:
        """The same in SQL; unknown gives NULL, which opens nothing."""
        numbers = ", ".join(str(number) for number in self.numbers)
        return f"{self.fact} IN ({numbers})" if self.comparison == "in" else f"{self.fact} {self.comparison} {numbers}"


@dataclass(frozen=True, slots=True)
class Amount:
    """How much: `fixed`, or a share of a fact less a share of another, capped and rounded down."""

    fixed: int = 0
    fact: str = ""
    per_mille: int = 0
    less_fact: str = ""
    less_per_mille: int = 0
    cap: int = 0
    round_to: int = 1


@dataclass(frozen=True, slots=True)
class NeedRule:
    """When a kind of need opens, how grave it is, and how much is needed."""

    kind: NeedKind
    severity: int
    when: tuple[tuple[Condition, ...], ...]
    amount: Amount

    @property
    def is_money(self) -> bool:
        """Whether the amount is rial and so must be indexed."""
        return NEED_KINDS[self.kind].unit is NeedUnit.RIAL

    def is_open(self, row: Mapping[str, int | None]) -> bool:
        """Whether one of the alternatives holds entirely."""
        return any(all(condition.holds(row) for condition in alternative) for alternative in self.when)


@dataclass(frozen=True, slots=True)
class NeedRules:
    """One version of the rules."""

    id: str
    version: int
    price_year: int
    rules: tuple[NeedRule, ...]


@dataclass(frozen=True, slots=True)
class AssessedNeed:
    """A need as assessed for one household."""

    kind: NeedKind
    severity: int
    target: int


@dataclass(frozen=True, slots=True)
class Prices:
    """Price factors of two years, to carry an amount from one to the other."""

    then: int
    now: int

    def carry(self, rial: int) -> int:
        """An amount of then in money of now."""
        return rial * self.now // self.then


def parse_need_rules(text: str) -> NeedRules:
    """Read and check the need rules."""
    try:
        content = tomllib.loads(text)
        rules = tuple(_build_rule(rule) for rule in content["rules"])
        return NeedRules(content["id"], content["version"], content["price_year"], rules)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise NeedRulesInvalid(field="rules", reason=f"{type(error).__name__}: {error}") from error


def prices_for(rules: NeedRules, card: Card, *, year: int) -> Prices:
    """From the rules' price year to the year of the assessment."""
    return Prices(then=card.price_factor(rules.price_year), now=card.price_factor(year))


def assess_needs(rules: NeedRules, row: Mapping[str, int | None], prices: Prices) -> tuple[AssessedNeed, ...]:
    """The open needs of one household, each kind once: the first rule of a kind that holds decides."""
    found: dict[NeedKind, AssessedNeed] = {}
    for rule in rules.rules:
        if rule.kind not in found and rule.is_open(row):
            target = target_of(rule, row, prices)
            if target > 0:
                found[rule.kind] = AssessedNeed(rule.kind, rule.severity, target)
    return tuple(found.values())


def target_of(rule: NeedRule, row: Mapping[str, int | None], prices: Prices) -> int:
    """How much is needed, in the kind's unit; never under zero."""
    amount = rule.amount
    if not amount.fact:
        return _indexed(rule, amount.fixed, prices)
    target = (row.get(amount.fact) or 0) * _indexed_share(rule, prices) // PER_MILLE
    target -= (row.get(amount.less_fact) or 0) * amount.less_per_mille // PER_MILLE
    if amount.cap:
        target = min(target, _indexed(rule, amount.cap, prices))
    return max(target // amount.round_to * amount.round_to, 0)


def needs_to_sql(rules: NeedRules, prices: Prices) -> dict[NeedKind, tuple[str, str]]:
    """Target and severity of each kind as SQL over the facts, both 0 where nothing opens; the integers of Python."""
    targets: dict[NeedKind, list[str]] = {}
    severities: dict[NeedKind, list[str]] = {}
    for rule in rules.rules:
        condition, target = _rule_to_sql(rule, prices)
        opens = f"WHEN ({condition}) AND {target} > 0 THEN"
        targets.setdefault(rule.kind, []).append(f"{opens} {target}")
        severities.setdefault(rule.kind, []).append(f"{opens} {rule.severity}")
    return {
        kind: (f"CASE {' '.join(targets[kind])} ELSE 0 END", f"CASE {' '.join(severities[kind])} ELSE 0 END")
        for kind in targets
    }


def _rule_to_sql(rule: NeedRule, prices: Prices) -> tuple[str, str]:
    alternatives = (" AND ".join(condition.to_sql() for condition in each) for each in rule.when)
    condition = " OR ".join(f"({alternative})" for alternative in alternatives)
    amount = rule.amount
    if not amount.fact:
        return condition, f"{_indexed(rule, amount.fixed, prices)}::bigint"
    target = f"COALESCE({amount.fact}, 0) * {_indexed_share(rule, prices)} / {PER_MILLE}"
    if amount.less_fact:
        target += f" - COALESCE({amount.less_fact}, 0) * {amount.less_per_mille} / {PER_MILLE}"
    if amount.cap:
        target = f"LEAST({target}, {_indexed(rule, amount.cap, prices)})"
    return condition, f"GREATEST(({target}) / {amount.round_to} * {amount.round_to}, 0)"


def _indexed(rule: NeedRule, amount: int, prices: Prices) -> int:
    return prices.carry(amount) if rule.is_money else amount


def _indexed_share(rule: NeedRule, prices: Prices) -> int:
    """A rial amount per counted thing is indexed; a share of a rial fact is not, for the fact is in today's money."""
    is_price = rule.is_money and not rule.amount.fact.endswith(("_rial", "_annual", "_paid"))
    return prices.carry(rule.amount.per_mille) if is_price else rule.amount.per_mille


def _build_rule(content: Mapping[str, Any]) -> NeedRule:
    alternatives = tuple(tuple(_build_condition(each) for each in one) for one in content["when"])
    if not alternatives or not all(alternatives):
        raise ValueError("a rule without conditions")
    return NeedRule(NeedKind[content["kind"]], int(content["severity"]), alternatives, Amount(**content["amount"]))


def _build_condition(content: tuple[str, str, int | list[int]]) -> Condition:
    fact, comparison, numbers = content
    if not fact.isidentifier() or comparison not in {*COMPARISONS, "in"}:
        raise ValueError(f"condition {fact} {comparison}")
    chosen = tuple(int(number) for number in numbers) if isinstance(numbers, list) else (int(numbers),)
    return Condition(fact, comparison, chosen)
