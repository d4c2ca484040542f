"""The forms of requests and answers: what stands here stands in the OpenAPI document."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sakha.ledger.rules.terms import QUANTITY_MAX
from sakha.ledger.rules.verdict import Verdict
from sakha.vocabulary.need_kinds import NeedKind

LINES_MAX: Final = 1000
BIGINT_MAX: Final = 9_223_372_036_854_775_807

Number = Annotated[int, Field(strict=True, ge=1, le=BIGINT_MAX)]
Quantity = Annotated[int, Field(strict=True, ge=1, le=QUANTITY_MAX)]
Identifier = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=20, pattern=r"^[^\x00]*$"),
    Field(description="National ID or foreigner's code.", examples=["9990000015"]),
]
Digest = Annotated[
    str,
    StringConstraints(strict=True, pattern=r"^[0-9a-f]{64}$"),
    Field(description="HMAC-SHA256 of the identifier under a digest key of the client, in hexadecimal letters."),
]
Text = Annotated[str, StringConstraints(strict=True, max_length=500, pattern=r"^[^\x00]*$")]
Short = Annotated[str, StringConstraints(strict=True, max_length=120, pattern=r"^[^\x00]*$")]


class KindName(StrEnum):
    """A kind of need by its name."""

    FOOD = "FOOD"
    CASH = "CASH"
    HEALTH = "HEALTH"
    RENT = "RENT"
    DWELLING = "DWELLING"
    EDUCATION = "EDUCATION"
    DISABILITY = "DISABILITY"
    WORK = "WORK"
    DOWRY = "DOWRY"
    DEBT = "DEBT"
    HOME_GOODS = "HOME_GOODS"
    ORPHAN = "ORPHAN"
    SHOCK = "SHOCK"

    @property
    def kind(self) -> NeedKind:
        """The kind itself."""
        return NeedKind[self.value]


class StatusName(StrEnum):
    """Where a hold stands."""

    HELD = "HELD"
    DELIVERED = "DELIVERED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"
    UNDONE = "UNDONE"


class SettledName(StrEnum):
    """What became of a settlement; REPLAY: it was so already."""

    DONE = "DONE"
    REPLAY = "REPLAY"
    SETTLED = "SETTLED"
    UNKNOWN = "UNKNOWN"
    STOPPED = "STOPPED"


class Asked(BaseModel):
    """A request: a field that is not in the document is refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """A refusal (RFC 9457). `code` is stable; `detail` is a Persian sentence for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    problems: list[dict[str, Any]] | None = None


class Reason(BaseModel):
    """Why a verdict is as it is."""

    code: str
    sentence: str


class NeedShown(BaseModel):
    """A need of the running period, in the kind's unit (rials, parcels or items)."""

    kind: KindName
    period: int
    target: int
    held: int
    delivered: int
    open: int


class CheckAsked(Asked):
    """One question: a person by identifier or by keyed digest, or a household by number."""

    kind: KindName
    national_id: Identifier | None = None
    digest: Digest | None = None
    household_id: Number | None = None
    quantity: Quantity | None = None


class CheckTold(BaseModel):
    """The answer. What the client's level doesn't show is null; of a protected household the place is null too."""

    verdict: Verdict
    may_hold: bool
    household_id: int | None
    household_code: str | None
    reasons: list[Reason]
    instead: str | None
    open_quantity: int | None
    free_on: date | None
    needs: list[NeedShown] | None
    province: str | None
    county: str | None
    has_record: bool


class CheckManyAsked(Asked):
    """The same question for up to 1,000 people."""

    kind: KindName
    national_ids: Annotated[list[Identifier], Field(max_length=LINES_MAX)] = []
    household_ids: Annotated[list[Number], Field(max_length=LINES_MAX)] = []
    digests: Annotated[list[Digest], Field(max_length=LINES_MAX)] = []
    quantity: Quantity | None = None


class CheckLine(BaseModel):
    """The answer for one of many."""

    verdict: Verdict | Literal["INVALID"]
    household_id: int | None = None
    open_quantity: int | None = None
    free_on: date | None = None


class CheckManyTold(BaseModel):
    """The answers in the order of the question: identifiers first, then households."""

    answers: list[CheckLine]


class HoldAsked(Asked):
    """A promise of aid. `reason` is needed where similar help is recent."""

    household_id: Number
    kind: KindName
    quantity: Quantity
    reason: Text = ""


class HoldTold(BaseModel):
    """A hold that stands until it is delivered, released or its time has passed."""

    hold_id: int
    expires_at: datetime


class HoldLineAsked(Asked):
    """One hold of a batch."""

    household_id: Number
    quantity: Quantity


class HoldManyAsked(Asked):
    """Up to 1,000 holds of one kind."""

    kind: KindName
    holds: Annotated[list[HoldLineAsked], Field(min_length=1, max_length=LINES_MAX)]


class HoldLineTold(BaseModel):
    """What became of one hold of a batch: HELD, or a code of the refusals."""

    outcome: str
    hold_id: int | None
    open_quantity: int | None


class HoldManyTold(BaseModel):
    """What became of each, in the order of the request."""

    results: list[HoldLineTold]


class HoldShown(BaseModel):
    """A hold of one's own organisation."""

    hold_id: int
    household_id: int
    household_code: str
    kind: KindName
    period: int
    quantity: int
    status: StatusName
    created_at: datetime
    expires_at: datetime
    settled_at: datetime | None


class HoldPage(BaseModel):
    """A page, newest first; ask again with `cursor` = `next` until it is null."""

    items: list[HoldShown]
    next: str | None


class DeliverManyAsked(Asked):
    """Up to 1,000 deliveries."""

    hold_ids: Annotated[list[Number], Field(min_length=1, max_length=LINES_MAX)]


class SettledLine(BaseModel):
    """What became of one."""

    hold_id: int
    outcome: SettledName


class SettledTold(BaseModel):
    """What became of each."""

    results: list[SettledLine]


class DoneTold(BaseModel):
    """It is done."""

    done: Literal[True] = True


class ClientTold(BaseModel):
    """The client that asks."""

    client_id: str
    name: str
    organisation: str
    is_sandbox: bool
    purposes: list[str]
    scopes: list[str]
    level: int
    minute_limit: int
    day_limit: int
