"""The civil registry's person: whether they live, and whether names and birth date are as we were told.

Comparing is done here, so that no name leaves us; the registry's own names are not kept.
"""

from collections.abc import Mapping
from typing import Any, Final

from sakha.databanks.rules.answers import AnswerInvalid
from sakha.databanks.rules.bank import Filling
from sakha.linkage.rules.names import NameLevel, compare_names

_MATCH: Final = "MATCH"
_MISMATCH: Final = "MISMATCH"


def read_person(record: Mapping[str, Any], fillings: Mapping[Filling, str]) -> dict[str, Any]:
    """The fields that `bank.toml` names. Raises: AnswerInvalid."""
    if "death_date" not in record:
        raise AnswerInvalid(field="death_date", reason="death_date missing")
    further = record.get("additional_attributes")
    died_on = record["death_date"]
    return {
        "is_alive": died_on is None,
        "died_on": died_on,
        "name_match": _name_match(record.get("name"), fillings),
        "birth_match": _birth_match(record.get("birth_date"), fillings.get(Filling.BIRTH_ON)),
        "marital_status": record.get("marital_status"),
        "child_count": further.get("child_count") if isinstance(further, Mapping) else None,
    }


def _name_match(told: Any, fillings: Mapping[Filling, str]) -> str | None:
    """Unknown where either side has no name; near names are one, as at intake."""
    if told is not None and not isinstance(told, Mapping):
        raise AnswerInvalid(field="name", reason="name no name")
    levels = [
        _level(told.get(field), fillings.get(filling, ""))
        for field, filling in (("given_name", Filling.GIVEN_NAME), ("surname", Filling.FAMILY_NAME))
        if told is not None
    ]
    known = [level for level in levels if level is not NameLevel.UNKNOWN]
    if not known:
        return None
    return _MATCH if all(level >= NameLevel.CLOSE for level in known) else _MISMATCH


def _level(theirs: Any, ours: str) -> NameLevel:
    if theirs is not None and not isinstance(theirs, str):
        raise AnswerInvalid(field="name", reason="name no text")
    return compare_names(theirs or "", ours)


def _birth_match(theirs: Any, ours: str | None) -> str | None:
    if theirs is None or ours is None:
        return None
    if not isinstance(theirs, str):
        raise AnswerInvalid(field="birth_date", reason="birth_date no day")
    return _MATCH if theirs == ours else _MISMATCH
