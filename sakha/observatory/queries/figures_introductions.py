"""From being registered to being helped through an introduction: who was introduced, taken, and who still waits."""

from __future__ import annotations

from typing import Final

from sakha.observatory.rules import FigureDefinition, FigureOwner, FigureUnit

INTRODUCTION_FIGURES: Final = (
    FigureDefinition(
        "INTRODUCED",
        "معرفی‌شده",
        FigureUnit.HOUSEHOLD,
        FigureOwner.SEARCH,
        "خانوارهایی که با رضایتشان دست‌کم یک نیازشان به نهادی پیشنهاد شد یا در انتظار نهادی ماند.",
        """SELECT count(DISTINCT i.household_id)
  FROM coordination_introduction i
 WHERE i.province = %(province)s""",
    ),
    FigureDefinition(
        "TAKEN",
        "پذیرفته‌شده",
        FigureUnit.HOUSEHOLD,
        FigureOwner.SEARCH,
        "از همان‌ها، خانوارهایی که نهادی دست‌کم یک نیازشان را پذیرفت، رسانده باشد یا هنوز نه.",
        """SELECT count(DISTINCT i.household_id)
  FROM coordination_introduction i
 WHERE i.province = %(province)s AND i.taken_by_id IS NOT NULL""",
    ),
    FigureDefinition(
        "INTRODUCED_AND_HELPED",
        "معرفی‌شدهٔ کمک‌گرفته",
        FigureUnit.HOUSEHOLD,
        FigureOwner.SEARCH,
        "از همان‌ها، خانوارهایی که نهادِ پذیرنده کمک را رساند.",
        """SELECT count(DISTINCT i.household_id)
  FROM coordination_introduction i
 WHERE i.province = %(province)s AND i.served_at IS NOT NULL""",
    ),
    FigureDefinition(
        "INTRODUCTIONS_WAITING",
        "معرفی در انتظار",
        FigureUnit.TIME,
        FigureOwner.SEARCH,
        "نیازهایی که معرفی شده‌اند و هنوز نهادی نپذیرفته است.",
        """SELECT count(*)
  FROM coordination_introduction i
 WHERE i.province = %(province)s AND i.state = 'OFFERED'""",
    ),
    FigureDefinition(
        "DAYS_TO_HELP",
        "از یافتن تا نخستین کمک",
        FigureUnit.DAY,
        FigureOwner.SEARCH,
        "میانهٔ روزها از یافته‌شدن خانوار بی‌پوشش تا نخستین کمکی که پس از آن رسید؛ تنها کمک‌گرفته‌ها.",
        """SELECT coalesce(ceil(percentile_cont(0.5) WITHIN GROUP (
         ORDER BY extract(epoch FROM first_help.at - c.found_at) / 86400)), 0)::bigint
  FROM coordination_candidate c JOIN registry_household g ON g.id = c.household_id
  CROSS JOIN LATERAL (
       SELECT min(h.settled_at) AS at FROM ledger_hold h
        WHERE h.household_id = coalesce(g.merged_into_id, g.id) AND h.status = 2
          AND h.settled_at >= c.found_at) first_help
 WHERE c.province = %(province)s AND first_help.at IS NOT NULL""",
    ),
)
