"""Operations on households: finding, reading, registering, evidence, coverage, referrals."""

import csv
import io
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query

from sakha.access.rules import ClientLevel, ClientScope
from sakha.coordination.actions import load_coverage_list
from sakha.coordination.actions.answering_introductions import (
    decline_introduction,
    note_contact,
    pass_on_introduction,
    take_introduction,
)
from sakha.coordination.actions.introducing import record_introduction_consent, refer_upward
from sakha.coordination.queries import coverage_of_household
from sakha.coordination.queries.introductions import IntroductionLine, referrals_before, referrals_to_answer
from sakha.coordination.rules.introductions import DeclineReason, IntroductionElsewhere, OfferState
from sakha.entrypoints.api.aid import show_needs
from sakha.entrypoints.api.answers import answer_tagged, read_cursor, write_cursor
from sakha.entrypoints.api.document import API, guarded
from sakha.entrypoints.api.file_schemas import (
    CoverageListAsked,
    CoverageListTold,
    CoverageShown,
    CoverageTold,
    EvidenceAsked,
    FactShown,
    HouseholdAsked,
    HouseholdFound,
    HouseholdShown,
    MemberShown,
    NeedsTold,
    PersonAsked,
    ReferralAsked,
    ReferralShown,
    ReferralStepAsked,
    ReferralsTold,
    RegisteredTold,
)
from sakha.entrypoints.api.once import answer_once
from sakha.entrypoints.api.operations import Row, caller_of
from sakha.entrypoints.api.schemas import DoneTold, KindName
from sakha.entrypoints.program_gate.door import Caller, weigh
from sakha.ledger.queries import needs_of_household
from sakha.registry.actions import register_household
from sakha.registry.queries import HouseholdUnknown, find_household_by_identifier, get_household_file
from sakha.registry.queries.bank_evidence import member_identifier
from sakha.registry.rules.declaration import HouseholdDeclaration, PersonDeclaration
from sakha.vocabulary.identifiers import parse_person_identifier
from sakha.vocabulary.jalali import TEHRAN

_FILE_READ = "خواندن پرونده"


@API.post(
    "/households/find",
    response=HouseholdFound,
    auth=guarded("households/find", ClientScope.HOUSEHOLD_READ),
    tags=["households"],
)
def find_household(request: HttpRequest, asked: PersonAsked) -> HouseholdFound:
    """The household of a person, of those that the organisation keeps a record of. The search is logged."""
    caller = caller_of(request)
    number = parse_person_identifier(asked.national_id)[1]
    caller.require_person(number)
    found = find_household_by_identifier(actor=caller.actor, at=caller.at, text=number)
    if found is None:
        raise HouseholdUnknown(field="national_id")
    has_place = caller.shows(ClientLevel.FILE) and not found.is_protected
    return HouseholdFound(
        household_id=found.id,
        household_code=found.code,
        province=found.province if has_place else None,
        county=found.county if has_place else None,
        is_protected=found.is_protected,
        member_count=found.member_count,
    )


@API.get(
    "/households/{household_id}",
    response=HouseholdShown,
    auth=guarded("households/one", ClientScope.HOUSEHOLD_READ),
    tags=["households"],
)
def show_household(request: HttpRequest, household_id: Row) -> HttpResponse:
    """The file, with an ETag. Needs the level 3; the household sees that it was read."""
    caller = caller_of(request)
    caller.client.require_level(ClientLevel.FILE)
    file = get_household_file(
        actor=caller.actor, at=caller.at, household_id=household_id, purpose=caller.words(_FILE_READ)
    )
    return answer_tagged(
        request,
        HouseholdShown(
            household_id=file.id,
            household_code=file.code,
            province=None if file.is_protected else file.province,
            county=None if file.is_protected else file.county,
            is_protected=file.is_protected,
            registered_at=file.registered_at,
            changed_at=file.changed_at,
            members=[
                MemberShown(
                    given_name=one.given_name,
                    family_name=one.family_name,
                    identifier=one.identifier,
                    relation=one.relation,
                    birth_on=one.birth_on,
                    gender=one.gender,
                )
                for one in file.members
            ],
            facts=[
                FactShown(name=one.name, value=one.value, observed_on=one.observed_on, is_bank=one.is_bank)
                for one in file.facts
                if one.is_latest and not one.is_bank
            ],
        ),
    )


