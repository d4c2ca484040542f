"""What is taken for the paper of a correction: a photo or a PDF of some size, told by its first bytes.

How the file was called is not kept: people write names and numbers there.
"""

from enum import StrEnum
from typing import ClassVar, Final

from sakha.vocabulary.refusal import Refusal

PAPER_BYTES_MAX: Final = 5 * 1024 * 1024


class PaperKind(StrEnum):
    """What a file is, whatever it calls itself."""

    PDF = "PDF"
    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIC = "HEIC"


PAPER_WORDS: Final = {
    PaperKind.PDF: "پی‌دی‌اف",
    **dict.fromkeys((PaperKind.JPEG, PaperKind.PNG, PaperKind.WEBP, PaperKind.HEIC), "عکس"),
}
MEDIA_TYPES: Final = {
    PaperKind.PDF: "application/pdf",
    PaperKind.JPEG: "image/jpeg",
    PaperKind.PNG: "image/png",
    PaperKind.WEBP: "image/webp",
    PaperKind.HEIC: "image/heic",
}
# Where the sign stands and what it is: RFC 8118 (PDF), ISO 10918, ISO 15948, RIFF with WEBP, ISO 14496-12 with HEIF.
_SIGNS: Final = (
    (PaperKind.PDF, 0, (b"%PDF-",)),
    (PaperKind.JPEG, 0, (b"\xff\xd8\xff",)),
    (PaperKind.PNG, 0, (b"\x89PNG\r\n\x1a\n",)),
    (PaperKind.WEBP, 8, (b"WEBP",)),
    (PaperKind.HEIC, 4, (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1")),
)


class ProofUnfit(Refusal):
    """No paper, one that is too large, or something that is neither a photo nor a PDF."""

    code: ClassVar[str] = "PROOF_UNFIT"
    sentence: ClassVar[str] = "مدرک باید یک عکس یا پی‌دی‌اف تا ۵ مگابایت باشد."


def paper_kind(content: bytes) -> PaperKind:
    """What the file is. Raises: ProofUnfit."""
    if len(content) <= PAPER_BYTES_MAX:
        for kind, place, signs in _SIGNS:
            if any(content.startswith(sign, place) for sign in signs):
                return kind
    raise ProofUnfit(field="proof")
