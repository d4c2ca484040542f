"""How right found clusters are, against the truth: over pairs, and over clusters that are exactly right."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares of 1. Clusters are those of two records and more."""

    pair_precision: float
    pair_recall: float
    pair_f1: float
    cluster_precision: float
    cluster_recall: float
    cluster_f1: float
    true_pair_count: int
    found_pair_count: int


def measure(found: Ints, truth: Ints) -> Accuracy:
    """Compare two groupings of the same rows, each as one number a row."""
    both = found.astype(np.int64) * (int(truth.max(initial=0)) + 1) + truth
    found_sizes, true_sizes, both_sizes = (np.unique(group, return_counts=True)[1] for group in (found, truth, both))
    found_pairs, true_pairs, right_pairs = (_pairs(sizes) for sizes in (found_sizes, true_sizes, both_sizes))
    exact = _exact(found, truth, both)
    clusters, people = int((found_sizes > 1).sum()), int((true_sizes > 1).sum())
    return Accuracy(
        pair_precision=_share(right_pairs, found_pairs),
        pair_recall=_share(right_pairs, true_pairs),
        pair_f1=_share(2 * right_pairs, found_pairs + true_pairs),
        cluster_precision=_share(exact, clusters),
        cluster_recall=_share(exact, people),
        cluster_f1=_share(2 * exact, clusters + people),
        true_pair_count=true_pairs,
        found_pair_count=found_pairs,
    )


def _exact(found: Ints, truth: Ints, both: Ints) -> int:
    _, found_at, found_sizes = np.unique(found, return_inverse=True, return_counts=True)
    _, true_at, true_sizes = np.unique(truth, return_inverse=True, return_counts=True)
    _, first, both_sizes = np.unique(both, return_index=True, return_counts=True)
    is_exact = (both_sizes == found_sizes[found_at[first]]) & (both_sizes == true_sizes[true_at[first]])
    return int((is_exact & (both_sizes > 1)).sum())


def _pairs(sizes: Ints) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