@API.get(
    "/households/{household_id}/needs",
    response=NeedsTold,
    auth=guarded("households/needs", ClientScope.NEEDS_READ),
    tags=["households"],
)
def show_household_needs(request: HttpRequest, household_id: Row) -> HttpResponse:
    """The needs of the running periods, with an ETag. Needs the level 2; the household sees that they were read."""
    caller = caller_of(request)
    caller.client.require_level(ClientLevel.NEEDS)
    # The file first: it says whether the organisation sees the household, and writes down that it was looked at.
    file = get_household_file(
        actor=caller.actor, at=caller.at, household_id=household_id, purpose=caller.words("خواندن نیازها")
    )
    needs = needs_of_household(actor=caller.actor, at=caller.at, household_id=file.id)
    return answer_tagged(request, NeedsTold(needs=show_needs(needs)))


@API.get(
    "/households/{household_id}/coverage",
    response=CoverageTold,
    auth=guarded("households/coverage", ClientScope.HOUSEHOLD_READ),
    tags=["coverage"],
)
def show_coverage(request: HttpRequest, household_id: Row) -> HttpResponse:
    """Who covers the household, as far as the organisation may know it; with an ETag. Needs the level 2."""
    caller = caller_of(request)
    caller.client.require_level(ClientLevel.NEEDS)
    file = get_household_file(
        actor=caller.actor, at=caller.at, household_id=household_id, purpose=caller.words("خواندن پوشش")
    )
    lines = coverage_of_household(actor=caller.actor, on=caller.at.astimezone(TEHRAN).date(), household_id=file.id)
    shown = [
        CoverageShown(
            organisation_name=one.organisation_name or None,
            kind=one.kind,
            from_on=one.from_on,
            to_on=one.to_on,
            is_active=one.is_active,
        )
        for one in lines
    ]
    return answer_tagged(request, CoverageTold(coverage=shown))


@API.post(
    "/households",
    response=RegisteredTold,
    auth=guarded("households", ClientScope.REGISTER_WRITE),
    tags=["households"],
)
def register(request: HttpRequest, asked: HouseholdAsked) -> HttpResponse:
    """Register a household as the organisation keeps it; the same record again changes nothing."""
    caller = caller_of(request)
    for member in asked.members:
        if member.national_id:
            caller.require_person(parse_person_identifier(member.national_id)[1])
    declaration = HouseholdDeclaration(
        members=tuple(PersonDeclaration(**member.model_dump()) for member in asked.members),
        facts={name.value: text for name, text in asked.facts.items()},
        **asked.model_dump(exclude={"members", "facts"}),
    )
    return answer_once(request, caller, lambda: _register(caller, declaration))


@API.post(
    "/households/{household_id}/evidence",
    response=RegisteredTold,
    auth=guarded("households/evidence", ClientScope.EVIDENCE_WRITE),
    tags=["households"],
)
def bring_evidence(request: HttpRequest, household_id: Row, asked: EvidenceAsked) -> HttpResponse:
    """Facts that the organisation saw, of a household that it keeps a record of; they carry its name and this day."""
    caller = caller_of(request)

    def work() -> RegisteredTold:
        file = get_household_file(
            actor=caller.actor, at=caller.at, household_id=household_id, purpose=caller.words("ثبت شواهد")
        )
        if not file.members:
            raise HouseholdUnknown(field="household_id")
        head = file.members[0]
        identifier = member_identifier(actor=caller.actor, household_id=file.id, person_id=head.person_id)
        told = HouseholdDeclaration(
            members=(
                PersonDeclaration(
                    given_name=head.given_name, family_name=head.family_name, national_id=identifier, relation="سرپرست"
                ),
            ),
            is_protected=file.is_protected,
            facts={name.value: text for name, text in asked.facts.items()},
        )
        return _register(caller, told)

    return answer_once(request, caller, work)


@API.post(
    "/coverage",
    response=CoverageListTold,
    auth=guarded("coverage", ClientScope.COVERAGE_WRITE),
    tags=["coverage"],
)
def tell_coverage(request: HttpRequest, asked: CoverageListAsked) -> HttpResponse:
    """Everybody whom the organisation covers, as one whole list: whoever is missing is covered no longer.

    Up to 50,000 people; a larger agency sends its list as a file.
    """
    caller = caller_of(request)
    weigh(caller, len(asked.people))
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(["national_id", "from", "to", "kind"])
    for one in asked.people:
        caller.require_person(parse_person_identifier(one.national_id)[1])
        writer.writerow(
            [one.national_id, one.from_on.isoformat(), one.to_on.isoformat() if one.to_on else "", one.kind]
        )

    def work() -> CoverageListTold:
        loaded = load_coverage_list(
            actor=caller.actor,
            at=caller.at,
            organisation_id=caller.actor.organisation_id or 0,
            path_or_bytes=sheet.getvalue().encode(),
            observed_on=asked.observed_on,
            confirms_shrinking=asked.confirms_shrinking,
        )
        return CoverageListTold(
            person_count=loaded.person_count,
            added_count=loaded.added_count,
            renewed_count=loaded.renewed_count,
            ended_count=loaded.ended_count,
            problem_lines=sorted({one.row_number for one in loaded.problems}),
        )

    return answer_once(request, caller, work)


