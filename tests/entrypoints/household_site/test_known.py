"""What data banks said opens on the head's own telephone alone; there the household corrects it by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, household_actor
from sakha.access.rules.sealing import IndexKind, blind_index, seal
from sakha.databanks.actions import Proof, settle_case
from sakha.databanks.actions.subjects import settle_subjects
from sakha.databanks.queries import cases_of_household
from sakha.databanks.rules import subject_indexes
from sakha.databanks.rules.lines import LineState
from sakha.databanks.rules.states import CaseKind, CaseState
from sakha.registry.actions.own_corrections import OwnCorrection, bring_own_proof, open_own_correction
from sakha.registry.queries import own_evidence
from sakha.registry.queries.own_evidence import LineNotProven, find_own_head, own_known
from tests.coordination_cast import rows
from tests.entrypoints.household_site.phone import Phone
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.ledger_cast import an_officer

OWN, OTHER = 1, 0
PAGE = "/me/known/"
PHOTO = b"\xff\xd8\xff\xe0 photo"


@pytest.fixture
def phone(registered: Phone) -> Phone:
    return registered


def given_line(phone: Phone, value: int, *, mobile: str = "", at: datetime | None = None) -> None:
    """As if the bank of lines had answered about the head and this number."""
    at = at or timezone.now()
    ring, subject = key_ring(), settle_subjects([phone.family.head])[phone.family.head]
    told = json.dumps({"MOBILE": mobile or phone.family.mobile})
    with acting(SYSTEM):
        [(inquiry,)] = rows(
            "INSERT INTO databanks_inquiry (banks, purpose, level, decision, asked_at, household_id)"
            " VALUES ('{mobile_ownership}', 'IDENTITY_CHECK', 1, 'x', %s, %s) RETURNING id",
            at, household_of(phone),
        )  # fmt: skip
        rows(
            "INSERT INTO databanks_question (bank, subject_id, household_id, inquiry_id, state, priority, next_try_at,"
            " fresh_until, answered_at, fillings_sealed, fillings_index) VALUES ('mobile_ownership', %s, %s, %s,"
            " 'ANSWERED', 1, %s, %s, %s, %s, %s) ON CONFLICT (subject_id, bank) DO UPDATE SET inquiry_id ="
            " excluded.inquiry_id, fillings_index = excluded.fillings_index, fresh_until = excluded.fresh_until"
            " RETURNING id",
            subject, household_of(phone), inquiry, at, at + timedelta(days=90), at, seal(ring, told),
            blind_index(ring, IndexKind.DIGEST, told),
        )  # fmt: skip
    keep(phone.family.head, "MOBILE_OWNED", "MOBILE_OWNERSHIP", value, at, inquiry=inquiry)


def keep(identifier: str, fact: str, source: str, value: int, at: datetime, inquiry: object = None) -> None:
    rows(
        "INSERT INTO databanks_evidence (subject_index, fact, value, unit, source, observed_on, fetched_at, expires_on,"
        " purpose, inquiry_id, status) VALUES (%s, %s, %s, '', %s, %s, %s, %s, 'AID_ASSESSMENT', %s, 'KNOWN')"
        " RETURNING id",
        subject_indexes(key_ring(), [identifier])[0], fact, value, source, at.date(), at,
        at.date() + timedelta(days=180), inquiry,
    )  # fmt: skip


def household_of(phone: Phone) -> int:
    [(household_id,)] = rows("SELECT household_id FROM coordination_registration")
    del phone
    return int(str(household_id))


def line_of(phone: Phone, mobile: str = "") -> LineState:
    head = find_own_head(
        actor=household_actor(household_of(phone)), at=timezone.now(), mobile=mobile or phone.family.mobile
    )
    assert head is not None
    return head.line


def test_on_the_heads_own_telephone_each_answer_stands_with_source_day_and_state(phone: Phone) -> None:
    keep(phone.family.head, "CAR_COUNT", "VEHICLES", 3, timezone.now() - timedelta(days=40))
    keep(phone.family.others[0], "CAR_COUNT", "VEHICLES", 8, timezone.now())
    assert "تعداد خودرو" not in words_of(phone.client.get(PAGE))
    given_line(phone, OWN)

    answer = phone.client.get(PAGE)
    words = words_of(answer)

    assert "تعداد خودرو: ۳" in words
    assert "خودرو (راهور)" in words
    assert "دانسته" in words
    assert "۸" not in words.split("تعداد خودرو: ۳")[1].split("مدرک تا")[0].replace("۱۴۰۸", ""), "of others, nothing"
    assert "<script" not in html_of(answer)
    assert len(answer.content) < 60_000


def test_the_household_corrects_by_itself_with_a_paper_and_a_deadline(phone: Phone) -> None:
    keep(phone.family.head, "CAR_COUNT", "VEHICLES", 1, timezone.now() - timedelta(days=40))
    given_line(phone, OWN)
    about = next(
        part.split('"')[0] for part in html_of(phone.client.get(PAGE)).split('value="') if ":CAR_COUNT:" in part[:40]
    )
    told = {"about": about, "kind": "WRONG", "words": "این خودرو از آنِ ما نیست."}

    page = SimpleUploadedFile("x.svg", b"<svg onload=alert(1)>", content_type="image/png")
    assert phone.client.post(PAGE, {**told, "proof": page}).status_code == 422
    assert phone.client.post(PAGE, {**told, "words": ""}).status_code == 422
    opened = words_of(phone.client.post(PAGE, told, follow=True))
    assert "نادرست است: تعداد خودرو" in opened
    assert "مدرک تا" in opened
    [case] = cases_of_household(at=timezone.now(), household_id=household_of(phone))
    address = f"{PAGE}{case.id}/"
    assert phone.client.post(address, {}).status_code == 422
    brought = phone.client.post(address, {"proof": SimpleUploadedFile("مریم.jpg", PHOTO)}, follow=True)
    assert "در بازبینی" in words_of(brought)
    assert phone.client.post(address, {"proof": SimpleUploadedFile("b.jpg", PHOTO)}).status_code == 422

    settle_case(actor=an_officer(), at=timezone.now(), case_id=case.id, is_upheld=True, words="سند دیده شد", value=0)

    assert "پذیرفته شد" in words_of(phone.client.get(PAGE))
    assert "دلیل: سند دیده شد" in words_of(phone.client.get(PAGE))


def test_a_telephone_that_is_not_known_to_be_the_heads_own_is_shown_nothing(phone: Phone) -> None:
    now, reader = timezone.now(), household_actor(household_of(phone))
    keep(phone.family.head, "CAR_COUNT", "VEHICLES", 3, now - timedelta(days=40))
    told = OwnCorrection(kind=CaseKind.WRONG, fact="CAR_COUNT", source="VEHICLES", words="نیست")
    head = "UPDATE registry_person SET died_on = %s WHERE true RETURNING id"
    merged = "UPDATE registry_household SET merged_into_id = %s WHERE true RETURNING id"
    closings: dict[str, Callable[[], object]] = {
        "another's line": lambda: given_line(phone, OTHER),
        "another number": lambda: given_line(phone, OWN, mobile="+989990000009"),
        "long ago": lambda: given_line(phone, OWN, at=now - timedelta(days=91)),
        "dead": lambda: rows(head, now.date()),
        "merged": lambda: rows(merged, household_of(phone)),
    }
    for closing, close in closings.items():
        given_line(phone, OWN)
        rows(head, None)
        assert "تعداد خودرو: ۳" in words_of(phone.client.get(PAGE)), (closing, "open until then")

        close()

        assert "تعداد خودرو" not in words_of(phone.client.get(PAGE)), closing
        with pytest.raises(LineNotProven):
            open_own_correction(actor=reader, at=now, mobile=phone.family.mobile, told=told)
        with pytest.raises(LineNotProven):
            bring_own_proof(actor=reader, at=now, mobile=phone.family.mobile, case_id=1, proof=Proof(content=PHOTO))
    assert rows("SELECT count(*) FROM databanks_case") == [(0,)]


def test_without_the_guard_a_stranger_would_read_it(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(phone.family.head, "CAR_COUNT", "VEHICLES", 3, timezone.now() - timedelta(days=40))
    reader, stranger = household_actor(household_of(phone)), household_actor(household_of(phone) + 1)
    given_line(phone, OWN)
    shown = own_known(actor=stranger, at=timezone.now(), mobile=phone.family.mobile, purpose="x")
    assert (shown.head, shown.cases) == (None, ())
    assert line_of(phone, "+989990000009") is LineState.NOT_ASKED
    [(case_id,)] = rows(
        "INSERT INTO databanks_case (kind, state, household_id, fact, source, opened_at, due_on) VALUES"
        " ('WRONG', 'WAITING_FOR_PROOF', %s, 'CAR_COUNT', 'VEHICLES', now(), '2999-01-01') RETURNING id",
        household_of(phone) + 1,
    )
    answer = phone.client.post(f"{PAGE}{case_id}/", {"proof": SimpleUploadedFile("a.jpg", PHOTO)})
    assert (answer.status_code, rows("SELECT state FROM databanks_case")) == (422, [(CaseState.WAITING_FOR_PROOF,)])
    # In the same household: the head's case is shown and acted on, another member's not.
    for identifier, is_shown in ((phone.family.head, True), (phone.family.others[0], False)):
        [(case_id,)] = rows(
            "UPDATE databanks_case SET household_id = %s, subject_id = %s, state = 'WAITING_FOR_PROOF' RETURNING id",
            household_of(phone), settle_subjects([identifier])[identifier],
        )  # fmt: skip
        shown = own_known(actor=reader, at=timezone.now(), mobile=phone.family.mobile, purpose="x")
        assert [case.id for case in shown.cases] == ([case_id] if is_shown else [])
        answer = phone.client.post(f"{PAGE}{case_id}/", {"proof": SimpleUploadedFile("a.jpg", PHOTO)})
        assert answer.status_code == (302 if is_shown else 422)

    monkeypatch.setattr(own_evidence, "line_state", lambda **_: LineState.OWN)

    seen = own_known(actor=reader, at=timezone.now(), mobile="+989990000009", purpose="x")
    assert seen.head is not None
    assert [fact.value for fact in seen.head.known.facts if fact.fact == "CAR_COUNT"] == [3]
