"""Answering by one-time link, or in the site. The link is short-lived, single-use and bound to the confirmer's phone.

Every closed door looks alike: unknown, used, expired and locked links get the same answer, and misses are counted by
address. Counting commits before anything is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Any, Final

import structlog
from django.db import connection

from sakha.access.actions import record_access
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission
from sakha.access.rules.sealing import IndexKind, blind_index, blind_indexes, open_sealed
from sakha.scoring.actions.confirming import KIN_SQL
from sakha.scoring.actions.confirming_following import follow_confirmations
from sakha.scoring.actions.confirming_results import settle_confirmations
from sakha.scoring.models import ConfirmationAnswer, LinkMiss
from sakha.scoring.queries.confirmations import AskedInSite
from sakha.scoring.rules.confirming_questions import QUESTIONS, Question, QuestionCode, read_answer
from sakha.scoring.rules.confirming_voices import (
    ADDRESS_MISSES_MAX,
    ADDRESS_WINDOW,
    CODE_DIGITS,
    WRONG_CODES_MAX,
    LinkClosed,
    LinkCodeWrong,
    LinkTriedTooOften,
)
from sakha.vocabulary.digits import fold_digits

_log = structlog.get_logger()

_REQUEST: Final = f"""
SELECT r.id, r.household_id, r.questions, r.province, r.county, r.expires_at, c.id, c.mobile_sealed,
    {KIN_SQL.format(household="r.household_id", confirmer="c")}, head.given_name, head.family_name, r.user_id
FROM scoring_confirmation_request r
JOIN scoring_confirmer c ON c.id = r.confirmer_id AND c.stopped_at IS NULL
LEFT JOIN registry_membership m ON m.household_id = r.household_id AND m.relation = 'HEAD' AND m.to_on IS NULL
LEFT JOIN registry_person head ON head.id = m.person_id
WHERE {{which}} AND r.state = 'OPEN' AND r.expires_at > %(at)s
FOR UPDATE OF r
"""  # noqa: S608 -- constants
_BY_TOKEN: Final = _REQUEST.format(which="r.token_digest = ANY(%(digests)s)")
_BY_ID: Final = _REQUEST.format(which="r.id = %(id)s AND r.user_id = %(user)s")
_MISCOUNT: Final = """
UPDATE scoring_confirmation_request SET wrong_count = wrong_count + 1,
    state = CASE WHEN wrong_count + 1 >= %(most)s THEN 'LOCKED' ELSE state END,
    settled_at = CASE WHEN wrong_count + 1 >= %(most)s THEN %(at)s::timestamptz END,
    token_sealed = CASE WHEN wrong_count + 1 >= %(most)s THEN NULL ELSE token_sealed END
WHERE id = %(id)s
"""
_SETTLE: Final = """
UPDATE scoring_confirmation_request SET state = 'ANSWERED', settled_at = %s, token_sealed = NULL WHERE id = %s
"""
_OF_USER: Final = """
SELECT r.id, r.questions, r.county, r.expires_at, head.given_name, head.family_name
FROM scoring_confirmation_request r
LEFT JOIN registry_membership m ON m.household_id = r.household_id AND m.relation = 'HEAD' AND m.to_on IS NULL
LEFT JOIN registry_person head ON head.id = m.person_id
WHERE r.user_id = %s AND r.state = 'OPEN' AND r.expires_at > %s ORDER BY r.expires_at LIMIT 20
"""
_TO_SEND: Final = """
SELECT r.id, c.mobile_sealed, r.token_sealed FROM scoring_confirmation_request r
JOIN scoring_confirmer c ON c.id = r.confirmer_id
WHERE r.state = 'OPEN' AND r.sent_at IS NULL AND r.user_id IS NULL AND r.expires_at > %s ORDER BY r.id LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedByLink:
    """What the page of a link shows after the four digits were right: a shortened name, and questions. No value."""

    family_name: str
    county: str
    questions: tuple[Question, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkToSend:
    """A link that waits to be sent, with the number it goes to."""

    request_id: int
    mobile: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswers:
    """What a confirmer chose, as text by question; without a text he doesn't know."""

    answers: Mapping[QuestionCode, str]
    is_kin: bool = False


def check_link(*, at: datetime, token: str, address: str) -> None:
    """Whether a link is open, before anything is asked.

    Raises: LinkClosed, LinkTriedTooOften.
    """
    with acting(SYSTEM):
        _require_patience(at, address)
        is_open = _find(at, token) is not None
    if not is_open:
        _miss(at, address)


def read_link(*, at: datetime, token: str, code: str, address: str) -> AskedByLink:
    """What is asked, for whoever knows the last four digits of the phone that the link was sent to.

    Raises: LinkClosed, LinkCodeWrong, LinkTriedTooOften.
    """
    row = _enter(at=at, token=token, code=code, address=address)
    return AskedByLink(
        family_name=_short_name(row[9], row[10]), county=row[4], questions=_questions(row[2]), expires_at=row[5]
    )


def answer_link(*, at: datetime, token: str, code: str, address: str, given: GivenAnswers) -> None:
    """Take the answers once; the link is closed afterwards.

    Raises: LinkClosed, LinkCodeWrong, LinkTriedTooOften, AnswerUnfit.
    """
    row = _enter(at=at, token=token, code=code, address=address)
    with acting(SYSTEM):
        # the row lock: of two answers by the same link one finds it closed
        fresh = _find(at, token)
        if fresh is None:
            raise LinkClosed
        _take(at, fresh, given)
        # in the same transaction: an answer that is kept has its consequences
        _follow(at, row[1])


def answer_in_site(*, actor: Actor, at: datetime, request_id: int, given: GivenAnswers) -> None:
    """Take the answers of a colleague who was asked in the site.

    Raises: LinkClosed, AnswerUnfit.
    """
    actor.require(Permission.CHECK_AID)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_BY_ID, {"id": request_id, "user": actor.user_id, "at": at})
        row = cursor.fetchone()
        if row is None:
            raise LinkClosed
        _take(at, row, given)
        _follow(at, row[1])


