"""The household's own file: needs, what came, place and its reasons, who looked, objections, and taking consent back.

Read in the household's own scope: the database shows it no other. Every page is a look, and is logged as one.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from sakha.access.queries import acting, who_looked
from sakha.access.rules import SYSTEM, household_actor
from sakha.coordination.actions import stop_messages, withdraw_registration
from sakha.coordination.queries import RegistrationCard, what_came
from sakha.coordination.queries.introductions import has_introduction_consent
from sakha.coordination.rules.states import RegistrationState
from sakha.entrypoints.household_site.forms import ObjectionForm
from sakha.entrypoints.household_site.gate import file_page, own_page, show
from sakha.entrypoints.household_site.sessions import tell
from sakha.entrypoints.household_site.voice_wording import show_gifts
from sakha.entrypoints.household_site.wording import (
    OWN_PURPOSE,
    show_appeals,
    show_looks,
    show_needs,
    show_reasons,
)
from sakha.giving.actions import withdraw_publishing
from sakha.ledger.queries import receipts_of_household
from sakha.registry.queries.households import get_household_file
from sakha.scoring.actions.appeals import NewAppeal, open_appeal
from sakha.scoring.queries import ScoreUnknown, get_needs
from sakha.scoring.queries.appeals import appeals_of_household
from sakha.scoring.queries.explanation_readers import HouseholdExplanation, explain_to_household
from sakha.scoring.rules.appeals import AppealKind, AppealOpenAlready
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.fact_names import FactName

_LOOK_COUNT = 30
_READ_COUNT = 300  # among them one's own, which are not shown


def show_file(request: HttpRequest, own: RegistrationCard, at: datetime) -> HttpResponse:
    """Show the file; to a telephone whose household was known before, only that it is there."""
    reader = own.reader
    if reader is None or own.household_id is None:
        return show(request, "elsewhere")
    household_id = own.household_id
    with acting(reader):
        file = get_household_file(actor=reader, at=at, household_id=household_id, purpose=OWN_PURPOSE)
        needs = get_needs(actor=reader, at=at, household_id=household_id, event_count=0).needs
    return show(
        request,
        "file",
        code=file.code,
        people=f"{persian_digits(len(file.members))} نفر",
        needs=show_needs(needs),
        gifts=show_gifts(what_came(at=at, registration=own), receipts_of_household(household_id=household_id)),
        is_withdrawn=own.state is RegistrationState.WITHDRAWN,
    )


@file_page()
def why(request: HttpRequest, *, own: RegistrationCard, at: datetime) -> HttpResponse:
    """Show the place that the estimate gives, why, and from which word of whom."""
    reader = own.reader
    if reader is None or own.household_id is None:
        return show(request, "elsewhere")
    told: HouseholdExplanation | None = None
    with acting(reader):
        try:
            told = explain_to_household(actor=reader, at=at, household_id=own.household_id)
        except ScoreUnknown:
            told = None
    freshness = told.freshness.show(timezone.localtime(at).date()) if told else ""
    return show(
        request,
        "why",
        place=told,
        freshness=freshness,
        more_need=show_reasons(told.more_need) if told else (),
        less_need=show_reasons(told.less_need) if told else (),
    )


@file_page()
def looks(request: HttpRequest, *, own: RegistrationCard, at: datetime) -> HttpResponse:
    """Show who looked at the file."""
    del at
    reader = own.reader
    if reader is None or own.household_id is None:
        return show(request, "elsewhere")
    with acting(reader):
        found = who_looked(actor=reader, household_id=own.household_id, limit=_READ_COUNT)
    return show(request, "looks", looks=show_looks(found, most=_LOOK_COUNT))


@sensitive_post_parameters()
@file_page("GET", "POST")
def objections(request: HttpRequest, *, own: RegistrationCard, at: datetime) -> HttpResponse:
    """Show the household's objections, or take in a new one; no aid stops meanwhile."""
    reader = own.reader
    if reader is None or own.household_id is None:
        return show(request, "elsewhere")
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        appeal = NewAppeal(
            household_id=own.household_id,
            kind=AppealKind(given["kind"]),
            statement=given["statement"],
            fact=FactName(given["fact"]) if given["fact"] else None,
            told_value=given["told"],
        )
        try:
            open_appeal(actor=reader, at=at, appeal=appeal)
        except AppealOpenAlready as refusal:
            form.add_error(None, refusal.message)
        else:
            tell(request, "سخن شما ثبت شد. تا پاسخ آن، هیچ کمکی بریده نمی‌شود.")
            return HttpResponseRedirect(reverse("household_objections"))
    # an objection's words are for who decides: the household is shown where each lies
    lines = appeals_of_household(actor=SYSTEM, household_id=own.household_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, "objections", status=status, form=form, appeals=show_appeals(lines, at=at))


@own_page("GET", "POST")
def ending(request: HttpRequest, *, own: RegistrationCard, at: datetime) -> HttpResponse:
    """Say what can be deleted and what not; stop messages, or take the consent back."""
    if request.method == "POST":
        if "messages" in request.POST:
            stop_messages(at=at, registration_id=own.id)
            tell(request, "دیگر پیامک دعوت نمی‌فرستیم.")
        elif "consent" in request.POST:
            if own.household_id is not None:  # whoever is to be known to no body is shown to no giver either
                withdraw_publishing(actor=household_actor(own.household_id), at=at, household_id=own.household_id)
            withdraw_registration(at=at, registration_id=own.id)
            tell(request, "رضایت پس گرفته شد.")
            return HttpResponseRedirect(reverse("household_home"))
        return HttpResponseRedirect(reverse("household_ending"))
    return show(
        request,
        "ending",
        is_sent=own.household_id is not None,
        is_withdrawn=own.state is RegistrationState.WITHDRAWN,
        has_consent=own.household_id is not None and has_introduction_consent(household_id=own.household_id),
    )
