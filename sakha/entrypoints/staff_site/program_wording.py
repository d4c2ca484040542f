"""What a program called, in words: by day, by way, what was refused and what helps; examples of what it may ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sakha.access.queries import ClientCard, UseDay, UseHistory
from sakha.access.rules import ClientScope
from sakha.vocabulary.digits import group_thousands, persian_digits
from sakha.vocabulary.jalali import show_date, show_moment

DAYS_SHOWN: Final = 14
_OTHER_ADVICE: Final = "جملهٔ «detail» پاسخ را بخوانید و همان درخواست را دوباره نفرستید."
_ADVICE: Final = {
    "BODY_INVALID": "«problems» پاسخ می‌گوید کدام خانه به شکل سند نیست.",
    "BODY_TOO_LARGE": "درخواست را به چند بخش کوچک‌تر بشکنید.",
    "CERTIFICATE_WRONG": "برنامه باید با همان گواهی TLS بیاید که ثبت شده است.",
    "CLIENT_SUSPENDED": "با دفتر استان سخن بگویید؛ تا آن هنگام چیزی نفرستید.",
    "EXCEEDS_OPEN_NEED": "نیاز بازمانده کمتر است: نخست استعلام کنید و همان اندازه نگه دارید.",
    "HOLD_SETTLED": "این نگه‌داشتن پیش‌تر بسته شده است: وضع آن را دوباره بخوانید.",
    "HOUSEHOLD_NOT_ASKED": "نخست با کد ملی استعلام کنید، سپس با شمارهٔ خانوار نگه دارید.",
    "HOUSEHOLD_PROTECTED": "برای این خانوار با دفتر استان سخن بگویید.",
    "HOUSEHOLD_UNKNOWN": "نهاد شما پرونده‌ای از این خانوار ندارد، یا چنین شماره‌ای نیست.",
    "IDENTIFIER_INVALID": "رقم‌های کد ملی را پیش از فرستادن بیازمایید.",
    "LEVEL_MISSING": "سطح برنامه این پاسخ را نمی‌پوشاند؛ سطح بالاتر را از دفتر استان بخواهید.",
    "LIMIT_REACHED": "به اندازهٔ «Retry-After» صبر کنید، یا درخواست‌ها را دسته‌ای بفرستید.",
    "NEED_COVERED": "دیگران پیش‌تر همین کمک را داده‌اند؛ استعلام می‌گوید چه چیزی مانده است.",
    "PERMISSION_WITHHELD": "پروانه یا وضع نهاد شما این کار را بسته است.",
    "PURPOSE_MISSING": "یکی از منظورهای ثبت‌شده را در سرآیند «Sakha-Purpose» بنویسید.",
    "REQUEST_KEY_MISSING": "هر نوشتن سرآیند «Idempotency-Key» می‌خواهد.",
    "REQUEST_KEY_REUSED": "برای درخواست تازه کلید تازه بسازید.",
    "REQUEST_REUSED": "برای درخواست تازه کلید تازه بسازید.",
    "SANDBOX_MIXED": "برنامهٔ آزمایشی تنها از آدم‌های ساختگی می‌پرسد و برنامهٔ واقعی تنها از آدم‌های واقعی.",
    "SCOPE_MISSING": "این راه در اجازهٔ برنامه نیست؛ آن را از دفتر استان بخواهید.",
    "SIMILAR_HELP_RECENT": "همین کمک تازه داده شده است: چیز دیگری بدهید یا دلیل را در «reason» بنویسید.",
}
_POST: Final = """curl {address}/{path} \\
  -H "Authorization: Bearer $KEY" \\
{key}  -H "Content-Type: application/json" \\
  -d '{body}'"""
_KEYED: Final = '  -H "Idempotency-Key: parcel-1" \\\n'
_EXAMPLES: Final = (
    (ClientScope.AID_CHECK, "استعلام یک نفر", "check", "", '{"kind": "FOOD", "national_id": "..."}'),
    (ClientScope.AID_CHECK, "استعلام تا هزار نفر", "check/batch", "", '{"kind": "FOOD", "national_ids": ["..."]}'),
    (ClientScope.AID_HOLD, "نگه‌داشتن کمک", "holds", _KEYED, '{"kind": "FOOD", "household_id": 7, "quantity": 1}'),
    (ClientScope.HOUSEHOLD_READ, "یافتن خانوار", "households/find", "", '{"national_id": "..."}'),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of the table; its link leads to that day alone."""

    on: str
    words: str
    count: str
    refused: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class WayRow:
    """A way that was called, with what of it was refused."""

    route: str
    count: str
    refused: str
    last: str


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """A refusal with what helps."""

    code: str
    route: str
    count: str
    last: str
    advice: str


