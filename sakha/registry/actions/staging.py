"""Checked rows into the staging table: sealed, indexed, and compared with each other and with the register.

One code path for files and forms. What a row means is decided by `rules.reading`; loading is left to `merging`.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import ID_INDEX_KINDS, IndexKind, KeyRing, blind_index_many, blind_indexes, seal_many
from sakha.linkage.rules import IdentityView
from sakha.linkage.rules.desk_keys import TAIL_LENGTH, name_skeleton
from sakha.registry.actions.asking import IDENTITY_CODES, ask_about_rows
from sakha.registry.models import IntakeFile
from sakha.registry.queries.finding import tail_text
from sakha.registry.rules.contradictions import (
    CaseHasTwoHeads,
    IdentityRepeats,
    RowsInDoubt,
    StagedIdentity,
    rows_known_otherwise,
    rows_of_two_heads,
    rows_of_two_people,
)
from sakha.registry.rules.mapping import columns_from_json
from sakha.registry.rules.rows import ReadRow, RowProblem, case_text, content_text, identity_text, problem_of
from sakha.registry.rules.states import IntakeOrigin
from sakha.vocabulary.headings import RecordField
from sakha.vocabulary.identifiers import IdKind
from sakha.vocabulary.refusal import Refusal

# COPY is refused on a table with row-level security; one JSON parameter a chunk is as quick and is bound, not spliced.
_INSERT: Final = """
INSERT INTO registry_intake_row (
    intake_file_id, row_number, problems, payload_sealed, content_digests, case_keys, id_indexes, id_kind, id_sealed,
    given_name, family_name, father_name, match_key, birth_on, birth_precision, gender, relation, mobile_index,
    mobile_sealed, province, county, is_urban, is_protected, address_sealed, facts,
    given_skeleton, family_skeleton, father_skeleton, id_tail_index
)
SELECT %s, row_number, problems, payload_sealed, content_digests, case_keys, id_indexes, id_kind, id_sealed,
    given_name, family_name, father_name, match_key, birth_on, birth_precision, gender, relation, mobile_index,
    mobile_sealed, province, county, is_urban, is_protected, address_sealed, facts,
    given_skeleton, family_skeleton, father_skeleton, id_tail_index
FROM json_to_recordset(%s) AS staged(
    row_number int, problems jsonb, payload_sealed bytea, content_digests bytea[], case_keys bytea[],
    id_indexes bytea[], id_kind text, id_sealed bytea, given_name text, family_name text, father_name text,
    match_key text, birth_on date,
    birth_precision text, gender text, relation text, mobile_index bytea, mobile_sealed bytea, province text,
    county text, is_urban bool, is_protected bool, address_sealed bytea, facts jsonb,
    given_skeleton text, family_skeleton text, father_skeleton text, id_tail_index bytea
)
"""

_ADD_PROBLEM: Final = """
UPDATE registry_intake_row SET problems = problems || %s::jsonb
WHERE intake_file_id = %s AND row_number = ANY(%s)
"""

_IDENTITIES: Final = """
SELECT row_number, id_indexes[1], coalesce(case_keys[1], ''::bytea), relation, id_kind, given_name, family_name,
    father_name, birth_on, birth_precision, gender
FROM registry_intake_row WHERE intake_file_id = %s AND problems = '[]'::jsonb
"""

# Only people who are written otherwise: whoever is written alike is the same.
_KNOWN_OTHERWISE: Final = """
SELECT s.row_number, s.given_name, s.family_name, s.father_name, s.birth_on, s.birth_precision, s.gender,
    p.given_name, p.family_name, p.father_name, p.birth_on, p.birth_precision, p.gender
FROM registry_intake_row s
CROSS JOIN LATERAL unnest(s.id_indexes) AS one(id_index)
JOIN registry_person p ON p.id_index = one.id_index
WHERE s.intake_file_id = %s AND s.row_number BETWEEN %s AND %s AND s.problems = '[]'::jsonb AND s.id_kind <> 'NONE'
    AND (s.match_key, s.birth_on) IS DISTINCT FROM (p.match_key, p.birth_on)
"""


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What the keys make of a chunk, in the order of its rows."""

    payloads: list[bytes]
    contents: list[list[bytes]]
    cases: list[list[bytes]]
    identities: list[list[bytes]]
    identifiers: list[bytes]
    mobiles: list[list[bytes]]
    mobiles_sealed: list[bytes]
    addresses: list[bytes]
    tails: list[bytes | None]


