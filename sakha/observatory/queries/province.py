"""The province's page: its figures, its counties, how evenly help was spread, and what waits for a decision."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from sakha.access.actions import acting
from sakha.access.rules import Actor
from sakha.observatory.queries.figures import read_figures
from sakha.observatory.queries.figures_introductions import FUNNEL_CODES
from sakha.observatory.rules import (
    CountyShare,
    Figure,
    ProvincePicture,
    WaitingDecision,
    gini_index,
    lorenz_curve,
)
from sakha.vocabulary.digits import group_thousands, persian_digits
from sakha.vocabulary.money import show_toman_rounded
from sakha.vocabulary.places import COUNTIES, PROVINCES

_COUNTIES: Final = """
SELECT county, sum(known)::int, sum(uncovered)::int FROM (
  SELECT h.county, count(*) AS known, 0 AS uncovered FROM registry_household h
   WHERE h.province = %(province)s AND EXISTS (
         SELECT 1 FROM registry_membership m WHERE m.household_id = h.id AND m.to_on IS NULL) GROUP BY 1
  UNION ALL
  SELECT c.county, 0, count(*) FROM coordination_candidate c
   WHERE c.province = %(province)s AND c.state = 'OPEN' AND c.household_id IS NULL GROUP BY 1
  UNION ALL
  SELECT c.county, -count(*), count(*) FROM coordination_candidate c
   WHERE c.province = %(province)s AND c.state = 'OPEN' AND c.household_id IS NOT NULL GROUP BY 1) parts
 GROUP BY county"""

# Help that reached each household of the register, those without any included: they are what the curve is about.
_HELP: Final = """
SELECT coalesce(given.worth, 0)::bigint
  FROM registry_household h
  LEFT JOIN (SELECT l.household_id, sum(e.worth_rial) AS worth
               FROM ledger_hold l JOIN ledger_event e ON e.hold_id = l.id AND e.action = 2 AND e.outcome = 1
              WHERE l.province = %(province)s AND l.status = 2 GROUP BY 1) given
    ON given.household_id = h.id
 WHERE h.province = %(province)s"""

_WAITING: Final = """
SELECT
 (SELECT count(*) FROM coordination_candidate c
   WHERE c.province = %(province)s AND c.state = 'OPEN' AND c.mobile_index IS NULL AND c.household_id IS NULL),
 (SELECT count(*) FROM coordination_invitation i
   WHERE i.province = %(province)s AND i.state IN ('UNDELIVERED', 'INVALID_NUMBER', 'FILTERED', 'FAILED', 'UNKNOWN')),
 (SELECT count(*) FROM ledger_hold h
   WHERE h.province = %(province)s AND h.status = 1 AND h.expires_at < %(soon)s),
 (SELECT count(*) FROM access_organisation o WHERE o.province = %(province)s AND o.approved_at IS NULL)"""


def get_province_picture(*, actor: Actor, province: str, at: datetime) -> ProvincePicture:
    """Read everything that the province's page shows.

    Raises:
        PermissionMissing: the actor may not read a province.
        ProvinceUnknown: no such province, or another one than the actor's.
    """
    figures = read_figures(actor=actor, province=province)
    asked: dict[str, str | datetime] = {"province": province, "soon": at + timedelta(hours=24)}
    with acting(actor), connection.cursor() as cursor:
        cursor.execute(_COUNTIES, asked)
        counties = [_county(*row) for row in cursor.fetchall()]
        cursor.execute(_HELP, asked)
        amounts = [worth for (worth,) in cursor.fetchall()]
        cursor.execute(_WAITING, asked)
        waiting = _waiting_decisions(cursor.fetchone())
    return ProvincePicture(
        province=province,
        province_name=PROVINCES[province].name,
        figures=_headline_figures(figures),
        counties=tuple(sorted(counties, key=lambda one: -one.uncovered_share)),
        lorenz=lorenz_curve(amounts),
        gini=gini_index(amounts),
        waiting=waiting,
        funnel=tuple(figures[code] for code in (*FUNNEL_CODES, "DAYS_TO_HELP")),
    )


def _county(code: str, household_count: int, uncovered_count: int) -> CountyShare:
    name = COUNTIES[code].name if code in COUNTIES else "شهرستان نامعلوم"
    return CountyShare(code, name, household_count, uncovered_count)


def _headline_figures(read: dict[str, Figure]) -> tuple[Figure, ...]:
    """The four figures at the head of the page, each with a sentence made of its neighbours."""

    def said(code: str, sentence: str) -> Figure:
        one = read[code]
        return Figure(one.code, one.title, one.value, one.unit, sentence, one.trend)

    def counted(code: str) -> str:
        return group_thousands(read[code].value)

    needy = read["IDENTIFIED_HOUSEHOLDS"].value + read["UNCOVERED"].value
    share = persian_digits(round(100 * read["UNCOVERED"].value / needy)) if needy else persian_digits(0)
    return (
        said(
            "IDENTIFIED_PEOPLE",
            f"در {counted('IDENTIFIED_HOUSEHOLDS')} خانوار؛ {counted('SHARED_HOUSEHOLDS')} خانوار در پروندهٔ چند نهاد",
        ),
        said(
            "UNCOVERED",
            f"{share}٪ خانوارهای کم‌برخوردار؛ {counted('INVITED')} دعوت فرستاده شد،"
            f" {counted('REGISTERED_THEMSELVES')} خانوار خودش ثبت شد",
        ),
        said("DOUBLE_AID_REFUSED", f"{show_toman_rounded(read['DOUBLE_AID_WORTH'].value)} جای دیگری خرج شد"),
        said(
            "DELIVERED",
            f"به {counted('HELPED_HOUSEHOLDS')} خانوار، به ارزش {show_toman_rounded(read['DELIVERED_WORTH'].value)}",
        ),
    )


def _waiting_decisions(counts: tuple[int, int, int, int]) -> tuple[WaitingDecision, ...]:
    without_phone, unreached, expiring, unapproved = counts
    decisions = (
        WaitingDecision("بی‌پوشش و بی‌شماره", "پیامک به آن‌ها نمی‌رسد؛ راه دیگری لازم است", without_phone, "province"),
        WaitingDecision("دعوتی که نرسید", "شماره نادرست یا پیامک نرسیده است", unreached, "province"),
        WaitingDecision("کمک رو به پایان مهلت", "تا فردا تحویل نشود، آزاد می‌شود", expiring, "province"),
        WaitingDecision("نهاد در انتظار پذیرش", "مدارک را ببینید", unapproved, "province"),
    )
    return tuple(one for one in decisions if one.count)
