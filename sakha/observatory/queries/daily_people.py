"""Figures of a day about the needy: who is known, who is not helped, who is covered by nobody and how far they came."""

from __future__ import annotations

from typing import Final

from sakha.observatory.rules.daily import Breakdown, DailyFigure
from sakha.observatory.rules.shapes import FigureOwner, FigureUnit

_DECILE: Final = {Breakdown.DECILE: "decile"}
_WHO: Final = {
    **_DECILE,
    Breakdown.SEX: "sex",
    Breakdown.SETTLEMENT: "settlement",
    Breakdown.DISABILITY: "disability",
}
HOMES: Final = (
    DailyFigure(
        code="IDENTIFIED_PEOPLE",
        title="نیازمند شناسایی‌شده",
        unit=FigureUnit.PERSON,
        owner=FigureOwner.REGISTER,
        meaning="کسانی که در پایان روز عضو خانواری در دفتر بودند؛ هر کس یک بار.",
        source="homes",
        value="sum(people)",
    ),
    DailyFigure(
        code="IDENTIFIED_HOUSEHOLDS",
        title="خانوار شناسایی‌شده",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.REGISTER,
        meaning="خانوارهای دفتر که در پایان روز دست‌کم یک عضو داشتند."
        " دهک، رسمی است اگر جست‌وجو آن را یافته باشد، وگرنه برآورد سخا.",
        source="homes",
        parts=_WHO,
    ),
    DailyFigure(
        code="NOT_HELPED",
        title="بی‌کمک در یک سال",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.REGISTER,
        meaning="خانوارهای شناسایی‌شده‌ای که در ۳۶۵ روز گذشته هیچ کمکی به آن‌ها نرسید.",
        source="homes",
        where="worth_of_year = 0",
        parts=_WHO,
    ),
    DailyFigure(
        code="HELP_SPREAD",
        title="خانوار به پلهٔ کمک",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.REGISTER,
        meaning="خانوارهای شناسایی‌شده به اندازهٔ کمکی که در ۳۶۵ روز گذشته گرفتند؛ هر پله یک‌دهم بالاتر از پیشین.",
        source="homes",
        parts={Breakdown.WORTH: "worth_step"},
    ),
    DailyFigure(
        code="HELP_SPREAD_WORTH",
        title="ارزش کمک به پلهٔ کمک",
        unit=FigureUnit.RIAL,
        owner=FigureOwner.REGISTER,
        meaning="ارزش همان کمک‌ها در هر پله، به بهای روزی که بر عهده گرفته شد.",
        source="homes",
        value="sum(worth_of_year)",
        parts={Breakdown.WORTH: "worth_step"},
    ),
    DailyFigure(
        code="FIRST_HELP",
        title="نخستین کمک رسیده",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.REGISTER,
        meaning="خانوارهای شناسایی‌شده‌ای که تا پایان روز دست‌کم یک کمک گرفتند، به شمار روزها از ثبت تا آن کمک.",
        source="homes",
        where="was_helped",
        parts={Breakdown.DAYS: "days"},
    ),
)
# From being found to being helped, each step counted on its own.
FUNNEL: Final = (
    "FOUND", "INVITED", "REACHED", "REGISTERED_THEMSELVES", "INTRODUCED", "TAKEN", "INTRODUCED_AND_HELPED",
)  # fmt: skip
SEARCH: Final = (
    DailyFigure(
        code="UNCOVERED",
        title="بی‌پوشش",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.SEARCH,
        meaning="خانوارهای دهک پایین که هیچ نهادی آن‌ها را نمی‌پوشاند و در پایان روز هنوز چشم‌به‌راه بودند.",
        source="candidates",
        where="is_open",
        parts=_DECILE,
    ),
    DailyFigure(
        code="UNCOVERED_OUTSIDE",
        title="بی‌پوشش و بیرون از دفتر",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.SEARCH,
        meaning="از همان‌ها، خانوارهایی که در دفتر هم نیستند.",
        source="candidates",
        where="is_open AND is_outside",
        parts=_DECILE,
    ),
    DailyFigure(
        code="FOUND",
        title="یافته‌شده",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.SEARCH,
        meaning="خانوارهایی که جست‌وجو تا پایان روز بی‌پوشش یافته بود، هنوز بی‌پوشش باشند یا نه.",
        source="candidates",
    ),
    DailyFigure(
        code="INVITED",
        title="دعوت‌شده",
        unit=FigureUnit.MESSAGE,
        owner=FigureOwner.SEARCH,
        meaning="دعوت‌هایی که فرستاده شد، رسیده باشد یا نه.",
        source="invitations",
        where="is_sent",
    ),
    DailyFigure(
        code="REACHED",
        title="باخبرشده",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.SEARCH,
        meaning="دعوت‌شدگانی که پیامک به گوشی‌شان رسید یا پیوند و رمز آن را به کار بردند.",
        source="invitations",
        where="is_reached",
    ),
    DailyFigure(
        code="REGISTERED_THEMSELVES",
        title="خودثبت‌نام‌کرده",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.SEARCH,
        meaning="خانوارهایی که برگه را خودشان، یا کسی به خواستشان، فرستادند.",
        source="registrations",
        where="is_sent",
    ),
    DailyFigure(
        code="INTRODUCED",
        title="معرفی‌شده",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.SEARCH,
        meaning="خانوارهایی که با رضایتشان دست‌کم یک نیازشان به نهادی پیشنهاد شد یا در انتظار نهادی ماند.",
        source="introductions",
    ),
    DailyFigure(
        code="TAKEN",
        title="پذیرفته‌شده",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.SEARCH,
        meaning="از همان‌ها، خانوارهایی که نهادی دست‌کم یک نیازشان را پذیرفت، رسانده باشد یا هنوز نه.",
        source="introductions",
        where="is_taken",
    ),
    DailyFigure(
        code="INTRODUCED_AND_HELPED",
        title="معرفی‌شدهٔ کمک‌گرفته",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.SEARCH,
        meaning="از همان‌ها، خانوارهایی که نهادِ پذیرنده کمک را رساند.",
        source="introductions",
        where="is_served",
    ),
)