@dataclass(frozen=True, slots=True)
class Example:
    """A request that the program may make, ready to be tried."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class ProgramScreen:
    """All that the page of one program shows of its use."""

    run: tuple[int, ...]
    days: tuple[DayRow, ...]
    ways: tuple[WayRow, ...]
    refusals: tuple[RefusalRow, ...]
    day_share: float
    day_words: str
    minute_share: float
    minute_words: str
    span_words: str


def show_use(card: ClientCard, history: UseHistory, *, today: date, chosen: date | None) -> ProgramScreen:
    """The use of the last days; the tables of ways and refusals of the chosen day alone where there is one."""
    days = [today - timedelta(days=back) for back in range(DAYS_SHOWN)]
    asked = Counter[date]()
    refused = Counter[date]()
    for line in history.lines:
        (refused if line.code else asked)[line.on] += line.request_count
    lines = [line for line in history.lines if chosen is None or line.on == chosen]
    return ProgramScreen(
        run=tuple(asked[on] for on in reversed(days)),
        days=tuple(
            DayRow(
                on.isoformat(), show_date(on), group_thousands(asked[on]), group_thousands(refused[on]), on == chosen
            )
            for on in days
            if asked[on] or refused[on]
        ),
        ways=_ways(lines),
        refusals=_refusals(lines),
        day_share=asked[today] / card.day_limit,
        day_words=_of(asked[today], card.day_limit),
        minute_share=history.busiest_minute_count / card.minute_limit,
        minute_words=_of(history.busiest_minute_count, card.minute_limit),
        span_words=f"{persian_digits(DAYS_SHOWN)} روز گذشته" if chosen is None else show_date(chosen),
    )


def examples_of(card: ClientCard, *, address: str) -> tuple[Example, ...]:
    """Requests for what the program's scopes allow."""
    return tuple(
        Example(title, _POST.format(address=address, path=path, key=key, body=body))
        for scope, title, path, key, body in _EXAMPLES
        if scope in card.scopes
    )


def _ways(lines: Sequence[UseDay]) -> tuple[WayRow, ...]:
    asked, refused, last = Counter[str](), Counter[str](), dict[str, datetime]()
    for line in lines:
        (refused if line.code else asked)[line.route] += line.request_count
        last[line.route] = max(line.last_at, last.get(line.route, line.last_at))
    return tuple(
        WayRow(route, group_thousands(count), group_thousands(refused[route]), show_moment(last[route]))
        for route, count in asked.most_common()
    )


def _refusals(lines: Sequence[UseDay]) -> tuple[RefusalRow, ...]:
    counts, last = Counter[tuple[str, str]](), dict[tuple[str, str], datetime]()
    for line in lines:
        if line.code:
            place = (line.code, line.route)
            counts[place] += line.request_count
            last[place] = max(line.last_at, last.get(place, line.last_at))
    return tuple(
        RefusalRow(
            code, route, group_thousands(count), show_moment(last[code, route]), _ADVICE.get(code, _OTHER_ADVICE)
        )
        for (code, route), count in counts.most_common()
    )


def _of(count: int, most: int) -> str:
    return f"{group_thousands(count)} از {group_thousands(most)}"
