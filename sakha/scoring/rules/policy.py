"""What the owner of the policy decides by documents: needs, weights of priority, cut-offs of town and country.

A document is drafted, simulated, approved by somebody else and then in use from a day; once used it never changes.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final

from sakha.scoring.rules.card import Card
from sakha.scoring.rules.document import hash_content
from sakha.scoring.rules.needs import NeedRules, parse_need_rules
from sakha.scoring.rules.needs_prices import PriceList
from sakha.scoring.rules.priority import PriorityWeights, parse_priority
from sakha.vocabulary.refusal import Refusal

SHIFT_MAX: Final = 50  # points; beyond it a shift would be another model


class PolicySubject(StrEnum):
    """What a document decides."""

    PRIORITY = "PRIORITY"
    CUT_OFFS = "CUT_OFFS"
    NEEDS = "NEEDS"


SUBJECT_WORDS: Final = {
    PolicySubject.PRIORITY: "وزن‌های اولویت",
    PolicySubject.CUT_OFFS: "برش شهر و روستا",
    PolicySubject.NEEDS: "قاعده‌ها و اندازهٔ نیازها",
}


class PolicyState(StrEnum):
    """How far a document is.

    DRAFT ---> SIMULATED ---> APPROVED   used from its day on, and never changed again
      ^  <---- a changed text     |
      +----------+----------------+---> WITHDRAWN   only what was not yet approved
    """

    DRAFT = "DRAFT"
    SIMULATED = "SIMULATED"
    APPROVED = "APPROVED"
    WITHDRAWN = "WITHDRAWN"


POLICY_WAYS: Final[dict[PolicyState, frozenset[PolicyState]]] = {
    PolicyState.DRAFT: frozenset({PolicyState.SIMULATED, PolicyState.WITHDRAWN}),
    PolicyState.SIMULATED: frozenset({PolicyState.DRAFT, PolicyState.APPROVED, PolicyState.WITHDRAWN}),
    PolicyState.APPROVED: frozenset(),
    PolicyState.WITHDRAWN: frozenset(),
}
POLICY_STATE_WORDS: Final = {
    PolicyState.DRAFT: "پیش‌نویس",
    PolicyState.SIMULATED: "شبیه‌سازی‌شده",
    PolicyState.APPROVED: "تصویب‌شده",
    PolicyState.WITHDRAWN: "کنار گذاشته",
}


class SameEyes(Refusal):
    """Who drafted does not approve."""

    code: ClassVar[str] = "SAME_EYES"
    sentence: ClassVar[str] = "تصویب با کس دیگری است: نویسندهٔ سند نمی‌تواند آن را تصویب کند."


class PolicyOfNation(Refusal):
    """What holds for the whole nation, or for another province, is not a province's to decide."""

    code: ClassVar[str] = "POLICY_OF_NATION"
    sentence: ClassVar[str] = (
        "آنچه در همهٔ کشور به کار می‌آید با تصویب مقام کشوری است؛ استان تنها دربارهٔ خود تصمیم می‌گیرد."
    )


class CutOffsInvalid(Refusal):
    """A document of cut-offs that can't be used."""

    code: ClassVar[str] = "CUT_OFFS_INVALID"
    sentence: ClassVar[str] = "سند برش شهر و روستا درست نیست: {reason}"


@dataclass(frozen=True, slots=True)
class CutOffs:
    """How many points a household of town or country may stand higher and still be let in."""

    id: str
    version: int
    title: str
    urban_shift: int
    rural_shift: int
    sha: str

    def shift_of(self, urban: int | str | None) -> int:
        """The shift of a household; none where nobody says whether it lives in town or country."""
        if not isinstance(urban, int):
            return 0
        return self.urban_shift if urban >= 1 else self.rural_shift

    def decile_of(self, card: Card, score: int, urban: int | str | None) -> int:
        """The decile that needs are cut by; `score` is at the prices of the place."""
        low, high = card.table.lowest, card.table.highest
        return card.table.decile_of(min(max(score - self.shift_of(urban), low), high))

    def decile_sql(self, card: Card, score: str) -> str:
        """The same over `urban` and a score at the prices of the place, in any dialect."""
        shift = f"CASE WHEN urban >= 1 THEN {self.urban_shift} WHEN urban < 1 THEN {self.rural_shift} ELSE 0 END"
        shifted = f"LEAST(GREATEST({score} - {shift}, {card.table.lowest}), {card.table.highest})"
        tops = " ".join(
            f"WHEN {shifted} <= {top} THEN {decile}" for decile, top in enumerate(card.table.decile_tops, start=1)
        )
        return f"CASE {tops} ELSE 10 END"


def parse_cut_offs(text: str) -> CutOffs:
    """Read and check a document of cut-offs."""
    try:
        content = tomllib.loads(text)
        shifts = {name: content[name] for name in ("urban_shift", "rural_shift")}
        _check_shifts(content, shifts)
        return CutOffs(content["id"], content["version"], content["title"], **shifts, sha=hash_content(content))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise CutOffsInvalid(field="document", reason=f"{type(error).__name__}: {error}") from error


def _check_shifts(content: Mapping[str, Any], shifts: Mapping[str, Any]) -> None:
    if any(type(shift) is not int or abs(shift) > SHIFT_MAX for shift in shifts.values()):
        raise ValueError(f"shifts are whole points up to {SHIFT_MAX}")
    if set(content) - {"id", "version", "title", *shifts} or type(content["version"]) is not int:
        raise ValueError("id, version, title and the two shifts, nothing else")


@dataclass(frozen=True, slots=True)
class Policies:
    """Everything that the policy decides, as it is on one day."""

    needs: NeedRules
    weights: PriorityWeights
    cut_offs: CutOffs
    prices: PriceList

    @property
    def sha(self) -> str:
        """The hash of all of it."""
        content = {
            "documents": [self.needs.sha, self.weights.sha, self.cut_offs.sha],
            "nation": self.prices.nation,
            "places": self.prices.places,
        }
        return hash_content(content)

    def with_document(self, subject: PolicySubject, text: str) -> "Policies":
        """The same with one document in the place of its subject's."""
        needs, weights, cut_offs = self.needs, self.weights, self.cut_offs
        if subject is PolicySubject.NEEDS:
            needs = parse_need_rules(text, prices=self.prices.names)
        elif subject is PolicySubject.PRIORITY:
            weights = parse_priority(text)
        else:
            cut_offs = parse_cut_offs(text)
        return Policies(needs, weights, cut_offs, self.prices)

    def sha_of(self, subject: PolicySubject) -> str:
        """The hash of one subject's document."""
        return {
            PolicySubject.NEEDS: self.needs.sha,
            PolicySubject.PRIORITY: self.weights.sha,
            PolicySubject.CUT_OFFS: self.cut_offs.sha,
        }[subject]


def hash_document(subject: PolicySubject, text: str, prices: frozenset[str]) -> str:
    """Check a document and give its hash."""
    if subject is PolicySubject.NEEDS:
        return parse_need_rules(text, prices=prices).sha
    return parse_priority(text).sha if subject is PolicySubject.PRIORITY else parse_cut_offs(text).sha
