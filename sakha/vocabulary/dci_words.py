"""What both sides of SP DCI v1 say alike: versions, lengths, the header of a message. Who says what is the rooms'."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

VERSION: Final = "1.0.0"
NAME_LENGTH: Final = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondents:
    """Who writes to whom, and where the answer may be brought."""

    sender_id: str
    receiver_id: str
    sender_uri: str = ""


def write_header(between: Correspondents, *, action: str, name: str, at: datetime, count: int) -> dict[str, Any]:
    """The header of a message of ours."""
    header: dict[str, Any] = {
        "version": VERSION,
        "message_id": name,
        "message_ts": at.isoformat(),
        "action": action,
        "sender_id": between.sender_id,
        "receiver_id": between.receiver_id,
        "total_count": count,
        "is_msg_encrypted": False,
    }
    return header | ({"sender_uri": between.sender_uri} if between.sender_uri else {})