def stage_rows(file: IntakeFile, rows: Sequence[ReadRow], ring: KeyRing) -> None:
    """Write a chunk of read rows, good and bad, into staging."""
    sealed = _seal(file, rows, ring)
    staged = [_staged(row, sealed, place) for place, row in enumerate(rows)]
    # Bound by the server, not spliced into the statement by Django's cursor: quicker, and no name stands in its text.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_INSERT, (file.pk, _json(staged)))


def mark_known_otherwise(file: IntakeFile, first_row: int, last_row: int, *, at: datetime) -> None:
    """Mark rows whose identifier the register knows under somebody who is not surely the same; of a file, ask people.

    The system looks, for the other record may be of a household that this organisation doesn't see; it learns only
    that the two don't agree.
    """
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_KNOWN_OTHERWISE, (file.pk, first_row, last_row))
        doubts = rows_known_otherwise((row[0], _view(row[1:7]), _view(row[7:13])) for row in cursor.fetchall())
    mark_doubts(file, doubts, at=at)


def mark_doubts(file: IntakeFile, doubts: Sequence[RowsInDoubt], *, at: datetime) -> int:
    """Mark rows in doubt, and ask about those whose identity is; tell how many wait or were given back.

    Who fills a form corrects it on the spot, so nobody is asked about it.
    """
    asked = [number for doubt in doubts if doubt.refusal.code in IDENTITY_CODES for number in doubt.numbers]
    known = set[int]()
    if file.origin == IntakeOrigin.FILE.value:
        settled = ask_about_rows(file, asked, at=at)
        known.update(settled.same, settled.different)
    marked = 0
    for doubt in doubts:
        numbers = [number for number in doubt.numbers if number not in known]
        add_problem(file, numbers, doubt.refusal, RecordField.NATIONAL_ID)
        marked += len(numbers)
    return marked


def mark_contradictions_within(file: IntakeFile) -> None:
    """Mark rows of the file that contradict each other."""
    with connection.cursor() as cursor:
        cursor.execute(_IDENTITIES, (file.pk,))
        rows = [
            (row[4], StagedIdentity(row[0], bytes(row[1]), bytes(row[2]), row[3], _view(row[5:11])))
            for row in cursor.fetchall()
        ]
    identified = [row for kind, row in rows if kind != IdKind.NONE.value]
    add_problem(file, sorted(set(rows_of_two_people(identified))), IdentityRepeats(), RecordField.NATIONAL_ID)
    two_heads = sorted(set(rows_of_two_heads(row for _, row in rows)))
    add_problem(file, two_heads, CaseHasTwoHeads(), RecordField.RELATION)


def add_problem(file: IntakeFile, row_numbers: Sequence[int], refusal: Refusal, field: RecordField) -> None:
    """Add one problem to staged rows."""
    if not row_numbers:
        return
    column = next((one for one in columns_from_json(file.mapping) if one.field is field), None)
    problem: RowProblem = (
        problem_of(refusal, field_name=field.value)
        if column is None
        else problem_of(refusal, field_name=field.value, place=column.place, heading=column.heading)
    )
    with connection.cursor() as cursor:
        cursor.execute(_ADD_PROBLEM, (json.dumps([problem.to_json()]), file.pk, list(row_numbers)))


def _view(columns: Sequence[Any]) -> IdentityView:
    given, family, father, birth_on, precision, gender = columns
    return IdentityView(given, family, father, birth_on, precision == "YEAR", gender)


def _seal(file: IntakeFile, rows: Sequence[ReadRow], ring: KeyRing) -> _Sealed:
    organisation_id = file.organisation_id
    contents = [content_text(row, organisation_id) for row in rows]
    cases = [case_text(row.case_number, organisation_id) for row in rows]
    identities = [identity_text(row, organisation_id) for row in rows]
    # What the digests were made of is kept with the record, so that new keys can make them again.
    payloads = [
        _json({"cells": _named_cells(file, row), "content": content, "case": case})
        for row, content, case in zip(rows, contents, cases, strict=True)
    ]
    addresses = [", ".join(part for part in (row.address, row.postal_code) if part) for row in rows]
    mobiles = [row.mobile for row in rows]
    return _Sealed(
        payloads=seal_many(ring, payloads),
        contents=_indexes(ring, IndexKind.DIGEST, contents),
        cases=_indexes(ring, IndexKind.DIGEST, cases),
        identities=_identity_indexes(ring, rows, identities),
        identifiers=seal_many(ring, identities),
        mobiles=_indexes(ring, IndexKind.MOBILE, mobiles),
        mobiles_sealed=seal_many(ring, mobiles),
        addresses=seal_many(ring, addresses),
        tails=tail_indexes(ring, [row.id_text if row.id_kind is IdKind.NATIONAL else "" for row in rows]),
    )


