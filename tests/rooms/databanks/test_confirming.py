"""Somebody asks the banks about themselves and waits: outside any household, and nothing of the person stays."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest
from django.db import connection

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM
from sakha.databanks.actions.confirming import PersonConfirmed, confirm_person
from sakha.databanks.banks.protocol import BankSilent
from sakha.databanks.rules.bank import Filling
from sakha.databanks.rules.grounds import PurposeMissing
from tests.bank_cast import RunningBanks, settings_with, some_people

pytestmark = pytest.mark.django_db
OWN_LINE = "mobile_owner = identifier AND mobile IS NOT NULL AND right(mobile, 10)::BIGINT % 97 <> 0"
OWN_LINE += " AND birth_on < '1990-01-01' AND length(identifier) = 10"


def grounded(banks: RunningBanks, monkeypatch: pytest.MonkeyPatch) -> None:
    path = banks.installation.with_name("grounded.toml")
    path.write_text(banks.installation.read_text() + '\n[ground]\ndecision = "مصوبهٔ ۱۲"\nlevel = 3\n')
    settings_with(path, monkeypatch)


def confirm(bank: str, fillings: dict[Filling, str]) -> PersonConfirmed | None:
    return confirm_person(
        actor=SYSTEM, clock=lambda: datetime.now(UTC), pause=lambda _seconds: None, bank=bank, fillings=fillings
    )


def kept(statement: str) -> list[tuple[object, ...]]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_a_person_is_confirmed_at_once_and_nothing_but_the_asking_is_kept(
    banks: RunningBanks, monkeypatch: pytest.MonkeyPatch
) -> None:
    (person,) = some_people(banks, 1, OWN_LINE)
    fillings = {one: person.fillings[one] for one in (Filling.IDENTIFIER, Filling.MOBILE, Filling.BIRTH_ON)}
    with pytest.raises(PurposeMissing):  # without the decision of the working group nothing is asked
        confirm("mobile_ownership", fillings)
    assert confirm("not_reached_here", fillings) is None
    grounded(banks, monkeypatch)

    own, other = (
        confirm("mobile_ownership", fillings | {Filling.MOBILE: one})
        for one in (person.fillings[Filling.MOBILE], "+989610000000")
    )
    born, not_born = (
        confirm("civil_registry", fillings | {Filling.BIRTH_ON: one})
        for one in (person.fillings[Filling.BIRTH_ON], "1970-01-01")
    )

    assert (own.facts["MOBILE_OWNED"], other.facts["MOBILE_OWNED"]) == (1, 0)
    assert (born.facts["BIRTH_MATCH"], born.facts["IS_ALIVE"], not_born.facts["BIRTH_MATCH"]) == (1, 1, 0)
    banks.fail("mobile_ownership", "DOWN")
    with pytest.raises(BankSilent):
        confirm("mobile_ownership", fillings)
    assert kept("SELECT DISTINCT subject_id, household_id, purpose, person_count FROM databanks_inquiry") == [
        (None, None, "IDENTITY_CHECK", 1)
    ]
    assert kept("SELECT bank, answered_count, error_code <> '' FROM databanks_exchange ORDER BY id DESC LIMIT 1") == [
        ("mobile_ownership", 0, True)
    ]
    assert kept("SELECT 1 FROM databanks_subject UNION ALL SELECT 1 FROM databanks_evidence") == []


def test_the_simulated_banks_know_some_well_off_people_too(
    banks: RunningBanks, monkeypatch: pytest.MonkeyPatch
) -> None:
    grounded(banks, monkeypatch)
    query = (
        f"SELECT national_id, mobile, birth_on::VARCHAR FROM '{banks.people.with_name('welfare.parquet')}'"
        " WHERE official_decile >= 9 AND is_head AND mobile IS NOT NULL AND birth_on < DATE '1990-01-01'"
        "   AND right(mobile, 10)::BIGINT % 97 <> 0 ORDER BY national_id LIMIT 1"
    )
    number, mobile, birth_on = duckdb.execute(query).fetchone()
    fillings = {Filling.IDENTIFIER: number, Filling.MOBILE: mobile, Filling.BIRTH_ON: birth_on}

    assert confirm("mobile_ownership", fillings).facts["MOBILE_OWNED"] == 1
    assert confirm("civil_registry", fillings).facts["BIRTH_MATCH"] == 1
