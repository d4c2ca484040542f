"""What the browser's session keeps: who signed in, a sentence for the next page, a sealed draft of a form.

A draft holds people's identifiers, so it is sealed like the register itself; the session store never sees them open.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from sakha.access.queries import find_signed_in, key_ring, session_stamp
from sakha.access.rules import Actor
from sakha.access.rules.sealing import open_sealed, seal

_USER, _STAMP, _TOLD, _DRAFT = "user", "stamp", "told", "draft"
_KIND = "session_draft"


def begin_session(request: HttpRequest, user_id: int) -> None:
    """Start a session for the user under a fresh session key."""
    request.session.flush()
    request.session[_USER] = user_id
    request.session[_STAMP] = session_stamp(user_id)


def end_session(request: HttpRequest) -> None:
    """Forget everything about the session."""
    request.session.flush()


def find_session_actor(request: HttpRequest, at: datetime) -> Actor | None:
    """Return who is signed in, or None."""
    user_id = request.session.get(_USER)
    if user_id is None:
        return None
    return find_signed_in(user_id=user_id, stamp=request.session.get(_STAMP, ""), at=at)


def tell(request: HttpRequest, words: str) -> None:
    """Leave a sentence for the next page."""
    request.session[_TOLD] = words


def take_told(request: HttpRequest) -> str:
    """Take the sentence that was left, once."""
    session = getattr(request, "session", None)
    return str(session.pop(_TOLD, "")) if session is not None and _TOLD in session else ""


def read_draft(request: HttpRequest) -> dict[str, Any]:
    """Return the sealed draft of the household form, empty where there is none."""
    kept = request.session.get(_DRAFT)
    if not kept:
        return {}
    draft: dict[str, Any] = json.loads(open_sealed(key_ring(), base64.b64decode(kept), kind=_KIND))
    return draft


def keep_draft(request: HttpRequest, draft: dict[str, Any]) -> None:
    """Keep the draft, sealed."""
    text = json.dumps(draft, ensure_ascii=False)
    request.session[_DRAFT] = base64.b64encode(seal(key_ring(), text, kind=_KIND)).decode()


def drop_draft(request: HttpRequest) -> None:
    """Forget the draft."""
    request.session.pop(_DRAFT, None)
