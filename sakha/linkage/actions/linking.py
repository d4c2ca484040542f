"""Link all records of a file: read, block, compare, learn, look at who stands with whom, cluster."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from sakha.linkage.queries.context import add_context
from sakha.linkage.queries.engine import Engine
from sakha.linkage.queries.kept import Kept, join_kept_people
from sakha.linkage.queries.pairing import compare_pairs, make_pairs
from sakha.linkage.queries.reading import read_people, settle_people
from sakha.linkage.rules.blocking import BLOCK_RULES
from sakha.linkage.rules.clustering import Facts, Pairs, cluster, with_known
from sakha.linkage.rules.estimation import Learnt, learn_model, learn_on
from sakha.linkage.rules.levels import BITS, COMPARISONS, Id
from sakha.linkage.rules.model import LinkModel
from sakha.linkage.rules.name_levels import Name
from sakha.linkage.rules.numbers import IdTrust
from sakha.linkage.rules.scoring import tells_of_one, unpack_all, weigh

# A pair that weighs so much counts as a link when the people beside it are looked at.
STRONG_LINK: Final = 4.0
_BELOW: Final = 0.1  # bits under `certain`, of what is for people
_ID_BITS: Final = BITS * list(COMPARISONS).index("national_id")
_LEARN_FROM: Final = 400_000  # pairs enough to learn from; more only cost time

Progress = Callable[[str], None]
STEPS: Final = len(BLOCK_RULES) + 5

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Linked:
    """The first row of each row's cluster, the probability of it, and how they were found."""

    firsts: Ints
    probability: Floats
    pairs: Pairs
    levels: Ints
    learnt: Learnt
    candidate_count: int
    threshold: float
    known_count: int = 0  # rows that were linked before


def link_records(
    engine: Engine, *, document: LinkModel, threshold: str, has_files: bool, advance: Progress = lambda _step: None
) -> Linked:
    """Link the records of the engine's table `records`, learning from them what agreement is worth."""
    read_people(engine)
    count = _compare(engine, has_files=has_files, advance=advance)
    learnt = _learn(engine, document)
    advance("learn")
    add_context(engine, strong=STRONG_LINK, is_file_given=has_files)
    learnt = _learn_on(engine, learnt, document)
    advance("context")
    linked = _cluster(engine, learnt, threshold, np.zeros(count, dtype=np.int64))
    advance("cluster")
    return linked


def link_new_records(
    engine: Engine, *, kept: Kept, threshold: str, has_files: bool, advance: Progress = lambda _step: None
) -> Linked:
    """Link the records of the table `records` to those kept from an earlier run: only what is new is compared.

    The rows are those kept, in their order, and then the new ones. The model stays as it was.
    """
    read_people(engine)
    join_kept_people(engine, kept)
    _compare(engine, has_files=has_files, advance=advance)
    learnt = Learnt(kept.model, is_learnt=False, pair_count=0, anchor_ratio=1.0)
    _weigh(engine, "compared", learnt.model)
    advance("learn")
    add_context(engine, strong=STRONG_LINK, is_file_given=has_files)
    _weigh(engine, "compared_in_context", learnt.model)
    advance("context")
    new = int(engine.fetch("SELECT count(*) AS rows FROM records")["rows"][0])
    linked = _cluster(engine, learnt, threshold, np.concatenate([kept.people, np.zeros(new, dtype=np.int64)]))
    advance("cluster")
    return replace(linked, known_count=len(kept.ids))


def _compare(engine: Engine, *, has_files: bool, advance: Progress) -> int:
    settle_people(engine, has_files=has_files)
    advance("read")
    make_pairs(engine, advance)
    compare_pairs(engine, pairs="pairs", into="compared", is_file_given=has_files)
    advance("compare")
    return int(engine.fetch("SELECT count(*) AS rows FROM people")["rows"][0])


def _cluster(engine: Engine, learnt: Learnt, threshold: str, people: Ints) -> Linked:
    floor = learnt.model.threshold(threshold)
    pairs, levels, candidate_count = _weighed_pairs(engine, min(floor, learnt.model.queue_from))
    facts = replace(_facts(engine), person=people)
    weighed = pairs if floor < learnt.model.certain else _cautious(pairs, levels, floor)
    firsts = cluster(len(people), with_known(weighed, people), facts, floor)
    return Linked(
        firsts, _probabilities(firsts, pairs), pairs, levels, learnt, candidate_count=candidate_count, threshold=floor
    )


def _cautious(pairs: Pairs, levels: Ints, certain: float) -> Pairs:
    """Weigh no pair as certain of which nothing tells of one person; it is for people, whatever its weight."""
    below = np.minimum(pairs.weight, certain - _BELOW)
    return replace(pairs, weight=np.where(tells_of_one(unpack_all(levels)), pairs.weight, below))


def _learn(engine: Engine, document: LinkModel) -> Learnt:
    packed, counts = _patterns(engine, "compared")
    chosen = _enough(packed, counts)
    learnt = learn_model(unpack_all(packed[chosen]), counts[chosen], document)
    engine.put("weights", {"levels": packed, "weight": weigh(packed, learnt.model)})
    return learnt


