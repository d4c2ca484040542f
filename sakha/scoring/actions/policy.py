"""A policy's way: somebody drafts a document, it is simulated, somebody else approves it, from its day on it is used.

Nothing is used that was not simulated as it stands, and nobody approves their own draft; the database holds both.
"""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any, ClassVar, Final

from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, Permission, PermissionMissing
from sakha.scoring.actions.policy_material import make_material
from sakha.scoring.models import Policy
from sakha.scoring.queries.facts import TEHRAN
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.queries.policy_simulation import material_age, simulate
from sakha.scoring.rules.needs_prices import NATION
from sakha.scoring.rules.policy import PolicyOfNation, PolicyState, PolicySubject, SameEyes, hash_document
from sakha.scoring.rules.policy_prices import may_decide_for
from sakha.scoring.rules.policy_simulation import ListEnd, Simulation
from sakha.vocabulary.persian_text import clean_text
from sakha.vocabulary.refusal import Refusal

REASON_MIN: Final = 10
REASON_MAX: Final = 300
TITLE_MAX: Final = 120
DOCUMENT_MAX: Final = 60_000
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('scoring.policy'), hashtext(%s))"


class PolicyUnknown(Refusal):
    """No such draft, or none that the actor may see."""

    code: ClassVar[str] = "POLICY_UNKNOWN"
    sentence: ClassVar[str] = "چنین سندی پیدا نشد."


class PolicyDecided(Refusal):
    """What was decided never changes."""

    code: ClassVar[str] = "POLICY_DECIDED"
    sentence: ClassVar[str] = "این سند دیگر تغییر نمی‌کند؛ برای تغییر، نسخهٔ تازه‌ای بنویسید."


class PolicyNotSimulated(Refusal):
    """Nobody has seen yet who would move."""

    code: ClassVar[str] = "POLICY_NOT_SIMULATED"
    sentence: ClassVar[str] = "پیش از تصویب، سند را همین‌گونه که هست شبیه‌سازی کنید."


class PolicyNotYours(Refusal):
    """Who changed another's text could approve it alone."""

    code: ClassVar[str] = "POLICY_NOT_YOURS"
    sentence: ClassVar[str] = "متن پیش‌نویس را نویسندهٔ آن عوض می‌کند؛ اگر نظر دیگری دارید، نسخهٔ تازه‌ای بنویسید."


class PolicyTooEarly(Refusal):
    """A day that has passed, or is taken."""

    code: ClassVar[str] = "POLICY_TOO_EARLY"
    sentence: ClassVar[str] = "روز آغاز باید امروز یا پس از آن باشد و سند دیگری از همان روز به کار نیامده باشد."


class PolicyUnreasoned(Refusal):
    """A change of policy says why."""

    code: ClassVar[str] = "POLICY_UNREASONED"
    sentence: ClassVar[str] = "دلیل این تغییر را در یک یا دو جمله بنویسید."


def draft_policy(*, actor: Actor, at: datetime, subject: PolicySubject, document: str, title: str, reason: str) -> int:
    """Write a new version of a document, changed from whatever is in use; gives its id.

    Raises: PermissionMissing, PolicyUnreasoned, and what is wrong with the document.
    """
    actor.require(Permission.DECIDE_POLICY)
    if actor.user_id is None:
        raise PermissionMissing(field="actor")  # a document has an author
    with acting(actor), connection.cursor() as cursor:
        words, sha = _checked(subject, document, reason, at)
        cursor.execute(_LOCK, [subject.value])
        last = Policy.objects.filter(subject=subject.value).order_by("-version").values_list("version", flat=True)
        policy = Policy.objects.create(
            subject=subject.value,
            # the product's own document of a subject is version 1, of needs 2
            version=max([*last[:1], 2]) + 1,
            title=clean_text(title)[:TITLE_MAX],
            document=document,
            sha=sha,
            reason=words,
            state=PolicyState.DRAFT.value,
            drafted_by_id=actor.user_id,
            drafted_at=at,
        )
    return int(policy.pk)


def change_draft(*, actor: Actor, at: datetime, policy_id: int, document: str, reason: str) -> None:
    """Change the text of one's own draft; what was simulated before no longer counts.

    Raises: PermissionMissing, PolicyUnknown, PolicyDecided, PolicyNotYours, PolicyUnreasoned, and what is wrong with
    the document.
    """
    actor.require(Permission.DECIDE_POLICY)
    with acting(actor):
        policy = _get_open(policy_id)
        if policy.drafted_by_id != actor.user_id:
            raise PolicyNotYours(field="policy_id")
        words, sha = _checked(PolicySubject(policy.subject), document, reason, at)
        policy.document, policy.sha, policy.reason = document, sha, words
        policy.state, policy.simulation, policy.simulated_at = PolicyState.DRAFT.value, None, None
        policy.simulated_sha = ""
        policy.save()


