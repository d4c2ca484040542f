"""Three steps at one address, all by plain forms: the four digits, the questions, thanks.

Nothing is written into the address, and every closed link looks alike.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from sakha.entrypoints.operations.addresses import client_address
from sakha.scoring.actions.confirming_links import AskedByLink, GivenAnswers, answer_link, check_link, read_link
from sakha.scoring.rules.confirming_questions import COUNT_MAX, QuestionCode
from sakha.scoring.rules.confirming_voices import LinkClosed, LinkCodeWrong, LinkTriedTooOften
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.places import COUNTIES
from sakha.vocabulary.refusal import Refusal

_TOKEN_LENGTH_MAX = 64


@never_cache
@sensitive_post_parameters()
@sensitive_variables("token", "code")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the door, then the questions, then thanks."""
    at, address, token = timezone.now(), client_address(request), token[:_TOKEN_LENGTH_MAX]
    code = request.POST.get("code", "")[:10]
    try:
        if request.method == "GET":
            check_link(at=at, token=token, address=address)
            return _render(request, "door")
        if request.POST.get("step") == "answers":
            return _take_answers(request, token, code, at)
        asked = read_link(at=at, token=token, code=code, address=address)
        return _render(request, "questions", **_show(asked), code=code)
    except LinkCodeWrong as refusal:
        return _render(request, "door", status=HTTPStatus.UNPROCESSABLE_ENTITY, wrong=refusal.message)
    except LinkTriedTooOften as refusal:
        return _render(request, "closed", status=HTTPStatus.TOO_MANY_REQUESTS, words=refusal.message)
    except LinkClosed as refusal:
        return _render(request, "closed", status=HTTPStatus.GONE, words=refusal.message)


def _take_answers(request: HttpRequest, token: str, code: str, at: datetime) -> HttpResponse:
    given = GivenAnswers(
        answers={one: request.POST.get(one.value, "") for one in QuestionCode}, is_kin="is_kin" in request.POST
    )
    address = client_address(request)
    try:
        answer_link(at=at, token=token, code=code, address=address, given=given)
    except Refusal as refusal:
        if refusal.code != "ANSWER_UNFIT":
            raise
        asked = read_link(at=at, token=token, code=code, address=address)
        context = _show(asked) | {"code": code, "wrong": refusal.message}
        return _render(request, "questions", status=HTTPStatus.UNPROCESSABLE_ENTITY, **context)
    return _render(request, "thanks")


def _show(asked: AskedByLink) -> dict[str, Any]:
    counts = tuple((number, f"{persian_digits(number)} نفر") for number in range(COUNT_MAX + 1))
    return {
        "name": asked.family_name,
        "place": COUNTIES[asked.county].name if asked.county in COUNTIES else "",
        "questions": [
            {"name": one.code.value, "sentence": one.sentence, "choices": one.choices or counts}
            for one in asked.questions
        ],
    }


def _render(request: HttpRequest, step: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> HttpResponse:
    response = render(request, "confirmer_site/link.html", {"step": step, **context}, status=status)
    # The address is the key: no other site may be told it. Under "no-referrer" a browser hides the form's own origin
    # too, and the form would be refused as a forged one.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response
