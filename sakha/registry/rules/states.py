"""The states of an intake file and which follow which; the transitions themselves are guarded updates in actions."""

from enum import StrEnum
from typing import Final


class IntakeOrigin(StrEnum):
    """Where rows come from. A form is a file of a few rows: one validation and one way of writing for all.

    SELF is a form that the household filled in itself, or somebody for it with its consent.
    """

    FILE = "FILE"
    FORM = "FORM"
    SELF = "SELF"


class IntakeState(StrEnum):
    """Drawn in `models.IntakeFile`."""

    UPLOADED = "UPLOADED"
    MAPPED = "MAPPED"
    CHECKING = "CHECKING"
    CHECKED = "CHECKED"
    LOADING = "LOADING"
    LOADED = "LOADED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


MAPPABLE: Final = (IntakeState.UPLOADED, IntakeState.MAPPED, IntakeState.CHECKED)
CHECKABLE: Final = (IntakeState.MAPPED, IntakeState.CHECKING)
# What was not chosen the first time may be loaded later.
LOADABLE: Final = (IntakeState.CHECKED, IntakeState.LOADING, IntakeState.LOADED)
# LOADING too: the load is one transaction that holds the file, so only a load that is not running can be cancelled.
CANCELLABLE: Final = (
    IntakeState.UPLOADED,
    IntakeState.MAPPED,
    IntakeState.CHECKING,
    IntakeState.CHECKED,
    IntakeState.LOADING,
)
# A job is at work, or about to be.
WORKED_ON: Final = (IntakeState.CHECKING, IntakeState.LOADING)
ENDED: Final = (IntakeState.LOADED, IntakeState.CANCELLED, IntakeState.FAILED)
