"""Finds the banks: the folders beside this file that hold a `bank.toml`, and those of the installation's own folder.

Decides nothing about a bank; its document does.
"""

import importlib.util
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from sakha.databanks.banks.installation import installation
from sakha.databanks.rules.bank import Bank, BankInvalid, FactMapping, parse_bank
from sakha.databanks.rules.evidence import BankUnknown
from sakha.vocabulary.fact_names import FACTS, FactName

DOCUMENT: Final = "bank.toml"
OWN_FOLDER: Final = Path(__file__).resolve().parent

Reader = Callable[..., Mapping[str, Any]]


def banks() -> Mapping[str, Bank]:
    """All banks by name: the product's, and those that this installation adds."""
    return _banks_in(*_folders())


def get_bank(name: str) -> Bank:
    """One bank. Raises: BankUnknown."""
    found = banks().get(name)
    if found is None:
        raise BankUnknown(field="bank", bank=name)
    return found


def asked_banks() -> Mapping[str, Bank]:
    """The banks that this installation reaches and asks one by one."""
    reached = installation().banks
    return {name: bank for name, bank in banks().items() if bank.is_asked and name in reached}


def find_mapping(fact: str, source: str) -> FactMapping | None:
    """What a kept fact means: the field of the bank that gave it, else of any bank that gives it too."""
    meanings = _meanings(*_folders())
    return meanings.get((fact, source)) or meanings.get((fact, ""))


def fact_label(fact: str, source: str) -> str:
    """How people call a fact: of a bank, or of the household."""
    mapping = find_mapping(fact, source)
    if mapping is not None:
        return mapping.label
    return FACTS[FactName(fact)].label if fact in set(FactName) else fact


def source_label(source: str) -> str:
    """How people call a source."""
    labels = {bank.source_name: bank.label for bank in banks().values()}
    return labels.get(source, _OTHER_SOURCES.get(source, source))


def reader_of(bank: Bank) -> Reader:
    """The code beside the document that turns a record into fields. Raises: BankInvalid."""
    for folder in _folders():
        path = folder / bank.name / "reading.py"
        if path.is_file():
            return _reader_in(path, bank.name, bank.calls.reader)
    raise BankInvalid(field="reader", bank=bank.name, reason="reading.py is missing")


_OTHER_SOURCES: Final = {"CORRECTION": "اصلاح به درخواست خانوار"}


def _folders() -> tuple[Path, ...]:
    own = installation().banks_folder
    return (OWN_FOLDER,) if own is None else (OWN_FOLDER, own)


@cache
def _banks_in(*folders: Path) -> Mapping[str, Bank]:
    found = [parse_bank(path.parent.name, path.read_text()) for one in folders for path in one.glob(f"*/{DOCUMENT}")]
    return MappingProxyType({bank.name: bank for bank in sorted(found, key=lambda bank: bank.name)})


@cache
def _meanings(*folders: Path) -> Mapping[tuple[str, str], FactMapping]:
    meanings: dict[tuple[str, str], FactMapping] = {}
    for bank in _banks_in(*folders).values():
        for fact in bank.facts:
            meanings[fact.name, bank.source_name] = fact
            meanings.setdefault((fact.name, ""), fact)
    return meanings


@cache
def _reader_in(path: Path, name: str, function: str) -> Reader:
    spec = importlib.util.spec_from_file_location(f"sakha_bank_{name}", path)
    if spec is None or spec.loader is None:
        raise BankInvalid(field="reader", bank=name, reason="reading.py can't be read")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    reader = getattr(module, function, None)
    if reader is None:
        raise BankInvalid(field="reader", bank=name, reason=f"reading.py has no {function}")
    return cast("Reader", reader)
