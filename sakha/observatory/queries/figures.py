"""The figures, defined once: each is one query with one parameter, the province's code.

docs/figures.md prints the same queries (a test compares), so that anybody with the database can recompute a page.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from sakha.access.actions import acting
from sakha.access.rules import Actor
from sakha.observatory.queries.figures_funnel import FUNNEL_FIGURES
from sakha.observatory.queries.figures_grievances import GRIEVANCE_FIGURES
from sakha.observatory.queries.figures_introductions import INTRODUCTION_FIGURES
from sakha.observatory.queries.figures_people import PEOPLE_FIGURES
from sakha.observatory.queries.reading import require_place
from sakha.observatory.queries.sources import EVER_REFUSED
from sakha.observatory.rules import Figure, FigureDefinition, FigureOwner, FigureUnit, Place

# Action 2 and outcome 1 of ledger events: held. Holds: 2 delivered.
FIGURES: Final = (
    FigureDefinition(
        "IDENTIFIED_PEOPLE",
        "نیازمند شناسایی‌شده",
        FigureUnit.PERSON,
        FigureOwner.REGISTER,
        "کسانی که امروز عضو خانواری در دفتر این استان‌اند؛ هر کس یک بار.",
        """SELECT count(DISTINCT m.person_id)
  FROM registry_membership m JOIN registry_household h ON h.id = m.household_id
 WHERE h.province = %(province)s AND m.to_on IS NULL""",
    ),
    FigureDefinition(
        "IDENTIFIED_HOUSEHOLDS",
        "خانوار شناسایی‌شده",
        FigureUnit.HOUSEHOLD,
        FigureOwner.REGISTER,
        "خانوارهای دفتر این استان که دست‌کم یک عضو دارند.",
        """SELECT count(DISTINCT m.household_id)
  FROM registry_membership m JOIN registry_household h ON h.id = m.household_id
 WHERE h.province = %(province)s AND m.to_on IS NULL""",
    ),
    FigureDefinition(
        "RECORDS",
        "رکورد ثبت‌شده",
        FigureUnit.RECORD,
        FigureOwner.REGISTER,
        "همهٔ سطرهایی که نهادها دربارهٔ خانوارهای این استان داده‌اند؛ یک نفر ممکن است در چند سطر باشد.",
        """SELECT count(*)
  FROM registry_record r JOIN registry_household h ON h.id = r.household_id
 WHERE h.province = %(province)s""",
    ),
    FigureDefinition(
        "SHARED_HOUSEHOLDS",
        "خانوار در پروندهٔ بیش از یک نهاد",
        FigureUnit.HOUSEHOLD,
        FigureOwner.REGISTER,
        "خانوارهایی که دست‌کم دو نهاد جداگانه دربارهٔ آن‌ها رکورد داده‌اند؛ گفتهٔ خود خانوار نهادی نیست.",
        """SELECT count(*) FROM (
  SELECT r.household_id
    FROM registry_record r JOIN registry_household h ON h.id = r.household_id
    JOIN access_organisation o ON o.id = r.organisation_id AND o.licence_number <> 'SELF-REGISTRATION'
   WHERE h.province = %(province)s
   GROUP BY r.household_id HAVING count(DISTINCT r.organisation_id) > 1) shared""",
    ),
    FigureDefinition(
        "UNCOVERED",
        "بی‌پوشش",
        FigureUnit.HOUSEHOLD,
        FigureOwner.SEARCH,
        "خانوارهای دهک پایین که امروز هیچ نهادی آن‌ها را نمی‌پوشاند و هنوز چشم‌به‌راه‌اند.",
        """SELECT count(*)
  FROM coordination_candidate c
 WHERE c.province = %(province)s AND c.state = 'OPEN'""",
    ),
    FigureDefinition(
        "INVITED",
        "دعوت‌شده",
        FigureUnit.MESSAGE,
        FigureOwner.SEARCH,
        "دعوت‌هایی که فرستاده شد، رسیده باشد یا نه.",
        """SELECT count(*)
  FROM coordination_invitation i
 WHERE i.province = %(province)s AND i.sent_at IS NOT NULL""",
    ),
    FigureDefinition(
        "NEEDS_OPENED",
        "نیاز گشوده",
        FigureUnit.TIME,
        FigureOwner.LEDGER,
        "نیازهایی که در دفتر کمک‌ها باز شده است؛ یکی برای هر خانوار، نوع و دوره.",
        """SELECT count(*)
  FROM ledger_need n
 WHERE n.province = %(province)s AND n.target > 0""",
    ),
    FigureDefinition(
        "DOUBLE_AID_REFUSED",
        "کمک تکراری پیشگیری‌شده",
        FigureUnit.GIFT,
        FigureOwner.LEDGER,
        "کمک‌هایی که دفتر نپذیرفت، چون نهاد دیگری پیش‌تر همان کمک را داده یا بر عهده گرفته بود؛"
        " هر نهاد، خانوار، نوع و دوره یک بار. تلاش دوبارهٔ خود نهاد و درخواست بیش از نیاز باز شمرده نمی‌شود.",
        f"SELECT count(*) FROM (\n{EVER_REFUSED}) refused",  # noqa: S608 -- own words
    ),
    FigureDefinition(
        "DOUBLE_AID_WORTH",
        "ارزش کمک تکراری پیشگیری‌شده",
        FigureUnit.RIAL,
        FigureOwner.LEDGER,
        "ارزش همان کمک‌ها به ریال، که جای دیگری خرج شد؛ از هر نهاد، خانوار، نوع و دوره"
        " کوچک‌ترین درخواست، تا بیش از واقع گفته نشود.",
        f"SELECT coalesce(sum(worth), 0)::bigint FROM (\n{EVER_REFUSED}) refused",  # noqa: S608 -- own words
    ),
    FigureDefinition(
        "DOUBLE_AID_FOUND",
        "کمک تکراری کشف‌شده",
        FigureUnit.GIFT,
        FigureOwner.LEDGER,
        "کمک‌های تحویل‌شده‌ای که پس از یکی‌شدن دو پرونده روشن شد همان کمک پیش‌تر داده شده بود؛ پنهان نمی‌شود.",
        """SELECT count(*)
  FROM ledger_hold h
 WHERE h.province = %(province)s AND h.status = 2 AND h.found_at IS NOT NULL""",
    ),
    FigureDefinition(
        "DOUBLE_AID_FOUND_WORTH",
        "ارزش کمک تکراری کشف‌شده",
        FigureUnit.RIAL,
        FigureOwner.LEDGER,
        "ارزش آن بخش از همان کمک‌ها که بیش از نیاز بود، به بهای روزی که بر عهده گرفته شد.",
        """SELECT coalesce(sum(e.worth_rial / e.quantity
         * CASE WHEN h.surplus_quantity > 0 THEN h.surplus_quantity ELSE h.quantity END), 0)::bigint
  FROM ledger_hold h JOIN ledger_event e ON e.hold_id = h.id AND e.action = 2 AND e.outcome = 1
 WHERE h.province = %(province)s AND h.status = 2 AND h.found_at IS NOT NULL""",
    ),
    FigureDefinition(
        "DELIVERED",
        "کمک رسیده",
        FigureUnit.GIFT,
        FigureOwner.LEDGER,
        "کمک‌هایی که تحویل آن‌ها ثبت شده است.",
        """SELECT count(*)
  FROM ledger_hold h
 WHERE h.province = %(province)s AND h.status = 2""",
    ),
    FigureDefinition(
        "DELIVERED_WORTH",
        "ارزش کمک رسیده",
        FigureUnit.RIAL,
        FigureOwner.LEDGER,
        "ارزش کمک‌های تحویل‌شده به ریال، به بهای روزی که بر عهده گرفته شد.",
        """SELECT coalesce(sum(e.worth_rial), 0)::bigint
  FROM ledger_hold h JOIN ledger_event e ON e.hold_id = h.id AND e.action = 2 AND e.outcome = 1
 WHERE h.province = %(province)s AND h.status = 2""",
    ),
    FigureDefinition(
        "HELPED_HOUSEHOLDS",
        "خانوار کمک‌گرفته",
        FigureUnit.HOUSEHOLD,
        FigureOwner.LEDGER,
        "خانوارهایی که دست‌کم یک کمک به آن‌ها رسیده است.",
        """SELECT count(DISTINCT h.household_id)
  FROM ledger_hold h
 WHERE h.province = %(province)s AND h.status = 2""",
    ),
    *PEOPLE_FIGURES,
    *FUNNEL_FIGURES,
    *INTRODUCTION_FIGURES,
    *GRIEVANCE_FIGURES,
)


def read_figures(*, actor: Actor, province: str) -> dict[str, Figure]:
    """Compute every figure of a province, each by its own query, as the actor sees the rows.

    Raises: PermissionMissing, PlaceUnknown.
    """
    require_place(actor, Place(province))
    read = {}
    with acting(actor), connection.cursor() as cursor:
        for one in FIGURES:
            cursor.execute(one.sql, {"province": province})
            read[one.code] = Figure(one.code, one.title, int(cursor.fetchone()[0]), one.unit, one.meaning)
    return read
