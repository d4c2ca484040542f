"""What people answer to an identity question, and what follows: persons become one, a waiting row loads by itself.

Two people must say «the same» where the aid of two households comes together; whether it does is the ledger's
knowledge, so doors call `ledger.actions.decide_identity`, which asks it and comes here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from django.db import connection
from django.db.models import Q

from sakha.access.actions import record_access
from sakha.access.queries import acting
from sakha.access.rules import SYSTEM, AccessAction, Actor, Permission, Scope
from sakha.registry.actions.asking import IDENTITY_CODES, drop_identifier, withdraw_row_questions
from sakha.registry.actions.intake import end_load
from sakha.registry.actions.merging import merge_file
from sakha.registry.actions.uniting import unite_persons
from sakha.registry.models import IdentityQuestion, IntakeFile, Person
from sakha.registry.queries.people_views import person_views, row_view
from sakha.registry.rules.contradictions import rows_known_otherwise
from sakha.registry.rules.identity_pairs import PairVerdict, identity_view, judge_weight, weigh_pair
from sakha.registry.rules.identity_states import ANSWERS, QuestionKind, QuestionState
from sakha.registry.rules.states import IntakeState
from sakha.vocabulary.refusal import Refusal

_FORGET_DOUBT: Final = """
UPDATE registry_intake_row SET problems = coalesce((
    SELECT jsonb_agg(one) FROM jsonb_array_elements(problems) AS one WHERE one->>'code' <> ALL(%s)), '[]'::jsonb)
WHERE intake_file_id = %s AND row_number = %s
RETURNING problems = '[]'::jsonb
"""


class QuestionUnknown(Refusal):
    """No such question, or none that the actor sees."""

    code: ClassVar[str] = "IDENTITY_QUESTION_UNKNOWN"
    sentence: ClassVar[str] = "این پرسش پیدا نشد."


class QuestionAnswered(Refusal):
    """Somebody was quicker, or nothing is doubtful any more."""

    code: ClassVar[str] = "IDENTITY_QUESTION_ANSWERED"
    sentence: ClassVar[str] = "به این پرسش پیش‌تر پاسخ داده شده است."


class QuestionNotYours(Refusal):
    """One of the two is known to others too, so an office answers."""

    code: ClassVar[str] = "IDENTITY_QUESTION_NOT_YOURS"
    sentence: ClassVar[str] = "دفتر فرمانداری به این پرسش پاسخ می‌دهد، چون نهاد دیگری هم این شخص را می‌شناسد."


class SecondPersonNeeded(Refusal):
    """Where aid comes together nobody decides alone."""

    code: ClassVar[str] = "SECOND_PERSON_NEEDED"
    sentence: ClassVar[str] = "شما پاسخ داده‌اید؛ کمک‌های دو خانوار یکی می‌شود، پس همکار دیگری هم باید تأیید کند."


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a question; `merge_id` where persons were merged, `has_loaded` where a row was."""

    question_id: int
    state: QuestionState
    waits_for_second: bool = False
    merge_id: int | None = None
    has_loaded: bool = False


def answer_question(
    *, actor: Actor, at: datetime, question_id: int, answer: QuestionState, joins_aid: bool
) -> Answered:
    """Answer a question: SAME, DIFFERENT or UNKNOWN (can't tell).

    Raises: PermissionMissing, QuestionUnknown, QuestionAnswered, QuestionNotYours, SecondPersonNeeded, AlreadyMerged,
    PeopleBusy.
    """
    actor.require(Permission.DECIDE_IDENTITY)
    if answer not in ANSWERS:
        raise QuestionUnknown(field="answer")
    with acting(actor):
        question = _own_question(actor, question_id)
        with acting(SYSTEM):
            question = IdentityQuestion.objects.select_for_update(no_key=True).get(id=question_id)
            if question.state != QuestionState.OPEN:
                raise QuestionAnswered(field="question_id")
            if answer is QuestionState.SAME and joins_aid and _is_first(actor, at, question):
                return Answered(question_id, QuestionState.OPEN, waits_for_second=True)
            question.state, question.decided_by_id, question.decided_at = answer.value, actor.user_id, at
            question.joins_aid = joins_aid
            question.save(update_fields=["state", "decided_by_id", "decided_at", "joins_aid"])
            merge_id, has_loaded = _follow(actor, at, question, answer)
        purpose = f"identity question {question_id}: {answer.value}"
        record_access(actor=actor, at=at, action=AccessAction.WRITE, household_id=None, purpose=purpose)
    return Answered(question_id, answer, merge_id=merge_id, has_loaded=has_loaded)


