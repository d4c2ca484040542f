"""A refusal as problem+json (RFC 9457): a stable code for programs, the room's sentence for people, a status."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.http import HttpResponse

from sakha.vocabulary.refusal import Refusal

PROBLEM_TYPE: Final = "application/problem+json"
_STATUSES: Final[Mapping[str, HTTPStatus]] = {
    "CLIENT_UNRECOGNISED": HTTPStatus.UNAUTHORIZED,
    "CLIENT_SUSPENDED": HTTPStatus.FORBIDDEN,
    "CERTIFICATE_WRONG": HTTPStatus.FORBIDDEN,
    "SCOPE_MISSING": HTTPStatus.FORBIDDEN,
    "PURPOSE_MISSING": HTTPStatus.FORBIDDEN,
    "LEVEL_MISSING": HTTPStatus.FORBIDDEN,
    "SANDBOX_MIXED": HTTPStatus.FORBIDDEN,
    "PERMISSION_MISSING": HTTPStatus.FORBIDDEN,
    "PERMISSION_WITHHELD": HTTPStatus.FORBIDDEN,
    "COVERAGE_NOT_YOURS": HTTPStatus.FORBIDDEN,
    "LIMIT_REACHED": HTTPStatus.TOO_MANY_REQUESTS,
    "BODY_TOO_LARGE": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "REQUEST_KEY_MISSING": HTTPStatus.BAD_REQUEST,
    "NEED_COVERED": HTTPStatus.CONFLICT,
    "SIMILAR_HELP_RECENT": HTTPStatus.CONFLICT,
    "EXCEEDS_OPEN_NEED": HTTPStatus.CONFLICT,
    "HOUSEHOLD_PROTECTED": HTTPStatus.CONFLICT,
    "HOUSEHOLD_NOT_ASKED": HTTPStatus.CONFLICT,
    "REQUEST_SETTLED": HTTPStatus.CONFLICT,
    "HOLD_SETTLED": HTTPStatus.CONFLICT,
    "DELIVERY_STOPPED": HTTPStatus.CONFLICT,
    "COVERAGE_LIST_OLDER": HTTPStatus.CONFLICT,
    "COVERAGE_LIST_SHRINKS": HTTPStatus.CONFLICT,
    "KEYS_IN_RENEWAL": HTTPStatus.CONFLICT,
    "KEYS_BEING_RENEWED": HTTPStatus.CONFLICT,
    "INTRODUCTION_TAKEN": HTTPStatus.CONFLICT,
    "INTRODUCTION_ELSEWHERE": HTTPStatus.CONFLICT,
    "INTRODUCTION_EXISTS": HTTPStatus.CONFLICT,
    "INTRODUCTION_NEED_MISSING": HTTPStatus.CONFLICT,
    "INTRODUCTION_CONSENT_MISSING": HTTPStatus.CONFLICT,
}


class BodyUnreadable(Refusal):
    """No JSON, or not of the form that the document describes; `problems` says where."""

    code: ClassVar[str] = "BODY_INVALID"
    sentence: ClassVar[str] = "درخواست به شکلی که سند OpenAPI می‌گوید نیست."

    def __init__(self, *, problems: Sequence[Mapping[str, Any]] = (), field: str = "") -> None:
        super().__init__(field=field)
        self.problems = tuple(problems)


class BodyTooLarge(Refusal):
    """More than a request may carry."""

    code: ClassVar[str] = "BODY_TOO_LARGE"
    sentence: ClassVar[str] = "درخواست بزرگ‌تر از اندازهٔ مجاز است."


def status_of(refusal: Refusal) -> HTTPStatus:
    """The status: what is not named above is unknown (404) by its word, else it can't be done as it was asked (422)."""
    if refusal.code in _STATUSES:
        return _STATUSES[refusal.code]
    return HTTPStatus.NOT_FOUND if refusal.code.endswith("_UNKNOWN") else HTTPStatus.UNPROCESSABLE_ENTITY


def statuses_by_code() -> list[tuple[int, list[str]]]:
    """The codes that have a status of their own, for the reference."""
    statuses = sorted({status.value for status in _STATUSES.values()})
    return [(status, sorted(code for code, one in _STATUSES.items() if one == status)) for status in statuses]


def show_problem(refusal: Refusal) -> HttpResponse:
    """The refusal as an answer."""
    status = status_of(refusal)
    told: dict[str, Any] = {
        "type": f"urn:sakha:problem:{refusal.code.lower().replace('_', '-')}",
        "title": status.phrase,
        "status": status.value,
        "code": refusal.code,
        "detail": refusal.message,
    }
    if refusal.field:
        told["field"] = refusal.field
    if isinstance(refusal, BodyUnreadable):
        told["problems"] = list(refusal.problems)
    response = HttpResponse(json.dumps(told, ensure_ascii=False), status=status, content_type=PROBLEM_TYPE)
    if status is HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="sakha"'
    return response


def where(error: Mapping[str, Any]) -> dict[str, str]:
    """Where in a body something is wrong and what: never what stood there."""
    return {"field": ".".join(str(one) for one in error["loc"]), "message": str(error["msg"])}
