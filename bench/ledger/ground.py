"""A server of the benchmark's own, with the product's schema and households enough; removed afterwards.

Decides nothing about figures. Everything is loaded by SQL, as the question is the ledger's speed and not the intake's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from sakha.access.rules.sealing import generate_key_ring
from sakha.entrypoints.commands.database import make_roles
from sakha.entrypoints.commands.embedded_postgres import Server, find_installation

CHARITY_COUNT = 64
TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
FAILED = re.compile(r"number of failed transactions: (\d+)")

LOAD = """
INSERT INTO access_organisation (kind, name, legal_id, licence_issuer, licence_number, province, county, registered_at,
                                 approved_at)
SELECT 'CHARITY', 'bench ' || number, '', '', '', '30', '3001', now(), now()
  FROM generate_series(1, {charities}) AS number;
INSERT INTO registry_intake_file (organisation_id, origin, name, content_digest, province, county, state, failure_code,
    headings, mapping, row_count, checked_count, valid_count, problem_count, known_count, record_count, person_count,
    household_count, uploaded_at)
SELECT number, 'FORM', 'bench', int8send(number), '30', '3001', 'LOADED', '', '[]', '{{}}', 1, 1, 1, 0, 0, 1, 1, 1,
       now()
  FROM generate_series(1, {charities}) AS number;
"""
# Two halves, written side by side. The trigger that writes a household's code costs more than its row: not asked.
HALVES = (
    """
SET session_replication_role = replica;
INSERT INTO registry_household (code, province, county, is_protected, registered_at, changed_at)
SELECT registry_household_code(number), '30', '3001', false, now(), now()
  FROM generate_series(1, {households}::bigint) AS number;
INSERT INTO registry_membership (household_id, person_id, relation, from_on)
SELECT number, number, 'HEAD', current_date FROM generate_series(1, {households}) AS number;
INSERT INTO registry_record (organisation_id, intake_file_id, row_number, person_id, household_id, content_digest,
                             payload_sealed, submitted_at)
SELECT 1, 1, number, number, number, int8send(number), 'sealed', now() FROM generate_series(1, {households}) AS number;
""",
    """
SET session_replication_role = replica;
INSERT INTO registry_person (id_kind, id_index, id_sealed, given_name, family_name, father_name, match_key,
                             birth_precision, gender, registered_at)
SELECT 'NATIONAL', substring(sha256(number::text::bytea) FOR 16), 'sealed', '', '', '', '', '', '', now()
  FROM generate_series(1, {households}) AS number;
INSERT INTO ledger_need (household_id, kind, period, target, province, county, opened_at)
SELECT number, kind, CASE kind WHEN 4 THEN {rent_period} ELSE 140508 END, 1000000000, '30', '3001', now()
  FROM generate_series(1, {households}) AS number, unnest('{{2,4}}'::smallint[]) AS kind;
""",
)
LOADED = "{access_organisation,registry_household,registry_person,registry_membership,registry_record,ledger_need}"
# Millions of rows: references are right by how they are made, and an index built at the end costs a tenth.
INDEXES = f"""
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE i.indrelid = ANY ('{LOADED}'::regclass[])
   AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """The server and the two addresses of its database."""

    server: Server
    app_url: str
    household_count: int
    environment: Mapping[str, str]
    """With which the product's own commands find this server."""

    @property
    def superuser_url(self) -> str:
        """Address of the database past all privileges."""
        return self.server.url("sakha")

    def count(self, question: str) -> int:
        """One number by one question."""
        with psycopg.connect(self.superuser_url) as superuser:
            row = superuser.execute(question.encode()).fetchone()
        return int(row[0]) if row else 0

    def run(self, statement: str) -> None:
        """Statements past all privileges."""
        with psycopg.connect(self.superuser_url, autocommit=True) as superuser:
            superuser.execute(statement.encode())

    def load(self, first: str, *beside: str) -> None:
        """Statements without references looked up, the later ones side by side; the indexes are built after them."""
        with psycopg.connect(self.superuser_url, autocommit=True) as superuser:
            indexes = superuser.execute(INDEXES.encode()).fetchall()
            for name, _ in indexes:
                superuser.execute(f"DROP INDEX {name}".encode())
            superuser.execute(first.encode())
            with ThreadPoolExecutor(max_workers=len(beside)) as pool:
                list(pool.map(self.run, beside))
                list(pool.map(self.run, [f"SET maintenance_work_mem = '512MB'; {made}" for _, made in indexes]))
            superuser.execute("VACUUM ANALYZE")

    def pgbench(self, script: str, *, clients: int, seconds: int, url: str = "", rate: float = 0) -> float:
        """Transactions a second of a script, as charity 1 acting for itself; with a rate, no more than that.

        Raises:
            RuntimeError: pgbench failed, or transactions did.
        """
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            command: list[str | Path] = [
                find_installation() / "bin/pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}",
                "--jobs=2", f"--time={seconds}", f"--define=households={self.household_count}", f"--file={file.name}",
                *([f"--rate={rate:.2f}"] if rate else []), url or self.app_url,
            ]  # fmt: skip
            settings = "-c sakha.scope=ORGANISATION -c sakha.organisation_id=1"
            environment = os.environ | {"PGOPTIONS": settings}
            ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        found, failed = TPS.search(ended.stdout), FAILED.search(ended.stdout)
        if ended.returncode or found is None or (failed and int(failed[1])):
            raise RuntimeError(ended.stderr or ended.stdout)
        return float(found[1])


@contextmanager
def own_ground(household_count: int, *, rent_period: int = 140508) -> Iterator[Ground]:
    """Start a server, migrate, load; stop and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="sakha-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)  # the server's own account must reach its data below
        server = Server(home / "postgres").start(shared_buffers="1GB")
        try:
            addresses = make_roles(server, database="sakha")
            environment = os.environ | {
                "DATABASE_URL": addresses.app_url,
                "DATABASE_OWNER_URL": addresses.owner_url,
                "SAKHA_HOME": str(home),
                "SAKHA_SECRET_KEY": "a secret of the benchmark alone, forty letters and more",
                "SAKHA_KEYS": generate_key_ring(),
                "SAKHA_INSECURE_HTTP": "true",
            }
            command = [sys.executable, "-m", "sakha.entrypoints.commands", "migrate"]
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            ground = Ground(server, addresses.app_url, household_count, environment)
            facts = {"charities": CHARITY_COUNT, "households": household_count, "rent_period": rent_period}
            ground.load(*[part.format(**facts) for part in (LOAD, *HALVES)])
            yield ground
        finally:
            server.stop()
