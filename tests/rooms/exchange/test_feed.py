"""What happens is noticed once, told in each household's order, tried again, and told to nobody who may not know."""

from __future__ import annotations

import base64
import hmac
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from sakha.access.actions import resume_client, suspend_client
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Actor, ClientLevel, ClientPurpose, Scope, household_actor
from sakha.access.rules.actor import NOBODY, SIGN_IN
from sakha.access.rules.sealing import SealBroken, add_keys, open_sealed, parse_key_ring
from sakha.exchange.actions import following, telling
from sakha.exchange.actions.following import follow
from sakha.exchange.actions.outbox import BODY_KIND, send_due
from sakha.exchange.actions.requests import NewRequest, keep_answer, sweep, take_request
from sakha.exchange.actions.resealing import reseal_batch
from sakha.exchange.actions.subscribing import subscribe, unsubscribe
from sakha.exchange.actions.telling import tell
from sakha.exchange.actions.webhooks import begin_webhook, replay_webhook, webhooks_of
from sakha.exchange.gateways import NotSent
from sakha.exchange.rules.asking import Registry
from sakha.exchange.rules.conditions import ByIdentifier, IdentifierType
from sakha.exchange.rules.envelope import Header
from sakha.exchange.rules.events import FeedEvent
from sakha.exchange.rules.subscribing import EventType, SubscriptionItem
from sakha.ledger.actions import deliver_aid, hold_aid
from sakha.vocabulary.need_kinds import NeedKind
from tests.exchange_cast import Receiver, given_program
from tests.ledger_cast import AT, KnownHousehold, a_national_id, a_request, an_officer, given_charity, given_household
from tests.open_tables import without_row_security

TABLES = ("partner", "request", "subscription", "webhook", "event", "message", "watermark")
ADDRESS = "https://partner.example/hook"
LATER = AT + timedelta(minutes=30)
HOUR = timedelta(hours=1)


def help_household(body: Actor, home: KnownHousehold) -> None:
    held = hold_aid(actor=body, at=AT, household_id=home.id, kind=NeedKind.FOOD, quantity=1, request_id=a_request())
    assert held.hold_id is not None
    deliver_aid(actor=body, at=AT, hold_id=held.hold_id)


def touch(home: KnownHousehold, at: Any) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_household SET changed_at = %s WHERE id = %s", [at, home.id])


def wish(number: str, event_type: EventType) -> SubscriptionItem:
    person = ByIdentifier(IdentifierType.UIN, number)
    return SubscriptionItem(reference_id="r", event_type=event_type, record_type="Member", locale="fas", person=person)


