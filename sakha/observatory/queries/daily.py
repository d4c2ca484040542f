"""The figures of a day, defined once: counts of the sources, and the ratios and medians made of them."""

from __future__ import annotations

from typing import Final

from sakha.observatory.queries.daily_aid import LEDGER
from sakha.observatory.queries.daily_people import HOMES, SEARCH
from sakha.observatory.queries.daily_voices import BODIES, VOICES
from sakha.observatory.rules.daily import AnyFigure, DailyFigure, MedianFigure, RatioFigure
from sakha.observatory.rules.shapes import FigureOwner

RATIOS: Final = (
    RatioFigure(
        code="COVERAGE_GAP",
        title="شکاف پوشش",
        owner=FigureOwner.SEARCH,
        meaning="سهم بی‌پوشش‌ها از همهٔ خانوارهای نیازمند: شناسایی‌شده‌ها و بی‌پوشش‌های بیرون از دفتر.",
        over="UNCOVERED",
        under=("IDENTIFIED_HOUSEHOLDS", "UNCOVERED_OUTSIDE"),
    ),
    RatioFigure(
        code="NOT_HELPED_SHARE",
        title="سهم بی‌کمک‌ها",
        owner=FigureOwner.REGISTER,
        meaning="سهم خانوارهای شناسایی‌شده‌ای که در ۳۶۵ روز گذشته هیچ کمکی نگرفتند.",
        over="NOT_HELPED",
        under=("IDENTIFIED_HOUSEHOLDS",),
    ),
    RatioFigure(
        code="FILL",
        title="پاسخ به نیاز",
        owner=FigureOwner.LEDGER,
        meaning="سهم برآورده از ارزش نیازهایی که در ۳۶۵ روز گذشته باز شد.",
        over="MET_WORTH",
        under=("NEED_WORTH",),
    ),
    RatioFigure(
        code="CHARITY_SHARE",
        title="سهم خیریه‌ها از کمک",
        owner=FigureOwner.BODIES,
        meaning="سهم خیریه‌ها از ارزش همهٔ کمک‌های رسیده.",
        over="CHARITY_WORTH",
        under=("DELIVERED_WORTH",),
    ),
    RatioFigure(
        code="CHARITY_LOAD",
        title="بار خیریه‌ها",
        owner=FigureOwner.BODIES,
        meaning="خانوارهای زیر پوشش خیریه‌ها به نسبت گنجایشی که خود گفته‌اند.",
        over="CHARITY_HOUSEHOLDS",
        under=("CHARITY_CAPACITY",),
    ),
    RatioFigure(
        code="APPEALS_IN_TIME",
        title="اعتراض پاسخ‌گرفته در مهلت",
        owner=FigureOwner.APPEALS,
        meaning="از اعتراض‌های داوری‌شده، چند درصد بی آن‌که مهلت هیچ مرجعی بگذرد.",
        over="APPEALS_JUDGED_IN_TIME",
        under=("APPEALS_JUDGED",),
    ),
    RatioFigure(
        code="APPEALS_UPHELD",
        title="سهم اعتراض‌های پذیرفته",
        owner=FigureOwner.APPEALS,
        meaning="از اعتراض‌های داوری‌شده، چند درصد پذیرفته شد.",
        over="APPEALS_ACCEPTED",
        under=("APPEALS_JUDGED",),
    ),
)
MEDIANS: Final = (
    MedianFigure(
        code="WAITING_DAYS",
        title="میانهٔ انتظار تا نخستین کمک",
        owner=FigureOwner.REGISTER,
        meaning="روزهایی که نیمی از کمک‌گرفته‌ها، از ثبت خانوار تا نخستین کمک، بیش از آن نماندند.",
        of="FIRST_HELP",
    ),
    MedianFigure(
        code="GRIEVANCES_MEDIAN_DAYS",
        title="روز تا پاسخ",
        owner=FigureOwner.VOICES,
        meaning="روزهایی که نیمی از پیام‌های پاسخ‌گرفته بیش از آن در انتظار پاسخ نماندند.",
        of="GRIEVANCES_ANSWERED",
    ),
)
COUNTS: Final[tuple[DailyFigure, ...]] = (*HOMES, *SEARCH, *LEDGER, *VOICES, *BODIES)
_ALL: Final[tuple[AnyFigure, ...]] = (*COUNTS, *RATIOS, *MEDIANS)
DAILY_FIGURES: Final[dict[str, AnyFigure]] = {one.code: one for one in _ALL}
