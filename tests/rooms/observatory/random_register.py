"""A register of random rows, made past the product's own actions: what the figures count, with moments over a year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import psycopg
from psycopg import sql

PROVINCES = {"23": ("2301", "2302", ""), "30": ("3001", "3002")}
FIRST, LAST = date(2026, 11, 17), date(2026, 11, 26)  # a Jalali month ends between
_BEGINS = datetime(2026, 11, 16, tzinfo=UTC)
_GUARDED = ("coordination_introduction", "scoring_appeal", "coordination_grievance", "coordination_invitation")


class Register:
    """Writes rows as the owner; `rng` decides everything."""

    def __init__(self, owner: psycopg.Cursor, seed: int) -> None:
        self.owner, self.rng, self._next = owner, Random(seed), 0

    def row(self, table: str, **values: Any) -> int:
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING *").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(map(sql.Placeholder, values)),
        )
        self.owner.execute(statement, values)
        return self.owner.fetchone()[0]

    def number(self) -> int:
        self._next += 1
        return self._next

    def digest(self) -> bytes:
        return self.number().to_bytes(8, "big") * 2

    def moment(self, days_back: int = 3) -> datetime:
        """Somewhere in the days that are counted, or before them."""
        return _BEGINS + timedelta(minutes=self.rng.randint(-days_back * 1440, 11 * 1440))

    def later(self, at: datetime) -> datetime:
        return at + timedelta(minutes=self.rng.randint(1, 8 * 1440))

    def place(self) -> dict[str, str]:
        province = self.rng.choice(sorted(PROVINCES))
        return {"province": province, "county": self.rng.choice(PROVINCES[province])}


@contextmanager
def without_triggers(owner: psycopg.Cursor) -> Iterator[None]:
    """Let rows be made in any state: the ways there are other tests' business."""
    for table in _GUARDED:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        for table in _GUARDED:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def fill_register(owner: psycopg.Cursor, seed: int, households: int = 60) -> None:
    """Fill every table that a source of figures reads."""
    register = Register(owner, seed)
    with without_triggers(owner), owner.connection.transaction():
        bodies = [_body(register, number) for number in range(8)]
        model = "r" * 64
        register.row("scoring_model", sha=model, name="random", version=1, document="{}", adopted_at=_BEGINS)
        homes = [_home(register, model) for _ in range(households)]
        for home in homes:
            _disabled(register, home, bodies)
        campaign = register.row(
            "coordination_campaign",
            name="c",
            province="30",
            deciles_max=2,
            text="t",
            part_count=1,
            opened_at=_BEGINS,
        )
        for number, home in enumerate(homes):
            _needs_and_aid(register, home, bodies, number)
            _voices(register, home)
            _candidate(register, home, campaign)
            if register.rng.random() < 0.5:
                _coverage(register, home, register.rng.choice(bodies))


def _body(register: Register, number: int) -> int:
    """The first is a charity that tells its capacity and stays; the others are what chance says."""
    rng, at = register.rng, register.moment(20)
    return register.row(
        "access_organisation",
        **register.place(),
        kind=rng.choice(["CHARITY", "CHARITY_CENTRE", "AGENCY"]) if number else "CHARITY",
        name=f"نهاد {register.number()}",
        legal_id="",
        licence_issuer="",
        licence_number="",
        capacity_households=rng.choice([None, 5, 40]) if number else 40,
        registered_at=at,
        approved_at=rng.choice([at, at, None]) if number else at,
        suspended_at=rng.choice([None, None, register.later(at)]) if number else None,
    )


def _home(register: Register, model: str) -> dict[str, Any]:
    rng, at, place = register.rng, register.moment(30), register.place()
    changed_at = register.later(at)
    home = register.row(
        *("registry_household",),
        **place,
        code="",
        is_urban=rng.choice([True, False, None]),
        is_protected=False,
        registered_at=at,
        changed_at=changed_at,
    )
    for number in range(rng.randint(0, 3)):
        person = register.row(
            *("registry_person",),
            **dict.fromkeys(("given_name", "family_name", "father_name", "match_key", "birth_precision"), ""),
            id_kind="NONE",
            gender=rng.choice(["", "M", "F"]),
            registered_at=at,
        )
        register.row(
            "registry_membership",
            household_id=home,
            person_id=person,
            relation="CHILD" if number else "HEAD",
            from_on=at.date() - timedelta(days=1),
            to_on=rng.choice([None, None, None, changed_at.date()]),
        )
    for month, scored_at in ((140508, at), (140509, register.later(at))):
        if rng.random() < 0.5:
            shares = dict.fromkeys(("known_count", "poor20_share", "poor40_share", "expected_gap_rial", "priority"), 1)
            register.row(
                *("scoring_month_score",),
                **shares,
                household_id=home,
                month=month,
                model_sha=model,
                policy_sha="",
                score=1,
                decile=rng.randint(1, 5),
                scored_at=scored_at,
            )
    return {"id": home, "at": at, **place}


