"""Figures of appeals and of confirmation by people: how many objected, were answered in time, and were right."""

from __future__ import annotations

from typing import Final

from sakha.observatory.rules import FigureDefinition, FigureOwner, FigureUnit

PEOPLE_FIGURES: Final = (
    FigureDefinition(
        "APPEALS_OPENED",
        "اعتراض ثبت‌شده",
        FigureUnit.APPEAL,
        FigureOwner.APPEALS,
        "اعتراض‌هایی که خانوارهای این استان ثبت کرده‌اند، باز یا پاسخ‌گرفته.",
        """SELECT count(*)
  FROM scoring_appeal a
 WHERE a.province = %(province)s""",
    ),
    FigureDefinition(
        "APPEALS_IN_TIME",
        "اعتراض پاسخ‌گرفته در مهلت",
        FigureUnit.PERCENT,
        FigureOwner.APPEALS,
        "از اعتراض‌های پذیرفته یا ردشده، چند درصد بی آن‌که مهلت هیچ مرجعی بگذرد؛ صفر اگر هنوز هیچ کدام پاسخ نگرفته است.",
        """SELECT coalesce(round(100.0 * count(*) FILTER (WHERE NOT a.was_late) / nullif(count(*), 0)), 0)::int
  FROM scoring_appeal a
 WHERE a.province = %(province)s AND a.outcome IN ('UPHELD', 'REJECTED')""",
    ),
    FigureDefinition(
        "APPEALS_UPHELD",
        "اعتراض پذیرفته‌شده",
        FigureUnit.PERCENT,
        FigureOwner.APPEALS,
        "از اعتراض‌های پذیرفته یا ردشده، چند درصد پذیرفته شد؛ صفر اگر هنوز هیچ کدام پاسخ نگرفته است.",
        """SELECT coalesce(round(100.0 * count(*) FILTER (WHERE a.outcome = 'UPHELD') / nullif(count(*), 0)), 0)::int
  FROM scoring_appeal a
 WHERE a.province = %(province)s AND a.outcome IN ('UPHELD', 'REJECTED')""",
    ),
    FigureDefinition(
        "CONFIRMED_BY_PEOPLE",
        "خانوار با دادهٔ تأییدشدهٔ اهل محل",
        FigureUnit.HOUSEHOLD,
        FigureOwner.APPEALS,
        "خانوارهایی که دست‌کم یک داده‌شان را گواهانی از دو گروه جدا یکسان گفته‌اند.",
        """SELECT count(DISTINCT c.household_id)
  FROM scoring_confirmation c JOIN registry_household h ON h.id = c.household_id
 WHERE h.province = %(province)s AND c.source = 'CONFIRMATION' AND c.value IS NOT NULL
   AND c.superseded_at IS NULL""",
    ),
)
