"""Comparing everybody new with everybody in the register: who is certainly one is merged, who may be is asked about.

The pairs, their weights and the groups without contradiction are linkage's; here they become merges and questions.
Nobody is merged whom somebody told apart, nor into or out of a protected household: that is for an office to see.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, PermissionMissing
from sakha.access.rules.sealing import KeyRing, open_many
from sakha.linkage.actions.linking import Linked, link_records
from sakha.linkage.queries.engine import open_engine
from sakha.linkage.rules import product_model
from sakha.registry.actions.asking import PairToAsk, ask_about_pairs
from sakha.registry.actions.uniting import PeopleBusy, unite_pairs
from sakha.registry.rules.identity_pairs import jalali_text, local_mobile
from sakha.vocabulary.identifiers import IdKind

# So many are united by the same statements; their households are locked meanwhile, so it stays a matter of moments.
_BATCH_PAIRS: Final = 50
_PEOPLE: Final = """
SELECT p.id, p.given_name, p.family_name, p.father_name, p.id_kind, p.id_sealed, p.birth_on, p.birth_precision,
    p.gender, p.mobile_sealed, coalesce(h.province, ''), coalesce(h.county, ''), coalesce(h.id, 0),
    coalesce(h.is_protected, false), p.linked_at IS NULL
FROM registry_person p
LEFT JOIN registry_membership m ON m.person_id = p.id AND m.to_on IS NULL
LEFT JOIN registry_household h ON h.id = m.household_id
WHERE p.merged_into_id IS NULL
ORDER BY p.id
"""
_APART: Final = """
SELECT coalesce(p.merged_into_id, p.id), coalesce(o.merged_into_id, o.id)
FROM registry_identity_question q
JOIN registry_person p ON p.id = q.person_id JOIN registry_person o ON o.id = q.other_person_id
WHERE q.kind = 'PAIR' AND q.state IN ('DIFFERENT', 'UNKNOWN')
UNION
SELECT coalesce(p.merged_into_id, p.id), coalesce(o.merged_into_id, o.id)
FROM registry_merge g
JOIN registry_person p ON p.id = g.person_id JOIN registry_person o ON o.id = g.gone_person_id
WHERE g.undone_at IS NOT NULL
"""
# Whoever somebody works on at this moment is compared again the next time.
_COMPARED: Final = """
WITH compared AS (
    SELECT id FROM registry_person WHERE linked_at IS NULL AND id = ANY(%s) AND id <> ALL(%s)
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE registry_person AS kept SET linked_at = %s FROM compared WHERE kept.id = compared.id
"""
_COLUMNS: Final = (
    "given_name", "family_name", "father_name", "national_id", "birth_date", "gender", "mobile", "province", "county",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RegisterLinked:
    """What a comparison brought. `busy` pairs were left for the next one, for somebody worked on them."""

    person_count: int = 0
    new_count: int = 0
    merged_count: int = 0
    asked_count: int = 0
    busy_count: int = 0


@dataclass(frozen=True, slots=True)
class _People:
    """Everybody in the order of the engine's rows."""

    ids: list[int]
    protected: list[bool]
    new_count: int


def link_register(
    *, actor: Actor, at: datetime, progress: Callable[[int, int], object] = lambda _done, _whole: None
) -> RegisterLinked:
    """Compare whoever is new with everybody; merge the certain, ask about the likely. Repeating it finds nothing new.

    Each merge is a transaction of its own, so don't call it inside one.

    Raises: PermissionMissing: only the system compares everybody.
    """
    if not actor.is_system:
        raise PermissionMissing
    with open_engine("duckdb") as engine:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_PEOPLE)
            rows = cursor.fetchall()
            cursor.execute(_APART)
            apart = {frozenset(pair) for pair in cursor.fetchall()}
        people = _People([row[0] for row in rows], [row[13] for row in rows], sum(row[14] for row in rows))
        if not people.new_count:
            return RegisterLinked(len(rows))
        engine.put("records", _records(rows, key_ring()))
        linked = link_records(engine, document=product_model(), threshold="certain", has_files=True)
    certain, likely = _sort(linked, people, apart)
    merged_count, busy = _merge(certain, at, progress)
    asked = ask_about_pairs(likely, at=at)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_COMPARED, (people.ids, [person_id for pair in busy for person_id in pair], at))
    return RegisterLinked(len(rows), people.new_count, merged_count, asked, len(busy))


