"""From the answers of scoring to the words of the pages of explanations, confirmations and appeals."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from sakha.access.rules import Actor, Permission
from sakha.entrypoints.staff_site.people_screens import (
    AppealRow,
    AppealScreen,
    AskedRow,
    AuditRow,
    AuditScreen,
    ChoiceRow,
    ConfirmerRow,
    PointsRow,
    QuestionRow,
    ReasonRow,
    SignRow,
    WhyScreen,
)
from sakha.entrypoints.staff_site.screens import FactRow, TrailRow
from sakha.entrypoints.staff_site.wording import show_time_left
from sakha.registry.rules.fact_text import fact_label, show_fact
from sakha.scoring.queries.appeals import AppealFile, AppealLine, AppealStepLine, RunningOverride
from sakha.scoring.queries.confirmations import AnswerToAudit, AskedInSite, Confirmed, ConfirmerCard
from sakha.scoring.queries.confirmations_signs import Sign, SignKind
from sakha.scoring.queries.explanation_readers import AuditedScore, HouseholdExplanation
from sakha.scoring.rules.appeals import (
    KIND_WORDS,
    LEVEL_WORDS,
    OUTCOME_WORDS,
    AppealKind,
    AppealLevel,
    AppealOutcome,
    AppealState,
    AppealStepKind,
)
from sakha.scoring.rules.confirming import KIND_WORDS as CONFIRMER_WORDS
from sakha.scoring.rules.confirming_questions import COUNT_MAX, QUESTIONS, Question
from sakha.scoring.rules.explanation_readers import SourcedReason
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.jalali import show_date, show_moment
from sakha.vocabulary.places import COUNTIES

_STEP_WORDS = {
    AppealStepKind.OPENED: "اعتراض ثبت شد",
    AppealStepKind.ANSWERED: "نهاد پاسخ داد",
    AppealStepKind.ESCALATED: "به مرجع بالاتر رفت",
    AppealStepKind.VISIT_SENT: "بازدید خواسته شد",
    AppealStepKind.VISITED: "بازدید شد",
    AppealStepKind.DECIDED: "تصمیم گرفته شد",
    AppealStepKind.WITHDRAWN: "پس گرفته شد",
}


def show_appeal_row(line: AppealLine, *, at: datetime) -> AppealRow:
    """Show an appeal on the desk."""
    label = f": {fact_label(line.fact)}" if line.fact else ""
    is_closed = line.state is AppealState.CLOSED
    is_late = line.is_overdue(at=at)
    due = OUTCOME_WORDS[line.outcome] if is_closed else show_time_left(line.due_at, at=at)
    return AppealRow(
        appeal_id=line.id,
        household_id=line.household_id,
        code=line.household_code,
        title=f"{KIND_WORDS[line.kind]}{label}",
        level=LEVEL_WORDS[line.level],
        due=due,
        kind="clear" if line.outcome is AppealOutcome.UPHELD else "stop" if is_late else "" if is_closed else "wait",
        sign="circle-check" if is_closed else "clock-alert" if is_late else "clock",
    )


def show_appeal(file: AppealFile, *, actor: Actor, at: datetime) -> AppealScreen:
    """Show an appeal and what this actor may do with it now."""
    line = file.line
    is_open = line.state is not AppealState.CLOSED
    is_office = actor.can(Permission.READ_PROVINCE)
    is_answering = line.answering_id is not None and line.answering_id == actor.organisation_id
    may_answer = is_open and is_answering and line.level is AppealLevel.CHARITY
    may_decide = is_open and is_office and line.level is not AppealLevel.CHARITY
    is_anothers = is_open and not may_answer and not may_decide and line.state is not AppealState.VISITING
    return AppealScreen(
        row=show_appeal_row(line, at=at),
        statement=file.statement,
        facts=_appeal_facts(file),
        steps=tuple(_show_step(step) for step in reversed(file.steps)),
        may_answer=may_answer,
        may_decide=may_decide,
        may_visit=line.state is AppealState.OPEN and is_office and line.level is not AppealLevel.CHARITY,
        may_tell_visit=line.state is AppealState.VISITING,
        may_withdraw=is_open,
        may_carry_on=line.outcome is AppealOutcome.REJECTED and line.level is AppealLevel.COUNTY,
        is_committee=line.kind is AppealKind.DECISION,
        waiting=f"اکنون نوبت {LEVEL_WORDS[line.level]} است؛ مهلتش تا {show_date(_day(line.due_at))}."
        if is_anothers
        else "",
    )


def show_why(told: HouseholdExplanation, appeals: tuple[AppealLine, ...], *, at: datetime) -> WhyScreen:
    """Show the explanation that is printed for the household."""
    today = timezone.localtime(at).date()
    return WhyScreen(
        household_id=told.household_id,
        band=told.band,
        override=show_override(told.override),
        more_need=tuple(_show_reason(one) for one in told.more_need),
        less_need=tuple(_show_reason(one) for one in told.less_need),
        unknown=told.unknown_labels,
        unsure=told.unsure_words,
        contested=told.contested_labels,
        freshness=told.freshness.show(today),
        confirmed=show_confirmed(told.confirmations),
        appeals=tuple(show_appeal_row(line, at=at) for line in appeals),
    )


def show_override(running: RunningOverride | None) -> str:
    """Say that a committee's decision runs, and until when."""
    if running is None:
        return ""
    override = running.override
    return (
        f"به تصمیم کمیته تا {show_date(override.until_on)} در دهک برآوردی {persian_digits(override.decile)}"
        f" دیده می‌شود؛ خود امتیاز دست نخورده است."
    )


