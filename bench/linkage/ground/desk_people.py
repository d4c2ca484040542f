"""A register of millions for the desk: simulated people in the real tables, and questions as charities key them.

The people stand in the register as their papers say; the questions are records of the same people in charities' files,
with all their errors. Loaded by COPY past the actions, as the question is the speed of finding.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import psycopg

from sakha.access.rules.sealing import IndexKind, KeyRing, blind_index_many, generate_key_ring, parse_key_ring
from sakha.entrypoints.commands.database import keep_word, make_roles
from sakha.entrypoints.commands.embedded_postgres import Server
from sakha.linkage.rules.desk_keys import DESK_VERSION, TAIL_LENGTH, name_skeleton
from simulation.chance import chance
from simulation.person_records.listing import CaseNumbers, list_people
from simulation.person_records.name_cells import Ground as Filling
from simulation.person_records.naming import family_pool, given_pool
from simulation.person_records.numbers import FIDA, NONE, NumberStock
from simulation.person_records.offices import Offices, make_offices
from simulation.person_records.people import Homes, Persons, make_people
from simulation.person_records.recipe import PLAIN
from simulation.person_records.story import Story
from simulation.person_records.writing import COLUMNS, write_portion

HOMES_OF_PORTION = 40_000
# So many are simulated; more are these again with other birth days, numbers and phones, made by the database at once.
SIMULATED = 1_000_000
CHARITIES = 3_000
EPOCH = date(1970, 1, 1)
COPY = (
    "COPY registry_person (id_kind, id_index, id_sealed, given_name, family_name, father_name, match_key, birth_on, "
    "birth_precision, gender, mobile_index, mobile_sealed, registered_at, given_skeleton, family_skeleton, "
    "father_skeleton, id_tail_index, desk_version) FROM STDIN"
)
# The same names, `{again}` times 97 days younger, with digests of their own.
AGAIN = """
INSERT INTO registry_person (id_kind, id_index, id_sealed, given_name, family_name, father_name, match_key, birth_on,
    birth_precision, gender, mobile_index, mobile_sealed, registered_at, given_skeleton, family_skeleton,
    father_skeleton, id_tail_index, desk_version)
SELECT id_kind, substr(sha256(id_index || '\\x{again:02x}'), 1, octet_length(id_index)), id_sealed, given_name,
    family_name, father_name, match_key, birth_on + {again} * 97, birth_precision, gender,
    substr(sha256(mobile_index || '\\x{again:02x}'), 1, octet_length(mobile_index)), mobile_sealed, registered_at,
    given_skeleton, family_skeleton, father_skeleton,
    substr(sha256(id_tail_index || '\\x{again:02x}'), 1, octet_length(id_tail_index)), desk_version
FROM registry_person WHERE id <= {until}
"""
# Who is asked for was loaded first, and an index gives equal keys in the order of the table: mixed, nobody is nearer.
MIXED = (
    "CREATE INDEX mixed ON registry_person (hashint8(id))",
    "CLUSTER registry_person USING mixed",
    "DROP INDEX mixed",
)
INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'registry_person' AND indexname NOT IN "
    "(SELECT conname FROM pg_constraint) ORDER BY 1"
)
EMPTY = "\\N"


@dataclass(frozen=True, slots=True)
class Desk:
    """The server's addresses, the settings for programs that work on it, where the questions lie."""

    superuser_url: str
    environment: dict[str, str]
    questions: Path
    people: int


@contextmanager
def own_desk(seed: int, people: int, questions: int, kept: Path | None = None) -> Iterator[Desk]:
    """Start a server, migrate, load people; stop and remove it at the end, or keep it in a folder for the next run."""
    with tempfile.TemporaryDirectory(prefix="sakha-bench-", ignore_cleanup_errors=True) as folder:
        home = kept or Path(folder)
        home.mkdir(exist_ok=True)
        home.chmod(0o711)  # the server's own account must reach its data below
        server = Server(home / "postgres").start(shared_buffers="4GB", max_wal_size="4GB", maintenance_work_mem="512MB")
        try:
            addresses = make_roles(server, database="sakha")
            keys = keep_word(home / "keys", generate_key_ring())
            environment = os.environ | {
                "DATABASE_URL": addresses.app_url,
                "DATABASE_OWNER_URL": addresses.owner_url,
                "SAKHA_HOME": str(home),
                "SAKHA_SECRET_KEY": "a secret of the benchmark alone, forty letters and more",
                "SAKHA_KEYS": keys,
                "SAKHA_INSECURE_HTTP": "true",
            }
            command = [sys.executable, "-m", "sakha.entrypoints.commands", "migrate"]
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            desk = Desk(server.url("sakha"), environment, home / "QUESTIONS.csv", people)
            loaded = home / "loaded"
            if not loaded.exists():
                load(desk, parse_key_ring(keys), seed, questions)
                loaded.touch()
            yield desk
        finally:
            server.stop()


