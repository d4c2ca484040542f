"""What a receipt says, in words. Decides words only; a column that has none is shown as it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from sakha.access.rules.chain import BlockHeader
from sakha.access.rules.proofs import Proof
from sakha.entrypoints.public_site.languages import Language
from sakha.entrypoints.public_site.proof_words import ENGLISH_WORDS, PERSIAN_WORDS, ProofWords
from sakha.giving.rules.states import Account
from sakha.ledger.rules.states import LedgerAction
from sakha.vocabulary.jalali import show_moment
from sakha.vocabulary.money import show_toman
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedUnit, show_quantity


@dataclass(frozen=True, slots=True)
class ShownProof:
    """A receipt that holds: its words, and the block in which it stands."""

    lines: tuple[tuple[str, str], ...]
    block: ShownBlock
    is_published: bool


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A published root."""

    log: str
    place: int
    day: str
    row_count: int
    root: str


def words_of(language: Language) -> ProofWords:
    """The words of a language."""
    return PERSIAN_WORDS if language.is_persian else ENGLISH_WORDS


def show_block(header: BlockHeader, language: Language) -> ShownBlock:
    """A root, with the day on which it was closed."""
    return ShownBlock(
        log=words_of(language).logs.get(header.stream.partition("/")[0], header.stream),
        place=header.place,
        day=language.day(timezone.localtime(header.closed_at).date()),
        row_count=header.row_count,
        root=header.root.hex(" ", 4),  # in groups, so that eyes can compare it and it breaks on a phone
    )


def show_proof(proof: Proof, language: Language, *, is_published: bool) -> ShownProof:
    """The columns that have words; the columns are those that the log declares."""
    told = dict(zip(proof.columns, proof.row.split("\t"), strict=True))
    columns = words_of(language).columns.items()
    lines = tuple((title, _show(column, told, language)) for column, title in columns if column in told)
    return ShownProof(lines=lines, block=show_block(proof.block, language), is_published=is_published)


def _show(column: str, told: dict[str, str], language: Language) -> str:
    value = told[column]
    words = _WORDS.get(column)
    try:
        if words is not None:
            return words(told, language)
        return language.digits(value)
    except (ValueError, KeyError, OverflowError):
        return value  # written by a version that had other words


def _moment(told: dict[str, str], language: Language) -> str:
    at = timezone.localtime(datetime.fromisoformat(told["at"]))
    if language.is_persian:
        return show_moment(at)
    return f"{language.day(at.date())}, {at:%H:%M} in Tehran"


def _action(told: dict[str, str], language: Language) -> str:
    if not told["action"].isdecimal():
        return told["action"]
    return words_of(language).actions[LedgerAction(int(told["action"]))]


def _quantity(told: dict[str, str], language: Language) -> str:
    kind, quantity = NeedKind(int(told["kind"])), int(told["quantity"])
    if language.is_persian:
        return show_quantity(kind, quantity)
    return language.money(quantity) if NEED_KINDS[kind].unit is NeedUnit.RIAL else language.number(quantity)


def _money(told: dict[str, str], language: Language) -> str:
    rial = int(told["amount_rial"])
    return show_toman(rial) if language.is_persian else f"{language.number(rial)} rial"


def _account(told: dict[str, str], language: Language, side: str) -> str:
    return words_of(language).accounts[Account(int(told[side]))]


_WORDS: Final[dict[str, Callable[[dict[str, str], Language], str]]] = {
    "at": _moment,
    "action": _action,
    "kind": lambda told, language: language.kind(NeedKind(int(told["kind"]))),
    "quantity": _quantity,
    "from_account": lambda told, language: _account(told, language, "from_account"),
    "to_account": lambda told, language: _account(told, language, "to_account"),
    "amount_rial": _money,
}
