"""What people do to a need: say that it is there, show a paper, confirm it; and what time and the ledger do.

Each is checked for the actor first and then written as the system, as everything of a household is (decision 0024).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar, Final

from django.db import IntegrityError, connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, PermissionMissing
from sakha.access.rules.sealing import seal
from sakha.ledger.actions import open_needs
from sakha.ledger.rules.results import NeedToOpen
from sakha.ledger.rules.terms import require_quantity
from sakha.scoring.models import HouseholdNeed, NeedProof
from sakha.scoring.queries.facts import TEHRAN
from sakha.scoring.queries.needs import DECLARED_DAYS, proofs_of, valid_days_of
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.rules.needs import NeedRules
from sakha.scoring.rules.needs_states import PROOF_SEAL, NeedSource, NeedState, Proof, require_way
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from sakha.vocabulary.periods import period_of
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.refusal import Refusal

REASON_MAX: Final = 300
REFERENCE_MAX: Final = 120
_OVERDUE: Final = """
    UPDATE scoring_need SET state = 6, state_at = greatest(state_at, %(at)s), confirmed_at = NULL,
           organisation_id = NULL, user_id = NULL, proof = '', reason = 'OLD'
     WHERE id IN (SELECT id FROM scoring_need WHERE state <> 6 AND expires_on < %(on)s
                   ORDER BY expires_on, id LIMIT %(limit)s)"""
# What the ledger says was delivered in the running period, where it is not what stands here.
_BY_AID: Final = """
    UPDATE scoring_need AS n SET delivered = now.delivered, period = now.period, state = now.state,
           state_at = CASE WHEN n.state <> now.state THEN greatest(n.state_at, %(at)s) ELSE n.state_at END,
           organisation_id = NULL, user_id = NULL, reason = ''
      FROM (SELECT n.id, p.period, COALESCE(l.delivered, 0) AS delivered,
                   CASE WHEN COALESCE(l.delivered, 0) >= n.target THEN 5 WHEN l.delivered > 0 THEN 4
                        WHEN n.confirmed_at IS NOT NULL THEN 3 ELSE 2 END AS state
              FROM scoring_need n
              JOIN unnest(%(kinds)s::smallint[], %(periods)s::int[]) AS p(kind, period) USING (kind)
              LEFT JOIN ledger_need l ON l.household_id = n.household_id AND l.kind = n.kind AND l.period = p.period
             WHERE n.state IN (2, 3, 4, 5)
               AND (%(ids)s::bigint[] IS NULL OR n.household_id = ANY(%(ids)s::bigint[]))) AS now
     WHERE now.id = n.id AND (n.delivered, n.period, n.state) <> (now.delivered, now.period, now.state)"""


class NeedUnknown(Refusal):
    """No such need, or none of a household that the actor sees."""

    code: ClassVar[str] = "NEED_UNKNOWN"
    sentence: ClassVar[str] = "این نیاز برای این خانوار ثبت نیست."


class NeedStands(Refusal):
    """The need is there already; nothing to declare."""

    code: ClassVar[str] = "NEED_STANDS"
    sentence: ClassVar[str] = "این نیاز از پیش ثبت است؛ برایش مدرک بیاورید یا کمک را ثبت کنید."


class ProofNotWanted(Refusal):
    """This paper shows nothing of this need."""

    code: ClassVar[str] = "PROOF_NOT_WANTED"
    sentence: ClassVar[str] = "این مدرک چیزی دربارهٔ این نیاز نمی‌گوید."


class ProofIncomplete(Refusal):
    """A paper without a reference, or of a day that has not come."""

    code: ClassVar[str] = "PROOF_INCOMPLETE"
    sentence: ClassVar[str] = "شماره یا نشانی مدرک و روز دیدن آن را بنویسید."


@dataclass(frozen=True, slots=True)
class SeenPaper:
    """A paper that somebody saw: of what kind, by which number or place it is found again, and when."""

    proof: Proof
    reference: str = field(repr=False)
    seen_on: date


@dataclass(frozen=True, slots=True)
class NeedStep:
    """Where a need stands after an action."""

    need_id: int
    household_id: int
    kind: NeedKind
    state: NeedState


def declare_need(
    *, actor: Actor, at: datetime, household_id: int, kind: NeedKind, amount: int | None = None, reason: str = ""
) -> NeedStep:
    """Say that a household needs something that no fact shows yet. It opens for givers once a paper or people bear it.

    Raises: PermissionMissing, NeedUnknown (no such household), NeedStands, QuantityInvalid.
    """
    actor.require(Permission.WRITE_HOUSEHOLD)
    wanted = require_quantity(NEED_KINDS[kind].standard_target if amount is None else amount)
    try:
        with acting(actor):
            _require_household(actor, at, household_id, "declare need")
            with acting(SYSTEM):
                need = _find(household_id, kind)
                if need is not None and need.state != NeedState.EXPIRED.value:
                    raise NeedStands(field="kind")
                if need is None:
                    need = HouseholdNeed(household_id=household_id, kind=kind.value, opened_at=at, delivered=0)
                on = at.astimezone(TEHRAN).date()
                need.source, need.severity = NeedSource.HAND.value, _severity(policies_on(on).needs, kind)
                need.amount, need.less, need.target = wanted, 0, wanted
                need.period, need.rules_sha = period_of(kind, on), policies_on(on).needs.sha
                need.evidence_on, need.expires_on = None, on + timedelta(days=DECLARED_DAYS)
                return _move(need, NeedState.DECLARED, actor=actor, at=at, reason=reason)
    except IntegrityError as error:  # somebody else declared it at the same moment
        raise NeedStands(field="kind") from error


def attach_proof(*, actor: Actor, at: datetime, household_id: int, kind: NeedKind, paper: SeenPaper) -> NeedStep:
    """Keep that somebody saw a paper for a need; a declared need becomes evidenced and opens for givers.

    Raises: PermissionMissing, NeedUnknown, ProofNotWanted, ProofIncomplete, NeedWayClosed.
    """
    actor.require(Permission.WRITE_HOUSEHOLD)
    text, on = clean_text(paper.reference)[:REFERENCE_MAX], at.astimezone(TEHRAN).date()
    if not text or paper.seen_on > on:
        raise ProofIncomplete(field="reference" if not text else "seen_on")
    with acting(actor):
        _require_household(actor, at, household_id, "need proof")
        with acting(SYSTEM):
            rules = policies_on(on).needs
            need = _get(household_id, kind)
            if paper.proof not in proofs_of(rules, kind):
                raise ProofNotWanted(field="proof")
            state = NeedState(need.state)
            after = NeedState.EVIDENCED if state in {NeedState.DECLARED, NeedState.EXPIRED} else state
            if after is not state:
                need.source = NeedSource.HAND.value
            need.proof = paper.proof.value
            need.evidence_on = max(need.evidence_on or paper.seen_on, paper.seen_on)
            need.expires_on = max(need.expires_on, paper.seen_on + timedelta(days=valid_days_of(rules, kind)))
            step = _move(need, after, actor=actor, at=at)
            NeedProof.objects.create(
                need=need,
                proof=paper.proof.value,
                reference_sealed=seal(key_ring(), text, kind=PROOF_SEAL),
                seen_on=paper.seen_on,
                attached_at=at,
                organisation_id=actor.organisation_id,
                user_id=actor.user_id,
            )
            _open(need, at)
            return step


def confirm_need(*, actor: Actor, at: datetime, household_id: int, kind: NeedKind, reason: str = "") -> NeedStep:
    """People who know the household bear a need out: it is confirmed, and opens for givers where it was only declared.

    For the system, which counts the voices, and for offices of the area after a visit; never for the organisation that
    declared it. A need that is partly met stays so and is confirmed for its next period.

    Raises: PermissionMissing, NeedUnknown, NeedWayClosed (it has expired by its evidence: declare it first).
    """
    if not (actor.is_system or actor.can(Permission.READ_PROVINCE)):
        raise PermissionMissing(field="actor")
    with acting(actor):
        _require_household(actor, at, household_id, "confirm need")
        with acting(SYSTEM):
            need = _get(household_id, kind)
            state = NeedState(need.state)
            after = state if state in {NeedState.PART_MET, NeedState.MET} else NeedState.CONFIRMED
            if state is NeedState.EXPIRED:
                require_way(state, NeedState.PART_MET)  # refused in words: nothing to confirm
            on = at.astimezone(TEHRAN).date()
            days = valid_days_of(policies_on(on).needs, kind)
            need.confirmed_at, need.proof = at, Proof.PEOPLE.value
            need.evidence_on, need.expires_on = on, max(need.expires_on, on + timedelta(days=days))
            step = _move(need, after, actor=actor, at=at, reason=reason)
            _open(need, at)
            return step


def expire_needs(*, actor: Actor, at: datetime, limit: int) -> int:
    """End up to `limit` needs whose evidence is too old; a fresh fact or paper renews them. Tells how many."""
    _require_system(actor)
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_OVERDUE, {"at": at, "on": at.astimezone(TEHRAN).date(), "limit": limit})
        return int(cursor.rowcount)


def settle_needs(*, actor: Actor, at: datetime, household_ids: Sequence[int] | None = None) -> int:
    """Bring the states to what the ledger says was delivered, whoever gave it. Tells how many changed."""
    _require_system(actor)
    on = at.astimezone(TEHRAN).date()
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(
            _BY_AID,
            {
                "at": at,
                "kinds": [kind.value for kind in NeedKind],
                "periods": [period_of(kind, on) for kind in NeedKind],
                "ids": None if household_ids is None else list(household_ids),
            },
        )
        return int(cursor.rowcount)


def _severity(rules: NeedRules, kind: NeedKind) -> int:
    return max((rule.severity for rule in rules.rules if rule.kind is kind), default=1)


def _require_household(actor: Actor, at: datetime, household_id: int, purpose: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM registry_household WHERE id = %s", [household_id])
        if cursor.fetchone() is None:
            raise NeedUnknown(field="household_id")
    record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=household_id, purpose=purpose)


def _find(household_id: int, kind: NeedKind) -> HouseholdNeed | None:
    return HouseholdNeed.objects.select_for_update().filter(household_id=household_id, kind=kind.value).first()


def _get(household_id: int, kind: NeedKind) -> HouseholdNeed:
    need = _find(household_id, kind)
    if need is None:
        raise NeedUnknown(field="kind")
    return need


def _move(need: HouseholdNeed, after: NeedState, *, actor: Actor, at: datetime, reason: str = "") -> NeedStep:
    kind, since = NeedKind(need.kind), at
    if need.pk is not None:
        require_way(NeedState(need.state), after)
        since = max(at, need.state_at)  # whoever waited here for somebody else began before him
    need.state, need.state_at, need.assessed_at = after.value, since, at
    need.organisation_id, need.user_id = actor.organisation_id, actor.user_id
    need.reason = clean_text(reason)[:REASON_MAX]
    need.save()
    return NeedStep(need.pk, need.household_id, kind, after)


def _open(need: HouseholdNeed, at: datetime) -> None:
    """Open it in the ledger for its running period."""
    if need.target > 0:
        kind = NeedKind(need.kind)
        period = period_of(kind, at.astimezone(TEHRAN).date())
        wanted = NeedToOpen(household_id=need.household_id, kind=kind, period=period, target=need.target)
        open_needs(actor=SYSTEM, at=at, needs=[wanted])


def _require_system(actor: Actor) -> None:
    if not actor.is_system:
        raise PermissionMissing(field="actor")
