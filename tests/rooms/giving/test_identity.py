"""A natural giver is asked for once, for large gifts: the line is theirs, they live, they were born that day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from structlog.testing import capture_logs

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import open_sealed
from sakha.databanks.actions.confirming import PersonConfirmed
from sakha.databanks.banks.protocol import BankSilent
from sakha.databanks.rules.bank import Filling
from sakha.giving.actions import identity
from sakha.giving.actions.donors import open_organisation_giver
from sakha.giving.actions.identity import forget_identities, verify_giver
from sakha.giving.queries.donors import DonorCard, find_donor
from sakha.giving.rules.donors import GiverUnknown
from sakha.giving.rules.identity import (
    CHECKS_A_DAY,
    HOLDS_FOR,
    GiverTooYoung,
    IdentityAskedOften,
    IdentityDiffers,
    IdentityUnanswered,
    OnlyPhonesVerified,
)
from sakha.giving.rules.promises import GiverMarks
from sakha.vocabulary.identifiers import IdentifierInvalid
from simulation.payment_gateway import Gateway
from tests.giving_cast import begin_check, pledge, rows
from tests.ledger_cast import AT, given_charity
from tests.rooms.giving.test_donors import LIMIT, signed_in

pytestmark = pytest.mark.django_db
NUMBER, BORN = "9991234561", date(1980, 3, 21)
OWN, ALIVE = {"MOBILE_OWNED": 1}, {"IS_ALIVE": 1, "BIRTH_MATCH": 1}
LARGE = 5 * LIMIT + 10_000_000


class Banks:
    """Answers as told, and remembers what it was told."""

    def __init__(self) -> None:
        self.answers: dict[str, Mapping[str, int | None] | None] = {"mobile_ownership": OWN, "civil_registry": ALIVE}
        self.asked: list[tuple[str, Mapping[Filling, str]]] = []

    def confirm(self, *, bank: str, fillings: Mapping[Filling, str], **_way: Any) -> PersonConfirmed | None:
        self.asked.append((bank, fillings))
        facts = self.answers[bank]
        if facts == {}:
            raise BankSilent(reason="DOWN")
        return None if facts is None else PersonConfirmed(bank=bank, facts=facts)


@pytest.fixture
def banks(monkeypatch: pytest.MonkeyPatch) -> Banks:
    one = Banks()
    monkeypatch.setattr(identity, "confirm_person", one.confirm)
    return one


def giver_of(donor_id: int) -> DonorCard:
    card = find_donor(donor_id=donor_id)
    assert card is not None
    return card


def verify(donor_id: int, at: Any = AT, number: str = NUMBER, born: date = BORN) -> None:
    verify_giver(
        giver=giver_of(donor_id), clock=lambda: at, pause=lambda _seconds: None, national_id=number, birth_on=born
    )


def marks_of(donor_id: int) -> GiverMarks:
    card = giver_of(donor_id)
    return GiverMarks(mobile=card.mobile, donor_id=donor_id, verified_at=card.verified_at)


def test_who_is_verified_gives_largely_for_a_year_and_it_is_known_by_whom(gateway: Gateway, banks: Banks) -> None:
    donor = signed_in()
    with pytest.raises(GiverUnknown) as refused:
        pledge(gateway, LARGE, giver=marks_of(donor))
    assert (refused.value.code, "تأیید" in refused.value.message) == ("GIVER_UNKNOWN", True)

    with capture_logs() as logs:
        verify(donor)

    pledge(gateway, LARGE, giver=marks_of(donor))
    with pytest.raises(GiverUnknown):
        pledge(gateway, LARGE, at=AT + HOLDS_FOR, giver=marks_of(donor))
    ((outcome, by, number, born),) = rows(
        "SELECT outcome, verified_by, national_id_sealed, birth_sealed FROM giving_identity_check"
    )
    assert (outcome, by) == ("VERIFIED", "mobile_ownership,civil_registry")
    assert [open_sealed(key_ring(), bytes(one)) for one in (number, born)] == [NUMBER, BORN.isoformat()]
    assert [one["event"] for one in logs] == ["giver_identity_checked"]
    assert NUMBER not in str(logs)
    assert [bank for bank, _ in banks.asked] == ["mobile_ownership", "civil_registry"]

    # a later no ends it
    banks.answers["mobile_ownership"] = {"MOBILE_OWNED": 0}
    with pytest.raises(IdentityDiffers):
        verify(donor, at=AT + timedelta(days=2))
    assert giver_of(donor).verified_at is None
    # what counts no more is forgotten, with the person in it
    assert (forget_identities(at=AT + HOLDS_FOR), forget_identities(at=AT + HOLDS_FOR + timedelta(days=1))) == (0, 1)


@pytest.mark.parametrize(
    ("owner", "registry", "refusal", "outcome"),
    [
        ({"MOBILE_OWNED": 0}, ALIVE, IdentityDiffers, "MISMATCH"),
        (OWN, {"IS_ALIVE": 1, "BIRTH_MATCH": 0}, IdentityDiffers, "MISMATCH"),
        (OWN, {"IS_ALIVE": 0, "BIRTH_MATCH": 1}, IdentityDiffers, "MISMATCH"),
        ({"MOBILE_OWNED": None}, ALIVE, IdentityUnanswered, "UNANSWERED"),
        ({}, ALIVE, IdentityUnanswered, "UNANSWERED"),
        (OWN, {}, IdentityUnanswered, "UNANSWERED"),
        (None, ALIVE, IdentityUnanswered, ""),  # no bank was asked: it is none of the five of a day
    ],
)
def test_what_is_not_so_or_not_answered_leaves_nothing_of_the_person(
    banks: Banks, owner: Any, registry: Any, refusal: type[Exception], outcome: str
) -> None:
    donor = signed_in()
    banks.answers = {"mobile_ownership": owner, "civil_registry": registry}

    with pytest.raises(refusal):
        verify(donor)

    assert giver_of(donor).verified_at is None
    assert rows("SELECT outcome, verified_by, national_id_sealed, birth_sealed FROM giving_identity_check") == (
        [(outcome, "", None, None)] if outcome else []
    )


def test_where_the_registry_is_not_reached_the_line_alone_counts_and_says_so(banks: Banks) -> None:
    donor = signed_in()
    banks.answers["civil_registry"] = None

    verify(donor)

    assert rows("SELECT verified_by FROM giving_identity_check") == [("mobile_ownership",)]


def test_the_young_bodies_wrong_numbers_and_many_tries_are_refused_before_any_bank_is_asked(banks: Banks) -> None:
    donor = signed_in()
    body = open_organisation_giver(at=AT, organisation_id=given_charity("بنگاه").organisation_id)
    for who, number, born, refusal in (
        (donor, NUMBER, AT.date() - timedelta(days=17 * 365), GiverTooYoung),
        (donor, "1234567890", BORN, IdentifierInvalid),
        (body, NUMBER, BORN, OnlyPhonesVerified),
    ):
        with pytest.raises(refusal):
            verify(who, number=number, born=born)
    for _ in range(CHECKS_A_DAY):
        begin_check(AT, donor)
    with pytest.raises(IdentityAskedOften):
        verify(donor)
    assert banks.asked == []

    verify(donor, at=AT + timedelta(days=1, minutes=1))  # the next day
    # what is not verified keeps nothing of a person, whoever writes it
    with pytest.raises(IntegrityError), transaction.atomic(), acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE giving_identity_check SET outcome = 'MISMATCH' WHERE outcome = 'VERIFIED'")
