"""Kavenegar over HTTP: `sms/sendarray`, `sms/status`, `sms/statuslocalmessageid` (kavenegar.com/rest.html).

Judges by `return.status`, never by the HTTP status. Decides which failures may be repeated: whatever surely took
nothing, and questions; never a sending that may have arrived. The API key is part of every address, so no address
reaches a log or an exception.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from sakha.coordination.gateways.protocol import (
    GatewayRefused,
    GatewayUncertain,
    InboundText,
    OutgoingMessage,
    ProviderAnswer,
    ProviderReport,
    SentMessage,
)
from sakha.coordination.rules.states import InvitationState
from sakha.vocabulary.identifiers import in_local_form

_OK: Final = 200
_BUSY: Final = 409  # «سرور قادر به پاسخگوئی نیست، بعداً تلاش کنید»
_NUMBER_INVALID: Final = 411
_UNKNOWN_ID: Final = 100
# By their documentation: 200 messages a sending, 500 ids a question; a status is kept 48 hours by their id, 12 by ours.
_SEND_MAX: Final = 200
_ASK_MAX: Final = 500
_SUBSCRIBER_DIGITS: Final = 10
_STATES: Final = {
    1: InvitationState.SENT,  # queued there
    2: InvitationState.SENT,  # scheduled there
    4: InvitationState.SENT,  # given to the carrier's centre
    5: InvitationState.SENT,
    6: InvitationState.FAILED,
    10: InvitationState.DELIVERED,
    11: InvitationState.UNDELIVERED,
    13: InvitationState.CANCELLED,
    14: InvitationState.BLOCKED_BY_RECIPIENT,  # the subscriber takes no advertising lines
}


class _HideAddresses(logging.Filter):
    """httpx logs every address at INFO; ours carry the key."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop what names an address of the interface."""
        return "/v1/" not in record.getMessage()


logging.getLogger("httpx").addFilter(_HideAddresses())


class _NothingTakenError(Exception):
    """The call surely changed nothing at the provider, and another try may succeed. Carries the status only."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class KavenegarAccount:
    """Where and as whom to send. Times are in seconds."""

    url: str
    key: str = field(repr=False)
    sender: str
    connect_seconds: float = 5.0
    answer_seconds: float = 30.0
    pause_seconds: float = 1.0
    attempt_count: int = 4


class KavenegarGateway:
    """One account at Kavenegar. Not shared between threads."""

    name = "kavenegar"
    reaches_phones = True
    batch_size = _SEND_MAX
    statuses_kept_for: timedelta | None = timedelta(hours=48)

    def __init__(self, account: KavenegarAccount) -> None:
        self._account = account
        self._client = httpx.Client(
            base_url=f"{account.url.rstrip('/')}/v1/{account.key}/",
            timeout=httpx.Timeout(account.answer_seconds, connect=account.connect_seconds),
            headers={"Accept": "application/json"},
        )

    def __repr__(self) -> str:
        return f"KavenegarGateway(url={self._account.url!r})"

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def send(self, batch: Sequence[OutgoingMessage]) -> list[ProviderAnswer]:
        """Send one batch. A number that Kavenegar refuses fails the whole call, so the batch is halved to find it."""
        if not batch:
            return []
        try:
            entries = self._call("sms/sendarray.json", self._sending_form(batch), repeats_unknown=False)
        except GatewayRefused as refused:
            if refused.status != str(_NUMBER_INVALID):
                raise
            if len(batch) == 1:
                return [_invalid(batch[0])]
            return self._send_halves(batch)
        return _answers_by_number(batch, entries)

    def _send_halves(self, batch: Sequence[OutgoingMessage]) -> list[ProviderAnswer]:
        """Once the first half is out, a failure of the second must not make the first look unsent."""
        half = len(batch) // 2
        answers = self.send(batch[:half])
        try:
            answers += self.send(batch[half:])
        except (GatewayRefused, GatewayUncertain):
            if not any(answer.state is not InvitationState.INVALID_NUMBER for answer in answers):
                raise
        return answers

    def statuses(self, messages: Sequence[SentMessage]) -> list[ProviderAnswer]:
        """Ask by Kavenegar's id where we have it, else by ours."""
        theirs = {message.provider_id: message.local_id for message in messages if message.provider_id}
        ours = {str(message.local_id): message.local_id for message in messages if not message.provider_id}
        return [
            *self._ask("sms/status.json", "messageid", theirs),
            *self._ask("sms/statuslocalmessageid.json", "localid", ours),
        ]

    def _ask(self, method: str, name: str, asked: Mapping[str, int]) -> list[ProviderAnswer]:
        answers: list[ProviderAnswer] = []
        ids = list(asked)
        for start in range(0, len(ids), _ASK_MAX):
            form = {name: ",".join(ids[start : start + _ASK_MAX])}
            for entry in self._call(method, form, repeats_unknown=True):
                local_id = asked.get(str(entry.get(name, "")))
                if local_id is not None:
                    answers.append(_answer(local_id, entry))
        return answers

    def _sending_form(self, batch: Sequence[OutgoingMessage]) -> dict[str, str]:
        return {
            "receptor": json.dumps([in_local_form(message.number) for message in batch]),
            "sender": json.dumps([self._account.sender] * len(batch)),
            "message": json.dumps([message.text for message in batch], ensure_ascii=False),
            "localmessageids": json.dumps([message.local_id for message in batch]),
        }

    def _call(self, method: str, form: Mapping[str, str], *, repeats_unknown: bool) -> list[dict[str, Any]]:
        """Call until answered: again after what took nothing, and after anything at all where asking is harmless."""
        retried = (_NothingTakenError, GatewayUncertain) if repeats_unknown else (_NothingTakenError,)
        attempts = Retrying(
            stop=stop_after_attempt(self._account.attempt_count),
            wait=wait_random_exponential(multiplier=self._account.pause_seconds, max=30),
            retry=retry_if_exception_type(retried),
            reraise=True,
        )
        try:
            return attempts(self._call_once, method, form)
        except _NothingTakenError as error:
            raise GatewayRefused(status=error.status) from None

    def _call_once(self, method: str, form: Mapping[str, str]) -> list[dict[str, Any]]:
        response = _without_address(lambda: self._client.post(method, data=dict(form)))
        status, entries = _read(response)
        if status == _BUSY:
            raise _NothingTakenError(str(status))
        if status != _OK:
            raise GatewayRefused(status=str(status))
        return entries


