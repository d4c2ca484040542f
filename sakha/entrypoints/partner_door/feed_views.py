"""The feed of events by cursor, and a client's own webhooks: told, listed, ended, brought again."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sakha.access.actions import record_access_many
from sakha.access.queries import acting
from sakha.access.rules import (
    AccessAction,
    ClientLevel,
    ClientScope,
    LevelMissing,
    PermissionMissing,
    PurposeMissing,
    ScopeMissing,
)
from sakha.entrypoints.partner_door.gate import answer, answer_refusal, read_body
from sakha.entrypoints.program_gate.door import Caller, CertificateWrong, ClientSuspended, ClientUnrecognised, enter
from sakha.entrypoints.program_gate.limits import LimitReached
from sakha.exchange.actions.webhooks import (
    WebhookCard,
    WebhookInvalid,
    WebhookUnknown,
    begin_webhook,
    end_webhook,
    replay_webhook,
    webhooks_of,
)
from sakha.exchange.queries.feed import read_feed
from sakha.exchange.rules.addresses import AddressRefused
from sakha.exchange.rules.events import FeedEvent, write_event
from sakha.exchange.rules.refusals import MessageRefused

LINES_MAX: Final = 500
_CURSOR_LENGTH: Final = 18
_CLOSED: Final = (
    MessageRefused, ClientUnrecognised, ClientSuspended, CertificateWrong, LimitReached, ScopeMissing, PurposeMissing,
    LevelMissing, PermissionMissing,
)  # fmt: skip

View = Callable[..., HttpResponse]


def _feed_door(route: str, *methods: str) -> Callable[[View], View]:
    """Let clients in that may subscribe, in one transaction as themselves."""

    def wrap(view: View) -> View:
        @csrf_exempt
        @require_http_methods(methods)
        @wraps(view)
        def answered(request: HttpRequest, **place: int) -> HttpResponse:
            at = timezone.now()
            try:
                caller = enter(request, route=route, scope=ClientScope.REGISTRY_SUBSCRIBE, at=at)
                with acting(caller.actor):
                    return view(request, caller, **place)
            except (AddressRefused, WebhookInvalid) as refusal:
                return answer_refusal(request, MessageRefused(reason=str(refusal.facts["reason"])), at=at)
            except WebhookUnknown as refusal:
                unknown = MessageRefused(reason=refusal.code, error="err.request.not_found")
                return answer_refusal(request, unknown, at=at)
            except _CLOSED as refusal:
                return answer_refusal(request, refusal, at=at)

        return answered

    return wrap


@_feed_door("feed", "GET")
def show_feed(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Events behind a cursor, of households that the client's body knows; each of them reads that it was looked at."""
    caller.client.require_level(ClientLevel.NEEDS)
    lines = read_feed(actor=caller.actor, after=_cursor(request.GET.get("after", "0")), limit=LINES_MAX)
    record_access_many(
        actor=caller.actor,
        at=caller.at,
        action=AccessAction.READ,
        household_ids=sorted({line.household_id for line in lines}),
        purpose=caller.words("خواندن رویدادها"),
    )
    events = [write_event(line.line) for line in lines]
    last = lines[-1].line.id if lines else _cursor(request.GET.get("after", "0"))
    return answer(request, {"events": events, "cursor": last, "is_whole": len(lines) < LINES_MAX})


@_feed_door("webhooks", "GET", "POST")
def keep_webhooks(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The client's webhooks, or one more; its secret is shown this once."""
    if request.method == "GET":
        return answer(request, {"webhooks": [_shown(card) for card in webhooks_of(client=caller.client)]})
    caller.client.require_level(ClientLevel.NEEDS)
    told = read_body(request)
    kinds = told.get("events") if isinstance(told, dict) else None
    address = told.get("address") if isinstance(told, dict) else None
    known = {kind.value for kind in FeedEvent}
    if not isinstance(address, str) or not isinstance(kinds, list) or not all(kind in known for kind in kinds):
        raise MessageRefused(reason=f"address and events are needed; events: {', '.join(sorted(known))}")
    made = begin_webhook(client=caller.client, at=caller.at, address=address, kinds=[FeedEvent(kind) for kind in kinds])
    secret = f"whsec_{base64.b64encode(made.secret).decode()}"
    return answer(request, {"id": made.id, "secret": secret}, status=HTTPStatus.CREATED)


@_feed_door("webhooks", "DELETE")
def keep_webhook(request: HttpRequest, caller: Caller, webhook_id: int) -> HttpResponse:
    """The end of a webhook."""
    end_webhook(client=caller.client, at=caller.at, webhook_id=webhook_id)
    return answer(request, {"id": webhook_id, "ended": True})


@_feed_door("webhooks", "POST")
def replay(request: HttpRequest, caller: Caller, webhook_id: int) -> HttpResponse:
    """Events of a webhook once more, from a cursor on."""
    caller.client.require_level(ClientLevel.NEEDS)
    told = read_body(request)
    after = _cursor(told.get("after") if isinstance(told, dict) else None)
    count = replay_webhook(client=caller.client, at=caller.at, webhook_id=webhook_id, after=after)
    return answer(request, {"id": webhook_id, "waiting": count}, status=HTTPStatus.ACCEPTED)


def _cursor(told: Any) -> int:
    text = str(told)
    if isinstance(told, bool) or not text.isascii() or not text.isdigit() or len(text) > _CURSOR_LENGTH:
        raise MessageRefused(reason="the cursor is a whole number")
    return int(text)


def _shown(card: WebhookCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "address": card.address,
        "events": [kind.value for kind in card.kinds],
        "cursor": card.cursor,
        "waiting": card.waiting_count,
        "given_up": card.given_up_count,
    }
