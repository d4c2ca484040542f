"""The report of a run: figures, the learnt model, every link and every uncertain pair with its reasons.

Records are named by their identifiers only; no name or number of a person is written.
"""

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from sakha.linkage.actions.linking import Linked
from sakha.linkage.rules.accuracy import Accuracy
from sakha.linkage.rules.explanation import reason_line
from sakha.linkage.rules.levels import unpack
from sakha.linkage.rules.model import LinkModel, write_model
from sakha.linkage.rules.scoring import probability_of, score_levels, tells_of_one, unpack_all

Ids = npt.NDArray[np.object_]
_COLUMNS: Final = ("left_record_id", "right_record_id", "weight", "probability", "rival", "reasons")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run cost."""

    seconds: float
    cpu_seconds: float
    peak_memory_mb: int


def write_clusters(path: Path, ids: Ids, clusters: Ids, probability: npt.NDArray[np.float64]) -> None:
    """Write `record_id,cluster_id,probability`; a cluster is named after its first record."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines, lineterminator="\n")
        rows.writerow(("record_id", "cluster_id", "probability"))
        rows.writerows(zip(ids.tolist(), clusters.tolist(), np.char.mod("%.4f", probability).tolist(), strict=True))


def for_people(linked: Linked) -> npt.NDArray[np.bool_]:
    """Tell which pairs people decide: what merges by itself is certain and allowed, the rest from `queue_from` on."""
    pairs, model = linked.pairs, linked.learnt.model
    is_link = linked.firsts[pairs.left] == linked.firsts[pairs.right]
    is_doubtful = (pairs.weight < model.certain) | ~is_link | ~tells_of_one(unpack_all(linked.levels))
    queued: npt.NDArray[np.bool_] = (pairs.weight >= model.queue_from) & is_doubtful
    return queued


def write_report(
    folder: Path, ids: Ids, linked: Linked, document: LinkModel, spent: Spent, accuracy: Accuracy | None
) -> dict[str, object]:
    """Write `report.json`, `model.toml`, `links.csv` and `queue.csv`; give the figures."""
    folder.mkdir(parents=True, exist_ok=True)
    model, pairs = linked.learnt.model, linked.pairs
    is_link, is_queued = linked.firsts[pairs.left] == linked.firsts[pairs.right], for_people(linked)
    _write_pairs(folder / "links.csv", ids, linked, np.flatnonzero(is_link))
    _write_pairs(folder / "queue.csv", ids, linked, np.flatnonzero(is_queued))
    (folder / "model.toml").write_text(
        write_model(model, name=f"{document.name}-learnt", version=document.version), encoding="utf-8"
    )
    sizes, how_many = np.unique(np.bincount(linked.firsts), return_counts=True)
    figures: dict[str, object] = {
        "records": len(ids),
        "people": int((np.bincount(linked.firsts) > 0).sum()),
        "pairs_compared": linked.candidate_count,
        "links": int(is_link.sum()),
        "queue": int(is_queued.sum()),
        "cluster_sizes": {int(size): int(count) for size, count in zip(sizes, how_many, strict=True) if size},
        "threshold": linked.threshold,
        "thresholds": {name: getattr(model, name) for name in ("balanced", "certain", "queue_from")},
        "document": {"name": document.name, "version": document.version, "sha256": document.sha},
        "is_model_learnt": linked.learnt.is_learnt,
        "same_people_over_equal_ids": round(linked.learnt.anchor_ratio, 3),
        **asdict(spent),
    }
    if accuracy:
        figures["accuracy"] = asdict(accuracy)
    (folder / "report.json").write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return figures


def _write_pairs(path: Path, ids: Ids, linked: Linked, places: npt.NDArray[np.intp]) -> None:
    pairs, known = linked.pairs, dict[int, tuple[str, str]]()
    order = places[np.lexsort((pairs.right[places], pairs.left[places], -pairs.weight[places]))]
    with path.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines, lineterminator="\n")
        rows.writerow(_COLUMNS)
        for place in order.tolist():
            packed = int(linked.levels[place])
            if packed not in known:
                score = score_levels(unpack(packed), linked.learnt.model)
                known[packed] = score.rival, reason_line(score)
            weight = float(pairs.weight[place])
            names = ids[pairs.left[place]], ids[pairs.right[place]]
            rows.writerow((*names, f"{weight:.2f}", f"{probability_of(weight):.4f}", *known[packed]))
