"""Putting questions into the queue: whether they may be asked, of whom, and that they were.

Nobody waits for a bank here. Decides which bank is asked about whom; who may see the household is decided by who calls.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.access.rules.sealing import IndexKind, blind_index_many, seal_many
from sakha.databanks.actions.subjects import settle_subjects
from sakha.databanks.banks.catalogue import asked_banks
from sakha.databanks.rules import NATIONAL_ID_LENGTH
from sakha.databanks.rules.bank import About, Bank, Filling
from sakha.databanks.rules.evidence import BankUnknown
from sakha.databanks.rules.grounds import Ground
from sakha.vocabulary.identifiers import IdKind
from sakha.vocabulary.refusal import Refusal

PRIORITY_FIRST: Final = 1
PRIORITY_USUAL: Final = 5
CHUNK_PEOPLE: Final = 2000

_LOG: Final = """
    INSERT INTO databanks_inquiry (subject_id, household_id, banks, purpose, level, decision, asked_by_id,
                                   organisation_id, asked_at, refused_code, person_count)
    SELECT one.subject_id, one.household_id, string_to_array(one.banks, ','), %(purpose)s, %(level)s, %(decision)s,
           %(user)s, %(organisation)s, %(at)s, '', 1
      FROM json_to_recordset(%(lines)s::json) AS one(subject_id bigint, household_id bigint, banks text)
    RETURNING id, subject_id
"""
_LOG_REFUSED: Final = """
    INSERT INTO databanks_inquiry (household_id, banks, purpose, level, decision, asked_by_id, organisation_id,
                                   asked_at, refused_code, person_count)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
