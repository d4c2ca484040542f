"""What people are asked: facts, in open words that tell nobody anything, never «is this family poor?».

No question carries what the register holds, so whoever is asked learns nothing new; the answers are compared here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.vocabulary.digits import persian_digits
from sakha.vocabulary.fact_names import FactName
from sakha.vocabulary.refusal import Refusal

TOPICS: Final = 3
COUNT_MAX: Final = 15


class QuestionCode(StrEnum):
    """A question, by what it asks."""

    LIVES_HERE = "LIVES_HERE"
    HOUSEHOLD_SIZE = "HOUSEHOLD_SIZE"
    TENURE = "TENURE"
    EMPLOYED = "EMPLOYED"
    STUDENTS = "STUDENTS"
    ILLNESS = "ILLNESS"
    DISABILITY = "DISABILITY"
    SHOCK = "SHOCK"


@dataclass(frozen=True, slots=True)
class Question:
    """A sentence, who may be asked it, and the fact that an agreed answer becomes."""

    code: QuestionCode
    label: str
    sentence: str
    kinds: frozenset[ConfirmerKind]
    choices: tuple[tuple[int, str], ...]
    """Empty for a number of people."""
    fact: FactName | None = None
    is_hardship: bool = False
    """What the card doesn't know: anything but zero may move the score a little."""

    def accepts(self, value: int) -> bool:
        """Whether this is an answer to the question."""
        return value in dict(self.choices) if self.choices else 0 <= value <= COUNT_MAX

    def show(self, value: int) -> str:
        """An answer in words."""
        return dict(self.choices).get(value) or f"{persian_digits(value)} نفر"


class AnswerUnfit(Refusal):
    """The answer is none of those that the question allows."""

    code: ClassVar[str] = "ANSWER_UNFIT"
    sentence: ClassVar[str] = "این پاسخ خوانده نشد. یکی از گزینه‌ها را برگزینید یا «نمی‌دانم» را بگذارید."


_FIRST: Final = QuestionCode.LIVES_HERE
_YES_NO: Final = ((1, "بله"), (0, "نه"))
_TENURES: Final = ((1, "از خودشان"), (3, "اجاره"), (4, "رهن"), (6, "بی‌اجاره، نزد دیگران"))
_SHOCKS: Final = (
    (0, "نه"), (1, "درگذشت نان‌آور"), (2, "آتش‌سوزی"), (3, "سیل یا زلزله"), (4, "بیکاری ناگهانی"), (5, "حادثه"),
)  # fmt: skip
_K: Final = ConfirmerKind
_AROUND: Final = frozenset({_K.TRUSTEE, _K.NEIGHBOUR, _K.CHARITY})
_CARING: Final = frozenset({_K.CLINIC, _K.TRUSTEE, _K.CHARITY})

QUESTIONS: Final[dict[QuestionCode, Question]] = {
    question.code: question
    for question in (
        Question(
            QuestionCode.LIVES_HERE,
            "زندگی در همین محله",
            "آیا این خانواده امروز در همین محله زندگی می‌کند؟",
            frozenset(ConfirmerKind),
            _YES_NO,
        ),
        Question(
            QuestionCode.HOUSEHOLD_SIZE,
            "شمار اعضای خانه",
            "تا جایی که می‌دانید، چند نفر در این خانه با هم زندگی می‌کنند؟",
            _AROUND,
            (),
            FactName.HHSIZE,
        ),
        Question(
            QuestionCode.TENURE,
            "نحوهٔ تصرف خانه",
            "خانه از خودشان است یا اجاره می‌دهند؟",
            _AROUND,
            _TENURES,
            FactName.TENURE,
        ),
        Question(
            QuestionCode.EMPLOYED,
            "شمار شاغلان",
            "چند نفر از این خانه سر کار می‌روند؟",
            _AROUND,
            (),
            FactName.N_EMPLOYED,
        ),
        Question(
            QuestionCode.STUDENTS,
            "شمار محصلان",
            "چند نفر از این خانه به مدرسه می‌روند؟",
            frozenset({_K.SCHOOL, _K.TRUSTEE, _K.NEIGHBOUR}),
            (),
            FactName.N_STUDENTS,
        ),
        Question(
            QuestionCode.ILLNESS,
            "شمار بیماران درازمدت",
            "چند نفر از این خانه درمان درازمدت دارند؟",
            _CARING,
            (),
            FactName.CHRONIC_ILLNESS_COUNT,
        ),
        Question(
            QuestionCode.DISABILITY,
            "شمار توان‌یابان",
            "چند نفر از این خانه توان‌یاب (دارای معلولیت) هستند؟",
            _CARING,
            (),
            FactName.DISABLED_COUNT,
        ),
        Question(
            QuestionCode.SHOCK,
            "پیشامد شش ماه گذشته",
            "در شش ماه گذشته در این خانه پیشامد سنگینی بوده است؟",
            _AROUND,
            _SHOCKS,
            FactName.SHOCK_KIND,
            is_hardship=True,
        ),
    )
}


def topics_for(turn: int) -> tuple[QuestionCode, ...]:
    """Three topics for a household, in turn, so that confirmers of different kinds are asked the same things."""
    codes = [code for code in QUESTIONS if code is not QuestionCode.LIVES_HERE]
    start = turn * TOPICS % len(codes)
    return tuple((codes + codes)[start : start + TOPICS])


def questions_for(kind: ConfirmerKind, topics: Sequence[QuestionCode]) -> tuple[Question, ...]:
    """What somebody of this kind is asked: whether they live here at all, then the topics that the kind can know."""
    fitting = [QUESTIONS[code] for code in topics if kind in QUESTIONS[code].kinds and code is not _FIRST]
    return (QUESTIONS[_FIRST], *fitting[:TOPICS]) if fitting else ()


def read_answer(question: Question, text: str) -> int | None:
    """The value of a chosen answer; empty is «I don't know», which is never a no."""
    if not text:
        return None
    if not text.isdecimal() or len(text) > 2 or not question.accepts(int(text)):  # noqa: PLR2004 (two digits)
        raise AnswerUnfit(field=question.code.value)
    return int(text)