def _without_address(post: Callable[[], httpx.Response]) -> httpx.Response:
    """Turn a failed call into a refusal of ours, cut off from httpx's error, which carries the address."""
    reason = ""
    try:
        return post()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        reason, reached = type(error).__name__, False
    except httpx.HTTPError as error:
        reason, reached = type(error).__name__, True
    if reached:
        raise GatewayUncertain(reason=reason)
    raise _NothingTakenError(reason)


def _read(response: httpx.Response) -> tuple[int, list[dict[str, Any]]]:
    """The two parts of an answer; whatever is not their JSON leaves us uncertain."""
    try:
        answer = response.json()
        status = int(answer["return"]["status"])
        entries = answer.get("entries") or []
    except (ValueError, KeyError, TypeError, AttributeError):
        raise GatewayUncertain(reason=f"HTTP {response.status_code}") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise GatewayUncertain(reason="entries")
    return status, entries


def _answers_by_number(batch: Sequence[OutgoingMessage], entries: Sequence[dict[str, Any]]) -> list[ProviderAnswer]:
    """Match by number, which is unique in a batch and may come back as 09… or 989…; without an entry: uncertain."""
    local_ids = {message.number[-_SUBSCRIBER_DIGITS:]: message.local_id for message in batch}
    found = [(local_ids.get(str(entry.get("receptor", ""))[-_SUBSCRIBER_DIGITS:]), entry) for entry in entries]
    return [_answer(local_id, entry) for local_id, entry in found if local_id is not None]


def _answer(local_id: int, entry: Mapping[str, Any]) -> ProviderAnswer:
    status = entry.get("status")
    if status == _UNKNOWN_ID:
        return ProviderAnswer(local_id=local_id, state=None)
    cost = entry.get("cost")
    return ProviderAnswer(
        local_id=local_id,
        # A number that their documentation does not name: they have the message, more is not known yet.
        state=_STATES.get(status if isinstance(status, int) else 0, InvitationState.SENT),
        provider_id=str(entry.get("messageid") or ""),
        cost_rial=cost if isinstance(cost, int) else None,
        reason=f"kavenegar {status}",
    )


def _invalid(message: OutgoingMessage) -> ProviderAnswer:
    return ProviderAnswer(
        local_id=message.local_id, state=InvitationState.INVALID_NUMBER, reason=f"kavenegar {_NUMBER_INVALID}"
    )


def read_report(form: Mapping[str, str]) -> ProviderReport | None:
    """A delivery that Kavenegar brings to our address: `messageid`, `status`; None where it is neither."""
    status, provider_id = form.get("status", ""), form.get("messageid", "")
    if not status.isascii() or not status.isdigit() or not provider_id:
        return None
    state = _STATES.get(int(status), InvitationState.SENT)
    return ProviderReport(provider_id=provider_id[:80], state=state, reason=f"kavenegar {int(status)}")


def read_inbound(form: Mapping[str, str]) -> InboundText | None:
    """A text that somebody sent to our line: `messageid`, `from`, `message`; None where something is missing."""
    if not form.get("from") or not form.get("message"):
        return None
    return InboundText(mobile=form["from"], text=form["message"], provider_id=form.get("messageid", "")[:80])
