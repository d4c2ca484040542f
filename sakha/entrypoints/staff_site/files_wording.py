"""Words for a file on its way in: its state, its columns, its problems, what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from sakha.entrypoints.staff_site.screens import (
    ColumnRow,
    FactRow,
    FigureScreen,
    FileRow,
    OutcomeScreen,
    ProblemLine,
    ProgressScreen,
)
from sakha.registry.queries.intake import ColumnChoice, IntakeFileCard, RowProblems
from sakha.registry.rules.mapping import FIELD_CHOICES
from sakha.registry.rules.states import IntakeState
from sakha.vocabulary.digits import group_thousands
from sakha.vocabulary.jalali import show_date

_STATES = {
    IntakeState.UPLOADED: ("wait", "columns-3", "ستون‌ها را تأیید کنید"),
    IntakeState.MAPPED: ("wait", "columns-3", "ستون‌ها را تأیید کنید"),
    IntakeState.CHECKING: ("brand", "loader", "در حال سنجش"),
    IntakeState.CHECKED: ("wait", "clock", "در انتظار انتخاب شما"),
    IntakeState.LOADING: ("brand", "loader", "در حال وارد شدن"),
    IntakeState.LOADED: ("clear", "check", "وارد شد"),
    IntakeState.CANCELLED: ("", "x", "کنار گذاشته شد"),
    IntakeState.FAILED: ("stop", "circle-alert", "خوانده نشد"),
}
_WORKING = {IntakeState.CHECKING, IntakeState.LOADING}


def is_working(card: IntakeFileCard) -> bool:
    """Whether something is being done with the file in the background."""
    return card.state in _WORKING


def show_file(card: IntakeFileCard) -> FileRow:
    """Show a file in the list."""
    state, sign, words = _STATES[card.state]
    return FileRow(
        file_id=card.id,
        name=card.name,
        when=show_date(timezone.localtime(card.uploaded_at).date()),
        words=f"{group_thousands(card.row_count)} سطر",
        state=state,
        sign=sign,
        state_words=words,
    )


def show_progress(card: IntakeFileCard) -> ProgressScreen:
    """Say how far the work is; loading is one transaction and can't be counted from outside."""
    if card.state is IntakeState.LOADING:
        return ProgressScreen(
            label="وارد کردن سطرها، همه با هم", words="کمی مانده", whole=card.row_count, done=None, may_cancel=False
        )
    return ProgressScreen(
        label="سنجش سطرها",
        words=f"{group_thousands(card.checked_count)} از {group_thousands(card.row_count)}",
        whole=max(card.row_count, 1),
        done=card.checked_count,
        may_cancel=True,
    )


def show_columns(columns: Sequence[ColumnChoice], fields: dict[int, str] | None) -> tuple[ColumnRow, ...]:
    """Show the columns with what was proposed, or with what was chosen a moment ago."""
    return tuple(
        ColumnRow(
            place=column.place,
            heading=column.heading,
            sample="، ".join(dict.fromkeys(sample for sample in column.samples if sample)),
            chosen=column.field if fields is None else fields.get(column.place, ""),
        )
        for column in columns
    )


def field_groups() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The meanings that a column may be given, in two groups."""
    people = tuple((choice.name, choice.label) for choice in FIELD_CHOICES if not choice.is_fact)
    facts = tuple((choice.name, choice.label) for choice in FIELD_CHOICES if choice.is_fact)
    return (("شخص و پرونده", people), ("خانه، دارایی و درآمد", facts))


def show_problems(listed: Sequence[RowProblems]) -> tuple[ProblemLine, ...]:
    """One line a problem: row, column, reason."""
    return tuple(
        ProblemLine(row_number=row.row_number, column=problem.heading, reason=problem.reason)
        for row in listed
        for problem in row.problems
    )


def show_figures(card: IntakeFileCard) -> tuple[FigureScreen, ...]:
    """The counts at the head of the report."""
    is_loaded = card.state is IntakeState.LOADED
    figures = (
        ("سطر", card.row_count, "در فایل شما", ""),
        ("سطر درست", card.valid_count, "وارد شد" if is_loaded else "آمادهٔ وارد شدن", ""),
        ("سطر ایراددار", card.problem_count, "در اکسل پس می‌گیرید", "stop"),
        ("از پیش ثبت‌شده", card.known_count, "دوباره شمرده نمی‌شود", "wait"),
    )
    return tuple(
        FigureScreen(title=title, value=group_thousands(count), unit="", sentence=sentence, kind=kind, trend=())
        for title, count, sentence, kind in figures
    )


def show_outcome(card: IntakeFileCard) -> OutcomeScreen | None:
    """Say what came of a loaded file."""
    if card.state is not IntakeState.LOADED:
        return None
    return OutcomeScreen(
        title="وارد شد",
        sentence="سطرهای درست، همان‌گونه که نوشته بودید، ثبت شد. اگر سطرهای ایراددار را درست کردید، دوباره بدهید.",
        facts=(
            FactRow(name="رکورد تازه", value=group_thousands(card.record_count)),
            FactRow(name="شخص تازه", value=group_thousands(card.person_count)),
            FactRow(name="خانوار تازه", value=group_thousands(card.household_count)),
        ),
    )


def show_failure(card: IntakeFileCard) -> OutcomeScreen | None:
    """Say why a file was not taken."""
    if card.state is IntakeState.FAILED:
        return OutcomeScreen(title="این فایل وارد نشد", sentence=card.failure_reason or "فایل خوانده نشد.")
    if card.state is IntakeState.CANCELLED:
        return OutcomeScreen(title="کنار گذاشته شد", sentence="از این فایل چیزی جز نام و شمارش‌ها نگه داشته نشده است.")
    return None
