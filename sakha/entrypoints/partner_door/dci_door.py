"""How a message of SP DCI comes in: client, envelope, signature, in this order; and how an answer leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sakha.access.queries import acting
from sakha.access.rules import ClientScope, PermissionMissing, PurposeMissing, ScopeMissing
from sakha.entrypoints.partner_door.gate import answer, answer_refusal, read_body
from sakha.entrypoints.program_gate.door import (
    Caller,
    CertificateWrong,
    ClientSuspended,
    ClientUnrecognised,
    enter,
)
from sakha.entrypoints.program_gate.limits import LimitReached
from sakha.exchange.actions.outbox import NewMessage, lay_out
from sakha.exchange.queries.partners import find_partner, named_hosts, own_key, own_name
from sakha.exchange.rules.addresses import AddressRefused, is_under, read_target
from sakha.exchange.rules.answers import write_answer_header
from sakha.exchange.rules.asking import Registry
from sakha.exchange.rules.envelope import Fields, Header, read_envelope
from sakha.exchange.rules.outbox import Channel
from sakha.exchange.rules.partners import Partner, require_proof, sign_message, verify_message
from sakha.exchange.rules.refusals import MessageRefused

_REFUSALS: Final = (
    MessageRefused, ClientUnrecognised, ClientSuspended, CertificateWrong, LimitReached, ScopeMissing, PurposeMissing,
    PermissionMissing,
)  # fmt: skip
CALLBACKS: Final = {
    "on-search": "/registry/on-search",
    "on-subscribe": "/registry/on-subscribe",
    "on-unsubscribe": "/registry/on-unsubscribe",
    "txn-on-status": "/registry/txn/on-status",
    "notify": "/registry/notify",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A message that was let in."""

    request: HttpRequest
    caller: Caller
    partner: Partner
    registry: Registry
    header: Header
    message: Fields
    at: datetime


def dci(
    action: str, scope: ClientScope, *, is_callback: bool = False
) -> Callable[[Callable[[Call], HttpResponse]], Callable[..., HttpResponse]]:
    """Let a view answer messages of this action from clients with this scope."""

    def wrap(view: Callable[[Call], HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @require_POST
        @wraps(view)
        def answered(request: HttpRequest, registry: str) -> HttpResponse:
            at = timezone.now()
            try:
                caller = enter(request, route=f"dci {action}", scope=scope, at=at)
                told = read_body(request)
                header, message = read_envelope(told, action=action, is_callback=is_callback)
                partner = find_partner(client_id=caller.client.id)
                verify_message(partner, told, sender_id=header.sender_id, at=at)
                require_proof(partner, caller.client, is_demonstration=settings.SAKHA.is_demonstration)
                with acting(caller.actor):
                    return view(
                        Call(
                            request=request,
                            caller=caller,
                            partner=partner,
                            registry=Registry(registry),
                            header=header,
                            message=message,
                            at=at,
                        )
                    )
            except _REFUSALS as refusal:
                return answer_refusal(request, refusal, at=at)

        return answered

    return wrap


def reply_base(call: Call) -> str:
    """Where answers are brought, or '' where none was named: then the answer waits to be asked for.

    Some name the whole address of one answer, some the beginning of all. Without registered beginnings only simulated
    answers are brought anywhere. Raises: MessageRefused.
    """
    told = call.header.sender_uri or (call.partner.reply_origins[0] if call.partner.reply_origins else "")
    if not told:
        return ""
    try:
        read_target(told, named_hosts=named_hosts())
    except AddressRefused as refusal:
        raise MessageRefused(reason=refusal.reason, error="err.sender_uri.invalid") from None
    is_simulated = call.caller.client.is_sandbox or settings.SAKHA.is_demonstration
    if not is_under(told, call.partner.reply_origins) or not (call.partner.reply_origins or is_simulated):
        raise MessageRefused(reason="sender_uri is not registered", error="err.sender_uri.invalid")
    for path in CALLBACKS.values():
        told = told.removesuffix(path)
    return told.rstrip("/")


def answer_now(call: Call, action: str, message: Mapping[str, Any], counts: tuple[int, int]) -> HttpResponse:
    """A signed envelope in the same call."""
    header = _header(call, action, counts, name=f"{call.header.message_id[:80]}-answer")
    envelope = sign_message(own_key(), header, message, practice=call.partner.practice, at=call.at)
    return answer(call.request, envelope)


def answer_later(call: Call, action: str, message: Mapping[str, Any], counts: tuple[int, int]) -> None:
    """Lay the answer into the outbox, if there is where to bring it."""
    base = reply_base(call)
    if not base:
        return
    client = call.caller.client
    lay_out(
        actor=client.actor,
        at=call.at,
        message=NewMessage(
            client_id=client.id,
            organisation_id=client.actor.organisation_id or 0,
            channel=Channel.DCI,
            action=action,
            address=base + CALLBACKS[action],
            body={"header": _header(call, action, counts, name=""), "message": message},
        ),
    )


def _header(call: Call, action: str, counts: tuple[int, int], *, name: str) -> dict[str, Any]:
    return write_answer_header(
        action=action,
        name=name,
        at=call.at,
        sender_id=own_name(),
        receiver_id=call.header.sender_id,
        counts=counts,
    )
