"""A company or another legal person gives: registered by one of its people, acted for by several by their phones."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sakha.entrypoints.donor_site.forms import LegalGiverForm, MemberForm
from sakha.entrypoints.donor_site.sessions import act_for, find_giver, find_person
from sakha.entrypoints.donor_site.showing import show, stop
from sakha.giving.actions.legal_givers import add_member, answer_company, register_legal_giver, remove_member
from sakha.giving.queries.donors import DonorCard
from sakha.giving.queries.legal_givers import find_legal_account, members_of, own_legal_givers
from sakha.giving.rules.legal_givers import LegalGiverState, LegalGiverUnknown
from sakha.vocabulary.identifiers import mask_mobile
from sakha.vocabulary.refusal import Refusal

_STATES = {
    LegalGiverState.WAITING: ("در انتظار دیدن مدرک‌ها", "wait"),
    LegalGiverState.CHECKED: ("مدرک‌ها دیده شد؛ در انتظار تصویب", "wait"),
    LegalGiverState.APPROVED: ("تصویب شد", "clear"),
    LegalGiverState.REJECTED: ("پذیرفته نشد", ""),
    LegalGiverState.STOPPED: ("بسته شد", ""),
}
_ASKED = ("از شما می‌خواهد به نامش بدهید", "wait")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyLine:
    """A legal giver of whoever came in by phone, in words."""

    id: int
    name: str
    legal_id: str
    state: str
    kind: str
    reason: str
    is_member: bool
    is_asked: bool
    is_open: bool


def company_lines(request: HttpRequest, giver: DonorCard) -> list[CompanyLine]:
    """Those that the person registered or acts for; `is_open` is the one whose account is open."""
    person = find_person(request)
    if person is None:
        return []
    return [
        CompanyLine(
            id=one.id,
            name=one.name,
            legal_id=one.legal_id,
            state=(_ASKED if one.is_asked else _STATES[one.state])[0],
            kind=(_ASKED if one.is_asked else _STATES[one.state])[1],
            reason=one.reason,
            is_member=one.is_member,
            is_asked=one.is_asked,
            is_open=one.id == giver.legal_giver_id,
        )
        for one in own_legal_givers(donor_id=person.donor_id)
    ]


@never_cache
@sensitive_post_parameters("contact")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Take name and national ID of a legal person from one of its people."""
    person = find_person(request)
    if person is None:
        return HttpResponseRedirect(reverse("donor_account"))
    form = LegalGiverForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            register_legal_giver(giver=person, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            return HttpResponseRedirect(reverse("donor_company"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return show(request, "company", status=status, form=form, companies=company_lines(request, person))


@require_POST
def act(request: HttpRequest, legal_giver_id: int) -> HttpResponse:
    """Give in its name from now on, or with 0 in one's own again."""
    person = find_person(request)
    if person is None:
        return HttpResponseRedirect(reverse("donor_account"))
    if legal_giver_id and find_legal_account(donor_id=person.donor_id, legal_giver_id=legal_giver_id) is None:
        return stop(request, LegalGiverUnknown(), HTTPStatus.NOT_FOUND)
    act_for(request, legal_giver_id)
    return HttpResponseRedirect(reverse("donor_account"))


@require_POST
def answer(request: HttpRequest, legal_giver_id: int) -> HttpResponse:
    """Say yes or no to a company that asked this person to act for it."""
    person = find_person(request)
    if person is None:
        return HttpResponseRedirect(reverse("donor_account"))
    is_accepted = request.POST.get("do") == "accept"
    try:
        answer_company(person=person, at=timezone.now(), legal_giver_id=legal_giver_id, is_accepted=is_accepted)
    except Refusal as refusal:
        return stop(request, refusal, HTTPStatus.NOT_FOUND)
    return HttpResponseRedirect(reverse("donor_account"))


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Show who acts for it and who was asked to, and ask one more."""
    giver, person = find_giver(request), find_person(request)
    if giver is None or giver.legal_giver_id is None or person is None:
        return HttpResponseRedirect(reverse("donor_account"))
    form = MemberForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            add_member(
                giver=giver, person_id=person.donor_id, at=timezone.now(), mobile=told["mobile"], name=told["name"]
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            return HttpResponseRedirect(reverse("donor_company_people"))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    found = members_of(legal_giver_id=giver.legal_giver_id)
    is_many = sum(not one.is_waiting for one in found) > 1
    shown = [(one.id, one.name, mask_mobile(one.mobile), one.is_waiting, is_many or one.is_waiting) for one in found]
    return show(request, "company_people", status=status, form=form, giver=giver, people=shown)


@require_POST
def remove(request: HttpRequest, member_id: int) -> HttpResponse:
    """Somebody acts for it no more."""
    giver, person = find_giver(request), find_person(request)
    if giver is None or person is None:
        return HttpResponseRedirect(reverse("donor_account"))
    try:
        remove_member(giver=giver, person_id=person.donor_id, at=timezone.now(), member_id=member_id)
    except Refusal as refusal:
        return stop(request, refusal, HTTPStatus.NOT_FOUND)
    return HttpResponseRedirect(reverse("donor_company_people"))