def show_confirmed(lines: tuple[Confirmed, ...]) -> tuple[FactRow, ...]:
    """Show what came of people's answers, without telling who answered."""
    rows = []
    for one in lines:
        if one.question is None:
            label = fact_label(one.fact.value) if one.fact else ""
            value = show_fact(one.fact.value, one.value) if one.fact and one.value is not None else ""
            rows.append(FactRow(name=label, value=value, note=f"رأی اعتراض، {show_date(_day(one.confirmed_at))}"))
            continue
        question = QUESTIONS[one.question]
        value = "هنوز روشن نیست" if one.value is None else question.show(one.value)
        kinds = f"{persian_digits(one.kind_count)} گروه هم‌سخن" if one.value is not None else "پاسخ‌ها بس نیست"
        rows.append(FactRow(name=question.label, value=value, note=f"{kinds}، {show_date(_day(one.confirmed_at))}"))
    return tuple(rows)


def show_audit(audited: AuditedScore) -> AuditScreen:
    """Show everything, for the auditor."""
    reasons = audited.reasons
    verdict = "امتیاز ثبت‌شده، از سند مدل و شواهد همان روز، بی هیچ تفاوتی دوباره به دست آمد."
    if not audited.is_same:
        verdict = "امتیاز دوباره به‌دست‌آمده با ثبت‌شده یکی نیست: پس از آن، داده‌ای در جای خود تصحیح شده است."
    facts = (
        FactRow(name="امتیاز ثبت‌شده", value=_signed(audited.stored_score)),
        FactRow(name="امتیاز بازسازی‌شده", value=_signed(audited.score)),
        FactRow(name="دهک برآوردی", value=persian_digits(audited.decile)),
        FactRow(name="امتیاز قیمت استان", value=_signed(audited.region_points)),
        FactRow(name="مدل", value=audited.model_title, note=f"سال قیمت {persian_digits(audited.price_year)}"),
        FactRow(name="لحظهٔ شواهد", value=show_moment(audited.as_of)),
    )
    points = tuple(
        PointsRow(
            label=one.label,
            value=one.sentence,
            points=_signed(one.points),
            source=_source_words(audited, one.name),
        )
        for one in reasons.all
    )
    return AuditScreen(
        household_id=audited.household_id,
        is_same=audited.is_same,
        verdict=verdict,
        facts=facts,
        points=points,
        unknown=f"{persian_digits(len(reasons.unknown_labels))} نشانهٔ نادانسته: {_signed(reasons.expected_points)}",
        known_facts=tuple(
            FactRow(name=fact_label(name), value=show_fact(name, value), note=_source_words(audited, name))
            for name, value in audited.facts.items()
            if name in audited.sources and isinstance(value, int)
        ),
        confirmed=show_confirmed(audited.confirmations),
    )


def show_confirmer(card: ConfirmerCard) -> ConfirmerRow:
    """Show a confirmer by number."""
    place = COUNTIES[card.county].name if card.county in COUNTIES else ""
    share = persian_digits(round(card.reliability * 100))
    notes = (
        place,
        f"اعتبار {share}٪ پس از {persian_digits(card.audited_count)} بازرسی" if card.audited_count else "بازرسی‌نشده",
        f"{persian_digits(card.answered_count)} پاسخ" if card.answered_count else "هنوز بی‌پاسخ",
        "معرفی خیریه" if card.is_nominated else "",
    )
    return ConfirmerRow(
        confirmer_id=card.id,
        title=f"{CONFIRMER_WORDS[card.kind]}، شمارهٔ {persian_digits(card.id)}",
        note=" · ".join(filter(None, notes)),
        is_stopped=card.is_stopped,
    )


