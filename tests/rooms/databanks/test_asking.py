"""Who may ask, on which ground, about whom; and that it is written down either way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, connection

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import open_sealed
from sakha.databanks.actions import PersonToAsk, ask_about
from sakha.databanks.banks.catalogue import banks as all_banks
from sakha.databanks.banks.installation import BanksFileInvalid, installation
from sakha.databanks.queries import who_asked
from sakha.databanks.rules.bank import Filling
from sakha.databanks.rules.evidence import BankUnknown
from sakha.databanks.rules.grounds import Ground, LegalLevelTooLow, Purpose, PurposeMissing, PurposeNotAllowed
from sakha.vocabulary.refusal import Refusal
from tests.bank_cast import GROUND, RunningBanks, ask, settings_with
from tests.ledger_cast import AT, a_national_id, given_charity

pytestmark = pytest.mark.django_db


def a_person(**more: object) -> PersonToAsk:
    return PersonToAsk(household_id=7, fillings={Filling.IDENTIFIER: a_national_id()}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ground", "bank", "refusal"),
    [
        (replace(GROUND, purpose=None), "vehicles", PurposeMissing),
        (replace(GROUND, decision=" "), "vehicles", PurposeMissing),
        (replace(GROUND, level=0), "vehicles", PurposeMissing),
        (replace(GROUND, level=1), "vehicles", LegalLevelTooLow),
        (replace(GROUND, purpose=Purpose.LIFE_EVENT), "vehicles", PurposeNotAllowed),
        (GROUND, "astrology", BankUnknown),
    ],
)
def test_without_its_ground_nothing_is_asked_and_the_attempt_is_written_down(
    banks: RunningBanks, ground: Ground, bank: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        ask_about(actor=SYSTEM, at=AT, ground=ground, people=[a_person()], banks=[bank])

    (line,) = who_asked(household_id=7)
    assert line.refused_code == refusal.code
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM databanks_question")
        assert cursor.fetchone() == (0,)


def test_the_household_sees_who_asked_and_what_for(banks: RunningBanks) -> None:
    charity = given_charity("مهر")
    ask_about(actor=charity, at=AT, ground=GROUND, people=[a_person()], banks=["vehicles", "insurance"])

    (line,) = who_asked(household_id=7)

    assert (line.organisation_name, line.purpose, line.level) == ("مهر", "سنجش نیاز", 3)
    assert set(line.bank_labels) == {"خودرو (راهور)", "بیمه"}


@pytest.mark.parametrize("change", ["UPDATE databanks_inquiry SET purpose = 'x'", "DELETE FROM databanks_inquiry"])
def test_that_somebody_asked_stays_written(banks: RunningBanks, change: str) -> None:
    ask([a_person()], "vehicles")

    with pytest.raises(Exception, match="permission denied"), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_database_keeps_no_inquiry_without_a_ground() -> None:
    with pytest.raises(IntegrityError, match="inquiry_has_a_ground"), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO databanks_inquiry (banks, purpose, level, decision, asked_at)"
            " VALUES ('{x}', '', 3, 'x', now())"
        )


def test_nobody_is_asked_about_beyond_what_the_answer_needs(banks: RunningBanks) -> None:
    child, member, head = a_person(is_adult=False), a_person(), a_person(is_head=True)

    asked = {
        bank: ask([child, member, head], bank).question_count
        for bank in ("insurance", "vehicles", "subsidy_household", "foreigners", "mobile_ownership")
    }

    assert asked == {"insurance": 3, "vehicles": 2, "subsidy_household": 1, "foreigners": 0, "mobile_ownership": 0}


def test_a_bank_that_the_installation_does_not_name_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, banks: RunningBanks
) -> None:
    settings_with(None, monkeypatch)

    assert ask([a_person()]).question_count == 0
    with pytest.raises(BankUnknown):
        ask([a_person()], "vehicles")


def test_a_wrong_file_of_banks_is_refused_without_its_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "banks.toml"
    path.write_text('[banks.vehicles]\nurl = "ftp://x"\napi_key = "geheim"\n')
    settings_with(path, monkeypatch)

    with pytest.raises(BanksFileInvalid) as refused:
        installation()
    assert "geheim" not in refused.value.message


ADDED = """
[bank]
label = "کتابخانه"
transport = "JSON"
identifiers = ["NATIONAL"]
purposes = ["AID_ASSESSMENT"]
level = 1
[calls]
path = "/v1/vehicles/inquiries"
[request]
national_id = "IDENTIFIER"
[facts.BOOK_COUNT]
label = "تعداد کتاب"
field = "car_count"
type = "COUNT"
fresh_days = 3
"""


def test_a_bank_is_added_by_adding_a_folder(
    banks: RunningBanks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.bank_cast import known_of, run, some_people, truth

    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "bank.toml").write_text(ADDED)
    told = banks.installation.read_text()
    vehicles = told[told.index("[banks.vehicles]") :].split("\n[", 1)[0]
    path = banks.installation.parent / "with_library.toml"
    path.write_text(f'banks_folder = "{tmp_path}"\n{told}\n{vehicles.replace("vehicles]", "library]")}\n')
    settings_with(path, monkeypatch)
    (person,) = some_people(banks, 1, "car_count > 0")

    ask([person], "library")
    run("library")

    assert "library" in all_banks()
    (line,) = known_of(person, "BOOK_COUNT")
    assert (line.value, line.source) == (truth(banks, "car_count")[person.identifier], "LIBRARY")
    assert line.fetched_at <= datetime.now(UTC)


def test_what_waits_is_asked_with_what_is_known_now(banks: RunningBanks) -> None:
    identifier = a_national_id()
    first, second = (
        PersonToAsk(household_id=7, fillings={Filling.IDENTIFIER: identifier, Filling.MOBILE: mobile})
        for mobile in ("+989120000001", "+989120000002")
    )

    queued = [ask([one], "mobile_ownership", at=AT).queued_count for one in (first, second, second)]

    assert queued == [1, 0, 0]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT fillings_sealed FROM databanks_question")
        ((sealed,),) = cursor.fetchall()
    assert "+989120000002" in open_sealed(key_ring(), bytes(sealed))
