"""Notices to givers by SMS: what cannot be told to one of them keeps no other from hearing."""

import structlog

from sakha.access.rules.sealing import KeyMissing, KeyRing, SealBroken, open_sealed
from sakha.coordination.actions import NoticeToQueue
from sakha.coordination.rules.notices import NoticeKind

_log = structlog.get_logger()


def write_notice(
    ring: KeyRing, *, kind: NoticeKind, reference: str, phone: bytes | None, text: str
) -> NoticeToQueue | None:
    """The notice; none to an organisation, which has no phone, nor to a phone that can't be opened, which is loud."""
    if phone is None:
        return None
    try:
        number = open_sealed(ring, bytes(phone))
    except (KeyMissing, SealBroken) as fault:
        _log.error("giver_phone_unreadable", reference=reference, code=fault.code)
        return None
    return NoticeToQueue(kind=kind, reference=reference, mobile=number, text=text)
