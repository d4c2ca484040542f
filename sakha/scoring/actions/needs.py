"""Opens the needs that the rules find in what is known: their state here, what is open of them in the ledger.

Set-based, for some households or all; opening twice changes nothing. When a need is met, and by whom, is the ledger's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.ledger.actions import open_needs
from sakha.ledger.rules.results import NeedToOpen
from sakha.scoring.actions.policy_prices import adopt_prices
from sakha.scoring.actions.scoring import adopt_model, require_system
from sakha.scoring.queries.assessment import run_assessment
from sakha.scoring.queries.documents import card_on
from sakha.scoring.queries.facts import TEHRAN
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.rules.assessment import Assessment
from sakha.scoring.rules.needs import NeedRules, age_column, explain_needs, given_column
from sakha.scoring.rules.needs_states import NeedState
from sakha.scoring.rules.policy import Policies
from sakha.vocabulary.need_kinds import NeedKind
from sakha.vocabulary.periods import period_of

# Up to so many the planner needs no statistics of the staged rows.
FEW: Final = 200
_STAGE: Final = """
    DROP TABLE IF EXISTS assessed_need;
    CREATE TEMP TABLE assessed_need (
        household_id bigint NOT NULL, kind smallint NOT NULL, severity smallint NOT NULL, amount bigint NOT NULL,
        less bigint NOT NULL, given bigint NOT NULL, period int NOT NULL, evidence_on date NOT NULL,
        expires_on date NOT NULL
    ) ON COMMIT DROP"""
_STAGE_ROWS: Final = """
    INSERT INTO assessed_need SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::bigint[],
        %s::bigint[], %s::bigint[], %s::int[], %s::date[], %s::date[])"""
# A night's batches all count as of its beginning, and somebody may have been at work since: times never go back.
# Where the need stands by what is known and given: a word that facts now bear out becomes evidence first.
_STATE: Final = """CASE
        WHEN n.state IN (1, 6) THEN 2
        WHEN excluded.delivered >= excluded.target THEN 5
        WHEN excluded.delivered > 0 THEN 4
        WHEN n.confirmed_at IS NOT NULL THEN 3 ELSE 2 END"""
_KEEP: Final = f"""
    INSERT INTO scoring_need AS n (household_id, kind, state, source, severity, amount, less, target, delivered, period,
        rules_sha, evidence_on, expires_on, opened_at, state_at, assessed_at, proof, reason)
    SELECT household_id, kind, CASE WHEN given >= amount - less THEN 5 WHEN given > 0 THEN 4 ELSE 2 END, 'RULE',
        severity, amount, less, amount - less, given, period, %(sha)s, evidence_on, expires_on, %(at)s, %(at)s, %(at)s,
        'FACTS', ''
      FROM assessed_need ORDER BY household_id, kind
    ON CONFLICT (household_id, kind) DO UPDATE SET
        state_at = CASE WHEN n.state <> {_STATE} THEN greatest(n.state_at, excluded.state_at) ELSE n.state_at END,
        organisation_id = CASE WHEN n.state <> {_STATE} THEN NULL ELSE n.organisation_id END,
        user_id = CASE WHEN n.state <> {_STATE} THEN NULL ELSE n.user_id END,
        proof = CASE WHEN n.state IN (1, 6) THEN 'FACTS' ELSE n.proof END,
        reason = CASE WHEN n.state <> {_STATE} THEN '' ELSE n.reason END,
        state = {_STATE}, source = 'RULE', severity = excluded.severity, amount = excluded.amount,
        less = excluded.less, target = excluded.target, delivered = excluded.delivered, period = excluded.period,
        rules_sha = excluded.rules_sha, evidence_on = excluded.evidence_on, expires_on = excluded.expires_on,
        assessed_at = excluded.assessed_at
    WHERE (n.state, n.source, n.severity, n.amount, n.less, n.delivered, n.period, n.rules_sha, n.expires_on)
          IS DISTINCT FROM ({_STATE}, 'RULE', excluded.severity, excluded.amount, excluded.less, excluded.delivered,
                            excluded.period, excluded.rules_sha, excluded.expires_on)"""  # noqa: S608 -- constants
# What the rules no longer find has ended, unless the household objects; what somebody declared ends with its time.
_END: Final = """
    UPDATE scoring_need AS n SET state = 6, state_at = greatest(n.state_at, %(at)s), confirmed_at = NULL,
           organisation_id = NULL, user_id = NULL, proof = '',
           reason = CASE WHEN n.expires_on < %(on)s THEN 'OLD' ELSE 'OVER' END
     WHERE n.state <> 6 AND (%(ids)s::bigint[] IS NULL OR n.household_id = ANY(%(ids)s::bigint[]))
       AND (n.source = 'RULE' OR n.expires_on < %(on)s)
       AND NOT EXISTS (SELECT 1 FROM scoring_appeal o WHERE o.household_id = n.household_id AND o.state <> 'CLOSED')
       AND NOT EXISTS (SELECT 1 FROM assessed_need a WHERE a.household_id = n.household_id AND a.kind = n.kind)"""
# A need that a person declared is open in the ledger from its proof on, in every period it runs.
_TO_OPEN: Final = """
    SELECT household_id, kind, period, amount - less FROM assessed_need WHERE amount > less
    UNION ALL
    SELECT n.household_id, n.kind, p.period, n.target
      FROM scoring_need n JOIN unnest(%(kinds)s::smallint[], %(periods)s::int[]) AS p(kind, period) USING (kind)
     WHERE n.source = 'HAND' AND n.state = ANY(%(open)s) AND n.target > 0
       AND (%(ids)s::bigint[] IS NULL OR n.household_id = ANY(%(ids)s::bigint[]))
     ORDER BY 1, 2"""


@dataclass(frozen=True, slots=True)
class OpenedNeeds:
    """What was assessed, how many of those needs were new or changed in the ledger, and how many ended."""

    assessed_count: int
    opened_count: int
    ended_count: int = 0


def open_assessed_needs(*, actor: Actor, at: datetime, household_ids: Iterable[int] | None = None) -> OpenedNeeds:
    """Assess the needs of these households, or of all, keep their state, and open them for their current periods."""
    require_system(actor)
    on = at.astimezone(TEHRAN).date()
    ids = None if household_ids is None else list(household_ids)
    with acting(actor), connection.cursor() as cursor:
        adopt_model(card_on(on), at)
        adopt_prices(at=at)
        rules = policies_on(on).needs
        cursor.execute(_STAGE)
        run_assessment(_stage_sql(rules, on), at=at, household_ids=ids)
        return _settle_staged(actor, at, rules, ids)


def open_needs_of(*, actor: Actor, at: datetime, assessed: Mapping[int, Assessment], policies: Policies) -> OpenedNeeds:
    """The same for a few households that were assessed in Python. Call it in `acting`, as the system."""
    require_system(actor)
    on = at.astimezone(TEHRAN).date()
    rows = [
        row for household_id, one in assessed.items() for row in _staged_rows(household_id, one, policies.needs, on)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        if rows:
            cursor.execute(_STAGE_ROWS, [list(column) for column in zip(*rows, strict=True)])
    return _settle_staged(actor, at, policies.needs, list(assessed))


def _settle_staged(actor: Actor, at: datetime, rules: NeedRules, ids: list[int] | None) -> OpenedNeeds:
    """Keep what was staged as states, and open it in the ledger."""
    with connection.cursor() as cursor:
        if ids is None or len(ids) > FEW:
            cursor.execute("ANALYZE assessed_need")
        told: dict[str, Any] = {"sha": rules.sha, "at": at, "on": at.astimezone(TEHRAN).date(), "ids": ids}
        cursor.execute(_END, told)
        ended_count = cursor.rowcount
        cursor.execute(_KEEP, told)
    opened, count = _open_in_ledger(actor, at, ids)
    return OpenedNeeds(count, opened, ended_count)


def _staged_rows(household_id: int, assessment: Assessment, rules: NeedRules, on: date) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for _, need in explain_needs(rules, assessment.numbers):
        evidence_on = on - timedelta(days=assessment.numbers.get(age_column(need.kind)) or 0)
        expires_on = evidence_on + timedelta(days=_valid_days(rules, need.kind))
        period = period_of(need.kind, on)
        told = (need.kind.value, need.severity, need.amount, need.less, need.given, period, evidence_on, expires_on)
        rows.append((household_id, *told))
    return rows


def _open_in_ledger(actor: Actor, at: datetime, ids: list[int] | None) -> tuple[int, int]:
    on = at.astimezone(TEHRAN).date()
    wanted = {
        "kinds": [kind.value for kind in NeedKind],
        "periods": [period_of(kind, on) for kind in NeedKind],
        "open": [NeedState.EVIDENCED.value, NeedState.CONFIRMED.value, NeedState.PART_MET.value, NeedState.MET.value],
        "ids": ids,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TO_OPEN, wanted)
        needs = [
            NeedToOpen(household_id=household_id, kind=NeedKind(kind), period=period, target=target)
            for household_id, kind, period, target in cursor.fetchall()
        ]
        cursor.execute("DROP TABLE IF EXISTS assessed_need")
    return open_needs(actor=actor, at=at, needs=needs), len(needs)


def _stage_sql(rules: NeedRules, on: date) -> str:
    """The statement after the assessment: one row a household and kind that a rule opens."""
    rows = ", ".join(
        f"({kind.value}, severity_{name}, amount_{name}, less_{name}, {given_column(kind)}, {period_of(kind, on)},"
        f" {age_column(kind)}, {_valid_days(rules, kind)})"
        for kind in rules.kinds
        for name in [kind.name.lower()]
    )
    return (
        " INSERT INTO assessed_need"  # noqa: S608 (columns of the product's own documents)
        " SELECT household_id, need.kind, need.severity, need.amount, need.less, need.given, need.period,"
        " %(on)s::date - COALESCE(need.age, 0), %(on)s::date - COALESCE(need.age, 0) + need.valid_days"
        f" FROM assessed CROSS JOIN LATERAL (VALUES {rows})"
        " AS need(kind, severity, amount, less, given, period, age, valid_days)"
        " WHERE need.amount > 0"
    )


def _valid_days(rules: NeedRules, kind: NeedKind) -> int:
    return max(rule.valid_days for rule in rules.rules if rule.kind is kind)
