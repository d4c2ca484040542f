"""The addresses of SP DCI v1, for the social registry and the beneficiary registry alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from sakha.access.rules import ClientScope
from sakha.databanks.banks.signatures import own_public_keys as banks_public_keys
from sakha.entrypoints.partner_door.dci_door import Call, answer_later, answer_now, dci, reply_base
from sakha.entrypoints.partner_door.gate import answer
from sakha.entrypoints.program_gate.door import weigh
from sakha.exchange.actions.answering import answer_search, require_few_conditions
from sakha.exchange.actions.enrolling import answer_enrolled, record_enrollments
from sakha.exchange.actions.requests import NewRequest, TakenRequest, find_answer, keep_answer, take_request
from sakha.exchange.actions.subscribing import subscribe, unsubscribe
from sakha.exchange.queries.partners import own_public_keys
from sakha.exchange.rules.answers import write_ack, write_refused, write_search_answer, write_status_answer
from sakha.exchange.rules.asking import read_enrolled_question, read_search, read_status_question
from sakha.exchange.rules.envelope import read_items, read_name, read_part
from sakha.exchange.rules.refusals import ItemRefused, MessageRefused
from sakha.exchange.rules.subscribing import read_subscriptions, read_unsubscription


@require_GET
def show_keys(request: HttpRequest, **_registry: str) -> HttpResponse:  # noqa: ARG001 -- the form of a view
    """Every key with which we sign: to partners, and to data banks."""
    return JsonResponse({"keys": [*own_public_keys()["keys"], *banks_public_keys()["keys"]]})


@dci("search", ClientScope.REGISTRY_SEARCH)
def search_now(call: Call) -> HttpResponse:
    """A search, answered in the same call."""
    message, counts = _search(call)[1:]
    return answer_now(call, "on-search", message, counts)


@dci("search", ClientScope.REGISTRY_SEARCH)
def search_later(call: Call) -> HttpResponse:
    """A search whose answer is brought."""
    reply_base(call)
    taken, message, counts = _search(call)
    answer_later(call, "on-search", message, counts)
    return _ack(call, taken)


@dci("subscribe", ClientScope.REGISTRY_SUBSCRIBE)
def begin_subscription(call: Call) -> HttpResponse:
    """Subscriptions; what became of each is brought."""
    transaction_id, items = read_subscriptions(call.message)
    weigh(call.caller, len(items))
    address = reply_base(call)
    taken = _take(call, "subscribe", transaction_id, [item.reference_id for item in items])
    if address:
        answers, completed = subscribe(
            client=call.caller.client,
            at=call.at,
            purpose=call.caller.purpose,
            items=items,
            address=f"{address}/registry/notify",
        )
    else:
        refusal = ItemRefused(reason="sender_uri is needed to be told", error="rjct.notify_details.invalid")
        answers, completed = [write_refused(item.reference_id, refusal, at=call.at) for item in items], 0
    message = {
        "transaction_id": transaction_id,
        "correlation_id": taken.correlation_id,
        "subscribe_response": answers,
    }
    keep_answer(client=call.caller.client, taken=taken, message=message)
    answer_later(call, "on-subscribe", message, (len(items), completed))
    return _ack(call, taken)


@dci("unsubscribe", ClientScope.REGISTRY_SUBSCRIBE)
def end_subscription(call: Call) -> HttpResponse:
    """The end of subscriptions; what became of each is brought."""
    transaction_id, codes = read_unsubscription(call.message)
    reply_base(call)
    taken = _take(call, "unsubscribe", transaction_id, [])
    told, reason = unsubscribe(client=call.caller.client, at=call.at, codes=codes)
    message: dict[str, Any] = {
        "transaction_id": transaction_id,
        "correlation_id": taken.correlation_id,
        "timestamp": call.at.isoformat(),
        "status": "rjct" if reason else "succ",
        "subscription_status": told,
    }
    if reason:
        message["status_reason_code"] = reason
    keep_answer(client=call.caller.client, taken=taken, message=message)
    answer_later(call, "on-unsubscribe", message, (len(codes), len(told)))
    return _ack(call, taken)


@dci("txn-status", ClientScope.REGISTRY_SEARCH)
def status_now(call: Call) -> HttpResponse:
    """What became of a request, in the same call."""
    message, counts = _status(call)[1:]
    return answer_now(call, "txn-on-status", message, counts)


@dci("txn-status", ClientScope.REGISTRY_SEARCH)
def status_later(call: Call) -> HttpResponse:
    """What became of a request, brought."""
    reply_base(call)
    taken, message, counts = _status(call)
    answer_later(call, "txn-on-status", message, counts)
    return _ack(call, taken)


def _hear(action: str, part: str) -> Callable[..., HttpResponse]:
    """A view that takes what a partner brings. It is acknowledged, kept once and changes nothing.

    Records come into the register by its own ways; what data banks bring has a door of its own.
    """

    @dci(action, ClientScope.REGISTRY_SUBSCRIBE, is_callback=True)
    def heard(call: Call) -> HttpResponse:
        transaction_id = read_name(call.message.get("transaction_id"), field="transaction_id")
        if not call.message.get(part):
            raise MessageRefused(reason=f"{part} is missing")
        return _ack(call, _take(call, action, transaction_id, []))

    return heard


hear_search = _hear("on-search", "search_response")
hear_subscription = _hear("on-subscribe", "subscribe_response")
hear_end = _hear("on-unsubscribe", "status")
hear_status = _hear("txn-on-status", "txnstatus_response")
hear_event = _hear("notify", "notify_event")


@dci("notify", ClientScope.COVERAGE_WRITE, is_callback=True)
def take_enrollments(call: Call) -> HttpResponse:
    """Who began or ended to be helped by the sender's body."""
    transaction_id = read_name(call.message.get("transaction_id"), field="transaction_id")
    updates = read_part(call.message, "enrolled_updates")
    beneficiaries = read_items(updates, "beneficiaries")
    weigh(call.caller, len(beneficiaries))
    taken = _take(call, "enrollment-updates", transaction_id, [])
    lines = record_enrollments(client=call.caller.client, at=call.at, beneficiaries=beneficiaries)
    message = {
        "transaction_id": transaction_id,
        "correlation_id": taken.correlation_id,
        "enrolled_response": lines,
    }
    keep_answer(client=call.caller.client, taken=taken, message=message)
    completed = sum(line["status"] == "succ" for line in lines)
    return answer_now(call, "on-search", message, (len(lines), completed))