def _identity_indexes(ring: KeyRing, rows: Sequence[ReadRow], identities: Sequence[str]) -> list[list[bytes]]:
    made: list[list[bytes]] = [[] for _ in rows]
    for id_kind, index_kind in ID_INDEX_KINDS.items():
        places = [place for place, row in enumerate(rows) if row.id_kind is id_kind]
        indexes = _indexes(ring, index_kind, [identities[place] for place in places])
        for place, index in zip(places, indexes, strict=True):
            made[place] = index
    return made


def tail_indexes(ring: KeyRing, national_ids: Sequence[str]) -> list[bytes | None]:
    """The indexes of the ends of national IDs, by which a desk finds them; of an empty text none."""
    ends = iter(
        blind_index_many(ring, IndexKind.DIGEST, (tail_text(one[-TAIL_LENGTH:]) for one in national_ids if one))
    )
    return [next(ends) if one else None for one in national_ids]


def _indexes(ring: KeyRing, kind: IndexKind, texts: Sequence[str]) -> list[list[bytes]]:
    """The indexes of all keys, the current first; of an empty text none."""
    if len(ring.index_keys) == 1:
        current = iter(blind_index_many(ring, kind, (text for text in texts if text)))
        return [[next(current)] if text else [] for text in texts]
    return [blind_indexes(ring, kind, text) if text else [] for text in texts]


def _named_cells(file: IntakeFile, row: ReadRow) -> list[list[str]]:
    return [[heading, text] for heading, text in zip(file.headings, row.cells, strict=False) if text]


def _staged(row: ReadRow, sealed: _Sealed, place: int) -> dict[str, object]:
    tail = sealed.tails[place]
    is_empty_address = not (row.address or row.postal_code)
    return {
        "row_number": row.number,
        "problems": [problem.to_json() for problem in row.problems],
        "payload_sealed": _hex(sealed.payloads[place]),
        "content_digests": list(map(_hex, sealed.contents[place])),
        "case_keys": list(map(_hex, sealed.cases[place])),
        "id_indexes": list(map(_hex, sealed.identities[place])),
        "id_kind": row.id_kind.value,
        "id_sealed": _hex(sealed.identifiers[place]),
        "given_name": row.given_name,
        "family_name": row.family_name,
        "father_name": row.father_name,
        "match_key": row.match_key,
        "birth_on": row.birth_on.isoformat() if row.birth_on else None,
        "birth_precision": row.birth_precision,
        "gender": row.gender or "",
        "relation": row.relation or "",
        "mobile_index": _hex(sealed.mobiles[place][0]) if row.mobile else None,
        "mobile_sealed": _hex(sealed.mobiles_sealed[place]) if row.mobile else None,
        "province": row.province,
        "county": row.county,
        "is_urban": row.is_urban,
        "is_protected": row.is_protected,
        "address_sealed": None if is_empty_address else _hex(sealed.addresses[place]),
        "facts": row.facts,
        "given_skeleton": name_skeleton(row.given_name),
        "family_skeleton": name_skeleton(row.family_name),
        "father_skeleton": name_skeleton(row.father_name),
        "id_tail_index": None if tail is None else _hex(tail),
    }


def _hex(value: bytes) -> str:
    return f"\\x{value.hex()}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def cells_of_payload(payload: str, headings: Iterable[str]) -> tuple[str, ...]:
    """The cells of a staged row, one a heading, as they stood in the file."""
    left: list[list[str]] = json.loads(payload)["cells"]
    cells: list[str] = []
    for heading in headings:
        is_next = bool(left) and left[0][0] == heading
        cells.append(left.pop(0)[1] if is_next else "")
    return tuple(cells)
