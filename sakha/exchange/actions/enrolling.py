"""«Is this person helped already?»: the one question of overlap that the standard has, and what others tell of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, Client, ClientPurpose
from sakha.access.rules.sealing import PeopleMixed
from sakha.coordination.actions.coverage_updates import ToldCoverage, update_coverage
from sakha.coordination.queries.coverage import coverage_of_household
from sakha.exchange.actions.answering import log_looks, require_person_apart
from sakha.exchange.queries.records import given_lines, household_lines
from sakha.exchange.queries.searching import find_by_identifier
from sakha.exchange.rules.answers import write_refused
from sakha.exchange.rules.conditions import ByIdentifier, IdentifierType
from sakha.exchange.rules.records import HouseholdLine
from sakha.exchange.rules.refusals import ItemRefused
from sakha.vocabulary.identifiers import IdentifierInvalid
from sakha.vocabulary.jalali import TEHRAN

ENDED: Final = frozenset({"2", "3", "4", "deceased", "graduated", "suspended"})


def answer_enrolled(*, client: Client, at: datetime, purpose: ClientPurpose, identifier: str, programme: str) -> bool:
    """Whether this person's household is covered by somebody, or was promised or given aid in the last months.

    Of a protected household that the client's body does not know: whether it is covered, by whatever programme.

    Raises: ItemRefused (a sandbox and a real person).
    """
    require_person_apart(client, identifier)
    asked = ByIdentifier(IdentifierType.UIN, identifier)
    with acting(client.actor):
        found = find_by_identifier(actor=client.actor, asked=asked)
        lines = household_lines(actor=client.actor, at=at, household_ids=[place[0] for place in found.places])
        log_looks(client, at, list(lines), purpose, "enrolled")
        return any(_is_helped(client, at, home, programme) for home in lines.values())


def record_enrollments(
    *, client: Client, at: datetime, beneficiaries: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Keep who began or ended to be helped by the client's own body; a line for each."""
    lines: list[Mapping[str, Any]] = []
    with acting(client.actor):
        for number, beneficiary in enumerate(beneficiaries, start=1):
            reference_id = str(number)
            try:
                told = _told(client, beneficiary, at)
                update_coverage(actor=client.actor, at=at, on=at.astimezone(TEHRAN).date(), told=told)
                lines.append({"reference_id": reference_id, "timestamp": at.isoformat(), "status": "succ"})
            except IdentifierInvalid:
                refusal = ItemRefused(reason="this can't be anybody's number")
                lines.append(write_refused(reference_id, refusal, at=at))
            except PeopleMixed:
                refusal = ItemRefused(reason="a number of other people than this installation's")
                lines.append(write_refused(reference_id, refusal, at=at))
            except ItemRefused as refusal:
                lines.append(write_refused(reference_id, refusal, at=at))
    return lines


def _is_helped(client: Client, at: datetime, home: HouseholdLine, programme: str) -> bool:
    names = _names(client, at, home)
    return programme in names if programme and not home.is_hidden else bool(names)


def _names(client: Client, at: datetime, home: HouseholdLine) -> set[str]:
    """Under which names a household is helped: kinds of need, and what bodies call their coverage."""
    given = {gift.kind.name for gift in given_lines(actor=client.actor, at=at, home=home)}
    covered = coverage_of_household(actor=SYSTEM, on=at.astimezone(TEHRAN).date(), household_id=home.id)
    return given | {line.kind or line.organisation_kind or "COVERED" for line in covered if line.is_active}


def _told(client: Client, beneficiary: Mapping[str, Any], at: datetime) -> list[ToldCoverage]:
    numbers = identifiers_told(beneficiary)
    if not numbers:
        raise ItemRefused(reason="a beneficiary names a member by its identifier")
    for number in numbers:
        require_person_apart(client, number)
    # Older samples of the standard write one l.
    begun = _day(beneficiary.get("enrollment_date", beneficiary.get("enrolment_date")))
    status = str(beneficiary.get("enrollment_status", beneficiary.get("enrolment_status", "1"))).lower()
    ended = _day(beneficiary.get("status_change_date")) or at.astimezone(TEHRAN).date()
    from_on = begun or at.astimezone(TEHRAN).date()
    to_on = max(ended, from_on) if status in ENDED else None
    kind = beneficiary.get("programme_identifier")
    name = kind.get("programme_name") if isinstance(kind, Mapping) else ""
    told = name if isinstance(name, str) else ""
    return [ToldCoverage(identifier=number, kind=told, from_on=from_on, to_on=to_on) for number in numbers]


def _day(told: Any) -> date | None:
    try:
        return date.fromisoformat(told[:10]) if isinstance(told, str) else None
    except ValueError:
        raise ItemRefused(reason="a date is written 2026-01-31") from None


def identifiers_told(beneficiary: Mapping[str, Any]) -> list[str]:
    """The persons whom an update speaks of."""
    member = beneficiary.get("member")
    told = member.get("member_identifier") if isinstance(member, Mapping) else None
    lines = told if isinstance(told, list) else [told]
    values = [line.get("identifier_value") for line in lines if isinstance(line, Mapping)]
    return [value for value in values if isinstance(value, str)]
