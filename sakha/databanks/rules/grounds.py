"""Why somebody may ask a data bank: the purpose, the legal level, and on which decision it rests.

The law of 1401 on national data lets bodies exchange them only by access levels that the working group on
interoperability sets. Without all three nothing is asked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from sakha.vocabulary.refusal import Refusal


class Purpose(StrEnum):
    """What an answer is for."""

    AID_ASSESSMENT = "AID_ASSESSMENT"
    COVERAGE_CHECK = "COVERAGE_CHECK"
    IDENTITY_CHECK = "IDENTITY_CHECK"
    CORRECTION = "CORRECTION"
    LIFE_EVENT = "LIFE_EVENT"


PURPOSE_LABELS = {
    Purpose.AID_ASSESSMENT: "سنجش نیاز",
    Purpose.COVERAGE_CHECK: "بررسی پوشش حمایتی",
    Purpose.IDENTITY_CHECK: "بررسی هویت",
    Purpose.CORRECTION: "اصلاح اطلاعات",
    Purpose.LIFE_EVENT: "رویداد زندگی",
}


class PurposeMissing(Refusal):
    """Asked without saying what for, on which decision, or at which level."""

    code: ClassVar[str] = "PURPOSE_MISSING"
    sentence: ClassVar[str] = "بنویسید این پرسش برای چه کاری، با چه مصوبه و در چه سطح دسترسی است."


class PurposeNotAllowed(Refusal):
    """The bank is not asked for this purpose."""

    code: ClassVar[str] = "PURPOSE_NOT_ALLOWED"
    sentence: ClassVar[str] = "از {bank} برای این کار پرسش نمی‌شود."


class LegalLevelTooLow(Refusal):
    """The access that was granted doesn't reach this bank."""

    code: ClassVar[str] = "LEGAL_LEVEL_TOO_LOW"
    sentence: ClassVar[str] = "برای پرسش از {bank} سطح دسترسی {level} لازم است."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """On what an inquiry rests. `decision` is the number or name of the decision that grants the level."""

    purpose: Purpose | None
    level: int
    decision: str

    def require_whole(self) -> None:
        """Refuse where something is missing."""
        if self.purpose is None or self.level < 1 or not self.decision.strip():
            raise PurposeMissing(field="purpose")

    def require_for(self, *, label: str, level: int, purposes: Collection[Purpose]) -> None:
        """Refuse where the bank may not be asked on this ground."""
        self.require_whole()
        if self.purpose not in purposes:
            raise PurposeNotAllowed(field="purpose", bank=label)
        if self.level < level:
            raise LegalLevelTooLow(field="level", bank=label, level=level)