def asked_in_site(*, actor: Actor, at: datetime) -> tuple[AskedInSite, ...]:
    """What this user is asked now. The names are shortened; the register itself stays closed to him."""
    actor.require(Permission.CHECK_AID)
    if actor.user_id is None:
        return ()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OF_USER, [actor.user_id, at])
        return tuple(
            AskedInSite(
                id=row[0],
                questions=_questions(row[1]),
                county=row[2],
                expires_at=row[3],
                family_name=_short_name(row[4], row[5]),
            )
            for row in cursor.fetchall()
        )


def links_to_send(*, actor: Actor, at: datetime, limit: int) -> list[LinkToSend]:
    """Links that nobody has sent yet, opened for the sender of a room above."""
    actor.require(Permission.INVITE)
    ring = key_ring()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_TO_SEND, [at, limit])
        return [
            LinkToSend(
                request_id=request_id,
                mobile=open_sealed(ring, mobile, kind="confirmer"),
                token=open_sealed(ring, token, kind="link"),
            )
            for request_id, mobile, token in cursor.fetchall()
        ]


def mark_links_sent(*, actor: Actor, at: datetime, request_ids: Sequence[int]) -> None:
    """Forget the links that were handed over: from now on only their holders know them."""
    actor.require(Permission.INVITE)
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scoring_confirmation_request SET sent_at = %s, token_sealed = NULL WHERE id = ANY(%s)",
            [at, list(request_ids)],
        )


def _enter(*, at: datetime, token: str, code: str, address: str) -> tuple[Any, ...]:
    with acting(SYSTEM), connection.cursor() as cursor:
        _require_patience(at, address)
        row = _find(at, token)
        is_right = row is not None and _is_code(row[7], code)
        if row is not None and not is_right:
            cursor.execute(_MISCOUNT, {"most": WRONG_CODES_MAX, "at": at, "id": row[0]})
        if row is not None and is_right:
            record_access(
                actor=SYSTEM, at=at, action=AccessAction.READ, household_id=row[1], purpose="پرسش از اهل محل با پیوند"
            )
    if row is None:
        _miss(at, address)
        raise LinkClosed
    if not is_right:
        _log.info("link_code_wrong", request_id=row[0])
        raise LinkCodeWrong(field="code")
    return row


def _require_patience(at: datetime, address: str) -> None:
    digests = blind_indexes(key_ring(), IndexKind.ADDRESS, address)
    misses = LinkMiss.objects.filter(address_digest__in=digests, at__gt=at - ADDRESS_WINDOW).count()
    if misses >= ADDRESS_MISSES_MAX:
        raise LinkTriedTooOften


def _miss(at: datetime, address: str) -> None:
    with acting(SYSTEM):
        LinkMiss.objects.create(address_digest=blind_index(key_ring(), IndexKind.ADDRESS, address), at=at)
    raise LinkClosed


def _find(at: datetime, token: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_BY_TOKEN, {"digests": blind_indexes(key_ring(), IndexKind.DIGEST, token), "at": at})
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _is_code(mobile_sealed: bytes, code: str) -> bool:
    mobile = open_sealed(key_ring(), mobile_sealed, kind="confirmer")
    return compare_digest(
        mobile[-CODE_DIGITS:], fold_digits(code.strip())[:CODE_DIGITS].encode("ascii", "replace").decode()
    )


def _take(at: datetime, row: tuple[Any, ...], given: GivenAnswers) -> None:
    request_id, household_id, codes, province, county, _, confirmer_id = row[:7]
    asked = _questions(codes)
    ConfirmationAnswer.objects.bulk_create(
        ConfirmationAnswer(
            request_id=request_id,
            household_id=household_id,
            confirmer_id=confirmer_id,
            question=question.code.value,
            value=read_answer(question, fold_digits(given.answers.get(question.code, ""))),
            is_kin=given.is_kin or row[8],
            province=province,
            county=county,
            answered_at=at,
        )
        for question in asked
    )
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [at, request_id])


def _follow(at: datetime, household_id: int) -> None:
    changed = settle_confirmations(actor=SYSTEM, at=at, household_ids=[household_id])
    follow_confirmations(at=at, household_ids=changed)


def _questions(codes: Sequence[str]) -> tuple[Question, ...]:
    return tuple(QUESTIONS[QuestionCode(code)] for code in codes)


def _short_name(given_name: str | None, family_name: str | None) -> str:
    """Enough for who knows the family, little for who doesn't: «م. رضایی»."""
    return " ".join(filter(None, (f"{given_name[0]}." if given_name else "", family_name or "")))