def _disabled(register: Register, home: Mapping[str, Any], bodies: list[int]) -> None:
    """What some bodies observed, in any order: the newest observation counts, once it was submitted."""
    rng = register.rng
    for body in rng.sample(bodies, rng.choice([0, 1, 3])):
        at = register.moment()
        register.row(
            "registry_fact",
            household_id=home["id"],
            organisation_id=body,
            name=rng.choice(["disabled_count", "disabled_count", "rooms"]),
            value=rng.choice([0, 0, 1]),
            observed_on=at.date() - timedelta(days=rng.randint(0, 3)),
            submitted_at=at,
        )


def _needs_and_aid(register: Register, home: Mapping[str, Any], bodies: list[int], number: int) -> None:
    rng = register.rng
    place = {"province": home["province"], "county": home["county"]}
    for kind, period, target in ((1, 140508, 2), (2, 140509, 30_000_000), (3, 1405, 9_000_000), (8, 0, 70_000_000)):
        if rng.random() < 0.3:
            continue
        opened_at = register.moment(3) - timedelta(days=rng.choice([0, 0, 365]))
        # a part promised, a part given: what the counters say is no figure's business
        need = register.row(
            *("ledger_need",),
            **place,
            household_id=home["id"],
            kind=kind,
            period=period,
            target=target,
            opened_at=opened_at,
        )
        for _ in range(rng.randint(0, 2)):
            _hold(register, home, need, (kind, period, rng.choice([target, target // 2])), rng.choice(bodies))
        _refusals(register, home, (kind, period), bodies)


def _hold(register: Register, home: Mapping[str, Any], need: int, of: tuple[int, int, int], body: int) -> None:
    rng, (kind, period, quantity) = register.rng, of
    at = register.moment(3) - timedelta(days=rng.choice([0, 0, 365]))
    status = rng.choice([1, 2, 2, 2, 3, 5])
    settled_at = None if status == 1 else register.later(at)
    found_at = register.later(settled_at) if settled_at and rng.random() < 0.3 else None
    place = {"province": home["province"], "county": home["county"]}
    shared = {"organisation_id": body, "household_id": home["id"], "kind": kind, "period": period, "quantity": quantity}
    hold = register.row(
        *("ledger_hold",),
        **place,
        **shared,
        need_id=need,
        status=status,
        request_id=f"00000000-0000-4000-8000-{register.number():012d}",
        reason="",
        created_at=at,
        expires_at=register.later(at),
        settled_at=settled_at,
        found_at=found_at,
        surplus_quantity=rng.choice([0, quantity // 2]) if found_at else 0,
    )
    worth = quantity * (10_000_000 if kind == 1 else 1)
    register.row(
        "ledger_event", **place, **shared, at=at, action=2, outcome=1, hold_id=hold, worth_rial=worth, reason=""
    )


def _refusals(register: Register, home: Mapping[str, Any], of: tuple[int, int], bodies: list[int]) -> None:
    rng, (kind, period) = register.rng, of
    for _ in range(rng.randint(0, 3)):
        register.row(
            "ledger_event",
            province=home["province"],
            county=home["county"],
            household_id=home["id"],
            organisation_id=rng.choice(bodies),
            at=register.moment(),
            action=rng.choice([1, 2, 2]),
            outcome=rng.choice([2, 5, 6]),
            kind=kind,
            period=period,
            quantity=1,
            worth_rial=rng.randint(1, 9) * 1_000_000,
            reason="",
        )


def _voices(register: Register, home: Mapping[str, Any]) -> None:
    rng, place = register.rng, {"province": home["province"], "county": home["county"]}
    if rng.random() < 0.4:
        at = register.moment()
        outcome = rng.choice(["", "UPHELD", "REJECTED", "WITHDRAWN"])
        register.row(
            *("scoring_appeal",),
            **place,
            household_id=home["id"],
            kind=(kind := rng.choice(["DATUM", "VISIT"])),
            fact="rooms" if kind == "DATUM" else "",
            statement_sealed=b"s",
            level="COUNTY",
            state="CLOSED" if outcome else "OPEN",
            outcome=outcome,
            opened_at=at,
            due_at=register.later(at),
            was_late=rng.random() < 0.5,
            decided_at=register.later(at) if outcome else None,
            facts_before="{}",
        )
    if rng.random() < 0.4:
        at = register.moment()
        answered_at = rng.choice([None, register.later(at)])
        register.row(
            *("coordination_grievance",),
            **place,
            kind=rng.choice(["COMPLAINT", "MISUSE"]),
            way="SITE",
            about="SYSTEM",
            is_confidential=False,
            household_id=home["id"],
            text_sealed=b"t",
            answer_sealed=b"a" if answered_at else None,
            tracking_digest=register.digest(),
            state="ANSWERED" if answered_at else "RECEIVED",
            level="PROVINCE",
            was_late=rng.random() < 0.3,
            was_reopened=False,
            opened_at=at,
            due_at=register.later(at),
            answered_at=answered_at,
        )


def _candidate(register: Register, home: Mapping[str, Any], campaign: int) -> None:
    rng = register.rng
    place, at = register.place(), register.moment()
    is_known = rng.random() < 0.5
    left_at = rng.choice([None, None, register.later(at)])
    official = rng.choice([None, 1, 2])
    candidate = register.row(
        *("coordination_candidate",),
        **place,
        subject_index=register.digest(),
        subject_sealed=b"s",
        household_id=home["id"] if is_known else None,
        official_decile=official,
        score_decile=None if official else rng.randint(1, 3),
        household_size=1,
        reasons=[],
        state="LEFT" if left_at else "OPEN",
        found_at=at,
        left_at=left_at,
    )
    sent_at = rng.choice([None, register.later(at)])
    settled_at = register.later(sent_at) if sent_at and rng.random() < 0.6 else None
    invitation = register.row(
        *("coordination_invitation",),
        **place,
        part_count=1,
        reason="",
        gateway="",
        provider_id="",
        attempt_count=0,
        candidate_id=candidate,
        campaign_id=campaign,
        mobile_index=register.digest(),
        mobile_sealed=b"m",
        state="DELIVERED" if settled_at else "SENT" if sent_at else "QUEUED",
        queued_at=at,
        sent_at=sent_at,
        settled_at=settled_at,
        opened_at=register.later(sent_at) if sent_at and rng.random() < 0.3 else None,
    )
    begun_at = register.later(at)
    told_at = rng.choice([None, register.later(begun_at)])
    if rng.random() < 0.5:
        register.row(
            *("coordination_registration",),
            **place,
            invitation_id=invitation,
            state="SENT" if told_at else "BEGUN",
            household_id=home["id"] if told_at else None,
            consented_at=told_at,
            is_file_open=False,
            try_count=0,
            begun_at=begun_at,
            sent_at=told_at,
        )
    _introduction(register, home)


def _introduction(register: Register, home: Mapping[str, Any]) -> None:
    rng, at = register.rng, register.moment()
    if rng.random() < 0.5:
        return
    taken_by = register.owner.execute("SELECT min(id) FROM access_organisation").fetchone()[0]
    state = rng.choice(["OFFERED", "TAKEN", "SERVED"])
    taken_at = None if state == "OFFERED" else register.later(at)
    register.row(
        "coordination_introduction",
        province=home["province"],
        county=home["county"],
        household_id=home["id"],
        kind=1,
        state=state,
        level="CHARITY",
        severity=1,
        priority=1,
        household_size=1,
        opened_at=at,
        state_at=taken_at or at,
        level_at=at,
        taken_by_id=taken_by if taken_at else None,
        taken_at=taken_at,
        claim_until=register.later(taken_at) if taken_at else None,
        served_at=register.later(taken_at) if taken_at and state == "SERVED" else None,
    )


def _coverage(register: Register, home: Mapping[str, Any], body: int) -> None:
    at = register.moment()
    register.row(
        "coordination_coverage",
        organisation_id=body,
        subject_index=register.digest(),
        subject_sealed=b"s",
        household_id=home["id"],
        kind="",
        province="",
        county="",
        source="LIST",
        from_on=at.date() - timedelta(days=register.rng.randint(0, 9)),
        to_on=register.rng.choice([None, register.later(at).date() + timedelta(days=1)]),
        observed_on=at.date(),
        recorded_at=at,
    )
