"""The households' door: opened by the invited phone alone; guessing, replay and forwarding come to nothing, soon."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from sakha.access.queries import key_ring
from sakha.access.rules.one_time_codes import ADDRESS_ASKS, ASKS_A_DAY, ASKS_IN_WINDOW, WRONG_MAX
from sakha.access.rules.sealing import open_sealed, seal
from sakha.coordination.actions import (
    ask_code_by_link,
    ask_code_by_number,
    check_link,
    doors,
    enter,
    send_sign_in_code,
    withdraw_registration,
)
from sakha.coordination.actions.door_keys import code_text, make_door_keys
from sakha.coordination.gateways import GatewayUncertain, MessageKind, OutgoingMessage, ProviderAnswer
from sakha.coordination.rules.doors import (
    ADDRESS_MISSES,
    LINK_LIVES,
    SIGN_IN_LIVES,
    DoorClosed,
    KnockedTooOften,
    SignInCodeWrong,
)
from sakha.coordination.rules.sms_text import CODE_LENGTH, LINK_LENGTH
from sakha.vocabulary.identifiers import IdentifierInvalid
from tests.coordination_cast import NOON, Family, a_mobile, rows
from tests.door_cast import (
    ADDRESS,
    come_in,
    given_invited,
    invitation_code_of,
    link_of,
    message_count,
    newest_text,
    sign_in_code_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(tmp_path: Path) -> Family:
    return given_invited(tmp_path)


@pytest.fixture
def link(family: Family) -> str:
    return link_of(newest_text())


def test_the_invited_phone_opens_the_door_by_link_and_code(link: str) -> None:
    check_link(at=NOON, link=link, address=ADDRESS)

    registration_id = come_in(link)

    assert rows("SELECT id, state, province FROM coordination_registration") == [(registration_id, "BEGUN", "30")]
    assert rows("SELECT opened_at FROM coordination_invitation") == [(NOON,)]


def test_a_phone_without_internet_comes_in_by_number_and_code(family: Family) -> None:
    code = invitation_code_of(newest_text())
    local = "0" + family.mobile.removeprefix("+98")

    invited = ask_code_by_number(at=NOON, mobile=local, code=code, address=ADDRESS)

    assert enter(at=NOON, invitation_id=invited, code=sign_in_code_of(newest_text()), address=ADDRESS)


def test_whoever_was_here_comes_back_by_the_number_alone(family: Family, link: str) -> None:
    registration_id = come_in(link)
    late = NOON + LINK_LIVES + timedelta(days=30)

    invited = ask_code_by_number(at=late, mobile=family.mobile, code="", address=ADDRESS)

    code = sign_in_code_of(newest_text())
    assert enter(at=late, invitation_id=invited, code=code, address=ADDRESS) == registration_id


def test_neither_link_nor_code_stands_in_the_database(link: str) -> None:
    code = invitation_code_of(newest_text())
    kept = str(rows("SELECT * FROM coordination_invitation")) + str(rows("SELECT text FROM coordination_campaign"))

    assert link not in kept
    assert code not in kept


# --- forwarding -----------------------------------------------------------------------------------------------------


def test_a_forwarded_link_sends_the_code_to_the_invited_phone_and_to_no_other(family: Family, link: str) -> None:
    ask_code_by_link(at=NOON, link=link, address="203.0.113.9")

    numbers = rows("SELECT number_sealed FROM coordination_message ORDER BY id DESC LIMIT 1")
    assert open_sealed(key_ring(), bytes(numbers[0][0])) == family.mobile


def test_a_code_opens_only_the_door_that_it_was_asked_at(tmp_path: Path, link: str) -> None:
    mine = ask_code_by_link(at=NOON, link=link, address=ADDRESS)
    code = sign_in_code_of(newest_text())
    given_invited(tmp_path)  # another family
    theirs = ask_code_by_link(at=NOON, link=link_of(newest_text()), address=ADDRESS)
    assert mine != theirs

    with pytest.raises(SignInCodeWrong):
        enter(at=NOON, invitation_id=theirs, code=code, address=ADDRESS)


def test_a_code_for_the_counter_opens_nothing_with_another_number(family: Family) -> None:
    code = invitation_code_of(newest_text())
    sent = message_count()

    assert ask_code_by_number(at=NOON, mobile=a_mobile(), code=code, address=ADDRESS) is None
    assert message_count() == sent
    assert ask_code_by_number(at=NOON, mobile=family.mobile, code=code, address=ADDRESS)


def test_control_a_counter_code_that_is_not_bound_to_its_number_would_open_when_forwarded(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = "invitation.mobile_index = ANY(%(numbers)s)"
    assert bound in doors._BY_NUMBER
    monkeypatch.setattr(doors, "_BY_NUMBER", doors._BY_NUMBER.replace(bound, "%(numbers)s::bytea[] IS NOT NULL"))
    monkeypatch.setattr(doors, "code_text", lambda _number, code: code_text(family.mobile, code))

    with pytest.raises(AssertionError):
        test_a_code_for_the_counter_opens_nothing_with_another_number(family)


def test_control_a_door_that_rings_whoever_asks_would_let_a_forwarded_link_in(
    family: Family, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = seal(key_ring(), a_mobile())
    bound = "invitation.mobile_sealed FROM"
    assert bound in doors._TAKE
    rings = f"'\\x{stranger.hex()}'::bytea AS mobile_sealed FROM"
    monkeypatch.setattr(doors, "_TAKE", doors._TAKE.replace(bound, rings))

    with pytest.raises(AssertionError):
        test_a_forwarded_link_sends_the_code_to_the_invited_phone_and_to_no_other(family, link)


def test_control_a_code_of_another_door_would_open_if_it_were_not_bound_to_its_invitation(
    tmp_path: Path, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "sign_in_text", lambda _invitation_id, code: code)
    bound = "WHERE invitation_id = %s AND"
    assert bound in doors._NEWEST
    newest = doors._NEWEST.replace(bound, "WHERE %s > 0 AND").replace(
        "(SELECT max(id) FROM coordination_sign_in_code WHERE invitation_id = %s)",
        "(SELECT min(id) FROM coordination_sign_in_code WHERE %s > 0)",
    )
    monkeypatch.setattr(doors, "_NEWEST", newest)

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        test_a_code_opens_only_the_door_that_it_was_asked_at(tmp_path, link)


# --- replay ---------------------------------------------------------------------------------------------------------


def test_a_code_opens_once(link: str) -> None:
    invited = ask_code_by_link(at=NOON, link=link, address=ADDRESS)
    code = sign_in_code_of(newest_text())
    enter(at=NOON, invitation_id=invited, code=code, address=ADDRESS)

    with pytest.raises(SignInCodeWrong):
        enter(at=NOON, invitation_id=invited, code=code, address=ADDRESS)


def test_an_older_code_opens_no_more_once_a_newer_one_was_asked_for(link: str) -> None:
    invited = ask_code_by_link(at=NOON, link=link, address=ADDRESS)
    older = sign_in_code_of(newest_text())
    ask_code_by_link(at=NOON, link=link, address=ADDRESS)
    newer = sign_in_code_of(newest_text())

    if older != newer:
        with pytest.raises(SignInCodeWrong):
            enter(at=NOON, invitation_id=invited, code=older, address=ADDRESS)
    assert enter(at=NOON, invitation_id=invited, code=newer, address=ADDRESS)


def test_link_and_code_end_in_their_time(link: str) -> None:
    invited = ask_code_by_link(at=NOON, link=link, address=ADDRESS)
    code = sign_in_code_of(newest_text())

    with pytest.raises(SignInCodeWrong):
        enter(at=NOON + SIGN_IN_LIVES, invitation_id=invited, code=code, address=ADDRESS)
    with pytest.raises(DoorClosed):
        check_link(at=NOON + LINK_LIVES, link=link, address=ADDRESS)
    with pytest.raises(DoorClosed):
        ask_code_by_link(at=NOON + LINK_LIVES, link=link, address=ADDRESS)


def test_a_withdrawn_registration_closes_its_link(link: str) -> None:
    withdraw_registration(at=NOON, registration_id=come_in(link))

    with pytest.raises(DoorClosed):
        check_link(at=NOON, link=link, address=ADDRESS)


# --- enumeration ----------------------------------------------------------------------------------------------------


def test_guessed_links_all_look_alike_and_end_soon(link: str) -> None:
    for number in range(ADDRESS_MISSES):
        with pytest.raises(DoorClosed):
            check_link(at=NOON, link=f"guess{number}", address="198.51.100.3")

    with pytest.raises(KnockedTooOften):
        check_link(at=NOON, link=link, address="198.51.100.3")
    check_link(at=NOON, link=link, address="198.51.100.4")
    check_link(at=NOON + timedelta(minutes=16), link=link, address="198.51.100.3")


def test_numbers_are_answered_alike_whether_they_were_invited_or_not(family: Family) -> None:
    sent = message_count()

    answers = [
        ask_code_by_number(at=NOON, mobile=a_mobile(), code="12345678", address=ADDRESS),
        ask_code_by_number(at=NOON, mobile=family.mobile, code="", address=ADDRESS),
        ask_code_by_number(at=NOON, mobile=family.mobile, code="x" * 30, address=ADDRESS),
    ]

    assert answers == [None, None, None]
    assert message_count() == sent
    with pytest.raises(SignInCodeWrong):
        enter(at=NOON, invitation_id=None, code="123456", address=ADDRESS)
    with pytest.raises(IdentifierInvalid):
        ask_code_by_number(at=NOON, mobile="12", code="", address=ADDRESS)


def test_known_and_unknown_numbers_count_alike_so_the_count_tells_nothing(family: Family) -> None:
    def tries(mobile: str, address: str) -> int:
        for number in range(1, 30):
            try:
                ask_code_by_number(at=NOON, mobile=mobile, code="00000000", address=address)
            except KnockedTooOften:
                return number
        return 0

    assert tries(family.mobile, "192.0.2.1") == tries(a_mobile(), "192.0.2.2") == ASKS_IN_WINDOW + 1
    assert rows("SELECT count(*) FROM coordination_knock WHERE kind = 'MISS'") == [(0,)]


def test_an_address_that_asks_for_number_after_number_is_stopped() -> None:
    for _ in range(ADDRESS_ASKS):
        ask_code_by_number(at=NOON, mobile=a_mobile(), code="", address="198.51.100.5")

    with pytest.raises(KnockedTooOften):
        ask_code_by_number(at=NOON, mobile=a_mobile(), code="", address="198.51.100.5")


def test_a_phone_rings_ten_times_a_day_at_most(link: str) -> None:
    rung = 0
    for quarter in range(90):
        at = NOON + timedelta(minutes=16 * quarter)
        if at > NOON + timedelta(hours=23):
            break
        try:
            ask_code_by_link(at=at, link=link, address=ADDRESS)
        except KnockedTooOften:
            continue
        rung += 1

    assert rung == ASKS_A_DAY


def test_a_code_is_guessed_five_times_and_then_opens_no_more(link: str) -> None:
    invited = ask_code_by_link(at=NOON, link=link, address=ADDRESS)
    code = sign_in_code_of(newest_text())
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(WRONG_MAX):
        with pytest.raises(SignInCodeWrong):
            enter(at=NOON, invitation_id=invited, code=wrong, address=ADDRESS)

    with pytest.raises(SignInCodeWrong):
        enter(at=NOON, invitation_id=invited, code=code, address=ADDRESS)


def test_control_without_the_count_of_wrong_codes_the_guesser_would_come_in(
    link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sakha.coordination.actions.doors.WRONG_MAX", 1_000_000)

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        test_a_code_is_guessed_five_times_and_then_opens_no_more(link)


def test_control_without_the_limits_the_guesser_of_links_would_go_on(
    link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sakha.coordination.actions.doors.ADDRESS_MISSES", 1_000_000)

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        test_guessed_links_all_look_alike_and_end_soon(link)


def test_control_a_code_that_is_not_used_up_would_open_twice(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = "sakha.coordination.actions.doors._NEWEST"
    monkeypatch.setattr(newest, "SELECT id, code_digest FROM coordination_sign_in_code WHERE %s > 0 AND expires_at > %s"
                        " AND wrong_count < %s AND invitation_id = %s")  # fmt: skip

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        test_a_code_opens_once(link)


# --- sending --------------------------------------------------------------------------------------------------------


class Phone:
    """A gateway that reaches phones, and can fall silent."""

    name, reaches_phones, batch_size, statuses_kept_for = "phone", True, 10, None

    def __init__(self, *, is_silent: bool = False) -> None:
        self.is_silent = is_silent
        self.got: list[OutgoingMessage] = []

    def send(self, batch: list[OutgoingMessage]) -> list[ProviderAnswer]:
        self.got += batch
        if self.is_silent:
            raise GatewayUncertain(reason="silence")
        return []

    def statuses(self, messages: object) -> list[ProviderAnswer]:
        del messages
        return []


def test_a_code_waits_for_the_worker_and_is_sent_once(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = Phone()
    monkeypatch.setattr("sakha.coordination.actions.doors.open_gateway", lambda: phone)
    ask_code_by_link(at=NOON, link=link, address=ADDRESS)
    [(task, args)] = rows("SELECT task_name, args FROM procrastinate_jobs WHERE task_name LIKE '%%sign_in%%'")

    assert phone.got == []
    assert task == "sakha.coordination.jobs.send_sign_in_code"
    assert [send_sign_in_code(at=NOON, code_id=json.loads(args)["code_id"]) for _ in range(2)] == [True, False]
    assert [message.kind for message in phone.got] == [MessageKind.SIGN_IN]
    assert rows("SELECT text_sealed FROM coordination_sign_in_code") == [(None,)]


def test_a_silent_provider_is_not_asked_twice_and_the_page_goes_on(link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = Phone(is_silent=True)
    monkeypatch.setattr("sakha.coordination.actions.doors.open_gateway", lambda: phone)
    ask_code_by_link(at=NOON, link=link, address=ADDRESS)
    code_id = rows("SELECT id FROM coordination_sign_in_code")[0][0]

    assert [send_sign_in_code(at=NOON, code_id=code_id) for _ in range(2)] == [False, False]
    assert len(phone.got) == 1


def test_links_and_codes_are_each_their_own() -> None:
    keys = make_door_keys(key_ring(), [a_mobile() for _ in range(200)])

    assert len({key.link for key in keys}) == len({key.link_digest for key in keys}) == 200
    assert {(len(key.link), len(key.code)) for key in keys} == {(LINK_LENGTH, CODE_LENGTH)}
    assert keys[0].link not in repr(keys[0])


def test_an_invitations_link_lives_two_weeks_from_its_sending(link: str) -> None:
    assert len(link) == LINK_LENGTH
    assert rows("SELECT link_until FROM coordination_invitation") == [(NOON + LINK_LIVES,)]
