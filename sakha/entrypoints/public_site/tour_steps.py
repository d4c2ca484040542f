"""The guided tour of the demonstration: of each role who signs in and what to look at, in both languages.

Decides words and order; the addresses are the pages' own names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Step:
    """A page to open: its name in the table of addresses, what it is called, what to see there."""

    page: str
    title: tuple[str, str]
    words: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Tour:
    """The five minutes of a role; `entry` says as whom one signs in."""

    name: str
    icon: str
    title: tuple[str, str]
    entry: tuple[str, str]
    steps: tuple[Step, ...]


_OFFICIAL: Final = Tour(
    "official",
    "landmark",
    ("کارشناس و مدیر", "An official"),
    ("با نام alborz وارد شوید؛ برای همهٔ کشور با iran.", "Sign in as alborz; for the whole country as iran."),
    (
        Step(
            "province",
            ("استان در یک نگاه", "The province at a glance"),
            (
                "جملهٔ بالای صفحه یافتهٔ امروز است؛ زیر هر نمودار جدول، تعریف و فایلش هست.",
                "The sentence on top is today's finding; under each chart are its table, definition and file.",
            ),
        ),
        Step(
            "since_opening",
            ("پیش و پس از گشایش", "Before and after"),
            ("شب پیش از گشایش استان، کنار امروز.", "The eve of the province's opening beside today."),
        ),
        Step(
            "desk",
            ("میز تصمیم", "What waits for you"),
            ("کهنه‌ترین کار نخست؛ یکی را باز کنید.", "The oldest first; open one."),
        ),
        Step(
            "appeals",
            ("اعتراض‌ها", "Objections"),
            ("تا پاسخ داده نشود هیچ کمکی بریده نمی‌شود.", "No help is cut until each is answered."),
        ),
        Step(
            "policies",
            ("سیاست‌ها", "Policies"),
            ("پیش از به کار بستن ببینید چه کسانی جابه‌جا می‌شوند.", "See who would move before one is used."),
        ),
        Step(
            "reports",
            ("گزارش‌ها", "Reports"),
            (
                "گزارش هر ماه و گزارش شورا؛ همان که بود می‌ماند.",
                "Each month's and the council's; they stay as they were.",
            ),
        ),
    ),
)
_CHARITY: Final = Tour(
    "charity",
    "building-2",
    ("همکار خیریه", "A charity's worker"),
    (
        "با یکی از نام‌هایی که در پایانه با c آغاز می‌شوند وارد شوید.",
        "Sign in by a name in the terminal that begins with c.",
    ),
    (
        Step(
            "check",
            ("پیش از کمک بپرسید", "Ask before you give"),
            (
                "شماره‌ای از فهرست خودتان را بنویسید: آزاد است، یا کسی پیش‌تر بر عهده گرفته؟",
                "Type a number of your own list: is it free, or has somebody taken it?",
            ),
        ),
        Step(
            "files",
            ("فهرست Excel", "Your Excel list"),
            ("هر سطر که برگشته دلیلش را کنار خود دارد.", "Each row that was given back says why."),
        ),
        Step(
            "introductions",
            ("معرفی‌ها", "Introductions"),
            ("خانوارهایی که کسی نمی‌پوشاند؛ یکی را بپذیرید.", "Households that nobody covers; take one."),
        ),
        Step(
            "held",
            ("آنچه بر عهده دارید", "What you hold"),
            ("تحویل را ثبت کنید تا جای دیگری دوباره داده نشود.", "Record a delivery, so that nobody gives it twice."),
        ),
        Step(
            "needs",
            ("نیازها", "Needs"),
            ("چه مانده، برای چه کسی، و چرا او نخست.", "What is left, for whom, and why this one first."),
        ),
    ),
)
_DONOR: Final = Tour(
    "donor",
    "hand-heart",
    ("بخشنده", "A giver"),
    ("حساب و نام نمی‌خواهد؛ پرداخت آزمایشی است.", "No account and no name; payment is a sandbox."),
    (
        Step(
            "donor_needs",
            ("نیازهای بی‌نام", "Needs without names"),
            ("نخست آن‌ها که کمتر دیده شده‌اند؛ یکی را بردارید.", "The least seen first; pick one."),
        ),
        Step(
            "donor_pool",
            ("صندوق همگانی", "The common pool"),
            ("بگذارید قاعده برگزیند.", "Let the rule choose."),
        ),
        Step(
            "donor_monthly",
            ("هر ماه", "Every month"),
            ("همراه یک نیاز بمانید؛ هر وقت خواستید پایان دهید.", "Stay with a need; end it when you like."),
        ),
        Step(
            "public_proof",
            ("رسید را بسنجید", "Check a receipt"),
            ("رسید هر هدیه با ریشهٔ منتشرشده سنجیده می‌شود.", "Each gift's receipt is checked against a published root."),
        ),
        Step(
            "public_figures",
            ("آنچه همه می‌بینند", "What anybody sees"),
            ("هیچ عددی کسی را نشان نمی‌دهد.", "No number shows a person."),
        ),
    ),
)
_HOUSEHOLD: Final = Tour(
    "household",
    "house",
    ("خانوار", "A household"),
    (
        "شمارهٔ همراهی بسازید (با ۰۹۹۹ آغاز شود)؛ پیامک در صندوق راهبر است: نام operator.",
        "Make up a number that begins with 0999; the message is in the operator's outbox: sign in as operator.",
    ),
    (
        Step(
            "household_door",
            ("با شمارهٔ همراه بیایید", "Come in by telephone"),
            ("هفت برگ کوتاه؛ آنچه نمی‌دانید خالی بماند.", "Seven short sheets; leave empty what you don't know."),
        ),
        Step(
            "outbox",
            ("صندوق پیامک‌ها", "The outbox"),
            ("هیچ پیامکی از این رایانه بیرون نمی‌رود؛ رمز این‌جاست.", "Nothing leaves this machine; the code is here."),
        ),
        Step(
            "household_why",
            ("چرا این جایگاه؟", "Why this place?"),
            ("هر امتیاز با دلیلش؛ نادرست است؟ اعتراض کنید.", "Each point with its reason; wrong? Object."),
        ),
        Step(
            "household_looks",
            ("چه کسی پرونده را دید؟", "Who looked?"),
            ("هر دیدن با نام سازمان و زمان.", "Each look, with body and time."),
        ),
        Step(
            "public_voice",
            ("شکایت و پیشنهاد", "Complain or suggest"),
            ("بی‌نام هم می‌شود؛ با یک کد دنبال کنید.", "Without a name too; follow it by a code."),
        ),
    ),
)
_ENGINEER: Final = Tour(
    "engineer",
    "code",
    ("مهندس", "An engineer"),
    ("با alborz وارد شوید و در «برنامه‌ها» کلیدی آزمایشی بگیرید.", "Sign in as alborz and get a key under «برنامه‌ها»."),
    (
        Step(
            "programs",
            ("برنامه‌ها", "Programs"),
            ("کلید، دامنه، شمار درخواست‌ها و خطاها.", "Keys, scopes, counts of requests and errors."),
        ),
        Step(
            "api_reference",
            ("رابط", "The interface"),
            ("سند OpenAPI، همان که کلاینت از آن ساخته می‌شود.", "The OpenAPI document from which clients are made."),
        ),
        Step(
            "open_data",
            ("دادهٔ باز", "Open data"),
            ("خیریه‌ها به HSDS و هدیه‌ها به ۳۶۰Giving.", "Charities as HSDS, gifts as 360Giving."),
        ),
        Step(
            "public_roots",
            ("ریشه‌ها", "Roots"),
            ("هر روز یک ریشه؛ با sakha verify بسنجید.", "A root a day; check them with sakha verify."),
        ),
        Step(
            "public_method",
            ("مدل", "The model"),
            ("همهٔ امتیازها، با شناسه و اثر انگشت سند.", "Every point, with the document's name and digest."),
        ),
    ),
)
TOURS: Final = (_OFFICIAL, _CHARITY, _DONOR, _HOUSEHOLD, _ENGINEER)
