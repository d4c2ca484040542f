"""A charity's own file on its way in: upload, what the columns mean, what is wrong, load, and how far it is."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.files_wording import (
    field_groups,
    is_working,
    show_columns,
    show_failure,
    show_figures,
    show_file,
    show_outcome,
    show_problems,
    show_progress,
)
from sakha.entrypoints.staff_site.forms import FileForm, LoadForm
from sakha.entrypoints.staff_site.gate import page
from sakha.registry.actions import (
    cancel_file,
    receive_file,
    request_check,
    request_load,
    set_mapping,
    write_problem_workbook,
)
from sakha.registry.queries.identity import waiting_rows
from sakha.registry.queries.intake import (
    IntakeFileCard,
    get_intake_file,
    intake_columns,
    intake_files,
    intake_problems,
    problem_counts,
)
from sakha.registry.rules.states import IntakeState
from sakha.vocabulary.money import MoneyUnit
from sakha.vocabulary.refusal import Refusal

_PROBLEMS_SHOWN = 50
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAPPABLE = {IntakeState.UPLOADED, IntakeState.MAPPED}


@page(Permission.IMPORT_FILE, "GET", "POST")
def overview(request: HttpRequest, *, actor: Actor, at: datetime) -> HttpResponse:
    """List the organisation's files, and take a new one."""
    form, status = FileForm(), HTTPStatus.OK
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            given = form.cleaned_data["file"]
            try:
                card = receive_file(actor=actor, at=at, name=given.name, content=given.read())
            except Refusal as refusal:
                form.add_error("file", refusal.message)
            else:
                return _to_file(card.id)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    rows = tuple(show_file(card) for card in intake_files(actor=actor))
    return render(request, "staff_site/files.html", {"form": form, "rows": rows}, status=status)


@page(Permission.IMPORT_FILE)
def file(request: HttpRequest, *, actor: Actor, at: datetime, file_id: int) -> HttpResponse:
    """Show the step at which the file is."""
    del at
    card = get_intake_file(actor=actor, file_id=file_id)
    wants_mapping = request.GET.get("stage") == "mapping" and card.state is IntakeState.CHECKED
    if card.state in _MAPPABLE or wants_mapping:
        return _show_mapping(request, actor, card)
    if is_working(card):
        context = {"file": card, "stage": "working", "title": "در حال کار", "progress": show_progress(card)}
        return render(request, "staff_site/file.html", context)
    return _show_report(request, actor, card)


@page(Permission.IMPORT_FILE, "POST")
def map_columns(request: HttpRequest, *, actor: Actor, at: datetime, file_id: int) -> HttpResponse:
    """Keep what the columns mean, then check every row in the background."""
    prefix = "column-"
    fields = {
        int(name.removeprefix(prefix)): value
        for name, value in request.POST.items()
        if name.startswith(prefix) and name.removeprefix(prefix).isdecimal() and isinstance(value, str)
    }
    unit = MoneyUnit.TOMAN if request.POST.get("money") == "toman" else MoneyUnit.RIAL
    try:
        set_mapping(actor=actor, at=at, file_id=file_id, fields=fields, money_unit=unit)
    except Refusal as refusal:
        if refusal.code in {"INTAKE_FILE_UNKNOWN", "INTAKE_STATE_WRONG"}:
            raise
        card = get_intake_file(actor=actor, file_id=file_id)
        return _show_mapping(request, actor, card, wrong=refusal.message, fields=fields)
    request_check(actor=actor, file_id=file_id)
    return _to_file(file_id)


@page(Permission.IMPORT_FILE, "POST")
def load(request: HttpRequest, *, actor: Actor, at: datetime, file_id: int) -> HttpResponse:
    """Load the chosen rows in the background, all of them or none."""
    del at
    form = LoadForm(request.POST)
    if not form.is_valid():
        card = get_intake_file(actor=actor, file_id=file_id)
        return _show_report(request, actor, card, form=form)
    request_load(actor=actor, file_id=file_id, rows=form.cleaned_data["rows"])
    return _to_file(file_id)


@page(Permission.IMPORT_FILE, "POST")
def cancel(request: HttpRequest, *, actor: Actor, at: datetime, file_id: int) -> HttpResponse:
    """Give the file up."""
    del request
    cancel_file(actor=actor, at=at, file_id=file_id)
    return _to_file(file_id)


@page(Permission.IMPORT_FILE)
def progress(request: HttpRequest, *, actor: Actor, at: datetime, file_id: int) -> HttpResponse:
    """Tell how far the work is; once it is done, have the page shown anew."""
    del at
    card = get_intake_file(actor=actor, file_id=file_id)
    if not is_working(card):
        address = reverse("file", args=[file_id])
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)
    context = {"file": card, "progress": show_progress(card)}
    return render(request, "staff_site/file_progress.html", context)


@page(Permission.IMPORT_FILE)
def problems(request: HttpRequest, *, actor: Actor, at: datetime, file_id: int) -> HttpResponse:
    """Give the rows with problems back as an Excel file."""
    del request
    content = write_problem_workbook(actor=actor, at=at, file_id=file_id)
    headers = {"Content-Disposition": f'attachment; filename="rows-to-correct-{file_id}.xlsx"'}
    return HttpResponse(content, content_type=_EXCEL, headers=headers)


def _to_file(file_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("file", args=[file_id]))


def _show_mapping(
    request: HttpRequest, actor: Actor, card: IntakeFileCard, *, wrong: str = "", fields: dict[int, str] | None = None
) -> HttpResponse:
    columns = show_columns(intake_columns(actor=actor, file_id=card.id), fields)
    context = {"file": card, "stage": "mapping", "title": "ستون‌ها یعنی چه؟", "columns": columns, "wrong": wrong}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render(request, "staff_site/file.html", {**context, "groups": field_groups()}, status=status)


def _show_report(
    request: HttpRequest, actor: Actor, card: IntakeFileCard, *, form: LoadForm | None = None
) -> HttpResponse:
    listed = intake_problems(actor=actor, file_id=card.id, limit=_PROBLEMS_SHOWN)
    context = {
        "file": card,
        "stage": "report",
        "title": "گزارش فایل",
        "figures": show_figures(card),
        "problems": show_problems(listed)[:_PROBLEMS_SHOWN],
        "problem_counts": problem_counts(actor=actor, file_id=card.id),
        "offers_load": card.state is IntakeState.CHECKED,
        "form": form or LoadForm(),
        "outcome": show_outcome(card),
        "failure": show_failure(card),
        "waiting_count": waiting_rows(actor=actor, file_id=card.id),
        "may_answer": actor.can(Permission.DECIDE_IDENTITY),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form is not None else HTTPStatus.OK
    return render(request, "staff_site/file.html", context, status=status)
