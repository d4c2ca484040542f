"""What the pages show, made ready for the templates: words chosen, nothing left to decide.

The views fill these from the answers of the rooms, so that a template never knows a room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A part of the site, as the masthead and the tab bar show it."""

    name: str
    icon: str
    address: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The parts of the site in a bar with few places: those that stand in it, and those behind «بیشتر»."""

    places: tuple[Way, ...]
    more: tuple[Way, ...] = ()

    @property
    def here_behind(self) -> str:
        """Name the present part where it is behind «بیشتر»."""
        return next((way.name for way in self.more if way.is_here), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How much of a waiting time has passed."""

    share: float
    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOffer:
    """What may be held straight from an answer; a request id makes a second press harmless."""

    household_id: int
    kind: int
    quantity: int
    request_id: str
    asks_reason: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictScreen:
    """The answer to a check, in words."""

    kind: str
    sign: str
    words: str
    title: str
    reasons: tuple[str, ...] = ()
    instead: str = ""
    span: Span | None = None
    offer: HoldOffer | None = None
    next_address: str = ""
    next_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """An open need of the household."""

    kind: int
    left: int
    target: int
    held: int
    delivered: int
    hold_hours: int = 72
    offer: HoldOffer | None = None
    state: str = ""
    state_kind: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCell:
    """How often a kind of help came in a month."""

    count: int
    is_now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """A kind of help over the months."""

    name: str
    icon: str
    cells: tuple[MonthCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Six months at a glance."""

    months: tuple[str, ...]
    rows: tuple[MonthRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRow:
    """One help on its way."""

    title: str
    place: str
    when: str
    state: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """A named value with where it comes from."""

    name: str
    value: str
    note: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdCard:
    """A household in short: no full name, no street."""

    household_id: int
    code: str
    title: str
    lines: tuple[str, ...]
    facts: tuple[FactRow, ...] = ()
    is_readable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckScreen:
    """The whole answer to «استعلام پیش از کمک»."""

    verdict: VerdictScreen
    at: datetime
    needs: tuple[NeedRow, ...] = ()
    matrix: Matrix | None = None
    trail: tuple[TrailRow, ...] = ()
    household: HouseholdCard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A member of a household, as its own file shows it."""

    name: str
    relation: str
    born: str
    identifier: str
    is_head: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreScreen:
    """The score in plain words. `unsure` says where too little is known to be sure."""

    band: str
    unsure: str
    sentence: str
    more_need: tuple[str, ...]
    less_need: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRow:
    """Who looked at the file."""

    when: str
    who: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadChoice:
    """A member who could head the household now."""

    person_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdScreen:
    """A household's file. `heads`: whom one may name as its head, where the head has died."""

    card: HouseholdCard
    members: tuple[MemberRow, ...]
    facts: tuple[FactRow, ...]
    needs: tuple[NeedRow, ...]
    trail: tuple[TrailRow, ...]
    looks: tuple[LookRow, ...]
    coverage: tuple[FactRow, ...]
    score: ScoreScreen | None = None
    matrix: Matrix | None = None
    heads: tuple[HeadChoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A hold of my organisation."""

    hold_id: int
    code: str
    kind: int
    quantity: int
    household_id: int
    ends: str
    is_urgent: bool
    reason: str = ""
    is_double: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureScreen:
    """One figure at the head of a page."""

    title: str
    value: str
    unit: str
    sentence: str
    kind: str
    trend: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message in the outbox; its number is masked."""

    to: str
    text: str
    part_count: int
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A part of the household form and how far it is."""

    title: str
    note: str
    address: str
    state: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """An answer before it is sent."""

    name: str
    value: str
    change: str
    is_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPart:
    """The answers of one part."""

    title: str
    facts: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file of the organisation."""

    file_id: int
    name: str
    when: str
    words: str
    state: str
    sign: str
    state_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRow:
    """A column of a file, what stands in it, and what it may mean."""

    place: int
    heading: str
    sample: str
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemLine:
    """What is wrong in one cell."""

    row_number: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressScreen:
    """How far the work on a file is; `done` is None while it can't be counted."""

    label: str
    words: str
    whole: int
    done: int | None
    may_cancel: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeScreen:
    """What came of a file."""

    title: str
    sentence: str
    facts: tuple[FactRow, ...] = ()
