"""Reads a bank's extract, in any of three formats, as a stream: only the rows of people who were named come out.

The files are proved by their checksums and counts first. Decides nothing about what a row means.
"""

import csv
import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
from python_calamine import CalamineError, CalamineWorkbook

from sakha.databanks.rules.bank import Bank, FileTerms
from sakha.databanks.rules.manifest import Manifest, ManifestInvalid

MANIFEST: Final = "manifest.json"
BATCH_ROWS: Final = 20_000
MEMORY_LIMIT: Final = "2GB"
_READ_BYTES: Final = 1 << 20
_SOURCES: Final = {"PARQUET": "read_parquet($paths)", "CSV": "read_csv($paths, all_varchar = true, header = true)"}


def prove_files(folder: Path, manifest: Manifest) -> list[Path]:
    """The files of an extract, once each is what the manifest says. Raises: ManifestInvalid."""
    paths = []
    for file in manifest.files:
        path = folder / file.name
        digest = hashlib.sha256()
        try:
            with path.open("rb") as content:
                while block := content.read(_READ_BYTES):
                    digest.update(block)
        except OSError:
            raise ManifestInvalid(field=file.name, reason=file.name) from None
        if digest.hexdigest() != file.sha256:
            raise ManifestInvalid(field=file.name, reason=f"sha256 {file.name}")
        paths.append(path)
    return paths


@contextmanager
def opened_extract(
    bank: Bank, manifest: Manifest, paths: Sequence[Path]
) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """A DuckDB with the extract as `extract`, and the columns to select from it. Raises: ManifestInvalid."""
    terms = bank.files
    if terms is None:
        raise ManifestInvalid(field="bank", reason=bank.name)
    with tempfile.TemporaryDirectory(prefix="sakha-extract-") as scratch:
        source, read = _SOURCES.get(manifest.format), [str(path) for path in paths]
        if source is None:
            source, read = _SOURCES["CSV"], [str(_as_csv(path, Path(scratch))) for path in paths]
        connection = duckdb.connect(
            config={
                "memory_limit": MEMORY_LIMIT,
                "temp_directory": scratch,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "preserve_insertion_order": "false",
            }
        )
        try:
            columns = _columns(connection, source, read, bank, terms)
            _require_counts(connection, source, read, manifest)
            yield connection, f"SELECT {columns} FROM {source}".replace("$paths", _quoted(read))  # noqa: S608 -- quoted
        except duckdb.Error:
            raise ManifestInvalid(field="files", reason=manifest.format) from None
        finally:
            connection.close()


def rows_of(
    connection: duckdb.DuckDBPyConnection, selection: str, identifiers: Sequence[str]
) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Identifier, day and fields of the named people, as texts, in batches."""
    connection.execute("CREATE TEMP TABLE wanted (identifier VARCHAR)")
    connection.execute("INSERT INTO wanted SELECT unnest($identifiers::VARCHAR[])", {"identifiers": list(identifiers)})
    cursor = connection.execute(f"SELECT told.* FROM ({selection}) AS told SEMI JOIN wanted USING (identifier)")  # noqa: S608 -- made above
    while batch := cursor.fetchmany(BATCH_ROWS):
        yield batch


def _columns(connection: duckdb.DuckDBPyConnection, source: str, paths: list[str], bank: Bank, terms: FileTerms) -> str:
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}", {"paths": paths}).fetchall()  # noqa: S608 -- own words
    there = {row[0] for row in described}
    wanted = [terms.identifier, *([terms.observed_on] if terms.observed_on else []), *(one.field for one in bank.facts)]
    missing = [name for name in wanted if name not in there]
    if missing:
        raise ManifestInvalid(field="files", reason=", ".join(missing))
    # a table of numbers has lost the leading zeros of its identifiers
    first = f"lpad(CAST({_name(terms.identifier)} AS VARCHAR), 10, '0') AS identifier"
    day = f"CAST({_name(terms.observed_on)} AS VARCHAR)" if terms.observed_on else "NULL"
    fields = [f"CAST({_name(fact.field)} AS VARCHAR)" for fact in bank.facts]
    return ", ".join([first, f"{day} AS told_on", *(f"{field} AS field_{place}" for place, field in enumerate(fields))])


def _require_counts(connection: duckdb.DuckDBPyConnection, source: str, paths: list[str], manifest: Manifest) -> None:
    for path, file in zip(paths, manifest.files, strict=True):
        row = connection.execute(f"SELECT count(*) FROM {source}", {"paths": [path]}).fetchone()  # noqa: S608 -- own words
        if row is None or row[0] != file.row_count:
            raise ManifestInvalid(field=file.name, reason=f"rows {file.name}")


def _as_csv(path: Path, scratch: Path) -> Path:
    """The first sheet of a workbook as text: DuckDB's own reader would have to be fetched from outside."""
    try:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=True)
    except (CalamineError, OSError, ValueError):
        raise ManifestInvalid(field=path.name, reason=path.name) from None
    copy = scratch / f"{path.name}.csv"
    with copy.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([_cell(cell) for cell in row] for row in rows)
    return copy


def _cell(cell: Any) -> str:
    """A workbook keeps whole numbers as fractions, and truths and days as their own kinds."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _quoted(paths: Sequence[str]) -> str:
    return "[" + ", ".join("'" + path.replace("'", "''") + "'" for path in paths) + "]"
