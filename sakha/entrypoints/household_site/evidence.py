"""What data banks know, in the household's words: answers with source, day, age and state, and corrections.

Decides nothing about whether it may be shown; the register does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from sakha.databanks.queries import CaseLine, InquiryLine, KnownFact
from sakha.databanks.rules.papers import PAPER_BYTES_MAX, ProofUnfit, paper_kind
from sakha.databanks.rules.states import CaseKind, CaseState
from sakha.entrypoints.kashi.corrections import CASE_STATES, KIND_WORDS, CorrectionForm, fact_state
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import show_age_ago, show_date, show_moment

_ACCEPTED = "image/*,application/pdf"


@dataclass(frozen=True, slots=True)
class KnownRow:
    """One answer of a bank."""

    label: str
    value: str
    source: str
    state: str
    kind: str
    sign: str


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A correction and where it is."""

    case_id: int
    title: str
    note: str
    state: str
    kind: str
    wants_proof: bool


@dataclass(frozen=True, slots=True)
class AskedRow:
    """Who asked the banks about the household, what for, when."""

    who: str
    note: str


class PaperForm(forms.Form):
    """A photo or a PDF."""

    proof = forms.FileField(
        label="مدرک", help_text="عکس یا پی‌دی‌اف، تا ۵ مگابایت.", widget=forms.FileInput({"accept": _ACCEPTED}),
        error_messages={"required": ProofUnfit.sentence, "empty": ProofUnfit.sentence},
    )  # fmt: skip

    def clean_proof(self) -> bytes | None:
        """The bytes; what the file calls itself is not looked at."""
        return _read_paper(self.cleaned_data["proof"])


class OwnCorrectionForm(CorrectionForm):
    """A correction with its paper, or without one yet."""

    proof = forms.FileField(
        label="مدرک، اگر همین حالا دارید", help_text="عکس یا پی‌دی‌اف، تا ۵ مگابایت. تا سی روز هم می‌توانید بیفزایید.",
        required=False, widget=forms.FileInput({"accept": _ACCEPTED}), error_messages={"empty": ProofUnfit.sentence},
    )  # fmt: skip

    def clean_proof(self) -> bytes | None:
        """The bytes, where there is a file."""
        return _read_paper(self.cleaned_data["proof"])


def _read_paper(given: Any) -> bytes | None:
    if not given:
        return None
    if given.size > PAPER_BYTES_MAX:
        raise forms.ValidationError(ProofUnfit.sentence)
    content: bytes = given.read()
    try:
        paper_kind(content)
    except ProofUnfit as refusal:
        raise forms.ValidationError(refusal.message) from None
    return content


def show_known(facts: Sequence[KnownFact]) -> tuple[KnownRow, ...]:
    """The answers, each with whose it is, of which day and how old."""
    return tuple(_fact(one) for one in facts)


def _fact(one: KnownFact) -> KnownRow:
    state, kind, sign = fact_state(one)
    source = f"{one.source_label} · {show_date(one.observed_on)}، {show_age_ago(one.age_days)}"
    return KnownRow(label=one.label, value=one.shown, source=source, state=state, kind=kind, sign=sign)


def show_corrections(cases: Sequence[CaseLine]) -> tuple[CorrectionRow, ...]:
    """What is looked at again, the open first, with its deadline or its end and the reason."""
    return tuple(_case(one) for one in cases)


def _case(one: CaseLine) -> CorrectionRow:
    state, kind = CASE_STATES[one.state]
    notes = []
    if one.kind is CaseKind.CONTRADICTION and one.declared_value is not None:
        notes.append(f"گفتهٔ شما «{one.declared_shown}» است و {one.source_label} چیز دیگری می‌گوید")
    if one.is_open:
        what = "مدرک" if one.state is CaseState.WAITING_FOR_PROOF else "پاسخ"
        notes.append(f"{what} تا {show_date(one.due_on)}")
    elif one.steps and one.steps[-1].words:
        notes.append(f"دلیل: {persian_digits(one.steps[-1].words)}")
    return CorrectionRow(
        case_id=one.id,
        title=f"{KIND_WORDS[one.kind]}: {one.label}",
        note=" · ".join(notes),
        state=state,
        kind=kind,
        wants_proof=one.state is CaseState.WAITING_FOR_PROOF,
    )


def show_asked(lines: Sequence[InquiryLine]) -> tuple[AskedRow, ...]:
    """Who asked."""
    return tuple(
        AskedRow(
            who=line.organisation_name or line.asked_by,
            note=f"{line.purpose}{'، پذیرفته نشد' if line.refused_code else ''} · {show_moment(line.asked_at)}",
        )
        for line in lines
    )