def _learn_on(engine: Engine, learnt: Learnt, document: LinkModel) -> Learnt:
    packed, counts = _patterns(engine, "compared_in_context")
    chosen = _enough(packed, counts)
    learnt = learn_on(unpack_all(packed[chosen]), counts[chosen], learnt, document)
    engine.put("weights", {"levels": packed, "weight": weigh(packed, learnt.model)})
    return learnt


def _weigh(engine: Engine, compared: str, model: LinkModel) -> None:
    packed, _counts = _patterns(engine, compared)
    engine.put("weights", {"levels": packed, "weight": weigh(packed, model)})


def _patterns(engine: Engine, compared: str) -> tuple[Ints, Ints]:
    rows = engine.fetch(f"SELECT levels, count(*) AS pairs FROM {compared} GROUP BY levels ORDER BY levels")
    return rows["levels"].astype(np.int64), rows["pairs"].astype(np.int64)


def _enough(packed: Ints, counts: Ints) -> Ints:
    """The patterns to learn from: all, or every so many of the rare ones, the same ones every time."""
    if counts.sum() <= _LEARN_FROM or len(counts) <= _LEARN_FROM // 8:
        return np.arange(len(packed))
    step = -(-len(counts) * 8 // _LEARN_FROM)
    order = np.argsort((packed * 2_654_435_761) % 4_294_967_291, kind="stable")
    return np.sort(order[::step])


def _weighed_pairs(engine: Engine, floor: float) -> tuple[Pairs, Ints, int]:
    """Pairs that may be links, and the weaker ones between rows that such pairs touch: they speak against chains."""
    engine.table(
        "edges",
        f"SELECT l, r, levels, weight FROM compared_in_context JOIN weights USING (levels) WHERE weight >= {floor}",
    )
    engine.table("touched", "SELECT l AS rid FROM edges UNION SELECT r AS rid FROM edges")
    # one join a step, and the order at the end: each holds a table of millions in memory while it runs
    engine.table(
        "weak_left",
        "SELECT l, r, levels, weight FROM compared_in_context JOIN weights USING (levels)"
        f" SEMI JOIN touched ON rid = l WHERE weight < {floor}",
    )
    engine.append("edges", "SELECT l, r, levels, weight FROM weak_left SEMI JOIN touched ON rid = r")
    engine.drop("weak_left", "touched")
    rows = engine.fetch("SELECT l, r, levels, weight FROM edges ORDER BY l, r")
    candidates = int(engine.fetch("SELECT count(*) AS rows FROM compared_in_context")["rows"][0])
    pairs = Pairs(rows["l"].astype(np.int64) - 1, rows["r"].astype(np.int64) - 1, rows["weight"].astype(np.float64))
    return pairs, rows["levels"].astype(np.int64), candidates


def _facts(engine: Engine) -> Facts:
    """Case file and own ID of each row. An ID that two people, or two given names, claim forbids nothing."""
    level = f"((levels >> {{}}) & {(1 << BITS) - 1})"
    claimed_twice = f"weight < 0 OR {level.format(0)} = {int(Name.DIFFERENT)}"
    engine.table(
        "doubtful_ids",
        "SELECT DISTINCT national_id FROM compared_in_context JOIN weights USING (levels) JOIN people ON people.rid = l"
        f" WHERE ({claimed_twice}) AND {level.format(_ID_BITS)} = {int(Id.CHECKED)}",
    )
    checked = f"id_trust = {int(IdTrust.CHECKED)}"
    rows = engine.fetch(
        "SELECT file, coalesce(own.number, 0) AS own_id FROM people LEFT JOIN"
        " (SELECT national_id, row_number() OVER (ORDER BY national_id) AS number FROM people ANTI JOIN doubtful_ids"
        f" USING (national_id) WHERE {checked} GROUP BY national_id) AS own"
        f" ON own.national_id = people.national_id AND {checked} ORDER BY rid"
    )
    file, own_id = rows["file"].astype(np.int64), rows["own_id"].astype(np.int64)
    return Facts(file, own_id, np.zeros(len(file), dtype=np.int64))


def _probabilities(firsts: Ints, pairs: Pairs) -> Floats:
    """Of the best link inside the cluster; of a row alone, that no link was left out."""
    probability = 1.0 / (1.0 + np.exp2(-pairs.weight))
    is_inside = firsts[pairs.left] == firsts[pairs.right]
    inside, outside = np.zeros(len(firsts)), np.zeros(len(firsts))
    for side in (pairs.left, pairs.right):
        np.maximum.at(inside, side[is_inside], probability[is_inside])
        np.maximum.at(outside, side[~is_inside], probability[~is_inside])
    alone = np.bincount(firsts, minlength=len(firsts))[firsts] == 1
    found: Floats = np.where(alone, 1.0 - outside, inside)
    return found
