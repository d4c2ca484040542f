"""Needs as other rooms and pages read them: of one household with their reason, and of an area in the order of help.

Row-level security decides what the actor sees; a list is logged for every household on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from sakha.access.actions import record_access_many
from sakha.access.queries import acting, key_ring
from sakha.access.rules import AccessAction, Actor, Permission, Scope
from sakha.access.rules.sealing import open_sealed
from sakha.scoring.queries.documents import card_on
from sakha.scoring.queries.facts import TEHRAN, find_facts
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.rules.assessment import assess
from sakha.scoring.rules.needs import AssessedNeed, NeedRule, NeedRules, explain_needs
from sakha.scoring.rules.needs_states import OPEN_STATES, PROOF_SEAL, NeedSource, NeedState, Proof
from sakha.vocabulary.jalali import jalali_year
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.periods import period_of

DECLARED_DAYS: Final = 90  # a word without a paper or a fact is asked again after a quarter
_NEEDS: Final = """
    SELECT n.id, n.household_id, n.kind, n.state, n.source, n.severity, n.amount, n.less, n.target, n.evidence_on,
           n.expires_on, n.opened_at, n.state_at, n.confirmed_at, n.proof, n.reason,
           COALESCE((SELECT l.delivered FROM ledger_need l JOIN unnest(%(kinds)s::smallint[], %(periods)s::int[])
                        AS p(kind, period) ON p.kind = l.kind AND p.period = l.period
                      WHERE l.household_id = n.household_id AND l.kind = n.kind), 0)
      FROM scoring_need n WHERE n.household_id = ANY(%(ids)s) ORDER BY n.severity DESC, n.kind"""
_EVENTS: Final = """
    SELECT e.need_id, e.before, e.after, e.at, e.organisation_id, e.user_id, e.proof, e.reason
      FROM scoring_need_event e JOIN scoring_need n ON n.id = e.need_id
     WHERE n.household_id = %s ORDER BY e.at DESC, e.id DESC LIMIT %s"""
_PROOFS: Final = """
    SELECT p.need_id, p.proof, p.reference_sealed, p.seen_on, p.organisation_id
      FROM scoring_need_proof p JOIN scoring_need n ON n.id = p.need_id
     WHERE n.household_id = %s ORDER BY p.seen_on DESC, p.id DESC"""
# An organisation's own households are found by its records first: asking every household costs a second.
_OWN: Final = """WITH own AS MATERIALIZED (
    SELECT DISTINCT household_id FROM registry_record WHERE organisation_id = %(own)s)"""
_LIST: Final = """
    SELECT h.id, h.code, h.province, CASE WHEN h.is_protected THEN '' ELSE h.county END, h.is_protected, s.priority,
           s.decile, (h.registered_at AT TIME ZONE 'Asia/Tehran')::date
      FROM registry_household h JOIN scoring_score s ON s.household_id = h.id
     WHERE EXISTS (SELECT 1 FROM scoring_need n WHERE n.household_id = h.id AND n.state = ANY(%(states)s)
                      AND n.kind = ANY(%(wanted)s) AND n.severity >= %(severity)s)
       AND (%(county)s = '' OR (h.county = %(county)s AND NOT h.is_protected))
       AND (%(priority)s::int IS NULL OR (s.priority, -h.id) < (%(priority)s, -%(household)s::bigint)){own}
     ORDER BY s.priority DESC, h.id LIMIT %(limit)s"""
_NEXT: Final = "SELECT id FROM registry_household WHERE id > %s ORDER BY id LIMIT %s"
_OF_OWN: Final = " AND h.id IN (SELECT household_id FROM own)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedCard:
    """One need of a household: where it stands, how much, why, and what would prove it."""

    need_id: int
    household_id: int
    kind: NeedKind
    state: NeedState
    source: NeedSource
    severity: int
    amount: int
    less: int
    target: int
    delivered: int
    evidence_on: date | None
    expires_on: date
    opened_at: datetime
    state_at: datetime
    confirmed_at: datetime | None
    proof: str
    reason: str
    why: str = ""
    reckoned: str = ""
    proofs: tuple[Proof, ...] = ()

    @property
    def left(self) -> int:
        """What nobody has given yet."""
        return max(self.target - self.delivered, 0)

    @property
    def is_open(self) -> bool:
        """Whether givers can take it."""
        return self.state in OPEN_STATES and self.left > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedHistory:
    """One change of a need. The body is told to itself and the offices alone."""

    need_id: int
    before: NeedState | None
    after: NeedState
    at: datetime
    organisation_id: int | None
    user_id: int | None
    proof: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofCard:
    """A paper that somebody saw, with its reference."""

    need_id: int
    proof: Proof
    reference: str
    seen_on: date
    organisation_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsFile:
    """All needs of a household with their history and papers."""

    needs: tuple[NeedCard, ...]
    history: tuple[NeedHistory, ...]
    proofs: tuple[ProofCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsLine:
    """A household in the order of help, with its open needs. No name, no street."""

    household_id: int
    code: str
    province: str
    county: str
    is_protected: bool
    priority: int
    decile: int
    registered_on: date
    needs: tuple[NeedCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsWanted:
    """Which households a list is asked for; `after` is the last line's (priority, household) of the page before."""

    kinds: tuple[NeedKind, ...] = tuple(NeedKind)
    states: tuple[NeedState, ...] = OPEN_STATES
    county: str = ""
    severity: int = 1
    after: tuple[int, int] | None = None
    limit: int = 40


