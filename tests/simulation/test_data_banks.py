"""The national data banks of the made-up province: one truth, strict doors, faults on demand, everything counted."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from simulation.data_banks.catalogue import BANKS, Way
from simulation.data_banks.faults import Fault, SwitchedOn
from simulation.data_banks.signing import NotSignedError, canonical, read_keys, verify
from simulation.pilot import PilotPaths
from tests.simulation.asking_banks import NOW, ROOT, Asking, first


def test_the_product_s_documents_and_the_banks_agree_on_every_door() -> None:
    documents = {
        path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in (ROOT / "sakha" / "databanks" / "banks").glob("*/bank.toml")
    }
    asked = {name: document for name, document in documents.items() if document["bank"]["transport"] != "FILES"}

    assert set(asked) == set(BANKS)
    for name, document in asked.items():
        bank = BANKS[name]
        assert document["calls"].get("path", document.get("dci", {}).get("path")) == bank.path
        assert (document["bank"]["transport"], document["bank"]["level"]) == (bank.way.value, bank.level)
        assert document["calls"]["batch_size"] <= bank.batch
        assert set(document["bank"]["purposes"]) == bank.purposes
        if bank.way is Way.DCI:
            assert (document["dci"]["reg_type"], document["dci"]["record_type"]) == (bank.reg_type, bank.record_type)


def test_banks_lay_the_household_s_facts_on_its_members_and_nothing_is_lost(
    small: PilotPaths, people: list[dict[str, Any]]
) -> None:
    with duckdb.connect() as connection:
        rows = connection.execute(
            """SELECT f.household_no, any_value(f.wage_private_annual) - sum(b.wage_private_annual), count(*),
                      any_value(f.has_car) - sum(b.car_count), any_value(f.hhsize)
                 FROM read_parquet(?) f JOIN read_parquet(?) b USING (household_no) GROUP BY 1""",
            [str(small.facts), str(small.bank_people)],
        ).fetchall()

    whole = [row for row in rows if row[2] == row[4]]
    assert len(whole) > 300
    assert all(-10 < lost < 10 and cars == 0 for _, lost, _, cars, _ in whole)
    assert {one["identifier"][:3] for one in people} == {"999"}


def test_a_family_is_one_family_in_every_bank(asking: Asking, people: list[dict[str, Any]]) -> None:
    child = first(people, relation="CHILD")
    head = first(people, identifier=child["head"])

    status, answer = asking.inquire("subsidy_household", {"national_id": head["identifier"]})
    _, response = asking.search("civil_registry", asking.envelope("civil_registry", head["identifier"]))

    assert (status, answer["answers"][0]["fields"]["is_head"]) == (200, True)
    record = response["message"]["search_response"][0]["data"]["reg_records"][0]
    assert record["name"] == {"given_name": head["given_name"], "surname": head["family_name"]}
    assert record["additional_attributes"]["child_count"] > 0
    assert {head["father"], child["father"] or child["mother"]} == {None, head["identifier"]}


@pytest.mark.parametrize(
    "name", [name for name, bank in BANKS.items() if bank.asked_by == "national_id" and bank.way is Way.JSON]
)
def test_every_bank_answers_in_the_fields_and_limits_of_its_document(
    asking: Asking, people: list[dict[str, Any]], name: str
) -> None:
    document = tomllib.loads((ROOT / "sakha/databanks/banks" / name / "bank.toml").read_text(encoding="utf-8"))
    asked = [one["identifier"] for one in people if one["id_kind"] == "NATIONAL"][:90]

    status, answer = asking.inquire(name, *({"national_id": identifier} for identifier in asked))

    assert status == 200
    assert [one["status"] for one in answer["answers"]] == ["FOUND"] * 90
    for fact in document["facts"].values():
        values = [one["fields"].get(fact["field"]) for one in answer["answers"]]
        assert "is_optional" in fact or None not in values
        known = [value for value in values if value is not None]
        if fact["type"] == "CODE":
            assert set(known) <= set(fact["values"])
        elif fact["type"] == "YES_NO":
            assert {type(value) for value in known} == {bool}
        else:
            assert all(fact.get("minimum", 0) <= value <= fact["maximum"] for value in known)


def test_a_telephone_is_its_owner_s_another_s_or_can_t_be_told(asking: Asking, people: list[dict[str, Any]]) -> None:
    own = next(one for one in people if one["mobile_owner"] == one["identifier"] and int(one["mobile"]) % 97)
    borrowed = next(
        one for one in people if one["mobile"] and one["mobile_owner"] != one["identifier"] and int(one["mobile"]) % 97
    )

    _, answer = asking.inquire(
        "mobile_ownership",
        *({"identifier": one["identifier"], "mobile": one["mobile"]} for one in (own, borrowed)),
        {"identifier": own["identifier"], "mobile": f"+98{9_600_000_000 // 97 * 97}"},
    )

    assert [one["fields"]["ownership"] for one in answer["answers"]] == ["MATCH", "MISMATCH", "UNAVAILABLE"]


def test_foreigners_stand_in_their_own_register_and_nowhere_else(asking: Asking, people: list[dict[str, Any]]) -> None:
    foreigner = first(people, "FIDA")["identifier"]

    _, own = asking.inquire("foreigners", {"fida_code": foreigner})
    _, other = asking.inquire("vehicles", {"national_id": foreigner})
    _, civil = asking.search("civil_registry", asking.envelope("civil_registry", foreigner))

    assert own["answers"][0]["status"] == "FOUND"
    assert other["answers"][0]["status"] == "NOT_FOUND"
    assert civil["message"]["search_response"][0]["data"]["reg_records"] == []


def test_a_postal_code_of_the_files_has_an_address(asking: Asking, people: list[dict[str, Any]]) -> None:
    _, answer = asking.inquire("postal_address", {"postal_code": people[0]["postal_code"]})

    assert answer["answers"][0]["fields"]["county"] == people[0]["county"]


# --- who may ask, for what, how ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"purpose": {"code": "CURIOSITY", "level": 3, "ground": "x"}}, 403, "PURPOSE_REFUSED"),
        ({"purpose": {"code": "AID_ASSESSMENT", "level": 1, "ground": "x"}}, 403, "LEVEL_TOO_LOW"),
        ({"purpose": {"code": "AID_ASSESSMENT", "level": 3, "ground": " "}}, 400, "BAD_REQUEST"),
        ({"asked_at": "2026-11-22T08:00:00"}, 400, "BAD_REQUEST"),
        ({"subjects": []}, 400, "BAD_REQUEST"),
        ({"subjects": [{"ref": "1", "national_id": "999۱"}]}, 400, "BAD_REQUEST"),
        ({"subjects": [{"ref": "1", "national_id": "9990000000"}] * 2}, 400, "BAD_REQUEST"),
        (
            {"subjects": [{"ref": str(number), "national_id": "9990000000"} for number in range(201)]},
            413,
            "TOO_MANY_SUBJECTS",
        ),
    ],
)
def test_what_is_not_asked_as_the_document_says_is_refused(
    asking: Asking, changes: dict[str, Any], status: int, code: str
) -> None:
    answered, answer = asking.inquire("vehicles", {"national_id": "9990000000"}, **changes)

    assert (answered, answer["error"]["code"]) == (status, code)
    assert asking.state.counts["vehicles"].show()["answered"] == 0


def test_who_doesn_t_prove_who_he_is_gets_nothing(asking: Asking) -> None:
    for bank in BANKS:
        assert asking.post(f"/{bank}{BANKS[bank].path}", {}, content_type="application/json")[0] == 401
    form = b"grant_type=client_credentials&client_id=x&client_secret=y"
    assert asking.post("/insurance/oauth2/client/token", form)[0] == 401
    token_of_another = asking.prove("insurance")
    assert asking.post("/wage_pension/v1/wage-pension/inquiries", {}, **token_of_another)[0] == 401


def test_the_same_request_gets_the_same_answer_and_is_fetched_once(
    asking: Asking, people: list[dict[str, Any]]
) -> None:
    request_id, subject = uuid.uuid4().hex, {"national_id": people[0]["identifier"]}

    answers = [asking.inquire("vehicles", subject, request_id=request_id) for _ in range(2)]
    assert answers[0] == answers[1]
    assert asking.state.counts["vehicles"].show()["answered_again"] == 0

    asking.inquire("vehicles", subject)
    assert asking.state.counts["vehicles"].show()["answered_again"] == 1


# --- faults -----------------------------------------------------------------------------------------------------------


def test_a_bank_that_is_down_is_down_alone_and_comes_back(asking: Asking, people: list[dict[str, Any]]) -> None:
    subject = {"national_id": people[0]["identifier"]}
    asking.state.faults.switch_on("vehicles", SwitchedOn(Fault.DOWN))

    assert asking.inquire("vehicles", subject)[0] == 503
    assert asking.inquire("property", subject)[0] == 200
    asking.state.faults.switch_off("vehicles")
    assert asking.inquire("vehicles", subject)[0] == 200


def test_faults_bend_answers_as_they_say(asking: Asking, people: list[dict[str, Any]]) -> None:
    subjects = [{"national_id": one["identifier"]} for one in people if one["id_kind"] == "NATIONAL"][:50]
    _, truth = asking.inquire("vehicles", *subjects)

    def with_fault(fault: Fault) -> Any:
        asking.state.faults.switch_on("vehicles", SwitchedOn(fault))
        _, answer = asking.inquire("vehicles", *subjects)
        asking.state.faults.switch_off()
        return answer

    assert len(with_fault(Fault.PARTIAL)["answers"]) < 50
    assert with_fault(Fault.STALE)["answers"][0]["observed_on"] < "2024"
    assert "answers" not in with_fault(Fault.WRONG_SCHEMA)
    lies = with_fault(Fault.CONTRADICTION)["answers"]
    assert all(lie["fields"] != true["fields"] for lie, true in zip(lies, truth["answers"], strict=True))


def test_wrong_signatures_old_messages_and_wrong_persons_are_really_wrong(
    asking: Asking, people: list[dict[str, Any]]
) -> None:
    bank, identifiers = "civil_registry", [one["identifier"] for one in people if one["id_kind"] == "NATIONAL"][:2]
    keys = read_keys({"keys": [asking.state.keys[bank].jwk]})

    def with_fault(fault: Fault) -> Any:
        asking.state.faults.switch_on(bank, SwitchedOn(fault))
        _, answer = asking.search(bank, asking.envelope(bank, *identifiers))
        asking.state.faults.switch_off()
        return answer

    forged = with_fault(Fault.WRONG_SIGNATURE)
    pair = {"header": forged["header"], "message": forged["message"]}
    with pytest.raises(NotSignedError):
        verify("JWS", keys, canonical(pair), forged["signature"], int(NOW))
    assert with_fault(Fault.OLD_MESSAGE)["header"]["message_ts"] < "2026-11-22"
    shifted = with_fault(Fault.WRONG_PERSON)["message"]["search_response"][0]["data"]["reg_records"][0]
    assert shifted["identifier"][0]["identifier_value"] == identifiers[1]


def test_a_death_is_known_from_then_on(asking: Asking, people: list[dict[str, Any]]) -> None:
    living = first(people, died_on=None)["identifier"]
    status, _ = asking.post("/_admin/events", {"kind": "DEATH", "identifier": living, "happened_on": "2026-11-20"})

    _, response = asking.search("civil_registry", asking.envelope("civil_registry", living))

    assert status == 200
    assert response["message"]["search_response"][0]["data"]["reg_records"][0]["death_date"] == "2026-11-20"
    assert asking.post("/_admin/events", {"kind": "DEATH", "identifier": "1"})[0] == 400


# --- the process ------------------------------------------------------------------------------------------------------


@pytest.fixture
def process(small: PilotPaths, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"bank": "vehicles", "fault": "DOWN"}]))
    command = [
        sys.executable, "-m", "simulation.data_banks", "--pilot", str(small.home), "--tls-port", "0",
        "--installation", str(tmp_path / "installation"), "--faults", str(faults),
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            yield running.stdout.readline().removeprefix("ready ").strip(), tmp_path / "installation"
        finally:
            running.terminate()


def test_the_process_answers_fails_by_its_file_and_takes_only_its_own_certificate(process: tuple[str, Path]) -> None:
    url, installation = process
    document = tomllib.loads((installation / "banks.toml").read_text())
    secured = document["banks"]["property"]["url"]
    trusted = ssl.create_default_context(cafile=str(installation / "authority.crt"))

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert httpx.post(f"{url}/vehicles/v1/vehicles/inquiries").status_code == 503
    httpx.request("DELETE", f"{url}/_admin/faults").raise_for_status()
    assert httpx.post(f"{url}/vehicles/v1/vehicles/inquiries").status_code == 401
    assert httpx.post(f"{url}/property/v1/property/inquiries").status_code == 401
    with httpx.Client(verify=trusted) as stranger, pytest.raises(httpx.TransportError):
        stranger.post(f"{secured}/v1/property/inquiries")
    trusted.load_cert_chain(installation / "client.crt", installation / "client.key")
    with httpx.Client(verify=trusted) as known:
        assert known.post(f"{secured}/v1/property/inquiries").json()["error"]["code"] == "BAD_REQUEST"
    manifest = json.loads((installation / "extract" / "manifest.json").read_text())
    assert manifest["files"][0]["rows"] > 1000
    assert httpx.get(f"{url}/_admin/counts").json()["banks"]["property"]["refused"] == 2
