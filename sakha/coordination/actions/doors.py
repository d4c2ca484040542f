"""The households' door: by the link of an SMS, or by number and code, and then by a one-time code on that phone.

Knocks are counted and committed before anything is refused. Unknown numbers are answered like known ones, so nobody
learns here who was invited. Runs in transactions of its own: call it outside of any other.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import connection
from procrastinate.contrib.django import app

from sakha.access.queries import acting, key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.one_time_codes import (
    ADDRESS_ASKS,
    ASKS_A_DAY,
    ASKS_IN_WINDOW,
    CODE_DIGITS,
    DAY,
    WINDOW,
    WRONG_MAX,
)
from sakha.access.rules.sealing import IndexKind, blind_index, blind_indexes, open_sealed, seal
from sakha.coordination.actions.door_keys import code_text, link_text, make_code, sign_in_text
from sakha.coordination.gateways import (
    Gateway,
    GatewayRefused,
    GatewayUncertain,
    MessageKind,
    OutgoingMessage,
    open_gateway,
)
from sakha.coordination.rules.doors import (
    ADDRESS_MISSES,
    SIGN_IN_LIVES,
    DoorClosed,
    KnockedTooOften,
    SignInCodeWrong,
)
from sakha.coordination.rules.sms_text import write_sign_in
from sakha.coordination.rules.states import KnockKind
from sakha.vocabulary.digits import fold_digits
from sakha.vocabulary.identifiers import parse_mobile

_log = structlog.get_logger()
_SEND_TASK: Final = "sakha.coordination.jobs.send_sign_in_code"

_BY_LINK: Final = """
    SELECT id, mobile_sealed FROM coordination_invitation WHERE link_digest = ANY(%s) AND link_until > %s
"""
# Who came in once comes back by number alone: the code on that phone is what opens.
_BY_NUMBER: Final = """
    SELECT invitation.id, invitation.mobile_sealed
      FROM coordination_invitation AS invitation
      LEFT JOIN coordination_registration AS begun ON begun.invitation_id = invitation.id
     WHERE invitation.mobile_index = ANY(%(numbers)s)
       AND (begun.id IS NOT NULL OR (invitation.code_digest = ANY(%(codes)s) AND invitation.link_until > %(at)s))
"""
_KNOCK: Final = "INSERT INTO coordination_knock (kind, number_digest, address_digest, at) VALUES (%s, %s, %s, %s)"
_ASKED: Final = """
    SELECT count(*) FILTER (WHERE at > %(since)s), count(*) FROM coordination_knock
     WHERE number_digest = ANY(%(numbers)s) AND kind = 'ASK' AND at > %(day)s
"""
_OF_ADDRESS: Final = """
    SELECT count(*) FILTER (WHERE kind = 'ASK'), count(*) FILTER (WHERE kind = 'MISS') FROM coordination_knock
     WHERE address_digest = ANY(%s) AND at > %s
"""
_NEW_CODE: Final = """
    INSERT INTO coordination_sign_in_code (id, invitation_id, code_digest, text_sealed, part_count, asked_at,
                                           expires_at, wrong_count)
    VALUES (nextval(pg_get_serial_sequence('coordination_invitation', 'id')), %s, %s, %s, %s, %s, %s, 0)
    RETURNING id
"""
_NEWEST: Final = """
    SELECT id, code_digest FROM coordination_sign_in_code
     WHERE invitation_id = %s AND used_at IS NULL AND expires_at > %s AND wrong_count < %s
       AND id = (SELECT max(id) FROM coordination_sign_in_code WHERE invitation_id = %s)
       FOR UPDATE
"""
_BEGIN: Final = """
    INSERT INTO coordination_registration (invitation_id, province, county, state, is_file_open, try_count, begun_at)
    SELECT id, province, county, 'BEGUN', false, 0, %(at)s FROM coordination_invitation WHERE id = %(invitation)s
    ON CONFLICT (invitation_id) DO NOTHING
