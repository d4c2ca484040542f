"""The words of giving as they are stored: accounts, ways of money, states. The SQL of this room reads the numbers."""

from enum import IntEnum, StrEnum
from typing import Final


class Account(IntEnum):
    """Where money of a gift is. The giver's account is what came from outside: below zero by what was given."""

    GIVER = 1
    TRANSIT = 2
    POOL = 3
    HELD = 4
    DELIVERED = 5
    REFUNDED = 6
    FEES = 7


# Every other way is refused by the table itself.
WAYS: Final = (
    (Account.GIVER, Account.TRANSIT),
    (Account.TRANSIT, Account.POOL),
    (Account.TRANSIT, Account.FEES),
    (Account.POOL, Account.HELD),
    (Account.HELD, Account.POOL),
    (Account.HELD, Account.DELIVERED),
    (Account.DELIVERED, Account.HELD),  # the delivery was taken back: by the same way home
    (Account.POOL, Account.REFUNDED),
)


class GiftState(StrEnum):
    """Where a gift stands.

    PLEDGED ---> PAID ---> REFUNDED      what no need has drawn goes back; what comes back to the pool later too
       |          ^
       +---> LAPSED                      not paid in time; a payment that comes late still counts
    """

    PLEDGED = "PLEDGED"
    LAPSED = "LAPSED"
    PAID = "PAID"
    REFUNDED = "REFUNDED"


class PaymentState(StrEnum):
    """ASKED at the gateway; VERIFIED by asking it back; FAILED by its own word. The last two are final."""

    ASKED = "ASKED"
    VERIFIED = "VERIFIED"
    FAILED = "FAILED"


class DrawState(StrEnum):
    """Money drawn for a need follows what becomes of the ledger's hold."""

    HELD = "HELD"
    DELIVERED = "DELIVERED"
    RETURNED = "RETURNED"
