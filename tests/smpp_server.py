"""An SMPP 3.4 server of another make than the client: smpp34 (Rust), run on loopback, that fails as networks do."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import smpp34

REJECTS = {"throttled": smpp34.ESME_RTHROTTLED, "full": smpp34.ESME_RMSGQFUL, "number": smpp34.ESME_RINVDSTADR,
           "broken": smpp34.ESME_RSYSERR}  # fmt: skip


@dataclass
class Taken:
    """A part that the server took."""

    id: str
    number: str
    content: bytes
    esm_class: int
    data_coding: int
    registered: int
    payload: bytes


@dataclass
class Centre:
    """What the server remembers. `faults` are taken one a part: a word of REJECTS, "hang up" after taking, or ""."""

    port: int = 0
    faults: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    # What waits for the next receiver: address, content, esm_class, data_coding, optional parameters.
    waiting: list[tuple[str, bytes, int, int, list[smpp34.Tlv]]] = field(default_factory=list)
    answers: list[bool] = field(default_factory=list)
    bind_count: int = 0
    sessions: dict[str, smpp34.Esme] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop | None = None
    server: smpp34.Server | None = None

    def texts(self) -> dict[str, str]:
        """What arrived, by number, with the parts put together."""
        found: dict[str, bytes] = {}
        for one in sorted(self.taken, key=lambda part: part.content[5:6] if part.esm_class & 0x40 else b""):
            content = one.payload or (one.content[6:] if one.esm_class & 0x40 else one.content)
            found[one.number] = found.get(one.number, b"") + content
        return {number: content.decode("utf-16-be") for number, content in found.items()}

    def say(self, number: str, text: str) -> None:
        """Somebody sends us a text."""
        self.waiting.append((number, text.encode("utf-16-be"), 0, 8, []))

    def report(self, message_id: str, stat: str, state: int | None = None) -> None:
        """A message ended."""
        content = f"id:{message_id} sub:001 dlvrd:001 submit date:2611220800 done date:2611220801 stat:{stat} err:000"
        tlvs = [] if state is None else [
            smpp34.Tlv(smpp34.TLV_RECEIPTED_MESSAGE_ID, message_id.encode() + b"\0"),
            smpp34.Tlv(smpp34.TLV_MESSAGE_STATE, bytes([state])),
        ]  # fmt: skip
        self.waiting.append(("98", content.encode() if state is None else b"", 4, 0, tlvs))


async def _serve(centre: Centre, is_up: threading.Event) -> None:
    centre.loop = asyncio.get_running_loop()
    centre.server = smpp34.Server(host="127.0.0.1", port=centre.port, system_id="centre")
    await centre.server.start()
    is_up.set()
    delivering: set[asyncio.Task[None]] = set()
    while True:
        event = await centre.server.next()
        if isinstance(event, smpp34.Esme):
            centre.bind_count += 1
            centre.sessions[event.session_id] = event
            if event.can_receive:
                task = asyncio.create_task(_bring(centre, event))
                delivering.add(task)
                task.add_done_callback(delivering.discard)
        elif isinstance(event, smpp34.SubmitSmEvent):
            await _take(centre, event)


async def _take(centre: Centre, event: smpp34.SubmitSmEvent) -> None:
    fault = centre.faults.pop(0) if centre.faults else ""
    if fault in REJECTS:
        event.reject(REJECTS[fault])
        return
    payload = next((one.value for one in event.tlvs if one.tag == smpp34.TLV_MESSAGE_PAYLOAD), b"")
    part = Taken(
        id=f"m{len(centre.taken) + 1}",
        number=event.destination_addr,
        content=bytes(event.short_message),
        esm_class=event.esm_class,
        data_coding=event.data_coding,
        registered=event.registered_delivery,
        payload=bytes(payload),
    )
    centre.taken.append(part)
    if fault == "hang up":
        await centre.sessions[event.session_id].unbind()
        return
    event.accept(part.id)


async def _bring(centre: Centre, esme: smpp34.Esme) -> None:
    """What is not acknowledged stays and is brought again."""
    for one in list(centre.waiting):
        number, content, esm_class, coding, tlvs = one
        try:
            answer = await esme.deliver_sm(
                destination_addr="3000",
                source_addr=number,
                short_message=content,
                esm_class=esm_class,
                data_coding=coding,
                tlvs=tlvs,
            )
        except (smpp34.SmppError, OSError):
            return
        centre.answers.append(answer.is_success)
        if answer.is_success:
            centre.waiting.remove(one)


@contextmanager
def smpp_centre() -> Iterator[Centre]:
    """Run the server for the length of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        centre = Centre(port=probe.getsockname()[1])
    is_up = threading.Event()

    def run() -> None:
        try:
            asyncio.run(_serve(centre, is_up))
        except asyncio.CancelledError:
            return

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert is_up.wait(10)
    try:
        yield centre
    finally:
        assert centre.loop is not None
        for task in asyncio.all_tasks(centre.loop):
            centre.loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