"""
_OPENED: Final = "UPDATE coordination_invitation SET opened_at = coalesce(opened_at, %s) WHERE id = %s"
_TAKE: Final = """
    UPDATE coordination_sign_in_code AS code SET sent_at = %(at)s, text_sealed = NULL
      FROM (SELECT one.id, one.text_sealed, invitation.mobile_sealed FROM coordination_sign_in_code AS one
              JOIN coordination_invitation AS invitation ON invitation.id = one.invitation_id
             WHERE one.id = %(id)s AND one.sent_at IS NULL AND one.expires_at > %(at)s FOR UPDATE OF one) AS kept
     WHERE code.id = kept.id
    RETURNING kept.text_sealed, kept.mobile_sealed, code.part_count
"""


@dataclass(frozen=True, slots=True)
class Invited:
    """Whose phone it is, by the invitation."""

    invitation_id: int
    number: str


def check_link(*, at: datetime, link: str, address: str) -> None:
    """Whether a link is open, before anything is sent.

    Raises: DoorClosed, KnockedTooOften.
    """
    with acting(SYSTEM):
        _require_patience(at, address)
        is_open = _find_by_link(at, link) is not None
    if not is_open:
        _miss(at, address)
        raise DoorClosed


def ask_code_by_link(*, at: datetime, link: str, address: str) -> int:
    """Send a one-time code to the phone that the link was sent to; tells the invitation, for the session to keep.

    Raises: DoorClosed, KnockedTooOften.
    """
    with acting(SYSTEM):
        _require_patience(at, address)
        invited = _find_by_link(at, link)
    if invited is None:
        _miss(at, address)
        raise DoorClosed
    _ask(at, invited.number, address)
    _send_new_code(at, invited)
    return invited.invitation_id


def ask_code_by_number(*, at: datetime, mobile: str, code: str, address: str) -> int | None:
    """Send a one-time code where number and invitation code belong together, or the number was here before.

    None where they don't; whoever asks is answered alike, and both count alike.

    Raises: IdentifierInvalid, KnockedTooOften.
    """
    number = parse_mobile(mobile)
    with acting(SYSTEM):
        _require_patience(at, address)
        invited = _find_by_number(at, number, fold_digits(code).strip())
    _ask(at, number, address)
    # Not counted as a miss: what counts only for unknown numbers would tell which ones are known.
    if invited is None:
        return None
    _send_new_code(at, invited)
    return invited.invitation_id


def enter(*, at: datetime, invitation_id: int | None, code: str, address: str) -> int:
    """Open the door for whoever reads the code on the invited phone, once; tells the registration.

    Raises: SignInCodeWrong, KnockedTooOften.
    """
    registration_id: int | None = None
    with acting(SYSTEM), connection.cursor() as cursor:
        _require_patience(at, address)
        if invitation_id is not None and _use(cursor, at, invitation_id, code):
            cursor.execute(_BEGIN, {"at": at, "invitation": invitation_id})
            cursor.execute(_OPENED, [at, invitation_id])
            cursor.execute("SELECT id FROM coordination_registration WHERE invitation_id = %s", [invitation_id])
            registration_id = int(cursor.fetchone()[0])
    if registration_id is None:
        _miss(at, address)
        raise SignInCodeWrong(field="code")
    return registration_id


def send_sign_in_code(*, at: datetime, code_id: int, gateway: Gateway | None = None) -> bool:
    """Hand a code over, at most once: whoever gets none asks for another. By day and by night: somebody waits."""
    way = gateway or open_gateway()
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_TAKE, {"at": at, "id": code_id})
        row = cursor.fetchone()
    if row is None:
        return False
    ring = key_ring()
    message = OutgoingMessage(
        local_id=code_id,
        number=open_sealed(ring, bytes(row[1])),
        text=open_sealed(ring, bytes(row[0])),
        part_count=row[2],
        kind=MessageKind.SIGN_IN,
    )
    try:
        way.send([message])
    except (GatewayRefused, GatewayUncertain) as silence:
        _log.warning("sign_in_code_not_sent", gateway=way.name, code=silence.code)
        return False
    return True


def _find_by_link(at: datetime, link: str) -> Invited | None:
    with connection.cursor() as cursor:
        cursor.execute(_BY_LINK, [blind_indexes(key_ring(), IndexKind.DIGEST, link_text(link)), at])
        return _invited(cursor.fetchone())


def _find_by_number(at: datetime, number: str, code: str) -> Invited | None:
    ring = key_ring()
    facts: dict[str, Any] = {
        "numbers": blind_indexes(ring, IndexKind.MOBILE, number),
        "codes": blind_indexes(ring, IndexKind.DIGEST, code_text(number, code)),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_NUMBER, facts)
        return _invited(cursor.fetchone())


def _invited(row: tuple[Any, ...] | None) -> Invited | None:
    return None if row is None else Invited(row[0], open_sealed(key_ring(), bytes(row[1])))


def _require_patience(at: datetime, address: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_OF_ADDRESS, [blind_indexes(key_ring(), IndexKind.ADDRESS, address), at - WINDOW])
        asks, misses = cursor.fetchone()
    if asks >= ADDRESS_ASKS or misses >= ADDRESS_MISSES:
        raise KnockedTooOften


def _ask(at: datetime, number: str, address: str) -> None:
    """Count that a code was asked for, in turns, so that many at once can't slip past the count."""
    ring = key_ring()
    digests = blind_indexes(ring, IndexKind.DIGEST, f"knock\x1f{number}")
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digests[0][:8], "big", signed=True)])
        cursor.execute(_ASKED, {"numbers": digests, "since": at - WINDOW, "day": at - DAY})
        lately, today = cursor.fetchone()
        is_patient = lately < ASKS_IN_WINDOW and today < ASKS_A_DAY
        if is_patient:
            cursor.execute(_KNOCK, [KnockKind.ASK, digests[0], blind_index(ring, IndexKind.ADDRESS, address), at])
    if not is_patient:
        _log.info("door_knocked_too_often")
        raise KnockedTooOften


