"""What a program tells of whom its body helps: a line that can't be taken costs no other."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

from sakha.access.rules.sealing import People, say_people
from sakha.exchange.actions.enrolling import record_enrollments
from tests.exchange_cast import given_program
from tests.ledger_cast import AT, given_charity


def test_a_number_of_other_people_than_the_house_s_costs_its_line_alone(db: None, settings) -> None:
    client = replace(given_program(given_charity("نهاد وام")).client, is_sandbox=False)
    told = [{"member": {"member_identifier": {"identifier_value": one}}} for one in ("9990000018", "0013542419")]
    unsaid = settings.SAKHA.keys_text()

    def statuses(keys: str) -> list[str]:
        # the programs' own guard lets both through in a demonstration
        settings.SAKHA = SimpleNamespace(keys_text=lambda: keys, is_demonstration=True)
        return [str(line["status"]) for line in record_enrollments(client=client, at=AT, beneficiaries=told)]

    assert statuses(unsaid) == ["succ", "succ"], "the control: nobody said of whom the house is"
    assert statuses(say_people(unsaid, People.REAL)) == ["rjct", "succ"]