@dci("search", ClientScope.REGISTRY_ENROLLED)
def show_enrolled(call: Call) -> HttpResponse:
    """Whether a person is helped already: the standard's one question of overlap."""
    transaction_id, _entity, identifier, programme = read_enrolled_question(call.message)
    taken = _take(call, "enrolled", transaction_id, [])
    line: dict[str, Any] = {"reference_id": transaction_id, "timestamp": call.at.isoformat(), "status": "succ"}
    try:
        is_enrolled = answer_enrolled(
            client=call.caller.client,
            at=call.at,
            purpose=call.caller.purpose,
            identifier=identifier,
            programme=programme,
        )
        line["enrolled_status"] = "yes" if is_enrolled else "no"
    except ItemRefused as refusal:
        line = write_refused(transaction_id, refusal, at=call.at)
    message = {
        "transaction_id": transaction_id,
        "correlation_id": taken.correlation_id,
        "enrolled_response": [line],
    }
    return answer_now(call, "on-search", message, (1, int("enrolled_status" in line)))


def _search(call: Call) -> tuple[TakenRequest, Mapping[str, Any], tuple[int, int]]:
    transaction_id, items = read_search(call.message)
    require_few_conditions(items)
    weigh(call.caller, len(items))
    taken = _take(call, "search", transaction_id, [item.reference_id for item in items])
    answers, completed = answer_search(
        client=call.caller.client, at=call.at, registry=call.registry, purpose=call.caller.purpose, items=items
    )
    message = write_search_answer(transaction_id=transaction_id, correlation_id=taken.correlation_id, answers=answers)
    keep_answer(client=call.caller.client, taken=taken, message=message)
    return taken, message, (len(items), completed)


def _status(call: Call) -> tuple[TakenRequest, Mapping[str, Any], tuple[int, int]]:
    question = read_status_question(call.message)
    told = find_answer(client=call.caller.client, question=question)
    taken = _take(call, "txn-status", question.transaction_id, [question.reference_id])
    is_found = told is not None
    if told is None:
        refusal = ItemRefused(reason="no such transaction of this client", error="rjct.reference_id.invalid")
        told = write_search_answer(
            transaction_id=question.transaction_id,
            correlation_id=taken.correlation_id,
            answers=[write_refused(question.reference_id, refusal, at=call.at)],
        )
    message = write_status_answer(
        transaction_id=question.transaction_id,
        correlation_id=taken.correlation_id,
        txn_type=question.txn_type,
        told=told,
    )
    return taken, message, (1, int(is_found))


def _take(call: Call, action: str, transaction_id: str, reference_ids: list[str]) -> TakenRequest:
    return take_request(
        client=call.caller.client,
        at=call.at,
        request=NewRequest(
            registry=call.registry,
            action=action,
            header=call.header,
            transaction_id=transaction_id,
            reference_ids=reference_ids,
        ),
    )


def _ack(call: Call, taken: TakenRequest) -> HttpResponse:
    return answer(call.request, write_ack(correlation_id=taken.correlation_id, at=call.at))
