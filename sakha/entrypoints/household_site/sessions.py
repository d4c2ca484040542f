"""What a phone's session keeps: at which door a code was asked for, and after the code whose registration it is.

Half an hour without a touch ends it: a phone is often somebody else's.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.middleware.csrf import rotate_token

MINUTES_IDLE = 30
_DOOR, _REGISTRATION, _TOLD = "household_door", "household_registration", "household_told"
_UNKNOWN = 0  # asked at the door with a number that opens nothing: the next page is the same


def keep_door(request: HttpRequest, invitation_id: int | None) -> None:
    """Remember where a code was asked for, and nothing of an earlier visit."""
    request.session.flush()
    request.session[_DOOR] = invitation_id or _UNKNOWN
    request.session.set_expiry(MINUTES_IDLE * 60)


def find_door(request: HttpRequest) -> tuple[bool, int | None]:
    """Whether a code was asked for in this browser, and at which invitation's door."""
    kept = request.session.get(_DOOR)
    return kept is not None, kept or None


def begin_visit(request: HttpRequest, registration_id: int) -> None:
    """Let the phone in, under a fresh session key."""
    request.session.flush()
    request.session[_REGISTRATION] = registration_id
    request.session.set_expiry(MINUTES_IDLE * 60)
    rotate_token(request)


def end_visit(request: HttpRequest) -> None:
    """Forget everything about the visit."""
    request.session.flush()


def find_visit(request: HttpRequest) -> int | None:
    """Whose registration this visit is, and half an hour more for it."""
    kept: int | None = request.session.get(_REGISTRATION)
    if kept is not None:
        request.session.set_expiry(MINUTES_IDLE * 60)
    return kept


def tell(request: HttpRequest, words: str) -> None:
    """Leave a sentence for the next page."""
    request.session[_TOLD] = words


def take_told(request: HttpRequest) -> str:
    """Take the sentence that was left, once."""
    return str(request.session.pop(_TOLD, "")) if _TOLD in request.session else ""
