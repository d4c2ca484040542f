"""SMPP's own words: texts as submit_sm parts, receipts and inbound texts out of deliver_sm.

A Persian text is UCS-2 (3GPP TS 23.038); of several parts each begins with a user data header (TS 23.040 9.2.3.24.1),
or the whole goes as message_payload where the contract says so. Receipts are read as in SMPP 3.4, appendix B.
"""

import re
import secrets
from typing import Any, Final

from smpplib import consts

from sakha.coordination.gateways.protocol import InboundText, OutgoingMessage, ProviderReport
from sakha.coordination.rules.states import InvitationState

_WHOLE_BYTES: Final = 140
_PART_BYTES: Final = 134
_HIGH_SURROGATES: Final = range(0xD8, 0xDC)
_TYPE_MASK: Final = 0x3C
_IS_RECEIPT: Final = 0x04
_HAS_HEADER: Final = 0x40
_UCS2: Final = consts.SMPP_ENCODING_ISO10646
# message_state, SMPP 3.4, 5.2.28; and the same as words in the text of a receipt.
_BY_NUMBER: Final = {
    1: InvitationState.SENT,
    2: InvitationState.DELIVERED,
    3: InvitationState.UNDELIVERED,
    4: InvitationState.CANCELLED,
    5: InvitationState.UNDELIVERED,
    6: InvitationState.SENT,
    7: InvitationState.UNKNOWN,
    8: InvitationState.FILTERED,
}
_BY_WORD: Final = {
    "ENROUTE": 1, "DELIVRD": 2, "EXPIRED": 3, "DELETED": 4, "UNDELIV": 5, "ACCEPTD": 6, "UNKNOWN": 7, "REJECTD": 8,
}  # fmt: skip
_ID: Final = re.compile(r"\bid:(\S+)")
_STAT: Final = re.compile(r"\bstat:(\w{7})")
_ERR: Final = re.compile(r"\berr:(\w{1,8})")


class ReceiptUnreadableError(Exception):
    """It says that it is a receipt, but of which message or with which end it doesn't say."""


def make_parts(message: OutgoingMessage, *, sender: str, uses_payload: bool) -> list[dict[str, Any]]:
    """The submit_sm of a message; only the last part asks for a receipt."""
    encoded = message.text.encode("utf-16-be")
    form: dict[str, Any] = {
        "source_addr_ton": consts.SMPP_TON_UNK,
        "source_addr": sender,
        "dest_addr_ton": consts.SMPP_TON_INTL,
        "dest_addr_npi": consts.SMPP_NPI_ISDN,
        "destination_addr": message.number.removeprefix("+"),
        "data_coding": _UCS2,
        "registered_delivery": 1,
    }
    if len(encoded) <= _WHOLE_BYTES:
        return [{**form, "short_message": encoded}]
    if uses_payload:
        return [{**form, "short_message": b"", "message_payload": encoded}]
    pieces = _pieces(encoded)
    reference = secrets.randbelow(256)
    return [
        {
            **form,
            "short_message": bytes([5, 0, 3, reference, len(pieces), number]) + piece,
            "esm_class": consts.SMPP_GSMFEAT_UDHI,
            "registered_delivery": int(number == len(pieces)),
        }
        for number, piece in enumerate(pieces, start=1)
    ]


def is_receipt(pdu: Any) -> bool:
    """Whether a deliver_sm tells of a message of ours."""
    return int(pdu.esm_class or 0) & _TYPE_MASK == _IS_RECEIPT


def read_receipt(pdu: Any) -> ProviderReport:
    """A receipt by its optional parameters, else by its text."""
    text = bytes(pdu.short_message or b"").decode("latin-1")
    in_text, word, error = (_first(pattern, text) for pattern in (_ID, _STAT, _ERR))
    told = getattr(pdu, "receipted_message_id", None)
    provider_id = (told.decode("latin-1") if isinstance(told, bytes) else str(told or "")).rstrip("\0") or in_text
    number = getattr(pdu, "message_state", None) or _BY_WORD.get(word.upper())
    if not provider_id or number not in _BY_NUMBER:
        raise ReceiptUnreadableError
    reason = f"smpp {word or number} {error}".strip()
    return ProviderReport(provider_id=provider_id, state=_BY_NUMBER[int(number)], reason=reason)


def read_text(pdu: Any) -> InboundText:
    """A text of somebody, in whichever coding; a header of parts is left out."""
    content = bytes(getattr(pdu, "message_payload", None) or pdu.short_message or b"")
    if int(pdu.esm_class or 0) & _HAS_HEADER and content:
        content = content[content[0] + 1 :]
    coding = "utf-16-be" if int(pdu.data_coding or 0) == _UCS2 else "latin-1"
    source = pdu.source_addr
    number = source.decode("latin-1") if isinstance(source, bytes) else str(source)
    return InboundText(mobile=number.strip("\0"), text=content.decode(coding, "replace"))


def _pieces(encoded: bytes) -> list[bytes]:
    """Parts of at most 134 bytes that tear no surrogate pair apart."""
    pieces, start = [], 0
    while start < len(encoded):
        end = min(start + _PART_BYTES, len(encoded))
        if end < len(encoded) and encoded[end - 2] in _HIGH_SURROGATES:
            end -= 2
        pieces.append(encoded[start:end])
        start = end
    return pieces


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
