"""Answers with an ETag, and the cursors of pages."""

import base64
import binascii
from hashlib import sha256
from http import HTTPStatus
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from sakha.entrypoints.api.once import json_answer
from sakha.entrypoints.api.schemas import BIGINT_MAX
from sakha.entrypoints.program_gate.door import leave
from sakha.vocabulary.refusal import Refusal


class CursorInvalid(Refusal):
    """No cursor of ours."""

    code: ClassVar[str] = "CURSOR_INVALID"
    sentence: ClassVar[str] = "cursor باید همان next پاسخ پیشین باشد."


def answer_tagged(request: HttpRequest, told: BaseModel) -> HttpResponse:
    """The answer with a tag of its content; 304 where the caller has it already. The look is logged either way."""
    body = told.model_dump_json()
    tag = f'"{sha256(body.encode()).hexdigest()[:32]}"'
    known = {one.strip() for one in request.headers.get("If-None-Match", "").split(",")}
    response = HttpResponse(status=HTTPStatus.NOT_MODIFIED) if tag in known else json_answer(body)
    response["ETag"] = tag
    return leave(request, response)


def write_cursor(row_id: int) -> str:
    """The place after this row; its letters mean nothing to the caller."""
    return base64.urlsafe_b64encode(f"before:{row_id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> int | None:
    """The row after which a page begins. Raises: CursorInvalid."""
    if cursor is None:
        return None
    try:
        word, _, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(":")
    except (binascii.Error, UnicodeError):
        raise CursorInvalid(field="cursor") from None
    if word != "before" or not number.isdecimal() or not 0 < int(number) <= BIGINT_MAX:
        raise CursorInvalid(field="cursor")
    return int(number)
