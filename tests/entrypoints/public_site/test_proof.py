"""The proof page: a giver's and a household's receipts are checked by anybody, and a changed one is not believed."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sakha.access.actions.closing_blocks import close_blocks
from sakha.access.queries.chain import chained_logs
from sakha.access.rules import SYSTEM
from sakha.entrypoints.public_site import check_proof
from sakha.giving.actions import hold_with_gifts, settle_draws
from sakha.ledger.actions import deliver_aid
from sakha.ledger.queries.proofs import prove_delivery
from tests.entrypoints.staff_site.reading import html_of, words_of
from tests.entrypoints.staff_site.test_pages import sent_bytes
from tests.giving_cast import KIND, give, given_listed, sandbox
from tests.ledger_cast import AT, a_request, given_charity

MOST_BYTES = 60_000
ASSETS = (
    "kashi/kashi.css",
    "kashi/public.css",
    "kashi/mark.svg",
    "kashi/vazirmatn-fa.woff2",
    "kashi/vazirmatn-latin.woff2",
)
TRUE, FALSE = "درست است: آنچه", "آن را باور نکنید"


def close() -> None:
    for log in chained_logs():
        assert not close_blocks(actor=SYSTEM, at=AT, stream=log).is_busy


def by_program(folder: Path, receipt: str, roots: str) -> subprocess.CompletedProcess[str]:
    """As anybody runs it: with a Python that knows nothing of Sakha."""
    (folder / "receipt.json").write_text(receipt, encoding="utf-8")
    (folder / "roots.jsonl").write_text(roots, encoding="utf-8")
    program = [sys.executable, "-I", check_proof.__file__, "receipt.json", "roots.jsonl"]
    return subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)


def is_told_in_english(client: Client, receipt: str) -> bool:
    """The true one with its words, the broken one with what is wrong."""
    told, broken = (words_of(client.post("/en/proof/", {"text": text})) for text in (receipt, "{"))
    wanted = ("It is true", "the household's hands", "2,000,000 rial")
    return all(one in told for one in wanted) and "no receipt of Sakha" in broken


@pytest.mark.django_db
def test_receipts_are_checked_on_the_page_and_without_us(built_assets: Path, tmp_path: Path) -> None:
    charity, client = given_charity("خیریهٔ مهر"), Client()
    household, code = given_listed(charity)
    with sandbox() as gateway:
        pledged = give(gateway, 2_000_000, listing_code=code)
    own = f"/gift/{pledged.follow_code}/"
    early = client.get(f"{own}proof/")
    assert (early.status_code, "فردا آماده است" in words_of(early)) == (404, True)
    hold = {"household_id": household.id, "kind": KIND, "amount_rial": 2_000_000, "request_id": a_request()}
    hold_id = hold_with_gifts(actor=charity, at=AT, **hold).hold_id
    deliver_aid(actor=charity, at=AT, hold_id=hold_id)
    settle_draws(at=AT)
    empty = client.get("/proof/")
    close()

    assert f"{own}proof/" in html_of(client.get(own))
    given = client.get(f"{own}proof/")
    assert given.headers["Content-Disposition"] == 'attachment; filename="sakha-receipt.json"'
    gift = given.content.decode()
    assert [proof["row"].split("\t")[3:5] for proof in json.loads(gift)["proofs"]] == [
        ["1", "2"], ["2", "3"], ["3", "4"], ["4", "5"],
    ]  # fmt: skip
    assert client.get("/gift/nobody/proof/").status_code == 404

    page = client.post("/proof/", {"text": gift})
    words = words_of(page)
    assert TRUE in words
    assert ("به دست خانوار رسید" in words, "۲۰۰٬۰۰۰ تومان" in words, charity.organisation_name in words) == (
        True, True, False,
    )  # fmt: skip

    assert is_told_in_english(client, gift)
    [delivered] = prove_delivery(household_id=household.id, hold_id=hold_id)
    assert prove_delivery(household_id=household.id + 1, hold_id=hold_id) == ()
    told = delivered.row.split("\t")
    assert (told[2], told[4]) == ("3", str(hold_id))
    assert {"household_id", "user_id", "organisation_id", "province", "county"}.isdisjoint(delivered.columns)

    got = [empty, client.get("/proof/"), page]
    static = sum(sent_bytes(built_assets, name) for name in ASSETS)
    for one in got:
        assert one.status_code == 200
        assert len(gzip.compress(one.content)) + static < MOST_BYTES
        assert "<script" not in html_of(one)

    roots = b"".join(client.get("/proof/roots.jsonl")).decode()
    assert client.get("/proof/check.py").content.decode() == Path(check_proof.__file__).read_text()
    checked = by_program(tmp_path, gift, roots)
    assert (checked.returncode, checked.stdout.count("true, in block 1 of giving_transfer/1")) == (0, 4)


@pytest.mark.django_db
def test_a_changed_receipt_is_not_believed(tmp_path: Path) -> None:
    client = Client()
    with sandbox() as gateway:
        own = f"/gift/{give(gateway, 2_000_000).follow_code}/proof/"
    close()
    gift, roots = client.get(own).content.decode(), b"".join(client.get("/proof/roots.jsonl")).decode()
    upload = SimpleUploadedFile("receipt.json", gift.encode())
    assert TRUE in words_of(client.post("/proof/", {"file": upload}))

    more = gift.replace("2000000", "9000000")
    assert more != gift
    for text in (more, gift.replace('"gift_id"', '"province"'), "{", "", gift.replace("giving_transfer/1", "x/1")):
        answer = client.post("/proof/", {"text": text})
        assert (answer.status_code, TRUE in words_of(answer)) == (422, False), text[:40]
    assert "NOT TRUE" in by_program(tmp_path, more, roots).stderr

    # a chain of the forger's own, sound in itself: only the published roots tell
    forged = json.loads(gift)["proofs"][0]
    forged["row"] = forged["row"].replace("2000000", "9000000")
    forged["block"] |= {"row_count": 1}
    forged |= {"index": 0, "path": []}
    forged["block"]["root"] = check_proof.root_of(forged)
    forged["block"]["digest"] = check_proof.digest_of(forged["block"])
    text = json.dumps({"format": "sakha-proof/1", "proofs": [forged]})
    words = words_of(client.post("/proof/", {"text": text}))
    assert (FALSE in words, TRUE in words, "۹۰۰٬۰۰۰" in words) == (True, False, False)
    assert by_program(tmp_path, text, roots).returncode == 1
    assert "broken at block 1" in by_program(tmp_path, gift, roots.replace('"row_count": ', '"row_count": 1')).stderr


def test_a_receipt_of_changed_books_is_not_handed_out(committed: None, owner_cursor: psycopg.Cursor) -> None:
    with sandbox() as gateway:
        own = f"/gift/{give(gateway, 2_000_000).follow_code}/proof/"
    close()
    owner_cursor.execute("ALTER TABLE giving_transfer DISABLE TRIGGER giving_transfer_stays")
    try:
        owner_cursor.execute("UPDATE giving_transfer SET reason = 'x'")
    finally:
        owner_cursor.execute("ALTER TABLE giving_transfer ENABLE TRIGGER giving_transfer_stays")
    answer = Client(raise_request_exception=False).get(own)
    assert (answer.status_code, b"proofs" in answer.content) == (500, False)
