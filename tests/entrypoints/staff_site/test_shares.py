"""Fair shares in the site: proposed with a click, decided by somebody else, held by who knows the household."""

from __future__ import annotations

from unittest.mock import patch

from django.test import Client
from django.utils import timezone

from sakha.access.rules import SYSTEM
from sakha.giving.actions import allow_publishing, refresh_listings
from sakha.giving.actions.proposals import decide_proposal
from sakha.giving.rules.proposals import ProposalState
from sakha.scoring.actions import confirm_need, declare_need
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind
from tests.entrypoints.staff_site.cast import Cast
from tests.entrypoints.staff_site.reading import words_of
from tests.giving_cast import give, rows, sandbox

_LISTED = "SELECT code FROM giving_listing WHERE kind = %s ORDER BY id LIMIT 1"


def test_shares_go_from_a_proposal_to_holds(cast: Cast, staff: Client, officer: Client) -> None:
    assert "به نیازی تأییدشده برسد" in words_of(officer.post("/shares/", follow=True))
    at, home = timezone.now(), cast.household_id
    declare_need(actor=cast.staff, at=at, household_id=home, kind=NeedKind.HEALTH)
    confirm_need(actor=SYSTEM, at=at, household_id=home, kind=NeedKind.HEALTH)
    with sandbox() as gateway:
        give(gateway, 3_000_000)

    address = officer.post("/shares/").url
    page = officer.get(address)
    ((share, amount),) = rows("SELECT id, amount_rial FROM giving_share WHERE amount_rial > 0 ORDER BY id LIMIT 1")
    assert amount == 3_000_000
    assert "۳۰۰٬۰۰۰ تومان" in words_of(page)
    assert "برنامهٔ دوم سنجید" in words_of(page)
    assert "هدیه می‌توانست به این نیاز برسد" in words_of(officer.get(address, {"why": share}))
    assert "کس دیگری" in words_of(officer.post(f"{address}approve/", follow=True))
    assert staff.get("/shares/own/").context["waiting"] == []
    decide_proposal(actor=SYSTEM, at=at, proposal_id=int(address.split("/")[-2]), state=ProposalState.APPROVED)
    assert officer.post(f"{address}burn/").status_code == 404

    ((number, _, _),) = staff.get("/shares/own/").context["waiting"]
    assert "۱ سهم نگه داشته شد" in words_of(staff.post("/shares/own/", {"proposal": number}, follow=True))
    assert rows("SELECT quantity FROM ledger_hold WHERE household_id = %s", home)[0] == (3_000_000,)
    assert "متوقف شد" in words_of(officer.post(f"{address}cancel/", follow=True))
    # what was given by name is drawn here too, once
    show_to_givers(cast)
    with sandbox() as gateway:
        give(gateway, 1_000_000, listing_code=rows(_LISTED, NeedKind.HEALTH.value)[0][0])
    ((code, _, kind, money, request_id),) = staff.get("/shares/own/").context["funded"]
    told = {"need": code, "request": request_id}
    assert (money, kind) == ("۱۰۰٬۰۰۰ تومان", NEED_KINDS[NeedKind.HEALTH].name)
    assert "کنار گذاشته شده است" in words_of(staff.post("/shares/own/", told, follow=True))
    assert "دیگر در انتظار نیست" in words_of(staff.post("/shares/own/", told, follow=True))


def show_to_givers(cast: Cast) -> None:
    """The household allows to be shown, and a crowd of one is enough."""
    allow_publishing(actor=cast.staff, at=timezone.now(), household_id=cast.household_id)
    with patch("sakha.giving.actions.listings.CROWD_MIN", 1):
        refresh_listings(at=timezone.now())
