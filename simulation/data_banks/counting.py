"""What every bank was asked and answered, so that a run can prove that nothing was fetched twice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counts:
    """The counters of one bank."""

    requests: int = 0
    refused: int = 0
    failed: int = 0
    asked: int = 0
    not_found: int = 0
    callbacks: int = 0
    callbacks_failed: int = 0
    events: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    """How often each subject was answered."""

    def answer(self, subjects: Iterable[str]) -> None:
        """Note that these subjects were answered."""
        self.answered.update(subjects)

    def show(self) -> dict[str, Any]:
        """Give the figures; nobody is named."""
        return {
            "requests": self.requests,
            "refused": self.refused,
            "failed": self.failed,
            "asked": self.asked,
            "answered": self.answered.total(),
            "subjects": len(self.answered),
            "answered_again": self.answered.total() - len(self.answered),
            "not_found": self.not_found,
            "callbacks": self.callbacks,
            "callbacks_failed": self.callbacks_failed,
            "events": self.events,
        }