def _records(rows: list[tuple[Any, ...]], ring: KeyRing) -> dict[str, np.ndarray[Any, Any]]:
    """The engine's table `records`: texts as they would stand in a file, one row a person."""
    ids = _opened(ring, [row[5] if row[4] == IdKind.NATIONAL.value else None for row in rows])
    mobiles = _opened(ring, [row[9] for row in rows])
    births = [jalali_text(row[6], row[7]) for row in rows]
    texts: dict[str, Iterable[str]] = {
        "record_id": (str(row[0]) for row in rows),
        "source": ("register" for _ in rows),
        "given_name": (row[1] for row in rows),
        "family_name": (row[2] for row in rows),
        "father_name": (row[3] for row in rows),
        "national_id": ids,
        "birth_date": births,
        "gender": (row[8] for row in rows),
        "mobile": (local_mobile(one) for one in mobiles),
        "province": (row[10] for row in rows),
        "county": (row[11] for row in rows),
        "address": ("" for _ in rows),
        "postal_code": ("" for _ in rows),
        "file_no": (str(row[12] or f"p{row[0]}") for row in rows),
    }
    columns = {name: np.array(list(values), dtype=object) for name, values in texts.items()}
    columns["rid"] = np.arange(1, len(rows) + 1, dtype=np.int64)
    columns["is_new"] = np.array([bool(row[14]) for row in rows])
    return columns


def _opened(ring: KeyRing, sealed: list[bytes | None]) -> list[str]:
    opened = iter(open_many(ring, [bytes(one) for one in sealed if one is not None]))
    return ["" if one is None else next(opened) for one in sealed]


def _sort(linked: Linked, people: _People, apart: set[frozenset[int]]) -> tuple[list[tuple[int, int]], list[PairToAsk]]:
    """The pairs to merge, each with the first of its group, and those to ask about, the weightiest first."""
    certain: list[tuple[int, int]] = []
    asked: dict[frozenset[int], PairToAsk] = {}
    firsts = linked.firsts
    for row in np.flatnonzero(firsts != np.arange(len(firsts))):
        pair = people.ids[int(firsts[row])], people.ids[int(row)]
        if people.protected[int(firsts[row])] or people.protected[int(row)]:
            asked[frozenset(pair)] = PairToAsk(*pair, linked.threshold, ())
        elif frozenset(pair) not in apart:
            certain.append(pair)
    queue_from = linked.learnt.model.queue_from
    for left, right, weight in zip(linked.pairs.left, linked.pairs.right, linked.pairs.weight, strict=True):
        if weight >= queue_from and firsts[left] != firsts[right]:
            pair = people.ids[int(firsts[left])], people.ids[int(firsts[right])]
            known = asked.get(frozenset(pair))
            if known is None or known.weight < weight:
                asked[frozenset(pair)] = PairToAsk(*pair, float(weight), ())
    return certain, sorted(asked.values(), key=lambda one: (-one.weight, one.person_id, one.other_person_id))


def _merge(
    certain: list[tuple[int, int]], at: datetime, progress: Callable[[int, int], object]
) -> tuple[int, list[tuple[int, int]]]:
    """Unite the pairs in batches, each a transaction; of a batch that somebody works on each pair is tried alone.

    Tells how many were united, and the pairs that somebody worked on.
    """
    merged = alone = 0
    busy: list[tuple[int, int]] = []
    waiting = list(certain)
    now: dict[int, int] = {}
    while waiting:
        size = 1 if alone else _BATCH_PAIRS
        alone = max(alone - 1, 0)
        batch = [(now.get(first, first), now.get(other, other)) for first, other in waiting[:size]]
        try:
            united = unite_pairs(actor=SYSTEM, at=at, pairs=batch, reason="certain")
        except PeopleBusy:
            if len(batch) > 1:
                alone = len(batch)
            else:
                busy.append(batch[0])
                del waiting[0]
            continue
        # Of two the one with the stronger number stays, so the first of a group may be somebody else from now on.
        for stays, goes in united.followed:
            now = {one: stays if into == goes else into for one, into in now.items()} | {goes: stays}
        merged += len(united.cards)
        waiting = [*united.waiting, *waiting[size:]]
        progress(len(certain) - len(waiting), len(certain))
    return merged, busy
