"""A promise that nobody pays ends by itself after three missed months, told before by a message that went; else not."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from sakha.access.rules import Actor
from sakha.giving.actions import ask_months, missed_months
from sakha.giving.actions.donors import open_organisation_giver
from sakha.giving.actions.sponsorships import change_sponsorship
from sakha.giving.queries.donors import DonorCard, find_donor
from sakha.giving.queries.sponsorships import ended_promises
from sakha.giving.rules.sponsorships import EndedBy, SponsorshipAim, SponsorshipState
from sakha.vocabulary.jalali import TEHRAN, jalali_month, month_bounds
from sakha.vocabulary.need_kinds import NeedKind
from simulation.payment_gateway import Gateway
from tests.giving_cast import rows
from tests.ledger_cast import AT, given_charity
from tests.rooms.giving.test_donors import texts
from tests.rooms.giving.test_sponsorships import (
    ADDRESS,
    AMOUNT,
    TARGET,
    ask,
    begin,
    given_giver,
    given_orphans,
    newest,
    pay,
    promise,
    renew,
)

pytestmark = pytest.mark.django_db


def sent(at: datetime) -> None:
    """A provider took what waited."""
    rows("UPDATE coordination_notice SET state = 'SENT', sent_at = %s WHERE state = 'QUEUED' RETURNING id", at)


def test_a_promise_ends_by_itself_after_three_missed_months_and_only_then(mehr: Actor, gateway: Gateway) -> None:
    homes, other = given_orphans(mehr, shown=1), given_giver("+989990000018")
    months = [AT + timedelta(days=30 * number) for number in range(6)]
    ways = {"": 3, "0": 4, "13": None}  # which of the months are paid, and before which one it has ended
    givers = {}
    for number, paid in enumerate(ways):
        giver = givers[paid] = given_giver(f"+98999000002{number}")
        aim, rial = (SponsorshipAim.POOL, AMOUNT) if paid else (SponsorshipAim.ORPHAN, TARGET)
        promise(giver, aim, rial)
    ended: dict[str, int] = {}
    for number, at in enumerate(months):
        if "" not in ended:
            renew(homes, at)
        ask(at)
        sent(at)
        for paid, giver in givers.items():
            card = newest(giver, at)
            if card.state is SponsorshipState.ENDED:
                ended.setdefault(paid, number)
                assert card.ended_by is EndedBy.MISSED
            elif str(number) in paid:
                pay(gateway, card.months[0].id, giver, at)
    assert ended == {paid: end for paid, end in ways.items() if end is not None}
    # the third month said what comes, and who ended hears it once
    assert sum("خودبه‌خود پایان می‌یابد" in text for text in texts("GIVER_MONTH")) == len(ended)
    assert len(texts("GIVER_ENDED")) == len(ended)

    # what it kept is free for others, the body that knows the household is told, and no giver is
    renew(homes, months[-1])
    promise(other, SponsorshipAim.ORPHAN, TARGET, at=months[-1])
    first = ended_promises(actor=mehr, at=months[4])
    assert [(one.kind, one.household_code) for one in first] == [
        (NeedKind.ORPHAN, rows("SELECT code FROM registry_household WHERE id = %s", homes[0])[0][0])
    ]
    assert ended_promises(actor=given_charity("غریبه"), at=months[4]) == ()
    assert ended_promises(actor=mehr, at=months[4] + timedelta(days=70)) == ()


def missed_before_warnings(giver: DonorCard) -> list[datetime]:
    """A promise of which three months were asked for and missed, none of them with a word of what comes."""
    number, months = promise(giver, SponsorshipAim.POOL), [AT + timedelta(days=30 * step) for step in range(7)]
    old = "INSERT INTO giving_sponsored_month (sponsorship_id, month, is_replaced, asked_at) VALUES (%s, %s, false, %s)"
    for at in months[1:3]:
        rows(f"{old} RETURNING id", number, jalali_month(at.astimezone(TEHRAN).date()), at)
    return months


def ended(at: datetime) -> tuple[int, int]:
    told = ask_months(at=at, address=ADDRESS)
    return told.ended_count, told.asked_count


def test_nobodys_promise_ends_before_a_message_that_went_said_so_days_ago(mehr: Actor) -> None:
    giver = given_giver()
    months = missed_before_warnings(giver)
    assert ended(months[3]) == (0, 1)  # asked once more, with the word
    assert "خودبه‌خود پایان می‌یابد" in texts("GIVER_MONTH")[-1]
    assert newest(giver, months[3]).months[0].is_last
    assert ended(months[4]) == (0, 1)  # no provider took it
    first = datetime.combine(month_bounds(newest(giver, months[4]).months[0].month)[1], time(12), TEHRAN)
    sent(first)  # nor is a word of yesterday one
    assert ended(first + timedelta(days=2)) == (0, 1)
    sent(first + timedelta(days=2))
    assert ended(first + timedelta(days=20)) == (0, 0)  # nor does it end within the month that may still be paid
    assert ended(months[6]) == (1, 0)
    assert newest(giver, months[6]).ended_by is EndedBy.MISSED
    # an organisation has no phone, and reads it in its account
    body = given_charity("بنگاه").organisation_id
    legal = find_donor(donor_id=open_organisation_giver(at=AT, organisation_id=body))
    assert legal is not None
    missed_before_warnings(legal)
    assert [ended(at) for at in months[3:5]] == [(0, 1), (1, 0)]


def test_control_without_asking_for_the_warning_it_ends_unsaid(mehr: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    months = missed_before_warnings(given_giver())
    monkeypatch.setattr(missed_months, "_MISSED", missed_months._MISSED.replace(missed_months.WARNED, "true"))
    assert ended(months[3]) == (1, 0)
    assert texts("GIVER_MONTH") == []


def test_nothing_ends_while_a_payment_is_open_or_after_the_giver_went_on(mehr: Actor, gateway: Gateway) -> None:
    giver, other, silent = (given_giver(f"+98999000001{number}") for number in (7, 8, 9))
    number = promise(giver, SponsorshipAim.POOL)
    for one in (other, silent):
        promise(one, SponsorshipAim.POOL)
    months = [AT + timedelta(days=30 * step) for step in range(4)]
    for at in months[1:3]:
        ask(at)
        sent(at)
    last = datetime.combine(month_bounds(newest(giver, months[2]).months[0].month)[1], time(23, 50), TEHRAN)
    begin(gateway, newest(other, last).months[0].id, other, last)
    for state in (SponsorshipState.PAUSED, SponsorshipState.ACTIVE):
        change_sponsorship(giver=giver, at=last, sponsorship_id=number, state=state)
    told = ask_months(at=last + timedelta(minutes=15), address=ADDRESS)
    # one went on and is asked; one has a payment open, and is asked for no fourth month beside it; the third is silent
    assert (told.asked_count, told.ended_count) == (1, 1)
    assert newest(silent, last).state is SponsorshipState.ENDED
    # its place is given back, and the gateway may still say that it was paid
    assert ask_months(at=last + timedelta(minutes=21), address=ADDRESS).ended_count == 0
    rows("UPDATE giving_payment SET state = 'FAILED', settled_at = %s RETURNING id", last)
    assert ask_months(at=last + timedelta(minutes=21), address=ADDRESS).ended_count == 1
    assert [newest(one, last).state for one in (giver, other)] == [SponsorshipState.ACTIVE, SponsorshipState.ENDED]
