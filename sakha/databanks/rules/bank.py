"""What a mapping document may say: how a bank is reached, what it is asked, and what each of its fields means.

Decides whether a document is whole; where the bank stands and with which keys it is opened is the installation's.
"""

import tomllib
from enum import StrEnum
from functools import cached_property
from typing import ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sakha.databanks.rules.grounds import Purpose
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.identifiers import IdKind
from sakha.vocabulary.refusal import Refusal

DIGITS_MAX: Final = 18


class Transport(StrEnum):
    """The way to a bank."""

    JSON = "JSON"
    DCI = "DCI"
    FILES = "FILES"


class Filling(StrEnum):
    """What of a person fills a field of the request."""

    IDENTIFIER = "IDENTIFIER"
    BIRTH_ON = "BIRTH_ON"
    MOBILE = "MOBILE"
    POSTAL_CODE = "POSTAL_CODE"
    GIVEN_NAME = "GIVEN_NAME"
    FAMILY_NAME = "FAMILY_NAME"
    FATHER_NAME = "FATHER_NAME"


class About(StrEnum):
    """Of whom in a household a bank is asked: no more people than the answer needs."""

    EVERYBODY = "EVERYBODY"
    ADULTS = "ADULTS"
    HEAD = "HEAD"


class FactType(StrEnum):
    """How a field is read."""

    YES_NO = "YES_NO"
    COUNT = "COUNT"
    RIAL = "RIAL"
    CODE = "CODE"
    DATE = "DATE"
    DIGITS = "DIGITS"
    TEXT = "TEXT"


class HouseholdRule(StrEnum):
    """How the answers about members become a fact of the household."""

    ANY = "ANY"
    SUM = "SUM"
    COUNT_YES = "COUNT_YES"
    HEAD = "HEAD"


class LifeEventKind(StrEnum):
    """What happens in a life that a bank tells of."""

    DEATH = "DEATH"
    BIRTH = "BIRTH"
    MARRIAGE = "MARRIAGE"
    MOVE = "MOVE"


class DciMode(StrEnum):
    """Whether the answer comes with the question or later to our door."""

    SYNC = "SYNC"
    ASYNC = "ASYNC"


class EventWay(StrEnum):
    """How events reach our door."""

    DCI = "DCI"
    WEBHOOK = "WEBHOOK"


class BankInvalid(Refusal):
    """A mapping document that can't be used; the reason names the place."""

    code: ClassVar[str] = "BANK_INVALID"
    sentence: ClassVar[str] = "شناسنامهٔ بانک {bank} درست نیست: {reason}"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HouseholdFact(_Part):
    """Which fact of the household the answers about its members give."""

    fact: FactName
    rule: HouseholdRule


class FactMapping(_Part):
    """One field of an answer."""

    name: str = Field(pattern=r"^[A-Z][A-Z0-9_]{2,39}$")
    label: str
    field: str
    type: FactType
    unit: str = Field(default="", max_length=20)
    minimum: int = 0
    maximum: int = 10**15
    length: int = Field(default=0, ge=0, le=DIGITS_MAX)
    values: dict[str, int] = {}
    words: dict[str, str] = {}
    unknown_values: tuple[str, ...] = ()
    when_absent: int | None = None
    fresh_days: int = Field(ge=1)
    believed_days: int = Field(default=0, ge=0)
    is_optional: bool = False
    may_lie_ahead: bool = False
    household: HouseholdFact | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.type is FactType.CODE) is not bool(self.values):
            raise ValueError("values belong to CODE, and CODE needs them")
        if self.words.keys() - self.values.keys():
            raise ValueError("words are for values")
        if (self.type is FactType.DIGITS) is not bool(self.length):
            raise ValueError("length belongs to DIGITS, and DIGITS needs it")
        if self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        return self

    @property
    def counted_in(self) -> str:
        """The unit, which follows from the type where none is said."""
        return self.unit or _UNITS[self.type]

    @property
    def believed_for(self) -> int:
        """Days after the day it speaks of until an answer is no longer acted on."""
        return self.believed_days or self.fresh_days


_UNITS: Final = {
    FactType.YES_NO: "yes/no", FactType.COUNT: "count", FactType.RIAL: "rial", FactType.CODE: "code",
    FactType.DATE: "date", FactType.DIGITS: "digits", FactType.TEXT: "text",
}  # fmt: skip


class Calls(_Part):
    """How hard a bank may be asked, and when it counts as down."""

    path: str = Field(default="", pattern=r"^(/[A-Za-z0-9._~-]+)*$")
    batch_size: int = Field(default=100, ge=1, le=5000)
    requests_per_second: float = Field(default=5, gt=0, le=1000)
    timeout_seconds: float = Field(default=10, gt=0, le=120)
    attempts: int = Field(default=3, ge=1, le=10)
    breaker_failures: int = Field(default=5, ge=1)
    breaker_seconds: int = Field(default=60, ge=1)
    reader: str = Field(default="", pattern=r"^([a-z_]+)?$")


class DciTerms(_Part):
    """What the bank's registry calls itself in SP DCI."""

    mode: DciMode
    path: str = Field(pattern=r"^/")
    reg_type: str
    record_type: str
    id_type: str
    namespace: str = "dci"


class FileTerms(_Part):
    """The columns of an extract by which a row is found and dated."""

    formats: tuple[str, ...]
    identifier: str
    observed_on: str = ""


class EventTerms(_Part):
    """Which events the bank tells of, in its words and ours."""

    way: EventWay
    path: str = ""
    kinds: dict[str, LifeEventKind]


class Bank(_Part):
    """A mapping document, read."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{2,39}$")
    label: str
    source: str = Field(default="", max_length=40)
    transport: Transport
    about: About = About.EVERYBODY
    identifiers: tuple[IdKind, ...] = Field(min_length=1)
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    level: int = Field(ge=1, le=3)
    calls: Calls = Calls()
    request: dict[str, Filling] = {}
    compares: tuple[Filling, ...] = ()
    dci: DciTerms | None = None
    files: FileTerms | None = None
    facts: tuple[FactMapping, ...] = Field(min_length=1)
    events: EventTerms | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.transport is Transport.DCI and self.dci is None:
            raise ValueError("[dci] is missing")
        if self.transport is Transport.FILES and self.files is None:
            raise ValueError("[files] is missing")
        if self.transport is Transport.JSON and not (self.calls.path and self.request):
            raise ValueError("[calls] path and [request] are missing")
        return self

    @property
    def source_name(self) -> str:
        """Under which name its answers are kept."""
        return self.source or self.name.upper()

    @cached_property
    def needs(self) -> frozenset[Filling]:
        """What must be known of a person before this bank can be asked about them."""
        return frozenset(self.request.values()) | {Filling.IDENTIFIER}

    @cached_property
    def fresh_days(self) -> int:
        """The bank is asked again when its shortest-lived fact is no longer fresh."""
        return min(fact.fresh_days for fact in self.facts)

    @property
    def is_asked(self) -> bool:
        """Whether questions are put to it one by one, and not read out of its files."""
        return self.transport is not Transport.FILES


def parse_bank(name: str, text: str) -> Bank:
    """Read a mapping document. Raises: BankInvalid."""
    try:
        told = tomllib.loads(text)
        head = dict(told.pop("bank"))
        facts = [{"name": fact, **dict(terms)} for fact, terms in dict(told.pop("facts")).items()]
        return Bank.model_validate({**head, **told, "name": name, "facts": facts})
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BankInvalid(field=place, bank=name, reason=f"{place}: {first['msg']}") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BankInvalid(field="bank", bank=name, reason=type(error).__name__) from None
