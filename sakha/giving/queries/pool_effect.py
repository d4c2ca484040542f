"""What shares of the pool do, in figures: how fair they are, and what a version of the policy would change.

The figures are stored as they were shown to who decided.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np

from sakha.allocation.rules.certificate import certify
from sakha.allocation.rules.fairness import fill_of, lorenz, measure_fairness
from sakha.allocation.rules.problem import Place
from sakha.allocation.rules.set_aside import ReservedSharing
from sakha.giving.queries.pool import Pool, needs_of, share_pool, under_terms
from sakha.giving.rules.pool_policy import PoolTerms

_POINTS: Final = 20


def measure_pool(pool: Pool, shares: ReservedSharing, *, by_county: bool) -> dict[str, Any]:
    """Figures of one run: fairness before and after, by tier and place, the curve, and what the policy set aside."""
    needs, given = pool.needs, shares.sharing.given
    shown = needs
    if by_county:
        shown = replace(needs, places=tuple(Place(place.county, place.county) for place in needs.places))
    nothing = np.zeros_like(given)
    spent = shares.spent_of_funds(len(pool.funds))
    count = len(shares.payments_of_funds()[0].fund)
    fairness = measure_fairness(shown, pool.funds, given=given, spent=spent, payment_count=count)
    before, after = fill_of(needs, nothing), fill_of(needs, given)
    curves = (lorenz(before, _POINTS), lorenz(after, _POINTS))
    return asdict(fairness) | {
        "lowest_before": float(before.min(initial=1.0)),
        "lowest_after": float(after.min(initial=1.0)),
        "lorenz": [[round(x, 4), round(one, 4), round(two, 4)] for (x, one), (_, two) in zip(*curves, strict=True)],
        "set_aside": [
            {"kept": int(kept), "used": int(used)} for kept, used in zip(shares.kept, shares.used, strict=True)
        ],
        "poor_body_count": pool.body_count,
    }


def compare_terms(pool: Pool, after: PoolTerms) -> dict[str, Any]:
    """What a version would change against the policy of the pool: by place, who gets more and who less."""
    pools = (pool, under_terms(pool, after))
    shares = [share_pool(one) for one in pools]
    told = [measure_pool(one, share, by_county=False) for one, share in zip(pools, shares, strict=True)]
    given = [share.sharing.given for share in shares]
    holds = certify(needs_of(pools[1]), shares[1].parts, shares[1].sharing.payments, kept=shares[1].sharing.kept).holds
    return {
        "holds": holds,
        "money": told[0]["money"],
        "need_count": pool.needs.count,
        "more_count": int(np.count_nonzero(given[1] > given[0])),
        "less_count": int(np.count_nonzero(given[1] < given[0])),
        "set_aside": told[1]["set_aside"],
        "poor_body_count": told[1]["poor_body_count"],
        "poor_given": [int(one[pools[1].is_of_poor_body].sum()) for one in given],
        "figures": {
            name: [told[0][name], told[1][name]]
            for name in ("unspent", "unspent_expiring", "lowest_after", "gini_after", "served_count", "full_count")
        },
        "provinces": _by_province(told[0]["provinces"], told[1]["provinces"]),
    }


def _by_province(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each province's need and what it gets either way; who gains most first."""
    rows = [
        {
            "name": one["name"],
            "need_count": one["need_count"],
            "amount": one["amount"],
            "already": one["already"],
            "given": [one["given"], two["given"]],
            "fill": [one["fill"], two["fill"]],
            "lowest": [one["lowest"], two["lowest"]],
        }
        for one, two in zip(before, after, strict=True)
    ]
    return sorted(rows, key=lambda row: (row["given"][0] - row["given"][1], row["name"]))
