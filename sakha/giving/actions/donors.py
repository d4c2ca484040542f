"""A giver's account: a code to the phone, the code tried, the account opened; an organisation's account beside it.

Known and unknown numbers are answered alike. Asks are counted and committed before anything is refused.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from sakha.access.actions.resealing import SealedColumn, index_mobiles, renew_columns
from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM, Actor
from sakha.access.rules.one_time_codes import CODE_DIGITS, DAY, WINDOW, WRONG_MAX
from sakha.access.rules.sealing import (
    IndexKind,
    KeyRing,
    blind_index,
    blind_indexes,
    seal,
)
from sakha.coordination.actions import NoticeToQueue, queue_notice
from sakha.coordination.actions.door_keys import make_code
from sakha.coordination.rules.notices import NoticeKind
from sakha.giving.rules.donors import (
    CODE_LIVES,
    CODES_LIVE,
    HOUR,
    AskedLately,
    GiverAskedTooOften,
    GiverCodeWrong,
    site_of,
)
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.identifiers import parse_mobile

_log = structlog.get_logger()

_SEND_TASK: Final = "sakha.coordination.jobs.send_notices"
_TEXT: Final = "رمز حساب بخشندگان سخا: {code}\nتا ده دقیقه. به کسی نگویید."
_COUNT: Final = """
    SELECT count(*) FILTER (WHERE mobile_index = ANY(%(numbers)s) AND asked_at > %(window)s),
           count(*) FILTER (WHERE mobile_index = ANY(%(numbers)s)),
           count(*) FILTER (WHERE address_digest = ANY(%(addresses)s) AND asked_at > %(window)s),
           count(*) FILTER (WHERE address_digest = ANY(%(addresses)s)),
           count(*) FILTER (WHERE site_digest = ANY(%(sites)s) AND asked_at > %(window)s),
           count(*) FILTER (WHERE site_digest = ANY(%(sites)s)),
           (SELECT count(*) FROM giving_donor_code WHERE asked_at > %(hour)s)
      FROM giving_donor_code
     WHERE asked_at > %(day)s AND (mobile_index = ANY(%(numbers)s) OR address_digest = ANY(%(addresses)s)
                                   OR site_digest = ANY(%(sites)s))
"""
_IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended(encode(%s, 'hex'), 8))"
_NEW: Final = """
    INSERT INTO giving_donor_code (mobile_index, address_digest, site_digest, code_digest, asked_at, expires_at,
                                   wrong_count)
    VALUES (%(number)s, %(address)s, %(site)s, %(digest)s, %(at)s, %(expires_at)s, 0) RETURNING id
"""
_NEWEST: Final = """
    SELECT id, code_digest FROM giving_donor_code
     WHERE mobile_index = ANY(%(numbers)s) AND used_at IS NULL AND expires_at > %(at)s AND wrong_count < %(most)s
       AND id = (SELECT max(id) FROM giving_donor_code WHERE mobile_index = ANY(%(numbers)s))
       FOR UPDATE
"""
_OPEN: Final = """
    INSERT INTO giving_donor (mobile_index, mobile_sealed, opened_at)
    SELECT %(index)s, %(sealed)s, %(at)s
     WHERE NOT EXISTS (SELECT 1 FROM giving_donor WHERE mobile_index = ANY(%(numbers)s))
    ON CONFLICT (mobile_index) DO NOTHING
"""
_OF_ORGANISATION: Final = """
    INSERT INTO giving_donor (organisation_id, opened_at) VALUES (%s, %s) ON CONFLICT (organisation_id) DO NOTHING
