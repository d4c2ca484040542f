"""The interface as django-ninja knows it, and its OpenAPI document with what ninja does not write by itself.

Ninja 1.7 writes OpenAPI 3.1 and knows neither problem+json nor headers of answers: both are added here, to every
operation alike.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer
from pydantic.json_schema import models_json_schema

from sakha.access.rules import ClientScope
from sakha.entrypoints.api.schemas import Problem
from sakha.entrypoints.program_gate.door import Caller, enter, leave, refuse
from sakha.entrypoints.program_gate.problems import PROBLEM_TYPE, BodyUnreadable, where
from sakha.vocabulary.refusal import Refusal

VERSION: Final = "1.0.0"
_PROBLEMS: Final = (400, 401, 403, 404, 409, 413, 422, 429)
_LIMIT_HEADERS: Final = {
    name: {"description": told, "schema": {"type": "integer"}}
    for name, told in (
        ("RateLimit-Limit", "Requests that the client may send a minute."),
        ("RateLimit-Remaining", "How many are left of this minute."),
        ("RateLimit-Reset", "Seconds until the next minute begins."),
    )
}
_PURPOSE: Final = {
    "name": "Sakha-Purpose",
    "in": "header",
    "required": False,
    "description": "What for the client asks; needed where it was admitted for several purposes.",
    "schema": {"type": "string", "enum": ["AID", "SERVICE", "COVERAGE"]},
}
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Names this write: sent again with the same body it is answered the same and done once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[A-Za-z0-9._:-]+$"},
}


class Door(HttpBearer):
    """Ninja's way to let a caller in: a scope and the name under which its requests are counted."""

    def __init__(self, route: str, scope: ClientScope | None) -> None:
        super().__init__()
        self._route = route
        self._scope = scope

    def __call__(self, request: HttpRequest) -> Caller:
        """Let the caller in, or refuse: the header is read there, for plain views too."""
        return self.authenticate(request, "")

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The same by the name that ninja asks for."""
        del token
        return enter(request, route=self._route, scope=self._scope, at=timezone.now())


class Interface(NinjaAPI):
    """Ninja's interface with our headers and our document."""

    def create_response(self, request: HttpRequest, data: Any, **rest: Any) -> HttpResponse:
        """Answer with the headers of limits."""
        return leave(request, super().create_response(request, data, **rest))

    def get_openapi_schema(self, **rest: Any) -> OpenAPISchema:
        """The document, completed."""
        document = super().get_openapi_schema(**rest)
        _, told = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
        document["components"]["schemas"].update(told["$defs"])
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                _complete(operation, is_write=method == "post" and path not in READ_BY_POST)
        return document


# Questions that stand in a body because an identifier must not stand in an address: they change nothing.
READ_BY_POST: Final = frozenset({"/api/v1/check", "/api/v1/check/batch", "/api/v1/households/find"})

API: Final = Interface(
    title="Sakha",
    version=VERSION,
    description="The register of need and aid, for programs. How to begin: docs/api.md.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api-v1",
)
Operation = Callable[..., Any]


def guarded(route: str, scope: ClientScope | None) -> Door:
    """The door of an operation."""
    return Door(route, scope)


@API.exception_handler(Refusal)
def tell_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as a problem."""
    return refuse(request, refusal)


@API.exception_handler(ValidationError)
def tell_unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What is not of the form that the document describes."""
    told = [where({"loc": one["loc"], "msg": one["msg"]}) for one in error.errors[:20]]
    return refuse(request, BodyUnreadable(problems=told))


@API.exception_handler(HttpError)
def tell_bad(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    del error
    return refuse(request, BodyUnreadable())


def _complete(operation: dict[str, Any], *, is_write: bool) -> None:
    operation.setdefault("parameters", []).append(_PURPOSE)
    if is_write:
        operation["parameters"].append(_KEY)
    responses = {str(status): told for status, told in operation["responses"].items()}
    operation["responses"] = responses
    for status in list(responses):
        responses[status]["headers"] = dict(_LIMIT_HEADERS)
        responses[status]["description"] = HTTPStatus(int(status)).phrase
    told = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for declined in _PROBLEMS:
        responses[str(declined)] = {"description": HTTPStatus(declined).phrase, "content": told}
    responses["304"] = {"description": "Unchanged since the ETag that was sent."}
    responses["405"] = {"description": "No such method."}
