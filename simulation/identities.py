"""Numbers by which people are known: national IDs, foreigners' codes, mobiles, all from ranges that nobody is given.

National IDs: prefix 999 for everybody who may enter the register (clients, covered, low deciles), 987 to 998 for all
others, because one prefix holds only 999,999 numbers. None of these prefixes is in the known lists of issue.
"""

from dataclasses import dataclass

import numpy as np

from sakha.vocabulary.identifiers import IdKind
from simulation.chance import Flags, Ints, chance
from simulation.households import Households
from simulation.people import CHILD, HEAD, People, ages_on

REGISTER_PREFIX = 999
OTHER_PREFIXES = range(987, 999)
# Numbers below one prefix: the middle six digits, of which 000000 is not valid.
PREFIX_ROOM = 999_999
# No operator has 096x (numbering plan of 1405), so no message can reach anybody.
MOBILE_FROM = 9_600_000_000
MOBILE_ROOM = 10**8
# Not published and not issued; twelve digits are all that is known of these codes.
FIDA_FROM = 999_000_000_000
FIDA_ROOM = 10**9
NATIONAL, FIDA, NONE = range(3)
ID_KINDS = (IdKind.NATIONAL, IdKind.FIDA, IdKind.NONE)
LOW_DECILES = (4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Identities:
    """One entry a person; numbers are 0 where there is none."""

    id_kind: Ints
    number: Ints
    mobile: Ints
    register: Flags


class ProvinceTooLargeError(ValueError):
    """More people may enter the register than prefix 999 has numbers."""


def give_identities(seed: int, households: Households, people: People, clients: Flags) -> Identities:
    """Give everybody a number, or the lack of one; `clients` marks households that somebody covers or ever covered."""
    rng = chance(seed, "identities")
    count = len(people)
    register = register_people(households, people, clients)
    foreign = households.foreign[people.household]
    poor = households.true_decile[people.household] <= 2
    without = rng.random(count) < np.where(foreign, 0.15, np.where(poor, 0.008, 0.0006))
    id_kind = np.where(without, NONE, np.where(foreign, FIDA, NATIONAL)).astype(np.int8)
    number = np.zeros(count, dtype=np.int64)
    number[id_kind == FIDA] = FIDA_FROM + scatter(rng, int((id_kind == FIDA).sum()), FIDA_ROOM)
    inside = np.flatnonzero((id_kind == NATIONAL) & register)
    number[inside] = national_ids(rng, len(inside), REGISTER_PREFIX)
    outside = np.flatnonzero((id_kind == NATIONAL) & ~register)
    for prefix, start in zip(OTHER_PREFIXES, range(0, len(outside), PREFIX_ROOM), strict=False):
        some = outside[start : start + PREFIX_ROOM]
        number[some] = national_ids(rng, len(some), prefix)
    return Identities(id_kind, number, give_mobiles(rng, households, people), register)


def register_people(households: Households, people: People, clients: Flags) -> Flags:
    """Mark who may enter the register: clients, and the low deciles (official or true) as far as prefix 999 reaches."""
    lowest = np.minimum(households.official_decile, households.true_decile)
    for decile in LOW_DECILES:
        chosen = (clients | (lowest <= decile))[people.household]
        if chosen.sum() <= PREFIX_ROOM:
            return np.asarray(chosen)
    raise ProvinceTooLargeError(f"the register would need more than {PREFIX_ROOM} national IDs")


def scatter(rng: np.random.Generator, count: int, room: int) -> Ints:
    """Give distinct numbers below `room` in no order: an affine walk round the ring, then shuffled."""
    step = int(rng.integers(room // 3, room))
    while np.gcd(step, room) != 1:
        step += 1
    numbers = (np.arange(count, dtype=np.int64) * step + int(rng.integers(room))) % room
    rng.shuffle(numbers)
    return numbers


def national_ids(rng: np.random.Generator, count: int, prefix: int) -> Ints:
    """Give distinct valid national IDs of one prefix."""
    first_nine = prefix * 10**6 + 1 + scatter(rng, count, PREFIX_ROOM)
    return first_nine * 10 + check_digits(first_nine)


def check_digits(first_nine: Ints) -> Ints:
    """Compute the tenth digit of many national IDs (the vocabulary's rule, as arrays; a test compares)."""
    total = np.zeros(len(first_nine), dtype=np.int64)
    rest = first_nine.copy()
    for weight in range(2, 11):
        rest, digit = np.divmod(rest, 10)
        total += digit * weight
    remainder = total % 11
    return np.where(remainder < 2, remainder, 11 - remainder)


def give_mobiles(rng: np.random.Generator, households: Households, people: People) -> Ints:
    """Give mobiles: own ones to most adults; the poor share the head's, children have none."""
    ages = ages_on(people, slice(None))
    poor = households.true_decile[people.household] <= 3
    head = people.relation == HEAD
    chance_of_own = np.where(head, 0.95, np.where(people.relation == CHILD, 0.8, 0.75)) - 0.2 * (poor & ~head)
    draw = rng.random(len(people))
    own = (ages >= 15) & (draw < chance_of_own)
    shared = ~own & (ages >= 15) & (draw < chance_of_own + 0.15)
    mobile = np.zeros(len(people), dtype=np.int64)
    mobile[own] = MOBILE_FROM + scatter(rng, int(own.sum()), MOBILE_ROOM)
    mobile[shared] = mobile[people.first[people.household[shared]]]
    return mobile
