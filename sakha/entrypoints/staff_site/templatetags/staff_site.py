"""Tags of the staff's pages: the parts of the site that this actor may enter, and what the last action said."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse

from sakha.access.rules import Actor, Permission, Role
from sakha.entrypoints.staff_site.screens import Way
from sakha.entrypoints.staff_site.sessions import take_told
from sakha.vocabulary.places import COUNTIES, PROVINCES

register = template.Library()

_WAYS: tuple[tuple[str, str, str, Permission, frozenset[str]], ...] = (
    ("استعلام", "search", "check", Permission.CHECK_AID, frozenset({"check", "household", "evidence"})),
    ("یافتن", "user-round-search", "find", Permission.READ_HOUSEHOLD, frozenset({"find"})),
    ("ثبت خانوار", "house-plus", "register", Permission.WRITE_HOUSEHOLD, frozenset({"register", "register_step"})),
    ("فهرست‌ها", "file-spreadsheet", "files", Permission.IMPORT_FILE, frozenset({"files", "file"})),
    ("در دست تحویل", "hand-heart", "held", Permission.HOLD_AID, frozenset({"held"})),
    ("هویت‌ها", "users-round", "identity_queue", Permission.DECIDE_IDENTITY, frozenset({"identity_queue"})),
    ("نیازها", "list-ordered", "needs", Permission.READ_HOUSEHOLD, frozenset({"needs", "household_needs"})),
    ("سیاست", "scale", "policies", Permission.DECIDE_POLICY, frozenset({"policies", "policy", "policy_new"})),
    ("اعتراض‌ها", "message-square-warning", "appeals", Permission.READ_HOUSEHOLD, frozenset({"appeals", "appeal"})),
    ("گواهان", "users", "confirmers", Permission.READ_PROVINCE, frozenset({"confirmers"})),
    ("استان", "map", "province", Permission.READ_PROVINCE, frozenset({"province"})),
    ("بانک‌ها", "database", "banks", Permission.READ_BANKS, frozenset({"banks"})),
    ("پیامک‌ها", "message-square-text", "outbox", Permission.READ_OUTBOX, frozenset({"outbox"})),
)
_ROLES = {
    Role.CHARITY_STAFF: "مددکار خیریه",
    Role.CHARITY_HEAD: "مدیر خیریه",
    Role.AGENCY_STAFF: "کارشناس دستگاه",
    Role.COUNTY_OFFICER: "کارشناس فرمانداری",
    Role.PROVINCE_OFFICER: "کارشناس استانداری",
    Role.NATION_OFFICER: "کارشناس کشوری",
    Role.OPERATOR: "راهبر سامانه",
}


@register.simple_tag(takes_context=True)
def ways(context: Context) -> list[Way]:
    """List the parts of the site that the actor may enter, the present one marked."""
    request: HttpRequest = context["request"]
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return []
    here = request.resolver_match.url_name if request.resolver_match else ""
    return [
        Way(name=name, icon=icon, address=reverse(page), is_here=here in pages)
        for name, icon, page, permission, pages in _WAYS
        if actor.can(permission)
    ]


@register.filter
def workplace(actor: Actor) -> str:
    """Name the organisation, or the area of an office; the role, where the name already is the organisation's."""
    if actor.organisation_name and actor.organisation_name == actor.display_name:
        return role_name(actor.role)
    if actor.organisation_name:
        return actor.organisation_name
    if actor.county in COUNTIES:
        return f"شهرستان {COUNTIES[actor.county].name}"
    if actor.province in PROVINCES:
        return f"استان {PROVINCES[actor.province].name}"
    return "سراسر کشور"


@register.filter
def role_name(role: Role) -> str:
    """Name the role in Persian."""
    return _ROLES.get(role, "")


@register.filter
def slug_of(word: str) -> str:
    """Write a word of the rules as it stands in an address."""
    return word.lower().replace("_", "-")


@register.simple_tag
def told(request: HttpRequest) -> str:
    """Take the sentence that the last action left for the next page."""
    return take_told(request)


@register.simple_tag
def is_demonstration() -> bool:
    """Whether the people of this installation are simulated."""
    return bool(settings.SAKHA.is_demonstration)


@register.simple_tag
def filled_share(held: int, delivered: int, target: int) -> float:
    """Return how much of a need is taken care of."""
    return (held + delivered) / target if target else 0.0
