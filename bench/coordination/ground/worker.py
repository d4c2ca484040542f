"""A worker: `python -m bench.coordination.ground.worker send|report|bare PORT START`, killed by whoever started it.

The product's own actions with a gateway to the simulated provider; the clock goes on from START, which is by day.
`bare` hands over messages without the product, as the measure beside it.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from sakha.access.rules import SYSTEM
from sakha.coordination.actions import apply_early_reports, receive_reports, send_invitations
from sakha.coordination.gateways import (
    GatewayRefused,
    GatewayUncertain,
    OutgoingMessage,
    ProviderAnswer,
    ProviderReport,
    SentMessage,
)
from sakha.coordination.rules.states import InvitationState

_REPORTS_AT_ONCE = 2_000


class SimulatedGateway:
    """Speaks with the provider by lines of JSON."""

    name = "simulated"
    reaches_phones = True
    batch_size = 500
    statuses_kept_for: timedelta | None = timedelta(hours=48)

    def __init__(self, port: int) -> None:
        self._port = port
        self._file: Any = None

    def send(self, batch: Sequence[OutgoingMessage]) -> list[ProviderAnswer]:
        """Hand over a batch."""
        answer = self.ask("send", [[message.local_id, message.number] for message in batch])
        if "refused" in answer:
            raise GatewayRefused(status=answer["refused"])
        return [
            ProviderAnswer(local_id=one, state=InvitationState.SENT, provider_id=f"p{one}", cost_rial=150)
            for one in answer["taken"]
        ]

    def statuses(self, messages: Sequence[SentMessage]) -> list[ProviderAnswer]:
        """Ask by our ids."""
        ends = self.ask("statuses", [message.local_id for message in messages])["ends"]
        return [
            ProviderAnswer(
                local_id=message.local_id,
                state=InvitationState(ends[str(message.local_id)]) if str(message.local_id) in ends else None,
                provider_id=f"p{message.local_id}" if str(message.local_id) in ends else "",
            )
            for message in messages
        ]

    def close(self) -> None:
        """Give the connection back; what could not be written any more is nobody's loss."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None

    def ask(self, word: str, *told: Any) -> dict[str, Any]:
        """One question; without an answer nobody knows."""
        if self._file is None:
            with socket.create_connection(("127.0.0.1", self._port)) as opened:
                self._file = opened.makefile("rwb")
        try:
            self._file.write(json.dumps([word, told]).encode() + b"\n")
            self._file.flush()
            line = self._file.readline()
        except OSError:
            line = b""
        if not line:
            self.close()
            raise GatewayUncertain(reason="silence")
        answer: dict[str, Any] = json.loads(line)
        return answer


def send_all(gateway: SimulatedGateway, clock: Callable[[], datetime]) -> None:
    """Send until nothing is queued, however often a run ends."""
    while True:
        run = send_invitations(actor=SYSTEM, clock=clock, limit=50_000, gateway=gateway)
        if not run.stopped_by and run.sent_count + run.failed_count + run.cancelled_count + run.reconciled_count == 0:
            return


def send_bare(gateway: SimulatedGateway, first: int, count: int) -> float:
    """Hand over messages that nobody keeps, each once more where the provider refuses; tells the seconds."""
    began = time.monotonic()
    for start in range(first, first + count, gateway.batch_size):
        numbers = range(start, min(start + gateway.batch_size, first + count))
        batch = [OutgoingMessage(local_id=one, number=f"+9899{one:08d}", text="bare", part_count=1) for one in numbers]
        with suppress(GatewayUncertain):
            try:
                gateway.send(batch)
            except GatewayRefused:
                gateway.send(batch)
    return time.monotonic() - began


def report_all(gateway: SimulatedGateway, clock: Callable[[], datetime], is_over: Callable[[], bool]) -> None:
    """Take reports as long as there may be any."""
    while True:
        told = gateway.ask("next_reports", _REPORTS_AT_ONCE)["reports"]
        reports = [ProviderReport(provider_id=one, state=InvitationState(end)) for one, end in told]
        receive_reports(actor=SYSTEM, at=clock(), provider=gateway.name, reports=reports)
        apply_early_reports(actor=SYSTEM, at=clock())
        if not reports:
            if is_over():
                return
            time.sleep(0.05)


def clock_from(start: datetime) -> Callable[[], datetime]:
    """A clock that goes on from a moment."""
    began = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


if __name__ == "__main__":
    at = clock_from(datetime.fromisoformat(sys.argv[3]))
    if sys.argv[1] == "send":
        send_all(SimulatedGateway(int(sys.argv[2])), at)
    elif sys.argv[1] == "bare":
        print(send_bare(SimulatedGateway(int(sys.argv[2])), int(sys.argv[4]), int(sys.argv[5])))
    else:
        report_all(SimulatedGateway(int(sys.argv[2])), at, lambda: False)
