"""JSON over HTTPS: one POST a batch, as `docs/databanks.md` says."""

import json
from datetime import datetime

from sakha.databanks.banks.http_door import HttpDoor
from sakha.databanks.banks.installation import BankAccess, installation
from sakha.databanks.banks.protocol import BankSilent, Batch, Outcome
from sakha.databanks.rules.answers import AnswerInvalid
from sakha.databanks.rules.bank import Bank
from sakha.databanks.rules.json_wire import read_json_answers, write_json_batch
from sakha.vocabulary.jalali import TEHRAN


class JsonBank:
    """A bank that answers in the same call."""

    def __init__(self, bank: Bank, access: BankAccess) -> None:
        self._door = HttpDoor(bank, access)

    def close(self) -> None:
        """Give the connections back."""
        self._door.close()

    def ask(self, batch: Batch, *, at: datetime) -> Outcome:
        """Post the batch and read its answers. Raises: BankSilent, BankBusy, BankDeclined, BankForbids."""
        told = write_json_batch(
            batch.bank,
            name=batch.name,
            sender=installation().sender_id,
            ground=batch.ground,
            asked_at=batch.asked_at,
            people=[(person.ref, person.fillings) for person in batch.people],
        )
        body = json.dumps(told, ensure_ascii=False).encode()
        today = at.astimezone(TEHRAN).date()
        answer = self._door.post(batch.bank.calls.path, body, headers={"Idempotency-Key": batch.name})
        try:
            answers = read_json_answers(batch.bank, answer, name=batch.name, refs=batch.refs, today=today)
        except AnswerInvalid as refusal:
            raise BankSilent(reason=f"{refusal.code} {refusal.reason}") from None
        return Outcome(answers=tuple(answers))
