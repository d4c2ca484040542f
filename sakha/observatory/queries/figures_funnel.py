"""From being found to being helped: how many households got how far, each step counted on its own."""

from __future__ import annotations

from typing import Final

from sakha.observatory.rules import FigureDefinition, FigureOwner, FigureUnit

FUNNEL_FIGURES: Final = (
    FigureDefinition(
        "FOUND",
        "یافته‌شده",
        FigureUnit.HOUSEHOLD,
        FigureOwner.SEARCH,
        "خانوارهایی که جست‌وجو تا امروز بی‌پوشش یافته است، هنوز بی‌پوشش باشند یا نه.",
        """SELECT count(*)
  FROM coordination_candidate c
 WHERE c.province = %(province)s""",
    ),
    FigureDefinition(
        "REACHED",
        "باخبرشده",
        FigureUnit.HOUSEHOLD,
        FigureOwner.SEARCH,
        "دعوت‌شدگانی که پیامک به گوشی‌شان رسید یا پیوند و رمز آن را به کار بردند.",
        """SELECT count(*)
  FROM coordination_invitation i
 WHERE i.province = %(province)s AND (i.state = 'DELIVERED' OR i.opened_at IS NOT NULL)""",
    ),
    FigureDefinition(
        "REGISTRATIONS_BEGUN",
        "ثبت‌نام آغازشده",
        FigureUnit.HOUSEHOLD,
        FigureOwner.SEARCH,
        "خانوارهایی که با رمز یک‌بارمصرف وارد شدند، به پایان رسانده باشند یا نه.",
        """SELECT count(*)
  FROM coordination_registration r
 WHERE r.province = %(province)s""",
    ),
    FigureDefinition(
        "REGISTERED_THEMSELVES",
        "خودثبت‌نام‌کرده",
        FigureUnit.HOUSEHOLD,
        FigureOwner.SEARCH,
        "خانوارهایی که برگه را خودشان، یا کسی به خواستشان، فرستادند.",
        """SELECT count(*)
  FROM coordination_registration r
 WHERE r.province = %(province)s AND r.sent_at IS NOT NULL""",
    ),
    FigureDefinition(
        "REGISTERED_AND_HELPED",
        "خودثبت‌نام‌کردهٔ کمک‌گرفته",
        FigureUnit.HOUSEHOLD,
        FigureOwner.SEARCH,
        "از همان‌ها، خانوارهایی که پس از ثبت دست‌کم یک کمک به آن‌ها رسید.",
        """SELECT count(*)
  FROM coordination_registration r JOIN registry_household g ON g.id = r.household_id
 WHERE r.province = %(province)s AND EXISTS (
       SELECT 1 FROM ledger_hold h
        WHERE h.household_id = coalesce(g.merged_into_id, g.id) AND h.status = 2 AND h.settled_at >= r.sent_at)""",
    ),
)
