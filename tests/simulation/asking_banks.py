"""A client that asks the simulated banks as the product does."""

from __future__ import annotations

import asyncio
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulation.data_banks.app import DataBanks
from simulation.data_banks.catalogue import BANKS, Proof
from simulation.data_banks.installation import Listening, prepare_installation
from simulation.data_banks.known import Known
from simulation.data_banks.signing import Key, canonical, sign
from simulation.data_banks.state import State
from simulation.pilot import PilotPaths

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC).timestamp()
CALLBACK = "http://127.0.0.1:9/bank-callbacks"


class Asking:
    """An asker written from the document alone, talking to the banks without a network."""

    def __init__(self, home: Path, pilot: PilotPaths) -> None:
        listening = Listening(url="http://banks", callback_url=CALLBACK)
        self.installation = prepare_installation(home, listening)
        asker = self.installation.asker(listening)
        self.state = State(
            known=Known(pilot.bank_people), asker=asker, keys=self.installation.bank_keys(), clock=lambda: NOW
        )
        self.banks = DataBanks(self.state)
        self.words = self.installation.words
        self.key = Key("sakha", "1", self.installation.private_key("sakha"))

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = asyncio.run(self.banks.answer("POST", path, named, content))
        return reply.status, reply.content

    def prove(self, bank: str) -> dict[str, str]:
        if BANKS[bank].proof is not Proof.TOKEN:
            return {"x_api_key": self.words["api_key"]}
        form = f"grant_type=client_credentials&client_id={self.words['client_id']}"
        status, token = self.post(
            f"/{bank}/oauth2/client/token", f"{form}&client_secret={self.words['client_secret']}".encode()
        )
        assert status == 200
        return {"authorization": f"{token['token_type']} {token['access_token']}"}

    def inquire(self, bank: str, *subjects: dict[str, str], **changes: Any) -> tuple[int, Any]:
        request = {
            "request_id": uuid.uuid4().hex, "sender": "sakha", "asked_at": "2026-11-22T08:00:00+00:00",
            "purpose": {"code": "AID_ASSESSMENT", "level": 3, "ground": "مصوبهٔ ۱۲"},
            "subjects": [{"ref": str(number), **subject} for number, subject in enumerate(subjects)],
            **changes,
        }  # fmt: skip
        headers = {"content_type": "application/json", "idempotency_key": request["request_id"]}
        return self.post(f"/{bank}{BANKS[bank].path}", request, **headers, **self.prove(bank))

    def envelope(self, bank: str, *identifiers: str, **header: Any) -> dict[str, Any]:
        one = BANKS[bank]
        items = [
            {
                "reference_id": f"r{number}", "timestamp": "2026-11-22T08:00:00+03:30", "locale": "fas",
                "search_criteria": {
                    "version": "1.0.0", "reg_type": one.reg_type, "reg_record_type": one.record_type,
                    "query_type": "idtype-value", "query": {"type": "UIN", "value": identifier},
                    "authorize": {"purpose": {"code": "AID_ASSESSMENT", "text": "سنجش نیاز، مصوبهٔ ۱۲"}},
                },
            }
            for number, identifier in enumerate(identifiers)
        ]  # fmt: skip
        whole = {
            "version": "1.0.0", "message_id": uuid.uuid4().hex, "message_ts": "2026-11-22T08:00:00+00:00",
            "action": "search", "sender_id": "sakha", "sender_uri": f"{CALLBACK}/{bank}", "receiver_id": one.sender_id,
            "total_count": len(items), "is_msg_encrypted": False, **header,
        }  # fmt: skip
        message = {"transaction_id": uuid.uuid4().hex, "search_request": items}
        return self.signed(bank, {"header": whole, "message": message})

    def signed(self, bank: str, pair: dict[str, Any], key: Key | None = None) -> dict[str, Any]:
        return {"signature": sign(BANKS[bank].practice, key or self.key, canonical(pair), int(NOW)), **pair}

    def search(self, bank: str, envelope: dict[str, Any]) -> tuple[int, Any]:
        return self.post(f"/{bank}{BANKS[bank].path}", envelope, **self.prove(bank))


def first(people: list[dict[str, Any]], kind: str = "NATIONAL", **wanted: Any) -> dict[str, Any]:
    return next(
        one for one in people if one["id_kind"] == kind and all(one[name] == value for name, value in wanted.items())
    )
