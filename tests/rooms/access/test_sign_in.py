"""Signing in: the same answer to every stranger, and a lock that guessing can't get around."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection

from sakha.access.actions import acting, sign_in, signing_in
from sakha.access.models import AccessEntry, SignInAttempt, User
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.attempts import ADDRESS_LIMIT, USERNAME_LIMIT, Failures, SignInLocked, SignInRefused
from sakha.vocabulary.refusal import Refusal
from tests.rooms.access.given import AT, PASSWORD, Cast

HOME, CAFE = "192.0.2.7", "198.51.100.9"
WRONG = "نادرست"


def attempt(username: str, password: str = WRONG, *, address: str = HOME, minutes: float = 0) -> Actor | Refusal:
    try:
        return sign_in(at=AT + timedelta(minutes=minutes), username=username, password=password, address=address)
    except Refusal as refusal:
        return refusal


def test_the_right_password_signs_in_and_leaves_an_entry(cast: Cast) -> None:
    assert attempt(" Mehr.Head ", PASSWORD) == cast.mehr_head
    with acting(cast.mehr_head):
        entry = AccessEntry.objects.get()
    assert (entry.action, entry.user_id, entry.person_count) == ("SIGN_IN", cast.mehr_head.user_id, 0)


def test_a_wrong_password_an_unknown_name_and_a_closed_user_get_one_answer(cast: Cast) -> None:
    with acting(SYSTEM):
        User.objects.filter(username="noor.head").update(is_active=False)
    answers = [attempt("mehr.head"), attempt("nobody.here"), attempt("noor.head", PASSWORD), attempt("", "")]
    assert {(type(answer), answer.message) for answer in answers} == {(SignInRefused, SignInRefused.sentence)}


@pytest.fixture
def hash_count(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    counted: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        counted.append(salt)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    return counted


@pytest.mark.parametrize("username", ["mehr.head", "nobody.here", "closed"])
def test_the_same_work_is_done_whoever_is_asked_for(cast: Cast, hash_count: list[str], username: str) -> None:
    hash_count.clear()
    attempt(username)
    assert len(hash_count) == 1


def test_after_too_many_failures_even_the_right_password_waits(cast: Cast) -> None:
    for minute in range(USERNAME_LIMIT):
        assert isinstance(attempt("mehr.head", minutes=minute), SignInRefused)
    locked = attempt("mehr.head", PASSWORD, minutes=5)
    assert isinstance(locked, SignInLocked)
    assert "۱۰ دقیقه" in locked.message
    assert isinstance(attempt("mehr.head", PASSWORD, minutes=14.9), SignInLocked)
    assert attempt("mehr.head", PASSWORD, minutes=15) == cast.mehr_head


def test_a_name_that_does_not_exist_is_locked_the_same(cast: Cast) -> None:
    answers = [attempt("nobody.here") for _ in range(USERNAME_LIMIT + 1)]
    assert isinstance(answers[-1], SignInLocked)


def test_a_lock_costs_no_hashing_and_does_not_renew_itself(cast: Cast, hash_count: list[str]) -> None:
    for _ in range(USERNAME_LIMIT):
        attempt("mehr.head")
    hash_count.clear()
    for _ in range(20):
        assert isinstance(attempt("mehr.head", minutes=10), SignInLocked)
    assert hash_count == []
    assert attempt("mehr.head", PASSWORD, minutes=15) == cast.mehr_head


def test_a_success_begins_the_count_anew(cast: Cast) -> None:
    for _ in range(USERNAME_LIMIT - 1):
        attempt("mehr.head")
    assert attempt("mehr.head", PASSWORD, minutes=0.1) == cast.mehr_head
    for _ in range(USERNAME_LIMIT - 1):
        attempt("mehr.head", minutes=0.2)
    assert attempt("mehr.head", PASSWORD, minutes=0.3) == cast.mehr_head


def test_one_locked_name_locks_no_other(cast: Cast) -> None:
    for _ in range(USERNAME_LIMIT):
        attempt("mehr.head")
    assert attempt("noor.head", PASSWORD) == cast.noor_head


def test_guessing_many_names_from_one_address_is_locked_there_and_not_elsewhere(cast: Cast) -> None:
    for number in range(ADDRESS_LIMIT):
        assert isinstance(attempt(f"guess{number}"), SignInRefused)
    assert isinstance(attempt("mehr.head", PASSWORD), SignInLocked)
    assert attempt("mehr.head", PASSWORD, address=CAFE) == cast.mehr_head


def test_an_office_of_many_who_sign_in_rightly_is_never_locked(cast: Cast) -> None:
    for number in range(ADDRESS_LIMIT + 5):
        assert attempt("mehr.head", PASSWORD, minutes=number / 10) == cast.mehr_head


def test_the_attempts_name_nobody(cast: Cast) -> None:
    attempt("mehr.head")
    with acting(SYSTEM):
        kept = SignInAttempt.objects.get()
    digests = bytes(kept.username_digest), bytes(kept.address_digest)
    assert [len(digest) for digest in digests] == [16, 16]
    assert b"mehr" not in digests[0] + digests[1]


def test_a_user_without_a_password_can_not_sign_in(cast: Cast) -> None:
    with acting(SYSTEM):
        User.objects.filter(username="agency").update(password="!nothing")
    assert isinstance(attempt("agency", "!nothing"), SignInRefused)


def test_a_password_hashed_with_less_work_is_hashed_anew(cast: Cast, settings) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert attempt("mehr.head", PASSWORD) == cast.mehr_head
    with acting(SYSTEM):
        assert User.objects.get(username="mehr.head").password.startswith("pbkdf2_sha256$")


def guess_at_once(count: int) -> int:
    """Guesses that got as far as a look at the password."""

    def guess(_: int) -> bool:
        try:
            return isinstance(attempt("mehr.head"), SignInRefused)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=count) as pool:
        return sum(pool.map(guess, range(count)))


@pytest.mark.races
def test_many_guesses_at_once_are_counted_one_by_one(committed_cast: Cast) -> None:
    assert guess_at_once(12) == USERNAME_LIMIT


@pytest.mark.races
def test_control_without_turns_all_guesses_slip_through(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody_has_counted, count = Barrier(12), signing_in._failures

    def count_and_wait(digests: tuple[bytes, bytes], at: datetime) -> Failures:
        found = count(digests, at)
        everybody_has_counted.wait(timeout=30)
        return found

    monkeypatch.setattr(signing_in, "_take_turns", lambda _: None)
    monkeypatch.setattr(signing_in, "_failures", count_and_wait)
    assert guess_at_once(12) == 12