# What is still fresh is not asked again, unless what it was asked with has changed: another mobile, another name. What
# waits is asked with what is known now, and counted once: the last part sees the table as it was before. It looks the
# state up instead of asking for those that wait: else the line of a whole bank is read for each new question.
_QUEUE: Final = """
    WITH line AS MATERIALIZED (
      SELECT one.bank, one.subject_id, one.household_id, one.inquiry_id, decode(one.sealed, 'hex') AS sealed,
             decode(one.index, 'hex') AS index
        FROM json_to_recordset(%(lines)s::json)
             AS one(bank text, subject_id bigint, household_id bigint, inquiry_id bigint, sealed text, index text)
    ), queued AS (
      INSERT INTO databanks_question AS kept (bank, subject_id, household_id, inquiry_id, fillings_sealed,
                                              fillings_index, state, priority, next_try_at)
      SELECT bank, subject_id, household_id, inquiry_id, sealed, index, 'WAITING', %(priority)s, %(at)s
        FROM line ORDER BY subject_id, bank
      ON CONFLICT (subject_id, bank) DO UPDATE
         SET household_id = excluded.household_id, inquiry_id = excluded.inquiry_id,
             fillings_sealed = excluded.fillings_sealed, fillings_index = excluded.fillings_index,
             state = 'WAITING', priority = excluded.priority, next_try_at = excluded.next_try_at,
             attempt_count = 0, error_code = '', claim = ''
       WHERE (kept.state IN ('ANSWERED', 'REFUSED', 'CANCELLED')
              AND (kept.fresh_until IS NULL OR kept.fresh_until <= %(at)s))
          OR (kept.state IN ('ANSWERED', 'REFUSED', 'CANCELLED', 'WAITING')
              AND kept.fillings_index IS DISTINCT FROM excluded.fillings_index)
      RETURNING kept.subject_id, kept.bank
    )
    SELECT count(*) FROM queued
     WHERE (SELECT before.state FROM databanks_question AS before
             WHERE (before.subject_id, before.bank) = (queued.subject_id, queued.bank)) IS DISTINCT FROM 'WAITING'
"""
_HURRY: Final = """
    UPDATE databanks_question SET priority = %(priority)s
     WHERE subject_id = ANY(%(subjects)s) AND state = 'WAITING' AND priority > %(priority)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonToAsk:
    """Somebody of the register, with as much as is known of them. Who has no identifier can't be asked about."""

    household_id: int | None
    fillings: Mapping[Filling, str] = field(repr=False)
    is_head: bool = False
    is_adult: bool = True

    @property
    def identifier(self) -> str:
        """The national ID or foreigner's code."""
        return self.fillings[Filling.IDENTIFIER]

    @property
    def id_kind(self) -> IdKind:
        """Told by its length."""
        return IdKind.NATIONAL if len(self.identifier) == NATIONAL_ID_LENGTH else IdKind.FIDA


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an asking came to. What is not queued is fresh, or waits or is on its way already."""

    person_count: int
    question_count: int
    queued_count: int


def ask_about(
    *,
    actor: Actor,
    at: datetime,
    ground: Ground,
    people: Sequence[PersonToAsk],
    banks: Collection[str] = (),
    priority: int = PRIORITY_USUAL,
) -> Asked:
    """Queue questions about these people: to the named banks, else to all that may be asked on this ground.

    Refused or not, that somebody asked is written down. The answers come when the banks give them.

    Raises: PermissionMissing, PurposeMissing, PurposeNotAllowed, LegalLevelTooLow, BankUnknown.
    """
    actor.require(Permission.READ_HOUSEHOLD)
    try:
        chosen = _choose(ground, banks)
    except Refusal as refusal:
        _log_refusal(actor, at, ground, people, banks=banks, code=refusal.code)
        raise
    question_count = queued_count = 0
    for start in range(0, len(people), CHUNK_PEOPLE):
        chunk = people[start : start + CHUNK_PEOPLE]
        with acting(SYSTEM):
            asked, queued = _queue(actor, at, ground, [(one, banks_for(one, chosen)) for one in chunk], priority)
        question_count += asked
        queued_count += queued
    return Asked(person_count=len(people), question_count=question_count, queued_count=queued_count)


def _choose(ground: Ground, names: Collection[str]) -> list[Bank]:
    ground.require_whole()
    reached = asked_banks()
    if not names:
        return [bank for bank in reached.values() if ground.purpose in bank.purposes and ground.level >= bank.level]
    chosen = []
    for name in dict.fromkeys(names):
        bank = reached.get(name)
        if bank is None:
            raise BankUnknown(field="bank", bank=name)
        ground.require_for(label=bank.label, level=bank.level, purposes=bank.purposes)
        chosen.append(bank)
    return chosen


def banks_for(person: PersonToAsk, banks: Sequence[Bank]) -> list[Bank]:
    """No more banks than can answer, and no more people than the answer needs."""
    id_kind, known = person.id_kind, person.fillings.keys()
    return [
        bank
        for bank in banks
        if id_kind in bank.identifiers
        and bank.needs <= known
        and (bank.about is not About.HEAD or person.is_head)
        and (bank.about is not About.ADULTS or person.is_adult)
    ]


def _log_refusal(
    actor: Actor, at: datetime, ground: Ground, people: Sequence[PersonToAsk], *, banks: Collection[str], code: str
) -> None:
    households = {person.household_id for person in people}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            _LOG_REFUSED,
            [
                households.pop() if len(households) == 1 else None,
                [bank[:40] for bank in banks],
                "" if ground.purpose is None else ground.purpose.value,
                ground.level,
                ground.decision[:200],
                actor.user_id,
                actor.organisation_id,
                at,
                code,
                len(people),
            ],
        )


def _queue(
    actor: Actor, at: datetime, ground: Ground, chunk: Sequence[tuple[PersonToAsk, list[Bank]]], priority: int
) -> tuple[int, int]:
    asked = [(person, banks) for person, banks in chunk if banks]
    subjects = settle_subjects([person.identifier for person, _ in asked])
    with connection.cursor() as cursor:
        inquiries = _log(cursor, actor, at, ground, [(subjects[one.identifier], one, banks) for one, banks in asked])
        asked_of = {
            (subjects[person.identifier], bank.name): (person, bank) for person, banks in asked for bank in banks
        }
        lines = [
            {"bank": bank, "subject_id": subject, "household_id": person.household_id, "inquiry_id": inquiries[subject]}
            for (subject, bank), (person, _) in asked_of.items()
        ]
        add_told(lines, told_with(asked_of.values()))
        cursor.execute(_QUEUE, {"priority": priority, "at": at, "lines": json.dumps(lines)})
        queued_count = int(cursor.fetchone()[0])
        cursor.execute(_HURRY, {"priority": priority, "subjects": list(inquiries)})
    return len(lines), queued_count


def _log(
    cursor: Any,
    actor: Actor,
    at: datetime,
    ground: Ground,
    asked: Sequence[tuple[int, PersonToAsk, Sequence[Bank]]],
) -> dict[int, int]:
    cursor.execute(
        _LOG,
        {
            "purpose": str(ground.purpose),
            "level": ground.level,
            "decision": ground.decision,
            "user": actor.user_id,
            "organisation": actor.organisation_id,
            "at": at,
            "lines": json.dumps(
                [
                    {
                        "subject_id": subject,
                        "household_id": person.household_id,
                        "banks": ",".join(bank.name for bank in banks),
                    }
                    for subject, person, banks in asked
                ]
            ),
        },
    )
    return {subject_id: inquiry_id for inquiry_id, subject_id in cursor.fetchall()}


def told_with(asked: Collection[tuple[PersonToAsk, Bank]]) -> list[str]:
    """Beside the identifier, what the bank is told of the person or its answer is compared with."""
    wanted = {
        bank.name: {one: one.value for one in (*bank.request.values(), *bank.compares) if one is not Filling.IDENTIFIER}
        for bank in {id(bank): bank for _, bank in asked}.values()
    }
    texts = []
    for person, bank in asked:
        told = {word: person.fillings[one] for one, word in wanted[bank.name].items() if one in person.fillings}
        texts.append(json.dumps(told, ensure_ascii=False, sort_keys=True) if told else "")
    return texts


def add_told(lines: Sequence[dict[str, Any]], texts: Sequence[str]) -> None:
    """Seal and index what the bank is told, in each line."""
    ring = key_ring()
    filled = [(line, text) for line, text in zip(lines, texts, strict=True) if text]
    sealed = seal_many(ring, [text for _, text in filled])
    indexes = blind_index_many(ring, IndexKind.DIGEST, [text for _, text in filled])
    for (line, _), seal, index in zip(filled, sealed, indexes, strict=True):
        line |= {"sealed": seal.hex(), "index": index.hex()}
