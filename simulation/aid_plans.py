"""What the charities want to give this month, each to its own clients, not asking whether another gives the same."""

from collections.abc import Sequence

import numpy as np

from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.need_kinds import NeedKind
from simulation.chance import Flags, Ints, chance
from simulation.charity_files import WrittenRow
from simulation.identities import NATIONAL
from simulation.province import Province
from simulation.records import AGAIN, NOTHING

MILLION_TOMAN = 10_000_000
# Kind, chance that a charity gives it to a client who may need it, smallest and largest quantity, step.
# The chances are assumptions: food is the largest part of aid (about half, by officials' word).
GIFTS = (
    (NeedKind.FOOD, 0.85, 1, 1, 1),
    (NeedKind.CASH, 0.4, MILLION_TOMAN // 2, 14 * MILLION_TOMAN // 10, MILLION_TOMAN // 10),
    (NeedKind.RENT, 0.45, MILLION_TOMAN, 3 * MILLION_TOMAN, MILLION_TOMAN // 2),
    (NeedKind.HEALTH, 0.25, 2 * MILLION_TOMAN, 12 * MILLION_TOMAN, MILLION_TOMAN),
    (NeedKind.EDUCATION, 0.3, MILLION_TOMAN, 5 * MILLION_TOMAN, MILLION_TOMAN // 2),
    (NeedKind.DISABILITY, 0.15, 1, 1, 1),
    (NeedKind.ORPHAN, 0.35, MILLION_TOMAN // 2, MILLION_TOMAN, MILLION_TOMAN // 10),
    (NeedKind.HOME_GOODS, 0.05, 1, 1, 1),
    (NeedKind.DOWRY, 0.01, 1, 1, 1),
    (NeedKind.SHOCK, 0.01, 3 * MILLION_TOMAN, 10 * MILLION_TOMAN, MILLION_TOMAN),
)


def plan_gifts(
    province: Province, facts: dict[FactName, Ints], written: Sequence[WrittenRow]
) -> list[tuple[str, str, int, str]]:
    """Give (charity, kind, quantity, national ID) of every intended gift, charity by charity."""
    rng = chance(province.seed, "plans")
    caseload = province.coverage.caseload
    known = known_ids(province, written)
    ids = [known.get(pair, "") for pair in zip(caseload.charity.tolist(), caseload.household.tolist(), strict=True)]
    plans: list[tuple[int, int, str, int, str]] = []
    for order, (kind, share, low, high, step) in enumerate(GIFTS):
        wanted = (rng.random(len(ids)) < share) & may_need(kind, province, facts)
        quantities = low + step * rng.integers(0, (high - low) // step + 1, len(ids))
        plans += [
            (line, order, kind.name, int(quantities[line]), ids[line])
            for line in np.flatnonzero(wanted).tolist()
            if ids[line]
        ]
    codes = [charity.code for charity in province.charities]
    plans.sort(key=lambda plan: plan[:2])
    return [
        (codes[caseload.charity[line]], kind, quantity, national_id) for line, _, kind, quantity, national_id in plans
    ]


def may_need(kind: NeedKind, province: Province, facts: dict[FactName, Ints]) -> Flags:
    """Mark the lines of the caseload whose household may need a kind."""
    households, chosen = province.households, province.coverage.caseload.household
    if kind is NeedKind.RENT:
        return np.asarray(facts[FactName.RENT_PAID] > 0)
    if kind is NeedKind.HEALTH:
        return np.asarray(facts[FactName.CHRONIC_ILLNESS_COUNT] > 0)
    if kind is NeedKind.EDUCATION:
        return np.asarray(facts[FactName.N_STUDENTS] > 0)
    if kind is NeedKind.DISABILITY:
        return np.asarray(facts[FactName.DISABLED_COUNT] > 0)
    if kind is NeedKind.ORPHAN:
        children = households.fact("n_age0_5")[chosen] + households.fact("n_age6_14")[chosen]
        return np.asarray((facts[FactName.HEAD_FEMALE] == 1) & (children > 0))
    return np.ones(len(chosen), dtype=bool)


def known_ids(province: Province, written: Sequence[WrittenRow]) -> dict[tuple[int, int], str]:
    """Give the national ID by which each charity knows each of its households: the first member's whose ID is right."""
    identities, people = province.identities, province.people
    known: dict[tuple[int, int], str] = {}
    for row in written:
        if row.flaw in {NOTHING, AGAIN} and identities.id_kind[row.person] == NATIONAL:
            pair = (row.charity, int(people.household[row.person]))
            known.setdefault(pair, str(identities.number[row.person]))
    return known
