"""SMPP 3.4 through smpplib: binds as transmitter to send, as transceiver to take receipts and inbound texts.

Decides which answers surely took nothing (throttled, queue full) and may be tried again, and which leave us uncertain.
The library logs numbers and texts at DEBUG, so its logger is silenced here.
"""

import logging
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol

from smpplib import consts
from smpplib.client import Client
from smpplib.exceptions import ConnectionError as SmppConnectionError
from smpplib.exceptions import PDUError

from sakha.coordination.gateways.protocol import (
    GatewayRefused,
    GatewayUncertain,
    InboundText,
    OutgoingMessage,
    ProviderAnswer,
    ProviderReport,
    SentMessage,
)
from sakha.coordination.gateways.smpp_words import (
    ReceiptUnreadableError,
    is_receipt,
    make_parts,
    read_receipt,
    read_text,
)
from sakha.coordination.rules.states import InvitationState

_LOGGER: Final = "sakha.smpp"
logging.getLogger(_LOGGER).disabled = True

_THROTTLED: Final = frozenset({consts.SMPP_ESME_RTHROTTLED, consts.SMPP_ESME_RMSGQFUL})
_NUMBER_INVALID: Final = frozenset({consts.SMPP_ESME_RINVDSTADR})
_GONE: Final = (SmppConnectionError, OSError)
_LATER: Final = 0x64  # ESME_RX_T_APPN: the server keeps the message and brings it again


@dataclass(frozen=True, slots=True, kw_only=True)
class SmppAccount:
    """Where and as whom to bind. Times are in seconds; `a_second` is how many parts the contract allows, 0 without."""

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    sender: str
    is_tls: bool = False
    uses_payload: bool = False
    a_second: float = 0.0
    answer_seconds: float = 15.0
    pause_seconds: float = 1.0
    attempt_count: int = 5
    window: int = 20


class Arrivals(Protocol):
    """Takes what a receiver brings; only when it has returned is the server told that it arrived."""

    def report(self, report: ProviderReport) -> None:
        """A receipt."""

    def inbound(self, text: InboundText) -> None:
        """A text of somebody."""


class _NamedClient(Client):  # type: ignore[misc]  # the library has no types
    """Checks the server's certificate against its name, which the library leaves out."""

    def _create_socket(self) -> socket.socket:
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        plain.settimeout(self.timeout)
        if self._ssl_context is None:
            return plain
        secured: socket.socket = self._ssl_context.wrap_socket(plain, server_hostname=self.host)
        return secured


@dataclass(slots=True)
class _Flying:
    """A batch under way: which parts wait, which are out, what came of each message."""

    waiting: deque[tuple[int, dict[str, Any]]]
    out: dict[int, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    left: dict[int, int] = field(default_factory=dict)
    answers: dict[int, ProviderAnswer] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)
    ids: dict[int, str] = field(default_factory=dict)
    throttled: int = 0
    next_at: float = 0.0


