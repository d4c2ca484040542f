"""What the pages of explanations, confirmations and appeals show, made ready for the templates."""

from __future__ import annotations

from dataclasses import dataclass

from sakha.entrypoints.staff_site.screens import FactRow, TrailRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRow:
    """An appeal on the desk."""

    appeal_id: int
    household_id: int
    code: str
    title: str
    level: str
    due: str
    kind: str
    sign: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealScreen:
    """An appeal opened, with what may be done now."""

    row: AppealRow
    statement: str
    facts: tuple[FactRow, ...]
    steps: tuple[TrailRow, ...]
    may_answer: bool
    may_decide: bool
    may_visit: bool
    may_tell_visit: bool
    may_withdraw: bool
    may_carry_on: bool
    is_committee: bool
    waiting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """A reason in words, with who told it and when."""

    sentence: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyScreen:
    """The explanation that is printed for the household."""

    household_id: int
    band: str
    override: str
    more_need: tuple[ReasonRow, ...]
    less_need: tuple[ReasonRow, ...]
    unknown: tuple[str, ...]
    unsure: str
    contested: tuple[str, ...]
    freshness: str
    confirmed: tuple[FactRow, ...]
    appeals: tuple[AppealRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsRow:
    """A contribution, for the auditor."""

    label: str
    value: str
    points: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditScreen:
    """A score recomputed."""

    household_id: int
    is_same: bool
    verdict: str
    facts: tuple[FactRow, ...]
    points: tuple[PointsRow, ...]
    unknown: str
    known_facts: tuple[FactRow, ...]
    confirmed: tuple[FactRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmerRow:
    """A confirmer, by number."""

    confirmer_id: int
    title: str
    note: str
    is_stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRow:
    """Something to look into."""

    title: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An answer to check on the spot."""

    answer_id: int
    title: str
    note: str
    household_id: int
    confirmer_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    """A way to answer a question."""

    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A question with its ways to answer."""

    name: str
    sentence: str
    choices: tuple[ChoiceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """A family about which somebody is asked in the site."""

    request_id: int
    name: str
    ends: str
    questions: tuple[QuestionRow, ...]