def simulate_policy(*, actor: Actor, at: datetime, policy_id: int, end: ListEnd) -> Simulation:
    """Rank everybody by what is in use and by the draft, and keep what it comes to with the draft.

    The material is made once a day; an officer simulates on the households of their own area.

    Raises: PermissionMissing, PolicyUnknown, PolicyDecided, and what is wrong with the document.
    """
    actor.require(Permission.DECIDE_POLICY)
    renew_material(actor=actor, at=at)
    on = at.astimezone(TEHRAN).date()
    with acting(actor):
        policy = _get_open(policy_id)
        before = policies_on(on)
        after = before.with_document(PolicySubject(policy.subject), policy.document)
        found = simulate(actor=actor, at=at, before=before, after=after, end=end)
        policy.simulation = _kept(found, end, actor)
        policy.simulated_at, policy.simulated_sha = at, policy.sha
        policy.state = PolicyState.SIMULATED.value
        policy.save()
    return found


def approve_policy(*, actor: Actor, at: datetime, policy_id: int, in_use_from: date) -> None:
    """Approve a simulated draft of somebody else, to be used from a day on. All are scored anew by it.

    A document holds for the whole nation, so its officers approve it, whoever wrote and simulated it.

    Raises: PermissionMissing, PolicyUnknown, PolicyDecided, PolicyNotSimulated, SameEyes, PolicyOfNation,
    PolicyTooEarly.
    """
    actor.require(Permission.DECIDE_POLICY)
    with acting(actor):
        policy = _get_open(policy_id)
        if policy.state != PolicyState.SIMULATED.value or policy.simulated_sha != policy.sha:
            raise PolicyNotSimulated(field="policy_id")
        if actor.user_id is None or actor.user_id == policy.drafted_by_id:
            raise SameEyes(field="actor")
        if not may_decide_for(actor, NATION):
            raise PolicyOfNation(field="actor")
        taken = Policy.objects.filter(
            subject=policy.subject, state=PolicyState.APPROVED.value, in_use_from=in_use_from
        ).exists()
        if taken or in_use_from < at.astimezone(TEHRAN).date():
            raise PolicyTooEarly(field="in_use_from")
        policy.state, policy.approved_by_id, policy.approved_at = PolicyState.APPROVED.value, actor.user_id, at
        policy.in_use_from = in_use_from
        policy.save()


def withdraw_policy(*, actor: Actor, at: datetime, policy_id: int) -> None:
    """Put a draft aside; it stays to be read.

    Raises: PermissionMissing, PolicyUnknown, PolicyDecided.
    """
    actor.require(Permission.DECIDE_POLICY)
    with acting(actor):
        policy = _get_open(policy_id)
        policy.state = PolicyState.WITHDRAWN.value
        policy.reason = f"{policy.reason} (کنار گذاشته شد: {at:%Y-%m-%d})"[:REASON_MAX]
        policy.save(update_fields=["state", "reason"])


def renew_material(*, actor: Actor, at: datetime) -> datetime:
    """Make the material of simulations where there is none of today; tells since when it stands."""
    made_at, count = material_age(actor=actor)
    if made_at is not None and count and made_at.astimezone(TEHRAN).date() == at.astimezone(TEHRAN).date():
        return made_at
    with acting(SYSTEM):
        make_material(actor=SYSTEM, at=at)
    return at


def _checked(subject: PolicySubject, document: str, reason: str, at: datetime) -> tuple[str, str]:
    words = clean_text(reason)
    if not REASON_MIN <= len(words) <= REASON_MAX:
        raise PolicyUnreasoned(field="reason")
    prices = policies_on(at.astimezone(TEHRAN).date()).prices
    return words, hash_document(subject, document[:DOCUMENT_MAX], prices.names)


def _get_open(policy_id: int) -> Policy:
    policy = Policy.objects.select_for_update().filter(pk=policy_id).first()
    if policy is None:
        raise PolicyUnknown(field="policy_id")
    if policy.state in {PolicyState.APPROVED.value, PolicyState.WITHDRAWN.value}:
        raise PolicyDecided(field="policy_id")
    return policy


def _kept(found: Simulation, end: ListEnd, actor: Actor) -> dict[str, Any]:
    """What stays with the draft: figures alone, no household."""
    return {
        "whole": asdict(found.whole),
        "groups": [asdict(group) for group in found.groups],
        "bars": list(found.bars),
        "household_count": end.household_count,
        "budget_rial": end.budget_rial,
        "province": actor.province,
    }
