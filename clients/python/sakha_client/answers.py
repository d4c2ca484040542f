"""What the interface answers, as values."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


class SakhaProblem(Exception):  # noqa: N818 -- named as the interface names it
    """The interface declined: `code` for programs, `detail` for people."""

    def __init__(self, status: int, told: dict[str, Any]) -> None:
        self.status = status
        self.code = str(told.get("code", ""))
        self.detail = str(told.get("detail", ""))
        super().__init__(f"{status} {self.code}")


@dataclass(frozen=True, slots=True)
class Check:
    """Whether aid may be given. What the client's level doesn't show is None."""

    verdict: str
    may_hold: bool
    household_id: int | None
    household_code: str | None
    open_quantity: int | None
    free_on: date | None
    sentences: tuple[str, ...]

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Check":
        """From the answer's JSON."""
        return cls(
            verdict=told["verdict"],
            may_hold=told["may_hold"],
            household_id=told["household_id"],
            household_code=told["household_code"],
            open_quantity=told["open_quantity"],
            free_on=date.fromisoformat(told["free_on"]) if told["free_on"] else None,
            sentences=tuple(one["sentence"] for one in told["reasons"]),
        )


@dataclass(frozen=True, slots=True)
class CheckLine:
    """The answer for one of many; INVALID where no such identifier can exist."""

    verdict: str
    household_id: int | None
    open_quantity: int | None
    free_on: date | None

    @classmethod
    def read(cls, told: dict[str, Any]) -> "CheckLine":
        """From the answer's JSON."""
        free_on = date.fromisoformat(told["free_on"]) if told["free_on"] else None
        return cls(told["verdict"], told["household_id"], told["open_quantity"], free_on)


@dataclass(frozen=True, slots=True)
class Hold:
    """Aid that is held until it is delivered, released, or its time has passed."""

    hold_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class HoldLine:
    """What became of one hold of a batch: HELD, or why not."""

    outcome: str
    hold_id: int | None
    open_quantity: int | None
