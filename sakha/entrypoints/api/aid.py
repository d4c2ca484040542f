"""Check and hold, single and many: plain views, routed before the rest, one database call each (docs/api.md).

Decides what of an answer the client's level shows; the verdict is the ledger's.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from sakha.access.rules import ClientLevel, ClientScope
from sakha.access.rules.clients import SandboxMixed
from sakha.entrypoints.api.once import json_answer, request_id, request_ids, request_key
from sakha.entrypoints.api.schemas import (
    LINES_MAX,
    CheckAsked,
    CheckLine,
    CheckManyAsked,
    CheckTold,
    HoldAsked,
    HoldManyAsked,
    HoldTold,
    KindName,
    NeedShown,
    Reason,
)
from sakha.entrypoints.program_gate.door import Caller, enter, leave, refuse, weigh
from sakha.entrypoints.program_gate.problems import BodyTooLarge, BodyUnreadable, where
from sakha.exchange.queries.matching import indexes_of_digests
from sakha.ledger.actions import ask_check, ask_check_many, ask_hold, ask_hold_many
from sakha.ledger.rules.results import HELD, BriefCheck, PlainCheck
from sakha.ledger.rules.states import Outcome
from sakha.ledger.rules.verdict import NeedLine, Verdict
from sakha.vocabulary.identifiers import IdentifierInvalid, parse_person_identifier
from sakha.vocabulary.need_kinds import NEED_KINDS
from sakha.vocabulary.refusal import Refusal

BODY_BYTES_MAX: Final = 256 * 1024  # a thousand identifiers are 25 kB
_WORDS: Final = {kind: facts.name for kind, facts in NEED_KINDS.items()}
_OTHERS: Final = 2  # of the three ways to name somebody
_VERDICTS: Final = {one: one.value for one in Verdict}  # written as plain letters in a fifth of the time
_MAY_HOLD: Final = frozenset({Verdict.CLEAR, Verdict.SOFT})
Body = TypeVar("Body", bound=BaseModel)


class PersonMissing(Refusal):
    """A question must name exactly one of the three."""

    code = "PERSON_MISSING"
    sentence = "یکی از national_id، digest یا household_id را بفرستید."


class TooManyLines(Refusal):
    """All the lists of a batch together have too many lines."""

    code = "TOO_MANY_LINES"
    sentence = "هر درخواست تا {most} سطر می‌گیرد."


def read_body(request: HttpRequest, form: type[Body], *, bytes_max: int = BODY_BYTES_MAX) -> Body:
    """The body in its form. Raises: BodyTooLarge, BodyUnreadable."""
    if len(request.body) > bytes_max:
        raise BodyTooLarge
    try:
        return form.model_validate_json(request.body)
    except ValidationError as error:
        told = error.errors(include_input=False, include_url=False, include_context=False)
        raise BodyUnreadable(problems=[where(one) for one in told[:20]]) from None


def served(work: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A view that answers refusals as problems and carries the headers of limits."""

    @csrf_exempt
    @require_POST
    def view(request: HttpRequest) -> HttpResponse:
        try:
            return leave(request, work(request))
        except Refusal as refusal:
            return refuse(request, refusal)

    return view


def answer_check(request: HttpRequest) -> HttpResponse:
    """Whether this aid may be given to the household of this person."""
    caller = enter(request, route="check", scope=ClientScope.AID_CHECK, at=timezone.now())
    asked = read_body(request, CheckAsked)
    if [asked.national_id, asked.digest, asked.household_id].count(None) != _OTHERS:
        raise PersonMissing(field="national_id")
    if asked.national_id is not None:
        caller.require_person(parse_person_identifier(asked.national_id)[1])
    kind = asked.kind.kind
    found = ask_check(
        actor=caller.actor,
        at=caller.at,
        purpose=caller.words(f"استعلام {_WORDS[kind]}"),
        kind=kind,
        national_id=asked.national_id or "",
        household_id=asked.household_id,
        indexes=None if asked.digest is None else _indexes(caller, [asked.digest])[0],
        quantity=asked.quantity,
    )
    return json_answer(_show_check(caller, found).model_dump_json())


def answer_check_many(request: HttpRequest) -> HttpResponse:
    """The same for up to a thousand; an identifier that can't exist is INVALID and stops nobody else."""
    caller = enter(request, route="check/batch", scope=ClientScope.AID_CHECK, at=timezone.now())
    asked = read_body(request, CheckManyAsked)
    count = len(asked.national_ids) + len(asked.household_ids) + len(asked.digests)
    _require_lines(count)
    weigh(caller, count)
    usable = [_usable(caller, one) for one in asked.national_ids]
    found = ask_check_many(
        actor=caller.actor,
        at=caller.at,
        kind=asked.kind.kind,
        national_ids=[one for one in usable if one],
        household_ids=asked.household_ids,
        indexes=_indexes(caller, asked.digests),
        quantity=asked.quantity,
        purpose=caller.words(f"استعلام گروهی {_WORDS[asked.kind.kind]}"),
    )
    shows_needs = caller.shows(ClientLevel.NEEDS)
    answers = iter(found)
    invalid = CheckLine(verdict="INVALID").model_dump()
    lines = [_show_line(next(answers), is_whole=shows_needs) if one else invalid for one in usable]
    lines += [_show_line(one, is_whole=shows_needs) for one in answers]
    return json_answer(to_json({"answers": lines}).decode())


