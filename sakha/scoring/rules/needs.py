"""Which needs are open and how much of each, from facts, place and recorded aid: a versioned, hashed document.

Read in Python and written as SQL from one tree. An unknown fact never opens a need, stale evidence neither. Opening
needs in the ledger and keeping their state is left to the actions.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from sqlglot import exp

from sakha.scoring.rules.document import hash_content
from sakha.scoring.rules.needs_language import LanguageMisusedError, Node, Number, parse_rule, prices_named
from sakha.scoring.rules.needs_states import Proof
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.refusal import Refusal

SEVERITIES: Final = (1, 2, 3)
# What the place of the score, the composition and the ledger add to the facts.
DERIVED: Final = frozenset(
    {
        "decile", "cut_decile", "expected_gap_rial", "consumption_rial", "consumption_annual_rial", "rent_per_mille",
        "health_per_mille", "persons_per_room_percent", "school_children", "working_age_count", "equivalent_size",
        "adults", "children", "is_with_disabled", "is_aged_alone", "is_woman_with_child", "is_with_under_six",
    }
)  # fmt: skip
# Facts that every household has by its members and place: they say nothing of how fresh the evidence of a need is.
_STANDING: Final = frozenset({FactName.HHSIZE, FactName.HEAD_AGE, FactName.HEAD_FEMALE, FactName.URBAN})


class NeedRulesInvalid(Refusal):
    """The need rules can't be used."""

    code: ClassVar[str] = "NEED_RULES_INVALID"
    sentence: ClassVar[str] = "سند قاعده‌های نیاز درست نیست: {reason}"


@dataclass(frozen=True, slots=True)
class NeedRule:
    """When a kind of need opens, how grave it is, how much is needed, and what proves it."""

    kind: NeedKind
    severity: int
    when: Node
    amount: Node
    less: Node
    """Aid that reaches the household elsewhere; what of the need itself was given is counted by the ledger."""
    why: str
    reckoned: str
    proofs: tuple[Proof, ...]
    valid_days: int
    """How long evidence stands; older evidence opens nothing and a fresh fact renews it."""
    counts_days: int
    """Gifts of this kind in earlier periods count so many days back."""

    @property
    def columns(self) -> frozenset[str]:
        """Everything that the rule reads."""
        return self.when.columns | self.amount.columns | self.less.columns


@dataclass(frozen=True, slots=True)
class NeedRules:
    """One version of the rules. Two with the same hash are the same."""

    id: str
    version: int
    title: str
    rules: tuple[NeedRule, ...]
    price_names: frozenset[str]
    sha: str

    def __hash__(self) -> int:
        return hash(self.sha)

    @property
    def kinds(self) -> tuple[NeedKind, ...]:
        """The kinds that can open, in the document's order."""
        return tuple(dict.fromkeys(rule.kind for rule in self.rules))

    @property
    def fact_names(self) -> frozenset[str]:
        """The facts that the rules read."""
        names = {name.value for name in FactName}
        return frozenset(name for rule in self.rules for name in rule.columns if name in names)

    def evidence_of(self, kind: NeedKind) -> frozenset[str]:
        """The facts that a kind stands on, whose freshness is the need's."""
        read = {name for rule in self.rules if rule.kind is kind for name in rule.columns}
        return frozenset(name.value for name in FactName if name.value in read and name not in _STANDING)

    def counts_days_of(self, kind: NeedKind) -> int:
        """How far back gifts of earlier periods count against a kind."""
        return max((rule.counts_days for rule in self.rules if rule.kind is kind), default=0)


@dataclass(frozen=True, slots=True)
class AssessedNeed:
    """A need of one household: what is needed, what of it comes from elsewhere, and what is left of it."""

    kind: NeedKind
    severity: int
    target: int
    amount: int = 0
    less: int = 0
    given: int = 0

    @property
    def left(self) -> int:
        """What nobody has given yet; never under zero."""
        return max(self.target - self.given, 0)


def given_column(kind: NeedKind) -> str:
    """What was delivered of a kind in its running period."""
    return f"given_{kind.name.lower()}"


def before_column(kind: NeedKind) -> str:
    """What was delivered of a kind in earlier periods that still count."""
    return f"before_{kind.name.lower()}"


def age_column(kind: NeedKind) -> str:
    """How many days old the freshest evidence of a kind is."""
    return f"age_{kind.name.lower()}"


AID_COLUMNS: Final = frozenset(column(kind) for kind in NeedKind for column in (given_column, before_column))


def parse_need_rules(text: str, *, prices: frozenset[str] | None = None) -> NeedRules:
    """Read and check the need rules; with `prices` a price that nobody knows is refused."""
    try:
        content = tomllib.loads(text)
        named = frozenset().union(*(prices_named(part) for rule in content["rules"] for part in _texts(rule)))
        rules = tuple(_build_rule(rule, named if prices is None else prices) for rule in content["rules"])
        found = NeedRules(content["id"], content["version"], content["title"], rules, named, hash_content(content))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, SyntaxError) as error:
        raise NeedRulesInvalid(field="document", reason=f"{type(error).__name__}: {error}") from error
    if not found.rules or found.version < 1:
        raise NeedRulesInvalid(field="document", reason="a version above zero and at least one rule")
    return found