def recheck_questions(*, at: datetime) -> int:
    """Withdraw the questions that nothing supports any more; tell how many. Call it outside of any transaction.

    What was told or corrected since may have made a pair unlike, or a waiting row agree: then it loads with the rest.
    """
    count = withdraw_row_questions(at=at)
    with acting(SYSTEM):
        open_ones = IdentityQuestion.objects.filter(state=QuestionState.OPEN.value)
        waiting = list(open_ones.order_by("id").values_list("id", flat=True))
    # each in a transaction of its own: nobody's answer waits for the whole round, and none is written over
    return count + sum(_recheck(question_id, at) for question_id in waiting)


def _recheck(question_id: int, at: datetime) -> bool:
    """Withdraw one question, unless somebody answers it at this moment or did meanwhile."""
    with acting(SYSTEM):
        still = IdentityQuestion.objects.select_for_update(no_key=True, skip_locked=True)
        question = still.filter(id=question_id, state=QuestionState.OPEN.value).first()
        if question is None or not _is_over(question):
            return False
        question.state, question.decided_at = QuestionState.WITHDRAWN.value, at
        question.save(update_fields=["state", "decided_at"])
        if not _is_pair(question):
            _load_row(question, at)
    return True


def _is_over(question: IdentityQuestion) -> bool:
    if not _is_pair(question):
        return _agrees_now(question)
    ids = [question.person_id, question.other_person_id or 0]
    # By themselves two may be less alike than with those beside whom they stand: only what changed is judged again.
    changed = Q(linked_at__isnull=True) | Q(linked_at__gt=question.asked_at)
    if not Person.objects.filter(changed, id__in=ids).exists():
        return False
    views = person_views(ids)
    return judge_weight(weigh_pair(*(views[one] for one in ids))[0]) is PairVerdict.LEAVE


def _own_question(actor: Actor, question_id: int) -> IdentityQuestion:
    """The question, if the actor may answer it: of both sides its own organisation, or of its area."""
    question = IdentityQuestion.objects.filter(id=question_id).first()
    if question is None:
        raise QuestionUnknown(field="question_id")
    if actor.scope is Scope.ORGANISATION and question.owner_id != actor.organisation_id:
        raise QuestionNotYours(field="question_id")
    return question


def _is_first(actor: Actor, at: datetime, question: IdentityQuestion) -> bool:
    """Note the first of two; the second must be somebody else."""
    if question.first_at is None:
        question.first_by_id, question.first_at, question.joins_aid = actor.user_id, at, True
        question.save(update_fields=["first_by_id", "first_at", "joins_aid"])
        return True
    if question.first_by_id == actor.user_id:
        raise SecondPersonNeeded(field="question_id")
    return False


def _follow(actor: Actor, at: datetime, question: IdentityQuestion, answer: QuestionState) -> tuple[int | None, bool]:
    if _is_pair(question):
        if answer is not QuestionState.SAME:
            return None, False
        pair = (question.person_id, question.other_person_id or 0)
        card = unite_persons(actor=actor, at=at, person_ids=pair, reason="answered", question_id=question.pk)
        return card.id, False
    if answer is QuestionState.UNKNOWN:
        return None, False
    if answer is QuestionState.DIFFERENT:
        file = IntakeFile.objects.get(id=question.intake_file_id or 0)
        drop_identifier(file, question.row_number or 0)
    return None, _load_row(question, at)


def _load_row(question: IdentityQuestion, at: datetime) -> bool:
    """Take the doubt off a row, and load it where the rest of its file is loaded already."""
    file = IntakeFile.objects.select_for_update(no_key=True).get(id=question.intake_file_id or 0)
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_DOUBT, (list(IDENTITY_CODES), file.pk, question.row_number))
        freed = cursor.fetchone()
        if freed is None or not freed[0]:
            return False
        cursor.execute(
            "UPDATE registry_intake_row SET is_decided = true WHERE intake_file_id = %s AND row_number = %s",
            (file.pk, question.row_number),
        )
    file.valid_count += 1
    file.problem_count -= 1
    file.save(update_fields=["valid_count", "problem_count"])
    if file.state != IntakeState.LOADED:
        return False
    end_load(file, merge_file(file, at=at, rows=[question.row_number or 0]), at)
    return True


def _agrees_now(question: IdentityQuestion) -> bool:
    told = row_view(question.intake_file_id or 0, question.row_number or 0)
    known = person_views([question.person_id]).get(question.person_id)
    if told is None or known is None:
        return False
    return not rows_known_otherwise([(0, identity_view(told), identity_view(known))])


def _is_pair(question: IdentityQuestion) -> bool:
    return question.kind == QuestionKind.PAIR.value