def answer_hold(request: HttpRequest) -> HttpResponse:
    """Hold aid; the same Idempotency-Key gives the same hold, whenever it comes again."""
    caller = enter(request, route="holds", scope=ClientScope.AID_HOLD, at=timezone.now())
    key = request_key(request)
    asked = read_body(request, HoldAsked)
    kind = asked.kind.kind
    result = ask_hold(
        actor=caller.actor,
        at=caller.at,
        purpose=caller.words(f"نگه‌داشتن {_WORDS[kind]}"),
        kind=kind,
        household_id=asked.household_id,
        quantity=asked.quantity,
        request_id=request_id(caller, key),
        reason=asked.reason,
    )
    hold_id = result.require_held()
    response = json_answer(HoldTold(hold_id=hold_id, expires_at=result.expires_at or caller.at).model_dump_json())
    if result.outcome is Outcome.REPLAY:
        response["Idempotency-Replayed"] = "true"
    return response


def answer_hold_many(request: HttpRequest) -> HttpResponse:
    """Hold one kind of aid for many households; each is held or refused by itself."""
    caller = enter(request, route="holds/batch", scope=ClientScope.AID_HOLD, at=timezone.now())
    key = request_key(request)
    asked = read_body(request, HoldManyAsked)
    weigh(caller, len(asked.holds))
    found = ask_hold_many(
        actor=caller.actor,
        at=caller.at,
        kind=asked.kind.kind,
        household_ids=[one.household_id for one in asked.holds],
        quantities=[one.quantity for one in asked.holds],
        request_ids=request_ids(caller, key, len(asked.holds)),
        purpose=caller.words(f"نگه‌داشتن گروهی {_WORDS[asked.kind.kind]}"),
    )
    shows_needs = caller.shows(ClientLevel.NEEDS)
    results = [
        {"outcome": "HELD", "hold_id": hold_id, "open_quantity": None}
        if outcome in HELD
        else {"outcome": outcome.name, "hold_id": None, "open_quantity": left if shows_needs else None}
        for outcome, hold_id, left in found
    ]
    return json_answer(to_json({"results": results}).decode())


def show_needs(needs: Sequence[NeedLine]) -> list[NeedShown]:
    """Needs as answers show them."""
    return [
        NeedShown(
            kind=KindName(one.kind.name),
            period=one.period,
            target=one.target,
            held=one.held,
            delivered=one.delivered,
            open=one.open_quantity,
        )
        for one in needs
    ]


def _show_check(caller: Caller, found: PlainCheck) -> CheckTold:
    is_hidden = found.is_protected and not found.has_record
    needs = caller.shows(ClientLevel.NEEDS) and not is_hidden
    place = caller.shows(ClientLevel.FILE) and not found.is_protected
    is_known = found.household_id is not None
    return CheckTold(
        verdict=found.verdict,
        may_hold=found.verdict in _MAY_HOLD,
        household_id=found.household_id,
        household_code=found.household_code or None,
        reasons=[
            Reason(code=one.code.value, sentence=one.sentence if caller.shows(ClientLevel.NEEDS) else "")
            for one in found.reasons
        ],
        instead=(found.instead or None) if needs else None,
        open_quantity=found.open_quantity if needs and is_known else None,
        free_on=found.free_on if needs else None,
        needs=show_needs(found.needs) if needs and is_known else None,
        province=(found.province or None) if place else None,
        county=(found.county or None) if place else None,
        has_record=found.has_record,
    )


def _show_line(one: BriefCheck, *, is_whole: bool) -> dict[str, Any]:
    """A `CheckLine`. A thousand of them are not made and judged as forms: they are our own values."""
    verdict, household_id, open_quantity, free_on = one
    shown = is_whole and verdict is not Verdict.PROTECTED
    return {
        "verdict": _VERDICTS[verdict],
        "household_id": household_id,
        "open_quantity": open_quantity if shown and household_id is not None else None,
        "free_on": free_on if shown else None,
    }


def _usable(caller: Caller, text: str) -> str:
    """The identifier, or nothing where it can't exist or is of the other world."""
    try:
        number = parse_person_identifier(text)[1]
        caller.require_person(number)
    except (IdentifierInvalid, SandboxMixed):
        return ""
    return number


def _indexes(caller: Caller, digests: Sequence[str]) -> list[list[bytes]]:
    """Whom each digest leads to; nobody is told apart from somebody whom nobody registered."""
    if not digests:
        return []
    asked = [bytes.fromhex(one) for one in digests]
    found = indexes_of_digests(client_id=caller.client.id, digests=asked)
    return [found.get(one, []) for one in asked]


def _require_lines(count: int) -> None:
    if not 0 < count <= LINES_MAX:
        raise TooManyLines(most=LINES_MAX)


check_view = served(answer_check)
check_many_view = served(answer_check_many)
hold_view = served(answer_hold)
hold_many_view = served(answer_hold_many)
