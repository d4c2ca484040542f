"""Figures of grievances and receipts: what was brought, what waits too long, what arrived, and what calls say of it."""

from __future__ import annotations

from typing import Final

from sakha.observatory.rules import FigureDefinition, FigureOwner, FigureUnit

# The newest round over the whole province: each organisation's answers weigh its deliveries; Kish's effective number
# of answers, and Wilson's interval for a finite population (docs/ledger.md; the same as ledger.rules.receipts).
_ROUND: Final = """WITH newest AS (
  SELECT r.id, r.strata FROM ledger_call_round r
   WHERE r.province = %(province)s AND r.county = '' ORDER BY r.id DESC LIMIT 1),
answered AS (
  SELECT (one->>1)::float8 AS made, count(*)::float8 AS answers,
         count(*) FILTER (WHERE c.outcome = 1)::float8 AS received
    FROM newest n CROSS JOIN jsonb_array_elements(n.strata) one
    JOIN ledger_call c ON c.round_id = n.id AND c.organisation_id = (one->>0)::int AND c.outcome IN (1, 2)
   GROUP BY one),
said AS (
  SELECT sum(made) AS made, sum(made * received / answers) / sum(made) AS share,
         sum(made) ^ 2 / sum(made ^ 2 / answers) AS answers
    FROM answered)
"""
_SHARE: Final = "SELECT coalesce(round(100 * share), 0)::int FROM said"
_MARGIN: Final = """SELECT coalesce(ceil(100 / (1 + squared / answers)
       * sqrt(squared * (share * (1 - share) / answers + squared / (4 * answers ^ 2)))), 0)::int
  FROM said CROSS JOIN LATERAL (
       SELECT 3.841459 * greatest(made - answers, 0) / greatest(made - 1, 1) AS squared) z"""

GRIEVANCE_FIGURES: Final = (
    FigureDefinition(
        "GRIEVANCES_BROUGHT",
        "شکایت، پیشنهاد و گزارش",
        FigureUnit.GRIEVANCE,
        FigureOwner.VOICES,
        "همهٔ شکایت‌ها، پیشنهادها، گزارش‌های سوءاستفاده و «نرسیده‌ها»ی این استان، باز یا پایان‌یافته.",
        """SELECT count(*)
  FROM coordination_grievance g
 WHERE g.province = %(province)s""",
    ),
    FigureDefinition(
        "GRIEVANCES_OVERDUE",
        "پیام دیرشده",
        FigureUnit.GRIEVANCE,
        FigureOwner.VOICES,
        "پیام‌هایی که مهلت پاسخشان نزد دست‌کم یک مرجع گذشت، پاسخ گرفته باشند یا نه.",
        """SELECT count(*)
  FROM coordination_grievance g
 WHERE g.province = %(province)s AND g.was_late""",
    ),
    FigureDefinition(
        "GRIEVANCES_MEDIAN_DAYS",
        "روز تا پاسخ",
        FigureUnit.DAY,
        FigureOwner.VOICES,
        "میانهٔ روزها از رسیدن پیام تا آخرین پاسخ آن؛ صفر اگر هنوز هیچ کدام پاسخ نگرفته است.",
        """SELECT coalesce(ceil(percentile_cont(0.5) WITHIN GROUP (
         ORDER BY extract(epoch FROM g.answered_at - g.opened_at) / 86400)), 0)::int
  FROM coordination_grievance g
 WHERE g.province = %(province)s AND g.answered_at IS NOT NULL""",
    ),
    FigureDefinition(
        "RECEIPTS_CONFIRMED",
        "تحویل تأییدشده",
        FigureUnit.GIFT,
        FigureOwner.LEDGER,
        "تحویل‌هایی که خود خانوار، بازدید یا تماس گفت رسیده است.",
        """SELECT count(*)
  FROM ledger_receipt r
 WHERE r.province = %(province)s AND r.state = 2""",
    ),
    FigureDefinition(
        "RECEIPTS_NOT_RECEIVED",
        "تحویل نرسیده",
        FigureUnit.GIFT,
        FigureOwner.LEDGER,
        "تحویل‌هایی که خود خانوار، بازدید یا تماس گفت نرسیده است؛ هر یک پرونده‌ای دارد و چیزی از دفتر کم نشده است.",
        """SELECT count(*)
  FROM ledger_receipt r
 WHERE r.province = %(province)s AND r.state = 3""",
    ),
    FigureDefinition(
        "CALLS_RECEIVED_SHARE",
        "رسیده، به گفتهٔ تماس‌ها",
        FigureUnit.PERCENT,
        FigureOwner.LEDGER,
        "در تازه‌ترین نمونهٔ تصادفی از همهٔ استان، چند درصد تحویل‌ها رسیده است؛ صفر اگر هنوز کسی پاسخ نداده است.",
        _ROUND + _SHARE,
    ),
    FigureDefinition(
        "CALLS_MARGIN",
        "خطای برآورد تماس‌ها",
        FigureUnit.PERCENT,
        FigureOwner.LEDGER,
        "نیمی از پهنای بازهٔ ۹۵ درصدی همان برآورد؛ صفر اگر هنوز کسی پاسخ نداده است.",
        _ROUND + _MARGIN,
    ),
)
