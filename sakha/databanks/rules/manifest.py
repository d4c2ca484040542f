"""What comes with an extract: whose it is, of which day, and by which checksums its files are known."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from sakha.databanks.rules.answers import AnswerInvalid, read_day
from sakha.databanks.rules.bank import Bank
from sakha.vocabulary.refusal import Refusal

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_TEXT_MAX: Final = 99


class ManifestInvalid(Refusal):
    """The manifest is missing or wrong, or a file is not what it says. Nothing of the extract is read."""

    code: ClassVar[str] = "MANIFEST_INVALID"
    sentence: ClassVar[str] = "فایل‌های این بانک با شناسنامه‌شان (manifest.json) نمی‌خوانند: {reason}"


@dataclass(frozen=True, slots=True)
class ExtractFile:
    """One file of an extract. Its name has no folder in it."""

    name: str
    sha256: str
    row_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an extract says of itself."""

    extract_id: str
    observed_on: date
    format: str
    files: tuple[ExtractFile, ...]


def read_manifest(bank: Bank, text: str, *, today: date) -> Manifest:
    """Read it. Raises: ManifestInvalid."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise ManifestInvalid(field="manifest", reason="JSON") from None
    if not isinstance(told, Mapping) or told.get("bank") != bank.name:
        raise ManifestInvalid(field="bank", reason="bank")
    formats = () if bank.files is None else bank.files.formats
    extract_id, kind, files = told.get("extract_id"), told.get("format"), told.get("files")
    if not isinstance(extract_id, str) or not 0 < len(extract_id) <= _TEXT_MAX:
        raise ManifestInvalid(field="extract_id", reason="extract_id")
    if not isinstance(kind, str) or kind not in formats:
        raise ManifestInvalid(field="format", reason="format")
    if not isinstance(files, list) or not files:
        raise ManifestInvalid(field="files", reason="files")
    try:
        observed_on = read_day(told.get("observed_on"), field="observed_on", today=today)
    except AnswerInvalid as refusal:
        raise ManifestInvalid(field="observed_on", reason=refusal.reason) from None
    return Manifest(
        extract_id=extract_id, observed_on=observed_on, format=kind, files=tuple(_file(line) for line in files)
    )


def _file(line: Any) -> ExtractFile:
    told = line if isinstance(line, Mapping) else {}
    name, digest, rows = told.get("name"), told.get("sha256"), told.get("rows")
    is_whole = isinstance(name, str) and _NAME.fullmatch(name) and isinstance(digest, str) and _SHA256.fullmatch(digest)
    if not is_whole or not isinstance(rows, int) or isinstance(rows, bool) or rows < 0:
        raise ManifestInvalid(field="files", reason="files")
    return ExtractFile(str(name), str(digest), rows)
