"""Comparing everybody new with everybody in the register: who is certainly one is merged, who may be is asked about.

The pairs, their weights and the groups without contradiction are linkage's; here they become merges and questions.
Nobody is merged whom somebody told apart, nor into or out of a protected household, nor where the aid of two households
would come together: that is for people to see. Whether it would is the ledger's knowledge: doors call
`ledger.actions.link_identities`, which brings it along.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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
from sakha.registry.actions.uniting import AidJudge, PeopleBusy, unite_pairs
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


@dataclass(slots=True)
class _Merged:
    """What became of the certain pairs: `now` tells who stands for whom since, `helped` are left for people."""

    count: int = 0
    busy: list[tuple[int, int]] = field(default_factory=list)
    helped: list[tuple[int, int]] = field(default_factory=list)
    now: dict[int, int] = field(default_factory=dict)

    def pair(self, pair: tuple[int, int]) -> tuple[int, int]:
        """The two who stand for these by now."""
        return self.now.get(pair[0], pair[0]), self.now.get(pair[1], pair[1])


def link_register(
    *,
    actor: Actor,
    at: datetime,
    joins_aid: AidJudge,
    progress: Callable[[int, int], object] = lambda _done, _whole: None,
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
    merged = _merge(certain, at, joins_aid, progress)
    likely += [PairToAsk(*pair, linked.threshold, ()) for pair in merged.helped]
    asked = ask_about_pairs(_as_of_now(likely, merged), at=at)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_COMPARED, (people.ids, [person_id for pair in merged.busy for person_id in pair], at))
    return RegisterLinked(len(rows), people.new_count, merged.count, asked, len(merged.busy))


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
    """The pairs to merge, each with the first of its group, and those to ask about, the weightiest first.

    Who was told apart from one of a group does not come into it by another of them.
    """
    certain: list[tuple[int, int]] = []
    asked: dict[frozenset[int], PairToAsk] = {}
    groups: dict[int, list[int]] = {}
    firsts = linked.firsts
    for row in np.flatnonzero(firsts != np.arange(len(firsts))):
        first, person = people.ids[int(firsts[row])], people.ids[int(row)]
        group = groups.setdefault(first, [first])
        if people.protected[int(firsts[row])] or people.protected[int(row)]:
            asked[frozenset((first, person))] = PairToAsk(first, person, linked.threshold, ())
        elif not any(frozenset((one, person)) in apart for one in group):
            certain.append((first, person))
            group.append(person)
        elif frozenset((first, person)) not in apart:
            asked[frozenset((first, person))] = PairToAsk(first, person, linked.threshold, ())
    queue_from = linked.learnt.model.queue_from
    for left, right, weight in zip(linked.pairs.left, linked.pairs.right, linked.pairs.weight, strict=True):
        if weight >= queue_from and firsts[left] != firsts[right]:
            pair = people.ids[int(firsts[left])], people.ids[int(firsts[right])]
            known = asked.get(frozenset(pair))
            if known is None or known.weight < weight:
                asked[frozenset(pair)] = PairToAsk(*pair, float(weight), ())
    return certain, list(asked.values())


def _as_of_now(likely: list[PairToAsk], merged: _Merged) -> list[PairToAsk]:
    """The questions about those who stand for the two by now, each once, the weightiest first."""
    asked: dict[frozenset[int], PairToAsk] = {}
    for one in sorted(likely, key=lambda one: (-one.weight, one.person_id, one.other_person_id)):
        pair = merged.pair((one.person_id, one.other_person_id))
        if pair[0] != pair[1]:
            asked.setdefault(frozenset(pair), PairToAsk(min(pair), max(pair), one.weight, one.features))
    return list(asked.values())


def _merge(
    certain: list[tuple[int, int]], at: datetime, joins_aid: AidJudge, progress: Callable[[int, int], object]
) -> _Merged:
    """Unite the pairs in batches, each a transaction; of a batch that somebody works on each pair is tried alone."""
    merged = _Merged()
    alone = 0
    waiting = list(certain)
    while waiting:
        size = 1 if alone else _BATCH_PAIRS
        alone = max(alone - 1, 0)
        batch = [merged.pair(pair) for pair in waiting[:size]]
        try:
            united = unite_pairs(actor=SYSTEM, at=at, pairs=batch, reason="certain", joins_aid=joins_aid)
        except PeopleBusy:
            if len(batch) > 1:
                alone = len(batch)
            else:
                merged.busy.append(batch[0])
                del waiting[0]
            continue
        # Of two the one with the stronger number stays, so the first of a group may be somebody else from now on.
        for stays, goes in united.followed:
            merged.now = {one: stays if into == goes else into for one, into in merged.now.items()} | {goes: stays}
        merged.count += len(united.cards)
        merged.helped += united.helped
        waiting = [*united.waiting, *waiting[size:]]
        progress(len(certain) - len(waiting), len(certain))
    return merged
