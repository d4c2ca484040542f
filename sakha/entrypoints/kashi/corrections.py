"""Corrections of what data banks say: words and forms that staff and households share.

Decides nothing about who may correct what; that is asked by each door.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from sakha.databanks.banks.catalogue import asked_banks
from sakha.databanks.queries import KnownFact
from sakha.databanks.rules import EvidenceStatus
from sakha.databanks.rules.states import CaseKind, CaseState
from sakha.entrypoints.kashi.fields import REQUIRED, SelectInput
from sakha.registry.queries.bank_evidence import MemberKnown

WORDS_MAX: Final = 500
KINDS: Final = (
    (CaseKind.CHANGED, "عوض شده است", "پیش‌تر درست بود، حالا نیست."),
    (CaseKind.WRONG, "نادرست است", "از اول درست نبوده یا از آنِ کس دیگری است."),
    (CaseKind.MISSING, "جا افتاده است", "چیزی هست که در هیچ بانکی نیامده."),
)
KIND_WORDS: Final = {CaseKind.CONTRADICTION: "ناهمخوانی", **{kind: words for kind, words, _ in KINDS}}
CASE_STATES: Final = {
    CaseState.WAITING_FOR_PROOF: ("چشم‌به‌راه مدرک", "wait"),
    CaseState.IN_REVIEW: ("در بازبینی", "wait"),
    CaseState.UPHELD: ("پذیرفته شد", "clear"),
    CaseState.REJECTED: ("پذیرفته نشد", "stop"),
    CaseState.LAPSED: ("مدرک نرسید و بسته شد", ""),
    CaseState.SETTLED_BY_BANK: ("با پاسخ تازهٔ بانک بسته شد", "clear"),
    CaseState.ANSWERED: ("پاسخ داده شد", "clear"),
}


def fact_state(fact: KnownFact) -> tuple[str, str, str]:
    """How a fact stands: in a word, with the kind of its tag and its sign."""
    if fact.status is EvidenceStatus.UNKNOWN:
        return "نامعلوم", "", "circle-question-mark"
    if fact.status is EvidenceStatus.DISPUTED:
        return "در بازبینی", "wait", "scale"
    if not fact.is_believed:
        return "کهنه", "wait", "clock"
    return "دانسته", "clear", "check"


def fact_choices(members: Sequence[MemberKnown]) -> list[tuple[str, str]]:
    """Every fact that is known of a member; of the head also what no bank has said, for what is missing."""
    choices: list[tuple[str, str]] = []
    for member in members:
        name = member.name or "بی‌نام"
        known = {(fact.fact, fact.source): fact.label for fact in member.known.facts}
        if member.is_head:
            known = _unsaid() | known
        choices += [
            (f"{member.person_id}:{fact}:{source}", f"{name}: {label}") for (fact, source), label in known.items()
        ]
    return choices


def _unsaid() -> dict[tuple[str, str], str]:
    return {
        (fact.name, bank.source_name): fact.label
        for bank in asked_banks().values()
        for fact in bank.facts
        if not fact.is_optional
    }


class CorrectionForm(forms.Form):
    """Changed, wrong or missing, in the household's own words."""

    about = forms.ChoiceField(label="دربارهٔ چه چیزی؟", widget=SelectInput(), error_messages={"required": REQUIRED})
    kind = forms.ChoiceField(
        label="چه شده است؟",
        choices=[(kind.value, f"{words}: {more}") for kind, words, more in KINDS],
        widget=forms.RadioSelect,
        error_messages={"required": REQUIRED},
    )
    words = forms.CharField(
        label="در یک جمله بنویسید",
        help_text="شماره و نشانی ننویسید.",
        max_length=WORDS_MAX,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": REQUIRED},
    )

    def __init__(self, *given: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*given, **options)
        about = self.fields["about"]
        if isinstance(about, forms.ChoiceField):
            about.choices = list(choices)
