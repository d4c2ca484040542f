"""The demonstration's months of giving: every charity tries its plan at once, and the ledger decides.

Each charity checks its whole list, holds what the ledger lets it hold, offers the rest where a part is open, and
delivers. Request ids come from the plan's lines, so a second run repeats requests instead of gifts.
"""

from __future__ import annotations

import csv
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from django.db import connection

from sakha.access.rules import PermissionMissing
from sakha.entrypoints.commands.demo_bodies import Body
from sakha.ledger.actions import check_many, deliver_many, hold_many
from sakha.ledger.rules.results import HoldRequest, HoldResult
from sakha.ledger.rules.states import Outcome
from sakha.vocabulary.jalali import TEHRAN, jalali_month
from sakha.vocabulary.need_kinds import NeedKind

AT_ONCE: Final = 8
HOUSEHOLDS_A_BATCH: Final = 1000
KEPT_BACK_EVERY: Final = 12  # every twelfth parcel is still on its way when the page is printed
_NAMESPACE: Final = uuid.UUID("0e3a3c5e-5b1d-4d0e-8a54-7d6a1f0c1405")


@dataclass(frozen=True, slots=True)
class PlannedGift:
    """One line of a charity's plan."""

    line: int
    kind: NeedKind
    quantity: int
    national_id: str = field(repr=False)


Plans: TypeAlias = dict[str, list[PlannedGift]]  # by charity


@dataclass(slots=True)
class Giving:
    """What came of the plans."""

    planned: int = 0
    held: int = 0
    delivered: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    withheld_charities: list[str] = field(default_factory=list)

    def add(self, other: Giving) -> None:
        """Add another charity's."""
        self.planned += other.planned
        self.held += other.held
        self.delivered += other.delivered
        self.outcomes.update(other.outcomes)
        self.withheld_charities += other.withheld_charities


def read_plan(path: Path) -> Plans:
    """Read the plan of gifts."""
    plans: Plans = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            gift = PlannedGift(number, NeedKind[row["kind"]], int(row["quantity"]), row["national_id"])
            plans[row["charity"]].append(gift)
    return plans


def carry_out_plans(
    *,
    charities: Sequence[Body],
    plans: Plans,
    at: datetime,
    on_their_way: bool,
    progress: Callable[[int], None],
) -> Giving:
    """Let all charities work at once, each with a connection of its own; of a closed month nothing is on its way."""
    total = Giving()

    def work(body: Body) -> Giving:
        try:
            return _carry_out(body, plans.get(body.code, []), at, on_their_way=on_their_way)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in pool.map(work, charities):
            total.add(done)
            progress(done.planned)
    return total


def _carry_out(body: Body, plan: list[PlannedGift], at: datetime, *, on_their_way: bool) -> Giving:
    giving = Giving(planned=len(plan))
    month = jalali_month(at.astimezone(TEHRAN).date())
    by_kind: dict[NeedKind, list[PlannedGift]] = defaultdict(list)
    for gift in plan:
        by_kind[gift.kind].append(gift)
    try:
        for kind, gifts in sorted(by_kind.items()):
            held = _hold_kind(body, kind, gifts, at, month, giving)
            giving.held += len(held)
            sent = [hold_id for hold_id in held if not on_their_way or hold_id % KEPT_BACK_EVERY]
            settled = deliver_many(actor=body.staff, at=at, hold_ids=sent)
            giving.delivered += sum(one.outcome in {Outcome.DONE, Outcome.REPLAY} for one in settled)
    except PermissionMissing:
        giving.withheld_charities.append(body.code)
    return giving


def _hold_kind(
    body: Body, kind: NeedKind, gifts: list[PlannedGift], at: datetime, month: int, giving: Giving
) -> list[int]:
    checks = check_many(actor=body.staff, at=at, kind=kind, national_ids=[gift.national_id for gift in gifts])
    known = [
        (gift, check.household_id) for gift, check in zip(gifts, checks, strict=True) if check.household_id is not None
    ]
    giving.outcomes[Outcome.UNKNOWN] += len(gifts) - len(known)
    requests = [
        HoldRequest(household_id=household, quantity=gift.quantity, request_id=_request_id(body, gift, month))
        for gift, household in known
    ]
    results = _hold(body, kind, requests, at, giving)
    wanted = list(zip((gift for gift, _ in known), requests, results, strict=True))
    # Where less is open than was planned, the charity gives what is open. Others take from the same needs meanwhile,
    # so it asks again until its part is held or nothing is left: otherwise a second run would find an open rest.
    while wanted := [one for one in wanted if one[2].outcome is Outcome.EXCEEDS and one[2].open_quantity > 0]:
        rest = [
            HoldRequest(
                household_id=request.household_id,
                quantity=result.open_quantity,
                request_id=_request_id(body, gift, month, "rest"),
            )
            for gift, request, result in wanted
        ]
        answers = _hold(body, kind, rest, at, giving)
        results += answers
        wanted = [(gift, request, answer) for (gift, request, _), answer in zip(wanted, answers, strict=True)]
    return [result.hold_id for result in results if result.is_held and result.hold_id is not None]


def _hold(
    body: Body, kind: NeedKind, requests: Sequence[HoldRequest], at: datetime, giving: Giving
) -> list[HoldResult]:
    results: list[HoldResult] = []
    for batch in _batches(requests):
        results += hold_many(actor=body.staff, at=at, kind=kind, requests=batch)
    giving.outcomes.update(result.outcome for result in results)
    return results


def _batches(requests: Sequence[HoldRequest]) -> Iterable[Sequence[HoldRequest]]:
    return (requests[start : start + HOUSEHOLDS_A_BATCH] for start in range(0, len(requests), HOUSEHOLDS_A_BATCH))


def _request_id(body: Body, gift: PlannedGift, month: int, part: str = "") -> uuid.UUID:
    # of the plan's line, never of the person: an identifier must not be recoverable from a request id
    return uuid.uuid5(_NAMESPACE, f"{month}:{body.code}:{gift.line}:{part}")
