"""Figures of a day about appeals, complaints, and what charities carry."""

from __future__ import annotations

from typing import Final

from sakha.observatory.rules.daily import Breakdown, DailyFigure
from sakha.observatory.rules.shapes import FigureOwner, FigureUnit

_FACT: Final = {Breakdown.FACT: "fact"}
_MATTER: Final = {Breakdown.MATTER: "matter"}
VOICES: Final = (
    DailyFigure(
        code="APPEALS_OPENED",
        title="اعتراض ثبت‌شده",
        unit=FigureUnit.APPEAL,
        owner=FigureOwner.APPEALS,
        meaning="اعتراض‌هایی که خانوارها تا پایان روز ثبت کردند، باز یا پاسخ‌گرفته؛ به داده‌ای که نادرست است.",
        source="appeals",
        parts=_FACT,
    ),
    DailyFigure(
        code="APPEALS_JUDGED",
        title="اعتراض داوری‌شده",
        unit=FigureUnit.APPEAL,
        owner=FigureOwner.APPEALS,
        meaning="اعتراض‌هایی که تا پایان روز پذیرفته یا رد شد.",
        source="appeals",
        where="is_judged",
        parts=_FACT,
    ),
    DailyFigure(
        code="APPEALS_ACCEPTED",
        title="اعتراض پذیرفته‌شده",
        unit=FigureUnit.APPEAL,
        owner=FigureOwner.APPEALS,
        meaning="از همان‌ها، اعتراض‌هایی که پذیرفته شد.",
        source="appeals",
        where="is_judged AND is_upheld",
        parts=_FACT,
    ),
    DailyFigure(
        code="APPEALS_JUDGED_IN_TIME",
        title="اعتراض داوری‌شده در مهلت",
        unit=FigureUnit.APPEAL,
        owner=FigureOwner.APPEALS,
        meaning="از داوری‌شده‌ها، اعتراض‌هایی که مهلت هیچ مرجعی نگذشت.",
        source="appeals",
        where="is_judged AND NOT was_late",
    ),
    DailyFigure(
        code="GRIEVANCES_BROUGHT",
        title="شکایت، پیشنهاد و گزارش",
        unit=FigureUnit.GRIEVANCE,
        owner=FigureOwner.VOICES,
        meaning="همهٔ شکایت‌ها، پیشنهادها، گزارش‌های سوءاستفاده و «نرسیده‌ها» تا پایان روز.",
        source="grievances",
        parts=_MATTER,
    ),
    DailyFigure(
        code="GRIEVANCES_OVERDUE",
        title="پیام دیرشده",
        unit=FigureUnit.GRIEVANCE,
        owner=FigureOwner.VOICES,
        meaning="پیام‌هایی که مهلت پاسخشان نزد دست‌کم یک مرجع گذشت، پاسخ گرفته باشند یا نه.",
        source="grievances",
        where="was_late",
        parts=_MATTER,
    ),
    DailyFigure(
        code="GRIEVANCES_ANSWERED",
        title="پیام پاسخ‌گرفته",
        unit=FigureUnit.GRIEVANCE,
        owner=FigureOwner.VOICES,
        meaning="پیام‌هایی که تا پایان روز پاسخ گرفتند، به شمار روزها تا آخرین پاسخ.",
        source="grievances",
        where="is_answered",
        parts={Breakdown.DAYS: "days"},
    ),
)
BODIES: Final = (
    DailyFigure(
        code="CHARITIES",
        title="خیریهٔ فعال",
        unit=FigureUnit.CHARITY,
        owner=FigureOwner.BODIES,
        meaning="خیریه‌ها و مراکز نیکوکاری پذیرفته‌شده‌ای که در پایان روز کنار گذاشته نبودند.",
        source="charities",
    ),
    DailyFigure(
        code="CHARITY_CAPACITY",
        title="گنجایش خیریه‌ها",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.BODIES,
        meaning="خانوارهایی که خیریه‌ها گفته‌اند می‌توانند زیر پوشش بگیرند؛ تنها خیریه‌هایی که گنجایش خود را گفته‌اند.",
        source="charities",
        value="sum(capacity)",
        parts={Breakdown.BODY: "body"},
    ),
    DailyFigure(
        code="CHARITY_HOUSEHOLDS",
        title="خانوار زیر پوشش خیریه‌ها",
        unit=FigureUnit.HOUSEHOLD,
        owner=FigureOwner.BODIES,
        meaning="خانوارهایی که همان خیریه‌ها در پایان روز می‌پوشاندند؛ خانواری که دو خیریه می‌پوشانند دو بار.",
        source="charities",
        value="sum(households)",
        where="tells_capacity",
        parts={Breakdown.BODY: "body"},
    ),
    DailyFigure(
        code="CHARITY_WORTH",
        title="ارزش کمک خیریه‌ها",
        unit=FigureUnit.RIAL,
        owner=FigureOwner.BODIES,
        meaning="ارزش کمک‌هایی که تا پایان روز خیریه‌ها و مراکز نیکوکاری رساندند.",
        source="aid",
        value="sum(worth)",
        where="giver IN ('CHARITY', 'CHARITY_CENTRE')",
        parts={Breakdown.KIND: "kind"},
    ),
)
