"""The envelope of the banks that speak plain JSON (`docs/databanks.md`): what is sent, and what may come back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sakha.databanks.rules.answers import (
    AnswerInvalid,
    AnswerState,
    BankAnswer,
    answer_absent,
    answer_found,
    missing_answers,
)
from sakha.databanks.rules.bank import Bank, Filling
from sakha.databanks.rules.grounds import Ground


def write_json_batch(
    bank: Bank,
    *,
    name: str,
    sender: str,
    ground: Ground,
    asked_at: datetime,
    people: Sequence[tuple[str, Mapping[Filling, str]]],
) -> dict[str, Any]:
    """The request, with no more of a person than the document asks for."""
    return {
        "request_id": name,
        "sender": sender,
        "asked_at": asked_at.isoformat(),
        "purpose": {"code": str(ground.purpose), "level": ground.level, "ground": ground.decision},
        "subjects": [
            {"ref": ref, **{field: fillings[filling] for field, filling in bank.request.items()}}
            for ref, fillings in people
        ],
    }


def read_json_answers(bank: Bank, told: Any, *, name: str, refs: Sequence[str], today: date) -> list[BankAnswer]:
    """An answer for each ref. Raises: AnswerInvalid where nothing of the whole can be believed."""
    if not isinstance(told, Mapping) or told.get("request_id") != name:
        raise AnswerInvalid(reason="another request")
    lines = told.get("answers")
    if not isinstance(lines, list):
        raise AnswerInvalid(reason="no answers")
    asked = set(refs)
    answers: list[BankAnswer] = []
    for line in lines:
        ref = line.get("ref") if isinstance(line, Mapping) else None
        if not isinstance(ref, str) or ref not in asked:
            raise AnswerInvalid(reason="unknown or repeated ref")
        asked.remove(ref)
        answers.append(_read_line(bank, ref, line, today))
    return answers + missing_answers(refs, answers)


def _read_line(bank: Bank, ref: str, line: Mapping[str, Any], today: date) -> BankAnswer:
    status = line.get("status")
    if status == "FOUND":
        return answer_found(bank, ref=ref, fields=line.get("fields"), observed_on=line.get("observed_on"), today=today)
    if status == "NOT_FOUND":
        return answer_absent(bank, ref=ref, today=today)
    if status == "UNAVAILABLE":
        return BankAnswer(ref=ref, state=AnswerState.LATER, error_code="UNAVAILABLE")
    return BankAnswer(ref=ref, state=AnswerState.INVALID, error_code="ANSWER_INVALID status")
