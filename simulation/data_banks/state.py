"""Everything the running banks hold in common: the province, keys, who may ask, tokens, faults, counters."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from simulation.data_banks.catalogue import BANKS, Bank
from simulation.data_banks.counting import Counts
from simulation.data_banks.faults import Faults
from simulation.data_banks.known import Known
from simulation.data_banks.signing import Key

TOKEN_SECONDS = 600
STRANGER = "stranger"
KEPT_ANSWERS = 256
KEPT_MESSAGES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The one installation that may ask: how it proves itself, with which keys it signs, where it is called back."""

    sender_id: str
    api_key: str
    client_id: str
    client_secret: str
    callback_url: str
    keys: dict[str, Ed25519PublicKey] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer."""

    status: int
    content: dict[str, Any] | bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True, kw_only=True)
class Subscription:
    """What an asker wants to be told by a bank."""

    code: str
    bank: str
    kind: str
    sender_uri: str


@dataclass(slots=True, kw_only=True)
class State:
    """The banks while they run."""

    known: Known
    asker: Asker
    keys: dict[str, Key]
    """The signing key of each bank, and a stranger's for wrong signatures."""
    wants_certificate: bool = False
    """Whether the bank that knows its askers by certificate has a listener for them; else their API key will do."""
    clock: Callable[[], float] = time.time
    faults: Faults = field(default_factory=Faults)
    counts: dict[str, Counts] = field(default_factory=lambda: {name: Counts() for name in BANKS})
    tokens: dict[tuple[str, str], float] = field(default_factory=dict)
    kept: OrderedDict[tuple[str, str], tuple[bytes, Reply]] = field(default_factory=OrderedDict)
    messages: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    born: int = 0
    """How many children were born since the process began."""

    def set_clock(self, now: float) -> None:
        """Let the banks believe that it is another time, as whoever asks does."""
        ahead = now - time.time()
        self.clock = lambda: time.time() + ahead

    def new_token(self, bank: Bank) -> str:
        """Give out a token of this bank."""
        token = secrets.token_urlsafe(24)
        self.tokens[bank.name, token] = self.clock() + TOKEN_SECONDS
        return token

    def is_token(self, bank: Bank, token: str) -> bool:
        """Tell whether a token of this bank is still good."""
        return self.tokens.get((bank.name, token), 0.0) > self.clock()

    def keep(self, bank: Bank, request_id: str, asked: bytes, reply: Reply) -> None:
        """Keep an answer, so that the same request gets the same answer."""
        self.kept[bank.name, request_id] = (asked, reply)
        while len(self.kept) > KEPT_ANSWERS:
            self.kept.popitem(last=False)

    def is_new_message(self, sender_id: str, message_id: str) -> bool:
        """Note a message's id; false when this sender has used it before."""
        if (sender_id, message_id) in self.messages:
            return False
        self.messages[sender_id, message_id] = None
        while len(self.messages) > KEPT_MESSAGES:
            self.messages.popitem(last=False)
        return True

    def reset_counts(self) -> None:
        """Begin to count anew."""
        self.counts = {name: Counts() for name in BANKS}
