"""Taking a bank's extract in: proved, joined with the people who matter, and kept as evidence of that bank.

The same extract again adds nothing. Who matters is decided by whoever calls; nobody else of the file is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import seal, seal_many
from sakha.databanks.actions.evidence import Asker, keep_answers
from sakha.databanks.banks.catalogue import get_bank
from sakha.databanks.banks.extract_files import MANIFEST, opened_extract, prove_files, rows_of
from sakha.databanks.rules import EvidenceStatus, EvidenceToRecord, subject_indexes
from sakha.databanks.rules.answers import AnswerState, BankAnswer, answer_found, from_cell
from sakha.databanks.rules.bank import Bank, Transport
from sakha.databanks.rules.evidence import BankUnknown
from sakha.databanks.rules.grounds import Ground
from sakha.databanks.rules.manifest import Manifest, ManifestInvalid, read_manifest
from sakha.vocabulary.jalali import TEHRAN

_INQUIRY: Final = """
    INSERT INTO databanks_inquiry (banks, purpose, level, decision, asked_by_id, organisation_id, asked_at,
                                   person_count)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""


@dataclass(frozen=True, slots=True)
class ExtractSource:
    """A bank that gives files, and the folder of its manifest."""

    bank: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractLoaded:
    """What an extract brought of the people who matter; `invalid_count` rows said what can't be."""

    extract_id: str
    row_count: int
    found_count: int
    invalid_count: int
    new_count: int


def load_extract(
    *,
    actor: Actor,
    at: datetime,
    ground: Ground,
    source: ExtractSource,
    identifiers: Sequence[str],
    progress: Callable[[int], object] | None = None,
) -> ExtractLoaded:
    """Keep what the extract says of these people.

    Raises: PermissionMissing, BankUnknown, PurposeMissing, PurposeNotAllowed, LegalLevelTooLow, ManifestInvalid.
    """
    actor.require(Permission.INVITE)
    known, folder = get_bank(source.bank), source.folder
    if known.transport is not Transport.FILES:
        raise BankUnknown(field="bank", bank=source.bank)
    ground.require_for(label=known.label, level=known.level, purposes=known.purposes)
    today = at.astimezone(TEHRAN).date()
    manifest = _manifest(known, folder, today)
    paths = prove_files(folder, manifest)
    asker = _asker(actor, at, ground, known, len(identifiers))
    found_count = invalid_count = new_count = 0
    with opened_extract(known, manifest, paths) as (extract, selection):
        for batch in rows_of(extract, selection, identifiers):
            told = [(row[0], _answer(known, manifest, row, today)) for row in batch]
            invalid_count += sum(answer.state is AnswerState.INVALID for _, answer in told)
            found_count += len(told)
            new_count += keep_answers(at=at, answers=[(one, asker) for one in _evidence(known, told)])
            if progress is not None:
                progress(found_count)
    return ExtractLoaded(
        extract_id=manifest.extract_id,
        row_count=sum(file.row_count for file in manifest.files),
        found_count=found_count,
        invalid_count=invalid_count,
        new_count=new_count,
    )


def _manifest(bank: Bank, folder: Path, today: date) -> Manifest:
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ManifestInvalid(field="manifest", reason=MANIFEST) from None
    return read_manifest(bank, text, today=today)


def _asker(actor: Actor, at: datetime, ground: Ground, bank: Bank, person_count: int) -> Asker:
    purpose = str(ground.purpose)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            _INQUIRY,
            [
                [bank.name], purpose, ground.level, ground.decision, actor.user_id, actor.organisation_id, at,
                person_count,
            ],
        )  # fmt: skip
        return Asker(user_id=actor.user_id, purpose=purpose, inquiry_id=cursor.fetchone()[0])


def _answer(bank: Bank, manifest: Manifest, row: Sequence[Any], today: date) -> BankAnswer:
    cells = zip(bank.facts, row[2:], strict=True)
    fields = {fact.field: None if cell is None else from_cell(fact, cell) for fact, cell in cells}
    observed_on = manifest.observed_on.isoformat() if row[1] is None else str(row[1])[:10]
    return answer_found(bank, ref="row", fields=fields, observed_on=observed_on, today=today)


def _evidence(bank: Bank, told: Sequence[tuple[str, BankAnswer]]) -> list[EvidenceToRecord]:
    ring = key_ring()
    identifiers = [identifier for identifier, _ in told]
    places = zip(told, subject_indexes(ring, identifiers), seal_many(ring, identifiers), strict=True)
    return [
        EvidenceToRecord(
            subject_index=index,
            subject_sealed=sealed,
            fact=found.fact,
            value=found.value,
            text_sealed=None if found.text is None else seal(ring, found.text),
            unit=found.unit,
            source=bank.source_name,
            observed_on=answer.observed_on,
            expires_on=found.expires_on,
            status=EvidenceStatus.UNKNOWN if found.value is None else EvidenceStatus.KNOWN,
        )
        for (_, answer), index, sealed in places
        if answer.observed_on is not None
        for found in answer.found
    ]