def assess_needs(rules: NeedRules, row: Mapping[str, int | None]) -> tuple[AssessedNeed, ...]:
    """The open needs of one household, each kind once: the first rule of a kind that opens decides."""
    return tuple(need for rule, need in explain_needs(rules, row) if need.target > 0)


def explain_needs(rules: NeedRules, row: Mapping[str, int | None]) -> tuple[tuple[NeedRule, AssessedNeed], ...]:
    """The same with the rule that decided, also where other aid leaves nothing to give."""
    found: dict[NeedKind, tuple[NeedRule, AssessedNeed]] = {}
    for rule in rules.rules:
        if rule.kind in found or (row.get(age_column(rule.kind)) or 0) > rule.valid_days:
            continue
        amount = rule.amount.answer(row) if rule.when.answer(row) is True else None
        if amount is None or amount <= 0:
            continue
        less = min(max(rule.less.answer(row) or 0, 0), amount)
        given = row.get(given_column(rule.kind)) or 0
        found[rule.kind] = (rule, AssessedNeed(rule.kind, rule.severity, amount - less, amount, less, given))
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class NeedsSql:
    """Columns in two storeys: amount, less and severity of each kind over the facts; target and rest over those."""

    lower: dict[str, str]
    upper: dict[str, str]


def needs_to_sql(rules: NeedRules, dialect: str) -> NeedsSql:
    """The columns `amount_`, `less_`, `severity_` and then `need_`, `left_` of each kind; the integers of Python."""
    lower: dict[str, str] = {}
    upper: dict[str, str] = {}
    for kind in rules.kinds:
        own = [rule for rule in rules.rules if rule.kind is kind]
        name = kind.name.lower()
        lower[f"amount_{name}"] = _chosen(own, [rule.amount.tree() for rule in own]).sql(dialect=dialect)
        lower[f"less_{name}"] = _chosen(own, [_less_tree(rule) for rule in own]).sql(dialect=dialect)
        severities: list[exp.Expression] = [exp.Literal.number(rule.severity) for rule in own]
        lower[f"severity_{name}"] = _chosen(own, severities).sql(dialect=dialect)
        upper[f"need_{name}"] = f"amount_{name} - less_{name}"
        upper[f"left_{name}"] = f"GREATEST(amount_{name} - less_{name} - COALESCE({given_column(kind)}, 0), 0)"
    return NeedsSql(lower, upper)


def _chosen(own: Sequence[NeedRule], values: Sequence[exp.Expression]) -> exp.Expression:
    tree = exp.Case()
    zero = exp.Literal.number(0)
    for rule, value in zip(own, values, strict=True):
        age = exp.Coalesce(this=exp.column(age_column(rule.kind)), expressions=[zero.copy()])
        is_fresh = exp.LTE(this=age, expression=exp.Literal.number(rule.valid_days))
        is_some = exp.GT(this=rule.amount.tree(), expression=zero.copy())
        tree = tree.when(exp.and_(exp.paren(rule.when.tree()), is_some, is_fresh), value, copy=False)
    return exp.cast(tree.else_(zero, copy=False), "bigint")


def _less_tree(rule: NeedRule) -> exp.Expression:
    zero = exp.Literal.number(0)
    known = exp.Coalesce(this=rule.less.tree(), expressions=[zero])
    return exp.Least(this=exp.Greatest(this=known, expressions=[zero.copy()]), expressions=[rule.amount.tree()])


def _texts(rule: Mapping[str, Any]) -> tuple[str, ...]:
    return rule["when"], rule["amount"], rule.get("less", "0")


def _build_rule(content: Mapping[str, Any], prices: frozenset[str]) -> NeedRule:
    facts = {name.value for name in FactName} | DERIVED | AID_COLUMNS
    when, amount, less = _texts(content)
    rule = NeedRule(
        kind=NeedKind[content["kind"]],
        severity=content["severity"],
        when=parse_rule(when, facts=facts, prices=prices, is_truth=True),
        amount=parse_rule(amount, facts=facts, prices=prices, is_truth=False),
        less=parse_rule(less, facts=facts, prices=prices, is_truth=False),
        why=content["why"],
        reckoned=content["reckoned"],
        proofs=tuple(Proof(proof) for proof in content["proofs"]),
        valid_days=content["valid_days"],
        counts_days=content.get("counts_days", 0),
    )
    days = (content["valid_days"], content.get("counts_days", 0))
    if rule.severity not in SEVERITIES or not all(isinstance(number, int) and number >= 0 for number in days):
        raise LanguageMisusedError("severity is 1 to 3, days are not below zero")
    if not rule.when.columns or (isinstance(rule.amount, Number) and rule.amount.value <= 0):
        raise LanguageMisusedError("a rule reads at least one fact and needs more than nothing")
    if not rule.valid_days or not rule.why or not rule.reckoned:
        raise LanguageMisusedError("a rule says why, how it is reckoned and how long evidence stands")
    return rule


def is_stale(evidence_on: date | None, *, on: date, valid_days: int) -> bool:
    """Whether evidence no longer opens a need."""
    return evidence_on is not None and (on - evidence_on).days > valid_days
