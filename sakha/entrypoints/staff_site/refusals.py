"""Turns refusals and failures into pages in Persian: a sentence, a code, and a way on.

The only place where a refusal of a room becomes an answer of HTTP.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sakha.vocabulary.refusal import Refusal

_STATUSES = {
    **dict.fromkeys(
        ("PERMISSION_MISSING", "PERMISSION_WITHHELD", "HOUSEHOLD_PROTECTED", "APPEAL_NOT_YOURS"), HTTPStatus.FORBIDDEN
    ),
    **dict.fromkeys(
        (
            "HOUSEHOLD_UNKNOWN",
            "CLIENT_UNKNOWN",
            "HOLD_UNKNOWN",
            "INTAKE_FILE_UNKNOWN",
            "IDENTITY_QUESTION_UNKNOWN",
            "NOTHING_COUNTED",
            "REPORT_UNKNOWN",
            "PLACE_UNKNOWN",
            "ORGANISATION_UNKNOWN",
            "CASE_UNKNOWN",
            "PAPER_UNKNOWN",
            "APPEAL_UNKNOWN",
            "CONFIRMER_UNKNOWN",
            "SCORE_UNKNOWN",
            "POLICY_UNKNOWN",
            "GRIEVANCE_UNKNOWN",
            "RECEIPT_UNKNOWN",
            "UNDOING_UNKNOWN",
            "CAMPAIGN_UNKNOWN",
            "PERSONAL_ASK_UNKNOWN",
            "CALL_UNKNOWN",
            "PROPOSAL_UNKNOWN",
            "POOL_POLICY_UNKNOWN",
            "PASSWORD_LINK_CLOSED",
        ),
        HTTPStatus.NOT_FOUND,
    ),
    **dict.fromkeys(
        (
            "NEED_COVERED",
            "SIMILAR_HELP_RECENT",
            "EXCEEDS_OPEN_NEED",
            "HOUSEHOLD_NOT_ASKED",
            "REQUEST_REUSED",
            "HOLD_SETTLED",
            "INTAKE_STATE_WRONG",
            "INTAKE_CONTENT_GONE",
            "APPEAL_CLOSED",
            "APPEAL_OPEN_ALREADY",
            "LINK_CLOSED",
            "CASE_STATE_WRONG",
            "HEAD_LIVES",
            "POLICY_DECIDED",
            "GRIEVANCE_CLOSED",
            "RECEIPT_ANSWERED",
            "UNDOING_NOT_YOURS",
            "CAMPAIGN_ENDED",
            "POLICY_NOT_SIMULATED",
        ),
        HTTPStatus.CONFLICT,
    ),
}


def status_of(refusal: Refusal) -> HTTPStatus:
    """Return the status that tells a program what kind of refusal it is."""
    return _STATUSES.get(refusal.code, HTTPStatus.UNPROCESSABLE_ENTITY)


def show_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal."""
    status = status_of(refusal)
    hints = {
        HTTPStatus.FORBIDDEN: "اگر فکر می‌کنید باید اجازه داشته باشید، با مدیر سازمانتان صحبت کنید.",
        HTTPStatus.NOT_FOUND: "شاید نشانی کامل نباشد، یا این مورد در محدودهٔ شما نباشد.",
    }
    return _show(
        request,
        refusal.message,
        hints.get(status, "چیزی عوض نشد. می‌توانید برگردید و دوباره بکوشید."),
        refusal.code,
        status,
    )


def show_forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that may not be made, such as a form without its token."""
    del exception
    sentence = "صفحه را تازه کنید و دوباره بفرستید."
    return _show(request, "این درخواست پذیرفته نشد.", sentence, "FORBIDDEN", HTTPStatus.FORBIDDEN)


def show_form_stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old."""
    del reason
    sentence = "این فرم کهنه شده بود، پس چیزی ثبت نشد. صفحه را تازه کنید و دوباره بفرستید."
    return _show(request, "فرم را دوباره بفرستید.", sentence, "FORM_STALE", HTTPStatus.FORBIDDEN)


def show_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere."""
    del exception
    sentence = "نشانی را بررسی کنید، یا از صفحهٔ نخست بروید."
    return _show(request, "این صفحه پیدا نشد.", sentence, "NOT_FOUND", HTTPStatus.NOT_FOUND)


def show_failure(request: HttpRequest) -> HttpResponse:
    """Answer when something broke: nothing was written, and the masthead asks nothing of the database."""
    request.actor = None  # type: ignore[attr-defined]  # set by the middleware
    sentence = "ایراد از ماست و ثبت شد. هیچ چیز نیمه‌کاره نماند؛ کمی بعد دوباره بکوشید."
    return _show(request, "مشکلی پیش آمد.", sentence, "FAILURE", HTTPStatus.INTERNAL_SERVER_ERROR)


def _show(request: HttpRequest, title: str, sentence: str, code: str, status: HTTPStatus) -> HttpResponse:
    template = "staff_site/stopped.html"
    if "HX-Request" in request.headers:
        template += "#stopped"
    return render(request, template, {"title": title, "sentence": sentence, "code": code}, status=status)
