"""Signing in, with a lock against guessing. The session is left to the site.

Runs in two transactions of its own, so that a refused attempt stays counted: call it outside of any other.
"""

from datetime import datetime
from typing import Final

import structlog
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password, make_password
from django.db import connection

from sakha.access.actions.log import record_access
from sakha.access.models import SignInAttempt, User
from sakha.access.queries.actors import KnownUser, actor_of, find_user_by_name
from sakha.access.queries.keys import key_ring
from sakha.access.queries.scope import acting
from sakha.access.rules import SIGN_IN, AccessAction, Actor
from sakha.access.rules.attempts import (
    ADDRESS_LIMIT,
    USERNAME_LIMIT,
    WINDOW,
    Failures,
    SignInLocked,
    SignInRefused,
    minutes_locked,
)
from sakha.access.rules.sealing import IndexKind, blind_index
from sakha.access.rules.users import clean_username
from sakha.vocabulary.digits import persian_digits

_log = structlog.get_logger()

# A failure of a name counts until the name's next success; of an address, each success takes one off.
_FAILURES_OF_USERNAME: Final = (
    "SELECT at FROM access_sign_in_attempt WHERE username_digest = %(name)s AND NOT is_success AND at > %(since)s"
    " AND at > coalesce((SELECT max(at) FROM access_sign_in_attempt"
    " WHERE username_digest = %(name)s AND is_success AND at > %(since)s), '-infinity')"
    " ORDER BY at DESC LIMIT %(limit)s"
)
_FAILURES_OF_ADDRESS: Final = (
    "SELECT at FROM access_sign_in_attempt WHERE address_digest = %(address)s AND NOT is_success AND at > %(since)s"
    " ORDER BY at DESC OFFSET (SELECT count(*) FROM access_sign_in_attempt"
    " WHERE address_digest = %(address)s AND is_success AND at > %(since)s) LIMIT %(limit)s"
)


def sign_in(*, at: datetime, username: str, password: str, address: str) -> Actor:
    """Return the actor of this user, or refuse with the same answer and after the same work for every reason."""
    name = clean_username(username)
    ring = key_ring()
    digests = (
        blind_index(ring, IndexKind.USERNAME, name),
        blind_index(ring, IndexKind.ADDRESS, address),
    )
    _admit_attempt(digests, at)
    user = find_user_by_name(name)
    if not _is_password(user, password, at) or user is None:
        _log.info("sign_in_refused")
        raise SignInRefused
    return _let_in(user, digests, at)


def _admit_attempt(digests: tuple[bytes, bytes], at: datetime) -> None:
    with acting(SIGN_IN):
        _take_turns(digests)
        minutes = minutes_locked(_failures(digests, at), at=at)
        if not minutes:
            SignInAttempt.objects.create(username_digest=digests[0], address_digest=digests[1], at=at)
    if minutes:
        _log.warning("sign_in_locked", minutes=minutes)
        raise SignInLocked(minutes=persian_digits(minutes))


def _take_turns(digests: tuple[bytes, bytes]) -> None:
    # Without turns, many attempts at once would all read the same count before the first of them is written. Sorted,
    # so that two attempts can't wait for each other.
    keys = sorted(int.from_bytes(digest[:8], "big", signed=True) for digest in digests)
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (key,))


def _failures(digests: tuple[bytes, bytes], at: datetime) -> Failures:
    name, address, since = *digests, at - WINDOW
    with connection.cursor() as cursor:
        cursor.execute(_FAILURES_OF_USERNAME, {"name": name, "since": since, "limit": USERNAME_LIMIT})
        of_username = [row[0] for row in cursor.fetchall()]
        cursor.execute(_FAILURES_OF_ADDRESS, {"address": address, "since": since, "limit": ADDRESS_LIMIT})
        of_address = [row[0] for row in cursor.fetchall()]
    return Failures(of_username=of_username, of_address=of_address)


def _is_password(user: KnownUser | None, password: str, at: datetime) -> bool:
    if user is None:
        # An unusable password costs Django's hasher one full run, as a real one does.
        return check_password(password, UNUSABLE_PASSWORD_PREFIX)

    def renew(raw: str) -> None:
        with acting(actor_of(user, at=at)):
            User.objects.filter(id=user.id).update(password=make_password(raw))

    # `renew` is called when the settings have come to ask for more work than this password was hashed with.
    return check_password(password, user.password, renew)


def _let_in(user: KnownUser, digests: tuple[bytes, bytes], at: datetime) -> Actor:
    with acting(SIGN_IN):
        SignInAttempt.objects.create(username_digest=digests[0], address_digest=digests[1], at=at, is_success=True)
    actor = actor_of(user, at=at)
    with acting(actor):
        record_access(
            actor=actor, at=at, action=AccessAction.SIGN_IN, household_id=None, purpose="ورود", person_count=0
        )
    return actor