class SmppGateway:
    """One account at an SMSC. Not shared between threads; a broken connection is opened again for the next batch."""

    name = "smpp"
    reaches_phones = True
    batch_size = 200
    # A receipt comes within the validity period; after that nobody will tell us any more.
    statuses_kept_for: timedelta | None = timedelta(hours=72)

    def __init__(self, account: SmppAccount) -> None:
        self._account = account

    def __repr__(self) -> str:
        return f"SmppGateway({self._account.host}:{self._account.port})"

    def send(self, batch: Sequence[OutgoingMessage]) -> list[ProviderAnswer]:
        """Submit a batch with several parts out at once. QUEUED is answered for what the server had no room for."""
        if not batch:
            return []
        client = self._bind("bind_transmitter")
        flying = self._load(batch)
        client.set_message_sent_handler(lambda pdu, **_: self._taken(flying, pdu))
        client.set_error_pdu_handler(lambda pdu: self._refused(flying, pdu))
        try:
            self._fly(client, flying)
        except (PDUError, *_GONE):
            pass  # what is out stays without an answer
        finally:
            _close(client)
        for local_id, _ in flying.waiting:
            if local_id not in flying.started:  # surely nothing of it was taken
                flying.answers.setdefault(local_id, _back(local_id, "smpp not taken"))
        if not flying.answers:
            raise GatewayUncertain(reason="smpp connection")
        return list(flying.answers.values())

    def statuses(self, messages: Sequence[SentMessage]) -> list[ProviderAnswer]:
        """SMPP tells by receipts; a question by our own id is unknown to it, so nothing is claimed here."""
        del messages
        return []

    def collect(self, arrivals: Arrivals, *, seconds: float) -> int:
        """Listen for receipts and texts; each is taken for good once `arrivals` has returned. Tells how many came.

        Raises:
            GatewayRefused: the server does not let us in.
        """
        client = self._bind("bind_transceiver")
        taken = 0

        def take(pdu: Any, **_: Any) -> int:
            nonlocal taken
            if not _deliver(pdu, arrivals):
                return _LATER
            taken += 1
            return int(consts.SMPP_ESME_ROK)

        client.set_message_received_handler(take)
        client.set_error_pdu_handler(lambda _pdu: None)  # a complaint about another message ends no listening
        until = time.monotonic() + seconds
        try:
            while (left := until - time.monotonic()) > 0:
                client._socket.settimeout(max(left, 0.05))  # noqa: SLF001 -- the library waits for its own timeout else
                try:
                    client.read_once(auto_send_enquire_link=False)
                except TimeoutError:
                    break
        except _GONE:
            pass  # what was not acknowledged comes again
        finally:
            _close(client)
        return taken

    def _bind(self, way: str) -> Client:
        """Connect and bind, again after a pause while nobody answers; nothing is lost by it."""
        account = self._account
        context = ssl.create_default_context() if account.is_tls else None
        reason = ""
        for attempt in range(account.attempt_count):
            client = _NamedClient(
                account.host,
                account.port,
                timeout=account.answer_seconds,
                logger_name=_LOGGER,
                ssl_context=context,
                allow_unknown_opt_params=True,
            )
            try:
                client.connect()
                getattr(client, way)(system_id=account.system_id, password=account.password)
            except PDUError as refusal:
                _close(client)
                raise GatewayRefused(status=f"bind {refusal.args[-1]}") from None
            except _GONE as gone:
                _close(client)
                reason = type(gone).__name__
                time.sleep(account.pause_seconds * attempt)
            else:
                return client
        raise GatewayRefused(status=f"bind {reason}")

    def _load(self, batch: Sequence[OutgoingMessage]) -> _Flying:
        flying = _Flying(waiting=deque())
        for message in batch:
            parts = make_parts(message, sender=self._account.sender, uses_payload=self._account.uses_payload)
            flying.left[message.local_id] = len(parts)
            flying.waiting.extend((message.local_id, part) for part in parts)
        return flying

    def _fly(self, client: Client, flying: _Flying) -> None:
        while flying.waiting or flying.out:
            while flying.waiting and len(flying.out) < self._account.window and flying.throttled == 0:
                self._submit(client, flying)
            if flying.throttled and not flying.out:
                if flying.throttled > self._account.attempt_count:
                    return
                time.sleep(self._account.pause_seconds * 2 ** (flying.throttled - 1))
                self._submit(client, flying)
            client.read_once(auto_send_enquire_link=False)

    def _submit(self, client: Client, flying: _Flying) -> None:
        if self._account.a_second:
            now = time.monotonic()
            time.sleep(max(0.0, flying.next_at - now))
            flying.next_at = max(now, flying.next_at) + 1 / self._account.a_second
        local_id, part = flying.waiting.popleft()
        flying.started.add(local_id)
        pdu = client.send_message(**part)
        flying.out[pdu.sequence] = (local_id, part)

    def _taken(self, flying: _Flying, pdu: Any) -> None:
        if pdu.is_error():
            return  # the library calls both handlers
        local_id, part = flying.out.pop(pdu.sequence, (0, {}))
        flying.throttled = 0
        flying.left[local_id] = flying.left.get(local_id, 1) - 1
        if part.get("registered_delivery"):  # of several parts one tells of all; the library gives its id as bytes
            told = pdu.message_id
            flying.ids[local_id] = told.decode() if isinstance(told, bytes) else str(told)
        if flying.left[local_id] <= 0 and local_id not in flying.answers:
            flying.answers[local_id] = ProviderAnswer(
                local_id=local_id,
                state=InvitationState.SENT,
                provider_id=flying.ids.get(local_id, ""),
                reason="smpp 0",
            )

    def _refused(self, flying: _Flying, pdu: Any) -> None:
        local_id, part = flying.out.pop(pdu.sequence, (0, {}))
        if not local_id:
            raise SmppConnectionError
        if pdu.status in _THROTTLED:
            flying.throttled += 1
            flying.waiting.appendleft((local_id, part))
            if flying.left[local_id] == _count(flying, local_id):
                flying.started.discard(local_id)  # none of its parts was taken
            return
        state = InvitationState.INVALID_NUMBER if pdu.status in _NUMBER_INVALID else InvitationState.FAILED
        flying.answers[local_id] = ProviderAnswer(local_id=local_id, state=state, reason=f"smpp {int(pdu.status)}")
        flying.waiting = deque(one for one in flying.waiting if one[0] != local_id)


def _count(flying: _Flying, local_id: int) -> int:
    return sum(one == local_id for one, _ in (*flying.waiting, *flying.out.values()))


def _back(local_id: int, reason: str) -> ProviderAnswer:
    return ProviderAnswer(local_id=local_id, state=InvitationState.QUEUED, reason=reason)


def _deliver(pdu: Any, arrivals: Arrivals) -> bool:
    """Hand one over; what nobody can read is acknowledged, for it would come for ever."""
    if is_receipt(pdu):
        try:
            arrivals.report(read_receipt(pdu))
        except ReceiptUnreadableError:
            return True
    else:
        arrivals.inbound(read_text(pdu))
    return True


def _close(client: Client) -> None:
    quietly: Callable[[], Any]
    for quietly in (client.unbind, client.disconnect):
        try:
            quietly()
        except (PDUError, *_GONE, AttributeError):
            continue