def load(desk: Desk, ring: KeyRing, seed: int, questions: int) -> None:
    """Load people portion by portion, without the indexes of the desk; make these afterwards."""
    offices = make_offices(seed, PLAIN, CHARITIES)
    stock = NumberStock(seed, len(offices.counties))
    with psycopg.connect(desk.superuser_url, autocommit=True) as superuser:
        indexes = superuser.execute(INDEXES).fetchall()
        for name, _ in indexes:
            superuser.execute(f"DROP INDEX {name}".encode())
        done = portion = 0
        while done < min(desk.people, SIMULATED):
            homes, people = make_people(seed, portion, PLAIN, offices, stock, HOMES_OF_PORTION)
            count = min(len(people), min(desk.people, SIMULATED) - done)
            with superuser.cursor().copy(COPY.encode()) as copied:
                for line in lines_of(people, ring, count):
                    copied.write(line)
            if portion == 0:
                ask(desk.questions, seed, (homes, people), offices, (questions, count))
            done, portion = done + count, portion + 1
            print(f"\r{done:,} people", end="", file=sys.stderr, flush=True)
        for again, first in enumerate(range(SIMULATED, desk.people, SIMULATED), start=1):
            superuser.execute(AGAIN.format(again=again, until=min(SIMULATED, desk.people - first)).encode())
            print(f"\r{min(first + SIMULATED, desk.people):,} people", end="", file=sys.stderr, flush=True)
        for statement in MIXED:
            superuser.execute(statement.encode())
        for _, definition in indexes:
            superuser.execute(str(definition).encode())
        superuser.execute("VACUUM (ANALYZE) registry_person")
    print(file=sys.stderr)


def lines_of(people: Persons, ring: KeyRing, count: int) -> Iterator[str]:
    """Give the rows of people as COPY takes them."""
    given, family = given_pool(), family_pool().names
    sounds = [name_skeleton(name) for name in given], [name_skeleton(name) for name in family]
    has_id = (people.id_kind != NONE)[:count]
    kinds = [
        "NATIONAL" if kind == 0 else "FIDA" if kind == FIDA else "NONE" for kind in people.id_kind[:count].tolist()
    ]
    texts = [str(number).zfill(10) for number in people.number[:count].tolist()]
    ids = blind_index_many(ring, IndexKind.NATIONAL_ID, texts)
    fidas = blind_index_many(ring, IndexKind.FIDA, texts)
    tails = blind_index_many(ring, IndexKind.DIGEST, [f"tail\x1f{text[-TAIL_LENGTH:]}" for text in texts])
    mobiles = blind_index_many(ring, IndexKind.MOBILE, [f"+98{number}" for number in people.mobile[:count].tolist()])
    rows = zip(
        kinds, has_id.tolist(), people.given[:count].tolist(), people.family[:count].tolist(),
        people.father[:count].tolist(), people.birth[:count].tolist(), people.female[:count].tolist(),
        people.mobile[:count].tolist(), strict=True,
    )  # fmt: skip
    for place, (kind, known, name, kin, father, birth, female, mobile) in enumerate(rows):
        index = fidas[place] if kind == "FIDA" else ids[place]
        tail = f"\\\\x{tails[place].hex()}" if known and kind == "NATIONAL" else EMPTY
        yield "\t".join((
            kind, f"\\\\x{index.hex()}" if known else EMPTY, "sealed" if known else EMPTY, given[name], family[kin],
            given[father], "", str(EPOCH + timedelta(days=birth)), "DAY", "F" if female else "M",
            f"\\\\x{mobiles[place].hex()}" if mobile else EMPTY, "sealed" if mobile else EMPTY, "2026-11-22",
            sounds[0][name], sounds[1][kin], sounds[0][father], tail, str(DESK_VERSION),
        )) + "\n"  # fmt: skip


def ask(path: Path, seed: int, made: tuple[Homes, Persons], offices: Offices, counts: tuple[int, int]) -> None:
    """Write records of the people first loaded as charities key them: how many, of how many. Numbers begin with 1."""
    homes, people = made
    rng = chance(seed, "questions")
    numbers = CaseNumbers(rng, len(offices))
    files, listing = list_people(rng, PLAIN, offices, homes, people, numbers)
    wanted, loaded = counts
    places = rng.permutation(len(listing.person))
    _, first = np.unique(listing.person[places], return_index=True)
    chosen = places[np.sort(first)]
    listing = listing.take(chosen[listing.person[chosen] < loaded][:wanted])
    filling = Filling(PLAIN, offices, people, listing, Story(len(listing.person)))
    portion = write_portion(rng, filling, homes, files, (0, 0, 0))
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        home = people.home[listing.person]
        first_of_home = homes.first[home] + 1
        writer.writerow((*COLUMNS, "person_id", "home_from", "home_to"))
        writer.writerows(
            zip(
                *portion.columns,
                (listing.person + 1).tolist(),
                first_of_home.tolist(),
                (first_of_home + homes.size[home] - 1).tolist(),
                strict=True,
            )
        )
