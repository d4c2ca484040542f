"""What else an SMS may tell somebody, beside invitations and one-time codes: its kinds, and which may ring at night.

Decides by kind alone; what a text may say is decided by `sms_text`, and whether a phone wants it by the actions.
"""

from enum import StrEnum
from typing import Final


class NoticeKind(StrEnum):
    """What a notice is about. Rooms above add theirs here: the queue treats them all alike."""

    # Somebody began to register and stopped half-way.
    REMINDER = "REMINDER"
    # The one-time link of somebody who is asked about a household.
    CONFIRMER_LINK = "CONFIRMER_LINK"
    # An appeal went on or was decided.
    APPEAL = "APPEAL"
    # A complaint, suggestion or report got its answer or another state.
    GRIEVANCE = "GRIEVANCE"
    # Did it arrive? The household says yes or no.
    RECEIPT = "RECEIPT"
    # Somebody took up an introduction, or it goes on to others.
    INTRODUCTION = "INTRODUCTION"
    # A code for a giver's own account, and that a gift arrived.
    GIVER_CODE = "GIVER_CODE"
    GIFT_ARRIVED = "GIFT_ARRIVED"
    # The link by which a month of a promise is paid; the same once again; that another need came in place of the one;
    # that the promise ended by itself.
    GIVER_MONTH = "GIVER_MONTH"
    GIVER_REMINDER = "GIVER_REMINDER"
    GIVER_ANOTHER = "GIVER_ANOTHER"
    GIVER_ENDED = "GIVER_ENDED"
    # An office answered whoever registered a legal giver.
    GIVER_LEGAL = "GIVER_LEGAL"
    # Answers to what the phone itself has just written to us.
    STATUS = "STATUS"
    HELP = "HELP"


# Whoever has just written, or asks for a code, is awake; everybody else sleeps.
ANSWERS: Final = frozenset({NoticeKind.STATUS, NoticeKind.HELP, NoticeKind.GIVER_CODE})