def test_events_are_noticed_once_signed_and_told_in_order_to_whom_they_concern(db: None) -> None:
    own, other = given_charity("نهاد وام"), given_charity("نهاد دیگر")
    home, foreign = given_household(own), given_household(other)
    follow(at=AT)
    program = given_program(own)
    made = begin_webhook(client=program.client, at=AT, address=ADDRESS, kinds=list(FeedEvent))
    help_household(own, home)
    help_household(other, foreign)

    assert follow(at=AT) >= 4
    assert follow(at=AT) == 0, "the same rows count once"
    laid = tell(at=AT)
    assert tell(at=AT) == 0
    away = Receiver(status=503)
    assert send_due(clock=lambda: AT, limit=50, post=away.post) == 0
    assert len(away.bodies) == 1, "whoever is behind in a household's line waits"
    there = Receiver()
    assert sum(send_due(clock=lambda: LATER, limit=50, post=there.post) for _ in range(laid)) == laid

    told = [body["type"] for _, body, _ in there.bodies]
    assert told[-2:] == ["aid.held", "aid.delivered"]
    assert {body["data"]["household"] for _, body, _ in there.bodies} == {home.code}
    assert [body["cursor"] for _, body, _ in there.bodies] == sorted(body["cursor"] for _, body, _ in there.bodies)
    _, body, headers = there.bodies[-1]
    import rfc8785

    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), rfc8785.dumps(body)])
    mac = base64.b64encode(hmac.digest(made.secret, signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"

    first = there.bodies[0][1]["cursor"]
    assert replay_webhook(client=program.client, at=LATER, webhook_id=made.id, after=first) == laid - 1
    again = Receiver()
    for _ in range(laid):
        send_due(clock=lambda: LATER, limit=50, post=again.post)
    assert [body["type"] for _, body, _ in again.bodies] == told[1:]


def test_a_message_that_nobody_takes_is_given_up_and_a_stopped_client_loses_nothing(db: None) -> None:
    own = given_charity("نهاد وام")
    home = given_household(own)
    follow(at=AT)
    program = given_program(own)
    begin_webhook(client=program.client, at=AT, address=ADDRESS, kinds=[FeedEvent.AID_HELD])
    with acting(SYSTEM):
        suspend_client(actor=SYSTEM, at=AT, client_id=program.client.id)
    help_household(own, home)
    follow(at=AT)
    assert tell(at=AT) == 0
    with acting(SYSTEM):
        resume_client(actor=SYSTEM, at=AT, client_id=program.client.id)
    assert tell(at=AT) == 1

    def away(*_told: Any) -> int:
        raise NotSent(reason="ConnectError")

    moment = AT
    for _ in range(20):
        send_due(clock=lambda moment=moment: moment, limit=5, post=away)
        moment += timedelta(hours=7)
    (card,) = webhooks_of(client=program.client)
    assert (card.waiting_count, card.given_up_count) == (0, 1)


def test_a_subscription_follows_one_person_and_ends(db: None) -> None:
    own = given_charity("نهاد وام")
    home, late = given_household(), a_national_id()
    follow(at=AT)
    client = given_program(own).client
    begun = subscribe(
        client=client, at=AT, purpose=ClientPurpose.SERVICE, address="https://partner.example/dci/registry/notify",
        items=[wish(home.national_id, EventType.UPDATE), wish(late, EventType.REGISTER)],
    )  # fmt: skip
    assert begun[1] == 2
    twice = subscribe(
        client=client, at=AT, purpose=ClientPurpose.SERVICE, address=ADDRESS,
        items=[wish(home.national_id, EventType.UPDATE), wish("TEST-001", EventType.UPDATE)],
    )  # fmt: skip
    assert [one["status_reason_code"] for one in twice[0]] == [
        "rjct.event.already_subscribed",
        "rjct.person_id.invalid",
    ]
    touch(home, LATER)
    follow(at=LATER)
    assert tell(at=LATER) == 1
    there = Receiver()
    assert send_due(clock=lambda: LATER, limit=5, post=there.post) == 1
    (event,) = there.bodies[0][1]["message"]["notify_event"]
    assert event["data"]["reg_event_type"] == "UPDATE"
    assert "demographic_info" not in event["data"]["reg_records"], "its body does not know the file"
    assert there.bodies[0][1]["header"]["action"] == "notify"

    code = begun[0][0]["subscriptions"][0]["code"]
    assert unsubscribe(client=client, at=LATER, codes=[code]) == ([{"code": code, "status": "unsubscribe"}], "")
    assert unsubscribe(client=client, at=LATER, codes=[code])[1] == "rjct.event.already_unsubscribed"
    assert unsubscribe(client=client, at=LATER, codes=["nobody's"])[1] == "rjct.subscription_code.invalid"
    touch(home, LATER + timedelta(minutes=1))
    follow(at=LATER + timedelta(minutes=1))
    assert tell(at=LATER + timedelta(minutes=1)) == 0


def fill() -> tuple[Actor, int]:
    own = given_charity("نهاد وام")
    home = given_household(own)
    follow(at=AT)
    client = given_program(own).client
    begin_webhook(client=client, at=AT, address=ADDRESS, kinds=list(FeedEvent))
    items = [wish(home.national_id, EventType.UPDATE)]
    subscribe(client=client, at=AT, purpose=ClientPurpose.SERVICE, items=items, address=ADDRESS)
    header = Header(message_id="m", message_ts=AT.isoformat(), sender_id="s", sender_uri="")
    request = NewRequest(registry=Registry.SOCIAL, action="search", header=header, transaction_id="t")
    keep_answer(client=client, taken=take_request(client=client, at=AT, request=request), message={"said": "سلام"})
    help_household(own, home)
    follow(at=AT)
    assert tell(at=AT) > 0
    return own, home.id


def seen(actor: Actor) -> set[str]:
    found = set()
    with acting(actor), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM exchange_{table}")
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_each_actor_sees_its_rows_and_no_more(committed: None, owner_cursor: psycopg.Cursor) -> None:
    own, household_id = fill()

    assert seen(SYSTEM) == set(TABLES)
    assert seen(own) == set(TABLES) - {"watermark"}
    assert seen(an_officer()) == {"event"}
    for stranger in (
        an_officer(province="21"), given_charity("غریبه"), NOBODY, SIGN_IN, household_actor(household_id)
    ):  # fmt: skip
        assert seen(stranger) == set()
    assert "event" in seen(an_officer(Scope.NATION))
    assert sweep(at=AT + timedelta(days=31)) == 1
    assert sweep(at=AT + timedelta(days=31)) == 0

    with without_row_security(owner_cursor, [f"exchange_{table}" for table in TABLES]):
        assert seen(NOBODY) == set(TABLES) - {"request"}


def test_all_that_is_sealed_is_renewed_with_the_keys(db: None) -> None:
    own, _ = fill()
    renewed = parse_key_ring(add_keys(settings.SAKHA.keys_text()))
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT encode(person_index, 'hex') FROM exchange_subscription")
        before = cursor.fetchall()

    assert sum(iter(lambda: reseal_batch(actor=SYSTEM, ring=renewed, limit=100), 0)) >= 4
    assert reseal_batch(actor=SYSTEM, ring=renewed, limit=100) == 0

    with acting(own), connection.cursor() as cursor:
        cursor.execute("SELECT encode(person_index, 'hex') FROM exchange_subscription")
        assert cursor.fetchall() != before
        cursor.execute("SELECT body_sealed FROM exchange_message ORDER BY id LIMIT 1")
        assert "cursor" in open_sealed(renewed, bytes(cursor.fetchone()[0]), kind=BODY_KIND)


@pytest.mark.parametrize("table", ["exchange_event", "exchange_watermark"])
def test_a_body_writes_no_feed(db: None, table: str) -> None:
    from django.db.utils import Error

    with pytest.raises(Error), acting(given_charity("نهاد")), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} DEFAULT VALUES")


def break_one(table: str, column: str, row_id: int) -> None:
    """Change the last byte of what is sealed."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = set_byte({column}, length({column}) - 1,"
            f" 255 - get_byte({column}, length({column}) - 1)) WHERE id = %s",
            [row_id],
        )


def test_what_can_not_be_opened_counts_its_attempts_and_holds_up_nobody(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = given_charity("نهاد وام")
    first, second = given_household(own), given_household(own)
    follow(at=AT)
    program = given_program(own)
    made = begin_webhook(client=program.client, at=AT, address=ADDRESS, kinds=[FeedEvent.AID_HELD])
    for home in (first, second):
        hold_aid(actor=own, at=AT, household_id=home.id, kind=NeedKind.FOOD, quantity=1, request_id=a_request())
    follow(at=AT)
    assert tell(at=AT) == 2
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM exchange_message WHERE webhook_id = %s", [made.id])
        broken = cursor.fetchone()[0]
    break_one("exchange_message", "body_sealed", broken)
    there, moment = Receiver(), AT
    for _ in range(16):
        send_due(clock=lambda moment=moment: moment, limit=5, post=there.post)
        moment += timedelta(hours=7)
    assert [body["data"]["household"] for _, body, _ in there.bodies] == [second.code]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT state, last_code, attempt_count FROM exchange_message WHERE id = %s", [broken])
        assert cursor.fetchone() == ("GIVEN_UP", "SEAL_BROKEN", 16)

    items = [wish(first.national_id, EventType.UPDATE)]
    bad = subscribe(client=program.client, at=AT, purpose=ClientPurpose.SERVICE, items=items, address=ADDRESS)
    assert bad[1] == 1
    good = given_program(own).client
    subscribe(client=good, at=AT, purpose=ClientPurpose.SERVICE, items=items, address=ADDRESS)
    touch(first, LATER)
    follow(at=LATER)
    lay = telling.household_lines

    def lines(*, actor: Actor, **words: Any) -> Any:
        if words["household_ids"] and not seen_first:
            seen_first.append(True)
            raise SealBroken
        return lay(actor=actor, **words)

    seen_first: list[bool] = []
    monkeypatch.setattr(telling, "household_lines", lines)
    assert tell(at=LATER) == 1, "the second is told though the first can't be"
    assert tell(at=LATER) == 1, "and the first again, once it can be opened"


def looks_at(household_id: int) -> list[str]:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT purpose FROM access_entry WHERE household_id = %s ORDER BY id", [household_id])
        return [row[0] for row in cursor.fetchall()]


def test_a_webhook_wants_a_level_and_every_household_told_of_sees_it(db: None) -> None:
    own = given_charity("نهاد وام")
    home = given_household(own)
    follow(at=AT)
    low, high = given_program(own, level=ClientLevel.VERDICT), given_program(own, level=ClientLevel.NEEDS)
    for program in (low, high):
        client = replace(program.client, level=ClientLevel.NEEDS)  # it had the level once
        begin_webhook(client=client, at=AT, address=ADDRESS, kinds=[FeedEvent.AID_HELD])
    before = len(looks_at(home.id))
    hold_aid(actor=own, at=AT, household_id=home.id, kind=NeedKind.FOOD, quantity=1, request_id=a_request())
    follow(at=AT)
    there = Receiver()
    assert tell(at=AT) == 1
    assert send_due(clock=lambda: AT, limit=5, post=there.post) == 1
    assert [one for one in looks_at(home.id)[before:] if "webhook" in one] == ["برای ارائهٔ خدمت · برنامهٔ وام · webhook"]


def test_what_waits_is_not_sent_to_whoever_was_stopped_or_has_ended_it(db: None) -> None:
    own = given_charity("نهاد وام")
    home = given_household(own)
    follow(at=AT)
    client = given_program(own).client
    items = [wish(home.national_id, EventType.UPDATE)]
    begun = subscribe(client=client, at=AT, purpose=ClientPurpose.SERVICE, items=items, address=ADDRESS)
    touch(home, LATER)
    follow(at=LATER)
    assert tell(at=LATER) == 1
    there = Receiver()

    def send() -> int:
        return send_due(clock=lambda: LATER, limit=5, post=there.post)

    def stop_body(at: Any) -> None:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute("UPDATE access_organisation SET suspended_at = %s WHERE id = %s", [at, own.organisation_id])

    with acting(SYSTEM):
        suspend_client(actor=SYSTEM, at=LATER, client_id=client.id)
    assert send() == 0
    with acting(SYSTEM):
        resume_client(actor=SYSTEM, at=LATER, client_id=client.id)
    stop_body(LATER)
    assert send() == 0
    stop_body(None)
    code = begun[0][0]["subscriptions"][0]["code"]
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT state FROM exchange_message WHERE client_id = %s", [client.id])
        assert cursor.fetchall() == [("WAITING",)], "stopped, it waited: the control of what follows"
    assert unsubscribe(client=client, at=LATER, codes=[code])[1] == ""
    assert (send(), there.bodies) == (0, [])
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT state, last_code FROM exchange_message WHERE client_id = %s", [client.id])
        assert cursor.fetchall() == [("GIVEN_UP", "ended")]


def test_each_mark_waits_for_whoever_still_writes_and_a_wish_finds_its_person_by_any_key(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = given_charity("نهاد وام")
    home = given_household(own)
    follow(at=AT)
    client = given_program(own).client
    items = [wish(home.national_id, EventType.UPDATE)]
    subscribe(client=client, at=AT, purpose=ClientPurpose.SERVICE, items=items, address=ADDRESS)

    def mark() -> tuple[int, int]:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(
                "SELECT position FROM exchange_watermark WHERE name IN ('households', 'ledger') ORDER BY name"
            )
            (homes,), (aid,) = cursor.fetchall()
            return int(homes), int(aid)

    before = mark()
    help_household(own, home)
    with monkeypatch.context() as writing:
        writing.setattr(following, "writers_of", lambda _table: {"3/14"})
        assert follow(at=AT + HOUR, patience_seconds=0) >= 2, "what is there is told"
    assert mark() == before, "and read again, for what is not there yet"
    touch(home, AT + timedelta(minutes=1))  # written meanwhile by whoever ended late, an hour after
    assert follow(at=AT + HOUR) == 1
    assert all(now > then for now, then in zip(mark(), before, strict=True))

    with acting(SYSTEM), connection.cursor() as cursor:  # the keys are renewed: first the wish, later the person
        cursor.execute("UPDATE exchange_subscription SET person_index = 'another key'::bytea")
    touch(home, AT + 2 * HOUR)
    follow(at=AT + 2 * HOUR)
    assert tell(at=AT + 2 * HOUR) == 2