"""


def ask_giver_code(*, at: datetime, mobile: str, address: str) -> str:
    """Send a one-time code to a phone; tells the number, for the session to keep.

    Raises: IdentifierInvalid, GiverAskedTooOften.
    """
    number, ring, code = parse_mobile(mobile), key_ring(), make_code(CODE_DIGITS)
    numbers = blind_indexes(ring, IndexKind.MOBILE, number)
    addresses = blind_indexes(ring, IndexKind.ADDRESS, address)
    sites = blind_indexes(ring, IndexKind.ADDRESS, site_of(address)) if site_of(address) else []
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_IN_TURN, [numbers[0]])
        asked = _count(cursor, at, numbers, addresses, sites)
        if asked.is_too_often:
            raise GiverAskedTooOften(field="mobile")
        if asked.is_last_of_all:
            _log.warning("giver_codes_spent", all_hour=asked.all_hour + 1)
        digest = blind_index(ring, IndexKind.DIGEST, _code_text(number, code))
        facts: dict[str, Any] = {"number": numbers[0], "address": addresses[0], "site": sites[0] if sites else None}
        cursor.execute(_NEW, facts | {"digest": digest, "at": at, "expires_at": at + CODE_LIVES})
        code_id = cursor.fetchone()[0]
        notice = NoticeToQueue(
            kind=NoticeKind.GIVER_CODE,
            reference=f"giver-code:{code_id}",
            mobile=number,
            text=_TEXT.format(code=code),
            lives=CODE_LIVES,
        )
        queue_notice(actor=SYSTEM, at=at, notice=notice)
    _send_soon(at)
    return number


def _count(
    cursor: Any, at: datetime, numbers: Sequence[bytes], addresses: Sequence[bytes], sites: Sequence[bytes]
) -> AskedLately:
    facts: dict[str, Any] = {"numbers": list(numbers), "addresses": list(addresses), "sites": list(sites)}
    cursor.execute(_COUNT, facts | {"window": at - WINDOW, "day": at - DAY, "hour": at - HOUR})
    row = cursor.fetchone()
    return AskedLately(
        number_window=row[0],
        number_day=row[1],
        address_window=row[2],
        address_day=row[3],
        site_window=row[4],
        site_day=row[5],
        all_hour=row[6],
    )


def enter_giver(*, at: datetime, mobile: str, code: str) -> int:
    """Open the account for whoever reads the code on the phone, once; tells the giver. Raises: GiverCodeWrong."""
    ring = key_ring()
    numbers = blind_indexes(ring, IndexKind.MOBILE, mobile)
    given = blind_indexes(ring, IndexKind.DIGEST, _code_text(mobile, fold_digits(code).strip()))
    donor_id: int | None = None
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_NEWEST, {"numbers": numbers, "at": at, "most": WRONG_MAX})
        row = cursor.fetchone()
        if row is not None and bytes(row[1]) in given:
            cursor.execute("UPDATE giving_donor_code SET used_at = %s WHERE id = %s", [at, row[0]])
            sealed = seal(ring, mobile)
            cursor.execute(_OPEN, {"index": numbers[0], "sealed": sealed, "at": at, "numbers": numbers})
            cursor.execute("SELECT id FROM giving_donor WHERE mobile_index = ANY(%s)", [numbers])
            donor_id = int(cursor.fetchone()[0])
        elif row is not None:
            cursor.execute("UPDATE giving_donor_code SET wrong_count = wrong_count + 1 WHERE id = %s", [row[0]])
    if donor_id is None:
        raise GiverCodeWrong(field="code")
    return donor_id


def open_organisation_giver(*, at: datetime, organisation_id: int) -> int:
    """The giver's account of an organisation; made when it is first asked for."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_OF_ORGANISATION, [organisation_id, at])
        cursor.execute("SELECT id FROM giving_donor WHERE organisation_id = %s", [organisation_id])
        return int(cursor.fetchone()[0])


def forget_giver_codes(*, at: datetime) -> int:
    """Forget old codes and who asked for them; tell how many."""
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("DELETE FROM giving_donor_code WHERE asked_at < %s", [at - CODES_LIVE])
        return int(cursor.rowcount)


def reseal_batch(*, actor: Actor, ring: KeyRing, limit: int) -> int:
    """Renew up to `limit` of what givers said of themselves; 0 when nothing is left. Codes and marks end soon."""
    columns = (
        SealedColumn("giving_donor", "mobile_sealed", index="mobile_index", indexer=index_mobiles),
        SealedColumn("giving_identity_check", "national_id_sealed"),
        SealedColumn("giving_identity_check", "birth_sealed"),
        SealedColumn("giving_legal_giver", "contact_sealed"),
        SealedColumn("giving_legal_member", "name_sealed"),
    )
    return renew_columns(columns, actor=actor, ring=ring, limit=limit)


def _code_text(number: str, code: str) -> str:
    return f"giver-code\x1f{number}\x1f{code}"


def _send_soon(at: datetime) -> None:
    """Somebody waits for it; what is on its way already takes this one along."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(_SEND_TASK, queueing_lock="coordination_send_notices").defer(timestamp=int(at.timestamp()))