def show_sign(sign: Sign) -> SignRow:
    """Say what was noticed, as a question and not as a verdict."""
    count, whole = persian_digits(sign.count), persian_digits(sign.whole)
    match sign.kind:
        case SignKind.FEW:
            title = f"چند نفر، گواه بیشتر خانوارهای {sign.organisation_name}"
            note = f"سه نفر {count} پاسخ از {whole} پاسخ را داده‌اند."
        case SignKind.MUTUAL:
            title = f"گواهی دوسویهٔ {sign.organisation_name} و {sign.other_name}"
            note = f"روی هم {count} پاسخ دربارهٔ خانوارهای یکدیگر."
        case SignKind.BURST:
            title = f"پاسخ‌های پشت سر هم، گواه شمارهٔ {persian_digits(sign.confirmer_id or 0)}"
            note = f"{count} خانوار در یک ساعت."
        case _:
            place = COUNTIES[sign.county].name if sign.county in COUNTIES else ""
            title = f"انباشت زیر مرز دهک {persian_digits(sign.decile or 0)}: {sign.organisation_name}"
            note = f"{place}؛ {count} خانوار درست زیر مرز و {whole} خانوار درست بالای آن."
    return SignRow(title=title, note=note)


def show_answer_to_audit(answer: AnswerToAudit) -> AuditRow:
    """Show an answer to check on the spot."""
    why = "با پاسخ دیگران نمی‌خواند" if answer.is_alone else "به قرعه"
    return AuditRow(
        answer_id=answer.id,
        title=f"{answer.question.label}: {answer.question.show(answer.value)}",
        note=f"گواه شمارهٔ {persian_digits(answer.confirmer_id)} · {why}",
        household_id=answer.household_id,
        confirmer_id=answer.confirmer_id,
    )


def show_asked(asked: AskedInSite, *, at: datetime) -> AskedRow:
    """Show a family about which the actor is asked."""
    return AskedRow(
        request_id=asked.id,
        name=asked.family_name,
        ends=show_time_left(asked.expires_at, at=at),
        questions=tuple(show_question(question) for question in asked.questions),
    )


def show_question(question: Question) -> QuestionRow:
    """Show a question with every way to answer it; «I don't know» comes first and is never a no."""
    choices = question.choices or tuple((count, f"{persian_digits(count)} نفر") for count in range(COUNT_MAX + 1))
    ways = [ChoiceRow(value="", words="نمی‌دانم")] + [
        ChoiceRow(value=str(value), words=words) for value, words in choices
    ]
    return QuestionRow(name=question.code.value, sentence=question.sentence, choices=tuple(ways))


def _appeal_facts(file: AppealFile) -> tuple[FactRow, ...]:
    line = file.line
    rows = [
        FactRow(name="در دست", value=LEVEL_WORDS[line.level], note=f"مهلت تا {show_date(_day(line.due_at))}"),
        FactRow(name="ثبت اعتراض", value=show_moment(line.opened_at)),
    ]
    if line.fact:
        before = file.facts_before.get(line.fact)
        known = show_fact(line.fact, before) if isinstance(before, int) else "دانسته نیست"
        rows.append(FactRow(name="آنچه ثبت است", value=known, note=file.answering_name))
    if line.fact and file.told_value is not None:
        rows.append(FactRow(name="آنچه خانوار می‌گوید", value=show_fact(line.fact, file.told_value)))
    if file.score_before is not None:
        rows.append(
            FactRow(name="امتیاز و دهک برآوردی پیش از اعتراض", value=_place(file.score_before, file.decile_before))
        )
    if file.score_after is not None:
        rows.append(FactRow(name="امتیاز و دهک برآوردی پس از آن", value=_place(file.score_after, file.decile_after)))
    if file.reason:
        rows.append(FactRow(name="دلیل تصمیم", value=file.reason, note=OUTCOME_WORDS[line.outcome]))
    return tuple(rows)


def _place(score: int, decile: int | None) -> str:
    return f"{_signed(score)}، دهک {persian_digits(decile or 0)}"


def _show_step(step: AppealStepLine) -> TrailRow:
    return TrailRow(
        title=_STEP_WORDS[step.kind],
        place=step.by or "سامانه",
        when=show_moment(step.at),
        reason=step.note,
    )


def _show_reason(one: SourcedReason) -> ReasonRow:
    return ReasonRow(sentence=one.sentence, source=f"{one.source}، {show_date(one.on)}" if one.on else one.source)


def _source_words(audited: AuditedScore, name: str) -> str:
    source = audited.sources.get(name)
    if source is None:
        return "دفتر خانوار"
    return f"{source.name}، {show_date(source.on)}" if source.on else source.name


def _signed(points: int | None) -> str:
    if points is None:
        return "—"
    return f"{'−' if points < 0 else ''}{persian_digits(abs(points))}"


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
