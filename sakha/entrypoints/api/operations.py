"""The operations of the interface: what each takes, which scope it needs, which room answers."""

from collections.abc import Sequence
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query

from sakha.access.rules import ClientScope
from sakha.entrypoints.api import aid
from sakha.entrypoints.api.answers import answer_tagged, read_cursor, write_cursor
from sakha.entrypoints.api.document import API, guarded
from sakha.entrypoints.api.once import answer_once
from sakha.entrypoints.api.schemas import (
    BIGINT_MAX,
    CheckAsked,
    CheckManyAsked,
    CheckManyTold,
    CheckTold,
    ClientTold,
    DeliverManyAsked,
    DoneTold,
    HoldAsked,
    HoldManyAsked,
    HoldManyTold,
    HoldPage,
    HoldShown,
    HoldTold,
    KindName,
    SettledLine,
    SettledName,
    SettledTold,
    StatusName,
)
from sakha.entrypoints.program_gate.door import Caller, weigh
from sakha.ledger.actions import deliver_aid, deliver_many, release_aid, release_many
from sakha.ledger.queries import get_hold, holds_before
from sakha.ledger.rules.results import HoldLine, Settled

Row = Annotated[int, Path(ge=1, le=BIGINT_MAX)]


def caller_of(request: HttpRequest) -> Caller:
    """The caller that the door let in."""
    caller: Caller = request.auth  # type: ignore[attr-defined]
    return caller


@API.get("/me", response=ClientTold, auth=guarded("me", None), tags=["client"])
def show_client(request: HttpRequest) -> ClientTold:
    """Who asks, and what it may."""
    client = caller_of(request).client
    return ClientTold(
        client_id=client.public_id,
        name=client.name,
        organisation=client.actor.organisation_name,
        is_sandbox=client.is_sandbox,
        purposes=sorted(client.purposes),
        scopes=sorted(client.scopes),
        level=client.level,
        minute_limit=client.minute_limit,
        day_limit=client.day_limit,
    )


# Answered by the plain views of `aid`, which are routed before; here they stand for the document.
@API.post("/check", response=CheckTold, auth=guarded("check", ClientScope.AID_CHECK), tags=["aid"])
def check(request: HttpRequest, asked: CheckAsked) -> HttpResponse:
    """Whether this aid may be given to the household of this person; the household sees that it was asked.

    Send exactly one of `national_id`, `digest`, `household_id`.
    """
    del asked
    return aid.check_view(request)


@API.post("/check/batch", response=CheckManyTold, auth=guarded("check/batch", ClientScope.AID_CHECK), tags=["aid"])
def check_batch(request: HttpRequest, asked: CheckManyAsked) -> HttpResponse:
    """The same for up to 1,000; every 100 lines count as a request."""
    del asked
    return aid.check_many_view(request)


@API.post("/holds", response=HoldTold, auth=guarded("holds", ClientScope.AID_HOLD), tags=["aid"])
def hold(request: HttpRequest, asked: HoldAsked) -> HttpResponse:
    """Hold aid for a household that the client has a record of or has checked within a day."""
    del asked
    return aid.hold_view(request)


@API.post("/holds/batch", response=HoldManyTold, auth=guarded("holds/batch", ClientScope.AID_HOLD), tags=["aid"])
def hold_batch(request: HttpRequest, asked: HoldManyAsked) -> HttpResponse:
    """Up to 1,000 holds of one kind; each is held or refused by itself."""
    del asked
    return aid.hold_many_view(request)


@API.get("/holds", response=HoldPage, auth=guarded("holds/list", ClientScope.AID_HOLD), tags=["aid"])
def list_holds(
    request: HttpRequest,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HoldPage:
    """The organisation's holds, the newest first."""
    caller = caller_of(request)
    rows = holds_before(actor=caller.actor, before_id=read_cursor(cursor), limit=limit + 1)
    more = write_cursor(rows[limit - 1].hold_id) if len(rows) > limit else None
    return HoldPage(items=[_show_hold(one) for one in rows[:limit]], next=more)


@API.get("/holds/{hold_id}", response=HoldShown, auth=guarded("holds/one", ClientScope.AID_HOLD), tags=["aid"])
def show_hold(request: HttpRequest, hold_id: Row) -> HttpResponse:
    """One hold; the answer carries an ETag."""
    caller = caller_of(request)
    return answer_tagged(request, _show_hold(get_hold(actor=caller.actor, hold_id=hold_id)))


@API.post(
    "/holds/{hold_id}/deliver", response=DoneTold, auth=guarded("holds/deliver", ClientScope.AID_HOLD), tags=["aid"]
)
def deliver(request: HttpRequest, hold_id: Row) -> HttpResponse:
    """Write that held aid reached the household."""
    caller = caller_of(request)

    def work() -> DoneTold:
        deliver_aid(actor=caller.actor, at=caller.at, hold_id=hold_id)
        return DoneTold()

    return answer_once(request, caller, work)


@API.post(
    "/holds/{hold_id}/release", response=DoneTold, auth=guarded("holds/release", ClientScope.AID_HOLD), tags=["aid"]
)
def release(request: HttpRequest, hold_id: Row) -> HttpResponse:
    """Give held aid back, so that others may help."""
    caller = caller_of(request)

    def work() -> DoneTold:
        release_aid(actor=caller.actor, at=caller.at, hold_id=hold_id)
        return DoneTold()

    return answer_once(request, caller, work)


@API.post(
    "/deliveries/batch", response=SettledTold, auth=guarded("deliveries/batch", ClientScope.AID_HOLD), tags=["aid"]
)
def deliver_batch(request: HttpRequest, asked: DeliverManyAsked) -> HttpResponse:
    """Write up to 1,000 deliveries; the results come by hold, each once."""
    caller = caller_of(request)
    weigh(caller, len(asked.hold_ids))

    def work() -> SettledTold:
        found = deliver_many(actor=caller.actor, at=caller.at, hold_ids=asked.hold_ids)
        return SettledTold(
            results=[SettledLine(hold_id=one.hold_id, outcome=SettledName[one.outcome.name]) for one in found]
        )

    return answer_once(request, caller, work)


@API.post("/releases/batch", response=SettledTold, auth=guarded("releases/batch", ClientScope.AID_HOLD), tags=["aid"])
def release_batch(request: HttpRequest, asked: DeliverManyAsked) -> HttpResponse:
    """Give up to 1,000 holds back; the results come by hold, each once."""
    caller = caller_of(request)
    weigh(caller, len(asked.hold_ids))

    def work() -> SettledTold:
        found = release_many(actor=caller.actor, at=caller.at, hold_ids=asked.hold_ids)
        return SettledTold(
            results=[SettledLine(hold_id=one.hold_id, outcome=SettledName[one.outcome.name]) for one in found]
        )

    return answer_once(request, caller, work)


def _show_settled(found: Sequence[Settled]) -> SettledTold:
    lines = [SettledLine(hold_id=one.hold_id, outcome=SettledName[one.outcome.name]) for one in found]
    return SettledTold(results=lines)


def _show_hold(one: HoldLine) -> HoldShown:
    return HoldShown(
        hold_id=one.hold_id,
        household_id=one.household_id,
        household_code=one.household_code,
        kind=KindName(one.kind.name),
        period=one.period,
        quantity=one.quantity,
        status=StatusName[one.status.name],
        created_at=one.created_at,
        expires_at=one.expires_at,
        settled_at=one.settled_at,
    )
