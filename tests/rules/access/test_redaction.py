"""Nothing of a person's own leaves in a log event, whatever somebody put into it."""

from datetime import UTC, datetime

import pytest

from sakha.access.rules.redaction import is_secret_name, redact_event, redact_text

ID = "9990000018"  # of a simulated person


@pytest.mark.parametrize(
    "text",
    [
        "0499370899",
        "person 049-937089-9 unknown",
        "۰۴۹۹۳۷۰۸۹۹",
        "09121234567",
        "+989121234567",
        "00989121234567",
        "0912 123 4567",
        "۰۹۱۲۱۲۳۴۵۶۷",
        "IR062960000000100324200001",
        "IR06 2960 0000 0010 0324 2000 01",
        "6037-9911-1234-5678",
        "123456789012",
        "family رضایی not found",
        "رضایی",
        "did=0499370899,",
        "('0499370899',)",
        "id_0499370899",
        "/household/0499370899/",
    ],
)
def test_what_looks_like_a_persons_own_is_stripped(text: str) -> None:
    stripped = redact_text(text)
    for own in (
        "0499370899",
        "937089",
        "9121234567",
        "123 4567",
        "0000000100324200001",
        "5678",
        "رضایی",
        "12345678901",
    ):
        assert own not in stripped
    assert "[" in stripped


@pytest.mark.parametrize(
    "text",
    [
        "import_finished",
        "2026-11-22T09:15:00.123456Z",
        "2026-11-22 09:15:00+03:30",
        "18d3c2a4-1f0e-4d5b-9a51-6b1f3c0d2e11",
        "33000 rows in 12.5 s",
        'File "/srv/sakha/access/models.py", line 120, in acting',
        "127.0.0.1",
        "a9f1c3d2e4b5a697",
    ],
)
def test_what_an_operator_needs_stays(text: str) -> None:
    assert redact_text(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "given_name",
        "familyName",
        "father_name",
        "mobile",
        "mobile_sealed",
        "national_id",
        "address",
        "password",
        "payload",
        "birth_on",
        "username",
        "iban",
        "Authorization",
        "set_cookie",
    ],
)
def test_fields_of_a_person_are_never_printed(name: str) -> None:
    assert is_secret_name(name)
    assert redact_event(None, "info", {"event": "x", name: "anything"}) == {"event": "x", name: "[removed]"}


@pytest.mark.parametrize("name", ["person_id", "person_count", "household_id", "organisation_id", "seconds", "event"])
def test_ids_and_counts_are_printed(name: str) -> None:
    assert redact_event(None, "info", {name: 42}) == {name: 42}


def test_depth_and_types_do_not_help_a_value_out() -> None:
    event = {
        "event": "row_refused",
        "facts": {"row": 7, "held": [ID, {"mobile": "09121234567"}], "mobile": "x"},
        "number": 499370899,
        "mobile_number_as_int": 989121234567,
        "raw": b"0499370899",
        "exception": "Traceback (most recent call last):\nRefusal: 0499370899 رضایی",
        "at": datetime(2026, 11, 22, tzinfo=UTC),
        "object": type("Row", (), {"__repr__": lambda _: f"<Row {ID}>"})(),
        "ok": True,
        "share": 0.25,
        "nothing": None,
    }
    stripped = redact_event(None, "info", event)
    assert ID not in str(stripped)
    assert "09121234567" not in str(stripped)
    assert "989121234567" not in str(stripped)
    assert "0499370899" not in str(stripped)
    assert "رضایی" not in str(stripped)
    assert (stripped["ok"], stripped["share"], stripped["nothing"]) == (True, 0.25, None)


def test_the_events_own_moment_and_level_stay() -> None:
    event = {"event": "x", "timestamp": "2026-11-22T09:15:00Z", "level": "info"}
    assert redact_event(None, "info", dict(event)) == event