def _miss(at: datetime, address: str) -> None:
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_KNOCK, [KnockKind.MISS, None, blind_index(key_ring(), IndexKind.ADDRESS, address), at])


def _send_new_code(at: datetime, invited: Invited) -> None:
    ring, code, way = key_ring(), make_code(CODE_DIGITS), open_gateway()
    text = write_sign_in(code=code)
    with acting(SYSTEM), connection.cursor() as cursor:
        digest = blind_index(ring, IndexKind.DIGEST, sign_in_text(invited.invitation_id, code))
        sealed = seal(ring, text.text)
        cursor.execute(_NEW_CODE, [invited.invitation_id, digest, sealed, text.part_count, at, at + SIGN_IN_LIVES])
        code_id = int(cursor.fetchone()[0])
        if way.reaches_phones:  # a provider may take its time, and nobody's page waits for it
            app.configure_task(_SEND_TASK).defer(code_id=code_id)
    if not way.reaches_phones:
        send_sign_in_code(at=at, code_id=code_id, gateway=way)


def _use(cursor: Any, at: datetime, invitation_id: int, code: str) -> bool:
    """Use up the newest code; a wrong one is counted, and after some of them it opens no more."""
    cursor.execute(_NEWEST, [invitation_id, at, WRONG_MAX, invitation_id])
    row = cursor.fetchone()
    if row is None:
        return False
    typed = sign_in_text(invitation_id, fold_digits(code).strip()[: CODE_DIGITS * 2])
    if bytes(row[1]) not in blind_indexes(key_ring(), IndexKind.DIGEST, typed):
        cursor.execute("UPDATE coordination_sign_in_code SET wrong_count = wrong_count + 1 WHERE id = %s", [row[0]])
        return False
    cursor.execute("UPDATE coordination_sign_in_code SET used_at = %s WHERE id = %s", [at, row[0]])
    return True
