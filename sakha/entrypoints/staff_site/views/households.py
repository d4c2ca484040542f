"""A household's file: members, facts with source and age, score in words, needs, the trail of aid, who looked."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from sakha.access.queries import Look, who_looked
from sakha.access.rules import AccessAction, Actor, Permission
from sakha.coordination.queries import CoverageLine, coverage_of_household
from sakha.entrypoints.staff_site.gate import page
from sakha.entrypoints.staff_site.needs_wording import with_state
from sakha.entrypoints.staff_site.screens import (
    FactRow,
    HeadChoice,
    HouseholdCard,
    HouseholdScreen,
    LookRow,
    MemberRow,
    ScoreScreen,
)
from sakha.entrypoints.staff_site.wording import show_gift, show_matrix, show_need, show_place
from sakha.giving.queries.leave import has_publishing_leave
from sakha.ledger.queries import aid_trail, needs_of_household
from sakha.ledger.rules.trail import months_matrix
from sakha.registry.queries.households import FactCard, HouseholdFile, MemberCard, get_household_file
from sakha.scoring.queries import Explanation, ScoreUnknown, get_explanation, get_needs
from sakha.scoring.queries.explanation_readers import explain_to_charity
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import jalali_year, show_age_ago, show_date, show_moment

_ADULT_YEARS = 18
_LOOK_COUNT = 12
_RELATIONS = {
    "HEAD": "سرپرست",
    "SPOUSE": "همسر",
    "CHILD": "فرزند",
    "PARENT": "پدر یا مادر",
    "OTHER": "از بستگان",
}
_LOOKS = {
    AccessAction.READ: "دیدن پرونده",
    AccessAction.SEARCH: "جست‌وجو",
    AccessAction.CHECK: "استعلام پیش از کمک",
    AccessAction.WRITE: "ثبت یا تغییر",
    AccessAction.IMPORT: "ثبت از فهرست",
    AccessAction.EXPORT: "خروجی گرفتن",
    AccessAction.INVITE: "دعوت",
}
# The words of the agencies' own lists; a word that we don't know is shown as the agency wrote it.
_COVERAGE_KINDS = {
    "PENSION": "مستمری",
    "TEMPORARY": "کمک موردی",
    "SERVICE": "خدمات",
    "DISABILITY_PENSION": "مستمری معلولیت",
    "WOMAN_HEADED": "زنان سرپرست خانوار",
}
_BANDS = ((2, "کم‌درآمدترین پنجم جامعه"), (4, "دو پنجم کم‌درآمد جامعه"), (7, "میانهٔ جامعه"), (10, "بالای میانه"))


@page(Permission.READ_HOUSEHOLD)
def household(request: HttpRequest, *, actor: Actor, at: datetime, household_id: int) -> HttpResponse:
    """Show the file; that it was read is logged by the register."""
    file = get_household_file(actor=actor, at=at, household_id=household_id)
    today = timezone.localtime(at).date()
    gifts = aid_trail(actor=actor, at=at, household_id=household_id)
    needs = needs_of_household(actor=actor, at=at, household_id=household_id)
    known = get_needs(actor=actor, at=at, household_id=household_id, event_count=0).needs
    offered = household_id if actor.can(Permission.HOLD_AID) else None
    covering = coverage_of_household(actor=actor, on=today, household_id=household_id)
    screen = HouseholdScreen(
        card=_show_card(file),
        members=tuple(_show_member(one) for one in file.members),
        facts=tuple(_show_fact(one) for one in _newest(file.facts, actor)),
        needs=tuple(
            with_state(show_need(need, offered), known) for need in sorted(needs, key=lambda one: -one.open_share)
        ),
        trail=tuple(show_gift(gift, at=at) for gift in gifts),
        matrix=show_matrix(months_matrix(gifts, on=today)),
        looks=_show_looks(who_looked(actor=actor, household_id=household_id, limit=_LOOK_COUNT), actor),
        coverage=tuple(_show_coverage(line) for line in covering if line.is_active),
        score=(_find_score if _is_office(actor) else _find_charity_score)(actor, at, household_id),
        heads=_show_heads(file, actor),
    )
    is_asking = actor.can(Permission.WRITE_HOUSEHOLD) or actor.can(Permission.INVITE)
    is_shown = has_publishing_leave(actor=actor, household_id=household_id) if is_asking else None
    return render(request, "staff_site/household.html", {"screen": screen, "is_shown": is_shown})


def _is_office(actor: Actor) -> bool:
    return actor.is_system or actor.can(Permission.READ_PROVINCE)


def _newest(facts: tuple[FactCard, ...], actor: Actor) -> list[FactCard]:
    """The newest of each, newest first; what a data bank answered stays between the register, offices and household."""
    newest: dict[str, FactCard] = {}
    for fact in facts:
        if _is_office(actor) or not fact.is_bank:
            newest.setdefault(fact.name, fact)
    return list(newest.values())


def _show_card(file: HouseholdFile) -> HouseholdCard:
    children = sum(1 for one in file.members if one.age_years is not None and one.age_years < _ADULT_YEARS)
    title = f"{persian_digits(len(file.members))} نفر"
    title += f"، {persian_digits(children)} زیر ۱۸ سال" if children else ""
    lines = [line for line in (show_place(file.province, file.county), persian_digits(file.address or "")) if line]
    if file.is_protected:
        lines.append("خانوار محافظت‌شده: جا و زمان را جایی ننویسید.")
    return HouseholdCard(
        household_id=file.id, code=file.code, title=title, lines=(*lines, f"ثبت: {show_date(_day(file.registered_at))}")
    )


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _show_member(one: MemberCard) -> MemberRow:
    born = ""
    if one.birth_on is not None:
        age = f"{persian_digits(one.age_years)} ساله" if one.age_years is not None else ""
        born = "، ".join(filter(None, (persian_digits(jalali_year(one.birth_on)), age)))
    relation = _RELATIONS.get(one.relation, "")
    return MemberRow(
        name=f"{one.given_name} {one.family_name}".strip() or "بی‌نام",
        relation=relation,
        born=born + ("، درگذشته" if one.died_on else ""),
        identifier=one.identifier,
        is_head=one.relation == "HEAD",
    )


def _show_heads(file: HouseholdFile, actor: Actor) -> tuple[HeadChoice, ...]:
    """The living, where the head has died; which of them may be it, the register says."""
    if not (actor.can(Permission.WRITE_HOUSEHOLD) or _is_office(actor)) or not any(
        one.relation == "HEAD" and one.died_on for one in file.members
    ):
        return ()
    return tuple(
        HeadChoice(person_id=one.person_id, name=f"{one.given_name} {one.family_name}".strip() or "بی‌نام")
        for one in file.members
        if one.died_on is None
    )


def _show_fact(one: FactCard) -> FactRow:
    source = "، ".join(filter(None, (one.organisation_name or "یک نهاد", show_age_ago(one.age_days))))
    return FactRow(name=one.label, value=one.shown, note=source)


def _show_coverage(line: CoverageLine) -> FactRow:
    since = f"از {show_date(line.from_on)}"
    kinds = "، ".join(_COVERAGE_KINDS.get(kind.strip(), kind.strip()) for kind in line.kind.split("،"))
    return FactRow(name=line.organisation_name or "یک نهاد", value=kinds or "پوشش ثابت", note=since)


def _show_looks(looks: tuple[Look, ...], actor: Actor) -> tuple[LookRow, ...]:
    return tuple(
        LookRow(
            when=show_moment(look.at),
            who=_name_looker(look, actor),
            what=_LOOKS.get(look.action, ""),
        )
        for look in looks
    )


def _name_looker(look: Look, actor: Actor) -> str:
    name = look.organisation_name or look.display_name or "یک نهاد"
    return f"{name} (شما)" if look.display_name and look.display_name == actor.display_name else name


def _find_score(actor: Actor, at: datetime, household_id: int) -> ScoreScreen | None:
    try:
        explanation = get_explanation(actor=actor, at=at, household_id=household_id)
    except ScoreUnknown:
        return None
    return _show_score(explanation)


def _find_charity_score(actor: Actor, at: datetime, household_id: int) -> ScoreScreen | None:
    try:
        told = explain_to_charity(actor=actor, at=at, household_id=household_id)
    except ScoreUnknown:
        return None
    return ScoreScreen(
        band=f"{told.band} (دهک برآوردی {persian_digits(told.decile)})",
        unsure=told.unsure_words,
        sentence=_show_share(told.poor20_share),
        more_need=told.more_need,
        less_need=told.less_need,
        summary=told.freshness.show(timezone.localtime(at).date()),
    )


def _show_share(poor20_share: int) -> str:
    of_hundred = persian_digits(round(poor20_share / 10))
    return f"از هر ۱۰۰ خانوار با این نشانه‌ها، نزدیک {of_hundred} خانوار در پنجم کم‌درآمد جامعه‌اند."


def _show_score(one: Explanation) -> ScoreScreen:
    band = next(words for decile, words in _BANDS if one.decile <= decile)
    return ScoreScreen(
        band=f"{band} (دهک برآوردی {persian_digits(one.decile)})",
        unsure=one.unsure_words,
        sentence=_show_share(one.poor20_share),
        # points stand for means: what lowers the score is what shows more need
        more_need=tuple(reason.sentence for reason in one.reasons.lowers),
        less_need=tuple(reason.sentence for reason in one.reasons.raises),
        summary=one.reasons.summary,
    )