@API.get("/referrals", response=ReferralsTold, auth=guarded("referrals", ClientScope.REFERRAL_READ), tags=["referrals"])
def list_referrals(
    request: HttpRequest,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReferralsTold:
    """The first page has everything that waits for the organisation, most pressing first: what is offered and taken.

    What it brought and what it handed upward comes page by page, newest first. County and decile need the level 3.
    """
    caller = caller_of(request)
    is_file = caller.shows(ClientLevel.FILE)
    open_lines = referrals_to_answer(actor=caller.actor) if cursor is None else ()
    lines = referrals_before(actor=caller.actor, before_id=read_cursor(cursor), limit=limit + 1)
    told = ReferralsTold(offered=[], taken=[], followed=[], next=None)
    for line in (*open_lines, *lines[:limit]):
        if line.offer_state is None:
            place = told.followed
        else:
            place = told.offered if line.offer_state is OfferState.OFFERED else told.taken
        place.append(show_referral(line, is_file=is_file))
    if len(lines) > limit:
        told.next = write_cursor(lines[limit - 1].id)
    return told


@API.post(
    "/referrals/{referral_id}/step",
    response=DoneTold,
    auth=guarded("referrals/step", ClientScope.REFERRAL_WRITE),
    tags=["referrals"],
)
def take_step(request: HttpRequest, referral_id: Row, asked: ReferralStepAsked) -> HttpResponse:
    """Take an introduction, decline it with a reason, say that one spoke with the household, or pass it on."""
    caller = caller_of(request)
    actor, at = caller.actor, caller.at

    def work() -> DoneTold:
        match asked.step:
            case "take":
                take_introduction(actor=actor, at=at, introduction_id=referral_id)
            case "decline":
                decline_introduction(actor=actor, at=at, introduction_id=referral_id, reason=_reason(asked.reason))
            case "contacted":
                note_contact(actor=actor, at=at, introduction_id=referral_id)
            case "pass_on":
                pass_on_introduction(actor=actor, at=at, introduction_id=referral_id, note=asked.note)
        return DoneTold()

    return answer_once(request, caller, work)


@API.post(
    "/referrals", response=DoneTold, auth=guarded("referrals/new", ClientScope.REFERRAL_WRITE), tags=["referrals"]
)
def refer(request: HttpRequest, asked: ReferralAsked) -> HttpResponse:
    """Hand a need that the organisation can't carry upward, with the household's consent."""
    caller = caller_of(request)

    def work() -> DoneTold:
        if asked.has_consent:
            record_introduction_consent(actor=caller.actor, at=caller.at, household_id=asked.household_id)
        refer_upward(
            actor=caller.actor,
            at=caller.at,
            household_id=asked.household_id,
            kind=asked.kind.kind,
            note=asked.note,
            to_nation=asked.to_nation,
        )
        return DoneTold()

    return answer_once(request, caller, work)


def _register(caller: Caller, declaration: HouseholdDeclaration) -> RegisteredTold:
    done = register_household(actor=caller.actor, at=caller.at, declaration=declaration)
    return RegisteredTold(
        household_id=done.household_id,
        household_code=done.code,
        is_new=done.is_new,
        record_count=done.record_count,
    )


def show_referral(line: IntroductionLine, *, is_file: bool) -> ReferralShown:
    """An introduction; where the household lives and how poor it is belong to its file."""
    return ReferralShown(
        referral_id=line.id,
        household_id=line.household_id or None,
        kind=KindName(line.kind.name),
        state=line.state.value,
        offer_state=line.offer_state.value if line.offer_state else None,
        province=line.province,
        county=(line.county or None) if is_file else None,
        decile=line.decile if is_file else None,
        household_size=line.household_size,
        opened_at=line.opened_at,
        claim_until=line.claim_until,
    )


def _reason(text: str) -> DeclineReason:
    if text not in set(DeclineReason):
        raise IntroductionElsewhere(field="reason")
    return DeclineReason(text)