def get_needs(*, actor: Actor, at: datetime, household_id: int, event_count: int = 20) -> NeedsFile:
    """The needs of a household, the gravest first, each with the reason as of now; nothing where nothing is seen.

    Who reads the household's file is logged by the register; call it beside `get_household_file`.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    on = at.astimezone(TEHRAN).date()
    with acting(actor):
        policies = policies_on(on)
        row = find_facts(at=at, household_id=household_id, rules=policies.needs)
        rows = _needs_rows(on, [household_id])
        events = _rows(_EVENTS, [household_id, event_count])
        papers = _rows(_PROOFS, [household_id])
    numbers = {} if row is None else assess(card_on(on), policies, row, year=jalali_year(on)).numbers
    found = {rule.kind: (rule, need) for rule, need in explain_needs(policies.needs, numbers)}
    ring = key_ring()
    return NeedsFile(
        needs=tuple(_card(one, found, policies.needs) for one in rows),
        history=tuple(_history(one) for one in events),
        proofs=tuple(
            ProofCard(
                need_id=need_id,
                proof=Proof(proof),
                reference=open_sealed(ring, sealed, kind=PROOF_SEAL),
                seen_on=seen_on,
                organisation_id=organisation_id,
            )
            for need_id, proof, sealed, seen_on, organisation_id in papers
        ),
    )


def list_needs(*, actor: Actor, at: datetime, wanted: NeedsWanted) -> tuple[NeedsLine, ...]:
    """Households with open needs that the actor sees, the most urgent first; an organisation's are its own records'."""
    actor.require(Permission.READ_HOUSEHOLD)
    is_own = actor.scope is Scope.ORGANISATION
    statement = _OWN + _LIST.format(own=_OF_OWN) if is_own else _LIST.format(own="")
    priority, household = wanted.after or (None, None)
    asked = {
        "own": actor.organisation_id,
        "states": [state.value for state in wanted.states],
        "wanted": [kind.value for kind in wanted.kinds],
        "severity": wanted.severity,
        "county": wanted.county,
        "priority": priority,
        "household": household,
        "limit": wanted.limit,
    }
    on = at.astimezone(TEHRAN).date()
    with acting(actor):
        rows = _rows(statement, asked)
        ids = [row[0] for row in rows]
        needs = [_card(one, {}, None) for one in _needs_rows(on, ids)]
        record_access_many(actor=actor, at=at, action=AccessAction.SEARCH, household_ids=ids, purpose="needs list")
    return tuple(
        NeedsLine(
            household_id=row[0],
            code=row[1],
            province=row[2],
            county=row[3],
            is_protected=row[4],
            priority=row[5],
            decile=row[6],
            registered_on=row[7],
            needs=tuple(need for need in needs if need.household_id == row[0] and need.state in wanted.states),
        )
        for row in rows
    )


def next_household_ids(*, actor: Actor, after: int, limit: int) -> list[int]:
    """The next households by number, for work that goes through all of them in batches."""
    with acting(actor):
        return [row[0] for row in _rows(_NEXT, [after, limit])]


def proofs_of(rules: NeedRules, kind: NeedKind) -> frozenset[Proof]:
    """The papers that show a need of this kind."""
    wanted = frozenset(proof for rule in rules.rules if rule.kind is kind for proof in rule.proofs)
    return wanted - {Proof.FACTS} or frozenset({Proof.VISIT})


def valid_days_of(rules: NeedRules, kind: NeedKind) -> int:
    """How long evidence of a kind stands."""
    return max((rule.valid_days for rule in rules.rules if rule.kind is kind), default=DECLARED_DAYS)


def _needs_rows(on: date, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    if not ids:
        return []
    kinds, periods = [kind.value for kind in NeedKind], [period_of(kind, on) for kind in NeedKind]
    return _rows(_NEEDS, {"kinds": kinds, "periods": periods, "ids": list(ids)})


def _rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _card(
    row: tuple[Any, ...], found: dict[NeedKind, tuple[NeedRule, AssessedNeed]], rules: NeedRules | None
) -> NeedCard:
    kind = NeedKind(row[2])
    rule = found[kind][0] if kind in found else None
    wanted = tuple(sorted(proofs_of(rules, kind))) if rules is not None else ()
    return NeedCard(
        need_id=row[0],
        household_id=row[1],
        kind=kind,
        state=NeedState(row[3]),
        source=NeedSource(row[4]),
        severity=row[5],
        amount=row[6],
        less=row[7],
        target=row[8],
        evidence_on=row[9],
        expires_on=row[10],
        opened_at=row[11],
        state_at=row[12],
        confirmed_at=row[13],
        proof=row[14],
        reason=row[15],
        delivered=row[16],
        why=rule.why if rule else "",
        reckoned=rule.reckoned if rule else "",
        proofs=wanted,
    )


def _history(row: tuple[Any, ...]) -> NeedHistory:
    return NeedHistory(
        need_id=row[0],
        before=None if row[1] is None else NeedState(row[1]),
        after=NeedState(row[2]),
        at=row[3],
        organisation_id=row[4],
        user_id=row[5],
        proof=row[6],
        reason=row[7],
    )
