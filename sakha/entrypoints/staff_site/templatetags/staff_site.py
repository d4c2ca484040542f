"""Tags of the staff's pages: the parts of the site that this actor may enter, and what the last action said."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse

from sakha.access.rules import Actor, Permission, Role
from sakha.entrypoints.staff_site.screens import Way, Ways
from sakha.entrypoints.staff_site.sessions import take_told
from sakha.vocabulary.places import COUNTIES, PROVINCES

register = template.Library()

# name, icon, page, who may, and every page that belongs to it
_WAYS: tuple[tuple[str, str, str, Permission, frozenset[str]], ...] = (
    (
        "استعلام",
        "search",
        "check",
        Permission.CHECK_AID,
        frozenset({"check", "household", "evidence", "evidence_correct", "evidence_proof", "evidence_decide"})
        | {"evidence_paper", "name_head"}
        | {"why", "score_audit", "ask_people", "new_appeal", "publishing"},
    ),
    ("یافتن", "user-round-search", "find", Permission.READ_HOUSEHOLD, frozenset({"find"})),
    (
        "ثبت خانوار",
        "house-plus",
        "register",
        Permission.WRITE_HOUSEHOLD,
        frozenset({"register", "register_step", "register_member", "register_drop"}),
    ),
    (
        "فهرست‌ها",
        "file-spreadsheet",
        "files",
        Permission.IMPORT_FILE,
        frozenset({"files", "file", "file_mapping", "file_load", "file_cancel", "file_progress", "file_problems"}),
    ),
    (
        "در دست تحویل",
        "hand-heart",
        "held",
        Permission.HOLD_AID,
        frozenset({"held", "hold", "deliver", "release", "own_shares", "goods", "goods_offer"}),
    ),
    (
        "هویت‌ها",
        "users-round",
        "identity_queue",
        Permission.DECIDE_IDENTITY,
        frozenset({"identity_queue", "identity_question"}),
    ),
    (
        "نیازها",
        "list-ordered",
        "needs",
        Permission.READ_HOUSEHOLD,
        frozenset({"needs", "household_needs", "need_declare", "need_paper"}),
    ),
    (
        "سیاست",
        "scale",
        "policies",
        Permission.DECIDE_POLICY,
        frozenset({"policies", "policy", "policy_new", "policy_change", "policy_simulate", "policy_approve"})
        | {"policy_withdraw", "policy_figures", "prices", "price_approve", "price_withdraw", "score_months"}
        | {"shares", "proposal", "proposal_decide", "proposal_figures", "refunds", "refund_step"}
        | {"gateway_cases", "settle_gateway_case", "legal_givers", "legal_giver_step"}
        | {"pool_policies", "pool_policy", "pool_policy_step", "pool_policy_figures"},
    ),
    (
        "اعتراض‌ها",
        "message-square-warning",
        "appeals",
        Permission.READ_HOUSEHOLD,
        frozenset({"appeals", "appeal", "appeal_step", "asked", "visits"}),
    ),
    (
        "پیام‌های مردم",
        "megaphone",
        "grievances",
        Permission.READ_HOUSEHOLD,
        frozenset({"grievances", "grievance", "grievance_step", "new_grievance", "household_grievance"})
        | {"deliveries", "visited", "propose_back", "decide_back"},
    ),
    ("تماس‌ها", "phone", "calls", Permission.READ_PROVINCE, frozenset({"calls", "call_round", "called"})),
    (
        "گواهان",
        "users",
        "confirmers",
        Permission.READ_PROVINCE,
        frozenset({"confirmers", "confirmer", "stop_confirmer", "answer_audit"}),
    ),
    (
        "معرفی‌ها",
        "heart-handshake",
        "introductions",
        Permission.READ_HOUSEHOLD,
        frozenset({"introductions", "introduction", "introduction_step", "refer_upward"}),
    ),
    (
        "راهنما",
        "list-filter",
        "directory",
        Permission.READ_HOUSEHOLD,
        frozenset({"directory", "directory_tell", "directory_step"}),
    ),
    (
        "دعوت‌ها",
        "message-square-text",
        "campaigns",
        Permission.INVITE,
        frozenset({"campaigns", "campaign_step", "in_person", "ask_person"}),
    ),
    ("میز تصمیم", "clock", "desk", Permission.READ_PROVINCE, frozenset({"desk"})),
    (
        "استان",
        "map",
        "province",
        Permission.READ_PROVINCE,
        frozenset({"province", "one_province", "one_county", "since_opening", "figure_file"}),
    ),
    ("گزارش‌ها", "file-text", "reports", Permission.READ_PROVINCE, frozenset({"reports", "report", "kept_report"})),
    ("کاربران", "user-round", "users", Permission.READ_ACCESS_LOG, frozenset({"users", "give_password_link"})),
    (
        "برنامه‌ها",
        "key-round",
        "programs",
        Permission.KEEP_CLIENT_KEYS,
        frozenset({"programs", "program", "new_program_key", "revoke_program_key", "stop_program", "resume_program"}),
    ),
    ("بانک‌ها", "database", "banks", Permission.READ_BANKS, frozenset({"banks"})),
    ("پیامک‌ها", "message-square-text", "outbox", Permission.READ_OUTBOX, frozenset({"outbox"})),
)
# A name of two words has no room between five places on a phone.
_SHORT = {"held": "تحویل"}
_NARROW_PLACES = 5
# What an office does all day stands in the bar; the rest keeps the order above.
_FIRST_OF_OFFICES = ("check", "province", "needs", "appeals", "identity_queue")
_FIRST_OF_CHARITIES = ("check", "register", "held", "needs", "files")
_OFFICES = frozenset({Role.COUNTY_OFFICER, Role.PROVINCE_OFFICER, Role.NATION_OFFICER})
_ROLES = {
    Role.CHARITY_STAFF: "مددکار خیریه",
    Role.CHARITY_HEAD: "مدیر خیریه",
    Role.AGENCY_STAFF: "کارشناس دستگاه",
    Role.COUNTY_OFFICER: "کارشناس فرمانداری",
    Role.PROVINCE_OFFICER: "کارشناس استانداری",
    Role.NATION_OFFICER: "کارشناس کشوری",
    Role.OPERATOR: "راهبر سامانه",
}


def pages_of_ways() -> set[str]:
    """Name every page that has a place in the bar."""
    return {name for *_, pages in _WAYS for name in pages}


@register.simple_tag(takes_context=True)
def ways(context: Context, place_count: int) -> Ways:
    """List the parts of the site that the actor may enter, the present one marked; what has no place stands behind."""
    request: HttpRequest = context["request"]
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return Ways(places=())
    here = request.resolver_match.url_name if request.resolver_match else ""
    first = _FIRST_OF_OFFICES if actor.role in _OFFICES else _FIRST_OF_CHARITIES
    open_ways = [way for way in _WAYS if actor.can(way[3])]
    open_ways.sort(key=lambda way: first.index(way[2]) if way[2] in first else len(first))
    shown = tuple(
        Way(
            name=_SHORT.get(page, name) if place_count <= _NARROW_PLACES else name,
            icon=icon,
            address=reverse(page),
            is_here=here in pages,
        )
        for name, icon, page, _, pages in open_ways
    )
    if len(shown) <= place_count:
        return Ways(places=shown)
    return Ways(places=shown[: place_count - 1], more=shown[place_count - 1 :])


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
