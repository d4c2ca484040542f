"""A database of the benchmark's own with the product's schema, a small province, and its banks as a process beside.

Decides nothing about figures. Also asks the banks without the product, to learn how fast they can answer at all.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import django
import duckdb

from sakha.access.rules.sealing import generate_key_ring
from sakha.entrypoints.commands.database import make_roles
from sakha.entrypoints.commands.embedded_postgres import Server
from simulation.data_banks.catalogue import BANKS, Bank, Proof, Way
from simulation.data_banks.installation import Installation
from simulation.data_banks.signing import Key, canonical, sign

AT_ONCE = 4
PEOPLE = """
    SELECT identifier, id_kind, mobile, birth_on, given_name, family_name, postal_code, is_head,
           substr(household_no, 2)::BIGINT AS household_id,
           date_diff('year', birth_on, DATE '2026-11-01') >= 15 AS adult
      FROM read_parquet($path) JOIN (
           SELECT DISTINCT household_no FROM read_parquet($path) WHERE is_head ORDER BY household_no LIMIT $count)
     USING (household_no) ORDER BY household_no, NOT is_head, identifier
"""


@contextmanager
def own_database() -> Iterator[Server]:
    """Start a server, migrate, let Django know; stop and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="sakha-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)  # the server's own account must reach its data below
        server = Server(home / "postgres").start(shared_buffers="512MB")
        try:
            addresses = make_roles(server, database="sakha")
            os.environ |= {
                "DATABASE_URL": addresses.app_url,
                "DATABASE_OWNER_URL": addresses.owner_url,
                "SAKHA_HOME": str(home),
                "SAKHA_SECRET_KEY": "a secret of the benchmark alone, forty letters and more",
                "SAKHA_KEYS": generate_key_ring(),
                "SAKHA_INSECURE_HTTP": "true",
                "DJANGO_SETTINGS_MODULE": "sakha.settings",
            }
            command = [sys.executable, "-m", "sakha.entrypoints.commands", "migrate"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            django.setup()
            yield server
        finally:
            server.stop()


def processor_seconds(parent: int) -> float:
    """What a process and its children, ended ones too, have worked so far."""
    ticks = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            told = place.read_text().rpartition(")")[2].split()
            if int(place.parent.name) == parent:
                ticks += sum(int(one) for one in told[11:15])
            elif int(told[1]) == parent:
                ticks += sum(int(one) for one in told[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def read_people(path: Path, households: int) -> list[dict[str, Any]]:
    """Everybody of so many households whom the banks know."""
    with duckdb.connect() as connection:
        cursor = connection.execute(PEOPLE, {"path": str(path), "count": households})
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def ceiling(url: str, installation: Installation, people: Sequence[dict[str, Any]], seconds: float) -> int:
    """How many subjects the banks answer in that time to a client that does nothing else, all banks side by side."""
    asked = [bank for bank in BANKS.values() if not bank.is_async]
    ends = time.monotonic() + seconds
    with ThreadPoolExecutor(len(asked)) as threads:
        counts = list(threads.map(lambda bank: hammer(url, installation, bank, people, ends), asked))
    return sum(counts)


def hammer(url: str, installation: Installation, bank: Bank, people: Sequence[dict[str, Any]], ends: float) -> int:
    """Ask one bank until the time is over; tells how many subjects were answered."""
    line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    proof = prove(line, installation, bank)
    mine = [person for person in people if (person["id_kind"] == "FIDA") is (bank.asked_by == "fida_code")]
    write = write_search if bank.way is Way.DCI else write_inquiry
    key = Key("sakha", "1", installation.private_key("sakha"))
    answered = start = 0
    while mine and time.monotonic() < ends:
        batch = [mine[(start + place) % len(mine)] for place in range(min(bank.batch, len(mine)))]
        start += len(batch)
        body, headers = write(bank, batch, key)
        line.request("POST", f"/{bank.name}{bank.path}", body, {**headers, **proof})
        answer = line.getresponse()
        told = json.loads(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"{bank.name} answered {answer.status}")
        answered += len(told.get("answers") or told["message"]["search_response"])
    line.close()
    return answered


def prove(line: http.client.HTTPConnection, installation: Installation, bank: Bank) -> dict[str, str]:
    """Get what shows who asks."""
    words = installation.words
    if bank.proof is not Proof.TOKEN:
        return {"X-Api-Key": words["api_key"]}
    form = urlencode(
        {"grant_type": "client_credentials", "client_id": words["client_id"], "client_secret": words["client_secret"]}
    )
    line.request("POST", f"/{bank.name}/oauth2/client/token", form)
    return {"Authorization": f"Bearer {json.loads(line.getresponse().read())['access_token']}"}


def write_inquiry(bank: Bank, batch: Sequence[dict[str, Any]], _key: Key) -> tuple[bytes, dict[str, str]]:
    """Write a batch as the document says."""
    name = uuid.uuid4().hex
    subjects = [
        {"ref": str(place), bank.asked_by: person["postal_code" if bank.asked_by == "postal_code" else "identifier"],
         "mobile": person["mobile"] or ""}
        for place, person in enumerate(batch)
    ]  # fmt: skip
    told = {
        "request_id": name, "sender": "sakha", "asked_at": now(), "subjects": subjects,
        "purpose": {"code": "AID_ASSESSMENT", "level": 3, "ground": "bench"},
    }  # fmt: skip
    return json.dumps(told).encode(), {"Content-Type": "application/json", "Idempotency-Key": name}


def write_search(bank: Bank, batch: Sequence[dict[str, Any]], key: Key) -> tuple[bytes, dict[str, str]]:
    """Write and sign a search."""
    items = [
        {
            "reference_id": str(place), "timestamp": now(), "locale": "fas",
            "search_criteria": {
                "version": "1.0.0", "reg_type": bank.reg_type, "reg_record_type": bank.record_type,
                "query_type": "idtype-value", "query": {"type": "UIN", "value": person["identifier"]},
                "authorize": {"purpose": {"code": "AID_ASSESSMENT", "text": "bench"}},
            },
        }
        for place, person in enumerate(batch)
    ]  # fmt: skip
    header = {
        "version": "1.0.0", "message_id": uuid.uuid4().hex, "message_ts": now(), "action": "search",
        "sender_id": "sakha", "receiver_id": bank.sender_id, "total_count": len(items), "is_msg_encrypted": False,
    }  # fmt: skip
    pair = {"header": header, "message": {"transaction_id": uuid.uuid4().hex, "search_request": items}}
    told = {"signature": sign(bank.practice, key, canonical(pair), int(time.time())), **pair}
    return json.dumps(told, ensure_ascii=False).encode(), {"Content-Type": "application/json"}


def now() -> str:
    """The moment, with its zone."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def side_by_side(work: Callable[[str], Any], names: Sequence[str]) -> list[Any]:
    """Do the same for every bank, a few at once: each needs two connections of the pool."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(work, names))
