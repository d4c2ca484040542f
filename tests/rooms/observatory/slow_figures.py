"""The figures by their definitions in plain loops over raw rows, slow and without a line of the product's SQL."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from sakha.ledger.rules.terms import UNIT_WORTH_RIAL
from sakha.observatory.rules.daily import WORTH_EDGES
from sakha.vocabulary.jalali import TEHRAN, jalali_month, jalali_year
from sakha.vocabulary.need_kinds import NeedKind

Row = dict[str, Any]
Amounts = dict[tuple[str, str, str, str], int]  # (county, figure, breakdown, part) -> value
_CHARITIES = {"CHARITY", "CHARITY_CENTRE"}
_TABLES = (
    *("registry_household", "registry_person", "registry_membership", "registry_fact"),
    *("scoring_month_score", "access_organisation"),
    *(
        "ledger_need",
        "ledger_hold",
        "ledger_event",
        "scoring_appeal",
        "coordination_grievance",
        "coordination_coverage",
    ),
    *("coordination_candidate", "coordination_invitation", "coordination_registration", "coordination_introduction"),
)


class Slow:
    """All raw rows, and what they come to as of a day."""

    def __init__(self, owner: psycopg.Cursor) -> None:
        with owner.connection.cursor(row_factory=dict_row) as cursor:
            self.rows = {table: cursor.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in _TABLES}
        self.bodies = {row["id"]: row for row in self.rows["access_organisation"]}
        self.worths = {
            row["hold_id"]: row["worth_rial"]
            for row in self.rows["ledger_event"]
            if (row["action"], row["outcome"]) == (2, 1)
        }

    def amounts(self, province: str, day: date) -> Amounts:
        """Every amount of a province as of the end of a day."""
        self.province, self.day = province, day
        self.until = datetime.combine(day + timedelta(days=1), time(), TEHRAN)
        self.since = self.until - timedelta(days=365)
        self.counted: dict[tuple[str, str, str, str], int] = defaultdict(int)
        self.spread: list[int] = []  # a year's help of each household
        self.arrived = [
            row | {"worth": self.worths[row["id"]]}
            for row in self._of("ledger_hold", "settled_at")
            if row["status"] == 2
        ]
        for count in (self._homes, self._candidates, self._ways, self._needs, self._aid, self._voices, self._bodies):
            count()
        self._refused()
        return {key: value for key, value in self.counted.items() if value}

    def gini(self) -> float:
        """Half the relative mean difference of a year's help, of the place and day counted last."""
        between = sum(abs(one - other) for one in self.spread for other in self.spread)
        return between / (2 * len(self.spread) * sum(self.spread))

    def _add(self, row: Row, figure: str, value: int = 1, **parts: object) -> None:
        for county in ("", row["county"] or "0"):
            self.counted[county, figure, "", ""] += value
            for by, part in parts.items():
                self.counted[county, figure, by, str(part)] += value

    def _of(self, table: str, moment: str) -> Iterable[Row]:
        return (row for row in self.rows[table] if row["province"] == self.province and self._is_past(row[moment]))

    def _is_past(self, at: datetime | None) -> bool:
        return at is not None and at < self.until

    def _homes(self) -> None:
        people = {row["id"]: row for row in self.rows["registry_person"]}
        for home in self._of("registry_household", "registered_at"):
            members = [
                row
                for row in self.rows["registry_membership"]
                if row["household_id"] == home["id"]
                and row["from_on"] <= self.day
                and (row["to_on"] is None or row["to_on"] > self.day)
            ]
            if not members:
                continue
            heads = [people[row["person_id"]]["gender"] for row in members if row["relation"] == "HEAD"]
            helps = [row for row in self.arrived if row["household_id"] == home["id"]]
            worth = sum(row["worth"] for row in helps if row["settled_at"] >= self.since)
            step = bisect_right(WORTH_EDGES, worth)
            self.spread.append(worth)
            who = {
                "DECILE": self._decile(home["id"]),
                "SEX": heads[0] if heads and heads[0] else "0",
                "SETTLEMENT": {True: "URBAN", False: "RURAL", None: "0"}[home["is_urban"]],
                "DISABILITY": self._disability(home["id"]),
            }
            self._add(home, "IDENTIFIED_PEOPLE", len(members))
            self._add(home, "IDENTIFIED_HOUSEHOLDS", **who)
            self._add(home, "HELP_SPREAD", WORTH=step)
            self._add(home, "HELP_SPREAD_WORTH", worth, WORTH=step)
            if worth == 0:
                self._add(home, "NOT_HELPED", **who)
            if helps:
                waited = min(row["settled_at"] for row in helps) - home["registered_at"]
                self._add(home, "FIRST_HELP", DAYS=max(0, -(-waited // timedelta(days=1))))

    def _decile(self, household_id: int) -> int:
        found = [row for row in self._of("coordination_candidate", "found_at") if row["household_id"] == household_id]
        scored = [
            row
            for row in self.rows["scoring_month_score"]
            if row["household_id"] == household_id and self._is_past(row["scored_at"])
        ]
        official = [row["official_decile"] for row in found if row["official_decile"]]
        told = [row["score_decile"] for row in found if row["score_decile"]]
        if official:
            return min(official)
        if scored:
            return max(scored, key=lambda row: row["month"])["decile"]
        return min(told, default=0)

    def _disability(self, household_id: int) -> str:
        told = [
            row
            for row in self.rows["registry_fact"]
            if (row["household_id"], row["name"]) == (household_id, "disabled_count")
            and self._is_past(row["submitted_at"])
        ]
        if not told:
            return "0"
        newest = max(told, key=lambda row: (row["observed_on"], row["submitted_at"], row["id"]))
        return "YES" if newest["value"] else "NO"

    def _candidates(self) -> None:
        for row in self._of("coordination_candidate", "found_at"):
            self._add(row, "FOUND")
            if not self._is_past(row["left_at"]):
                decile = row["official_decile"] or row["score_decile"]
                self._add(row, "UNCOVERED", DECILE=decile)
                if row["household_id"] is None:
                    self._add(row, "UNCOVERED_OUTSIDE", DECILE=decile)

    def _ways(self) -> None:
        for row in self.rows["coordination_invitation"]:
            if row["province"] == self.province:
                if self._is_past(row["sent_at"]):
                    self._add(row, "INVITED")
                is_told = row["state"] == "DELIVERED" and self._is_past(row["settled_at"])
                if is_told or self._is_past(row["opened_at"]):
                    self._add(row, "REACHED")
        for row in self._of("coordination_registration", "sent_at"):
            self._add(row, "REGISTERED_THEMSELVES")
        for row in self._of("coordination_introduction", "opened_at"):  # one need a household in the random register
            self._add(row, "INTRODUCED")
            if self._is_past(row["taken_at"]):
                self._add(row, "TAKEN")
            if self._is_past(row["served_at"]):
                self._add(row, "INTRODUCED_AND_HELPED")

    def _needs(self) -> None:
        running = {0, jalali_month(self.day), jalali_year(self.day)}
        for row in self._of("ledger_need", "opened_at"):
            given = sum(
                hold["quantity"] - hold["surplus_quantity"] for hold in self.arrived if hold["need_id"] == row["id"]
            )
            kind, unit = row["kind"], UNIT_WORTH_RIAL.get(NeedKind(row["kind"]), 1)
            self._add(row, "NEEDS_OPENED", KIND=kind)
            is_met = given >= row["target"]
            state = "NEEDS_MET" if is_met else "NEEDS_OPEN" if row["period"] in running else "NEEDS_MISSED"
            self._add(row, state, KIND=kind)
            if row["opened_at"] >= self.since:
                self._add(row, "NEED_WORTH", row["target"] * unit, KIND=kind)
                self._add(row, "MET_WORTH", given * unit, KIND=kind)

    def _aid(self) -> None:
        helped: dict[str, set[int]] = defaultdict(set)
        for row in self.arrived:
            kind, giver = row["kind"], self.bodies[row["organisation_id"]]
            by = {"KIND": kind, "GIVER": giver["kind"], "BODY": giver["id"]}
            self._add(row, "DELIVERED", **by)
            self._add(row, "DELIVERED_WORTH", row["worth"], **by)
            if giver["kind"] in _CHARITIES:
                self._add(row, "CHARITY_WORTH", row["worth"], KIND=kind)
            if self._is_past(row["found_at"]):
                over = row["surplus_quantity"] or row["quantity"]
                self._add(row, "DOUBLE_AID_FOUND", KIND=kind)
                self._add(row, "DOUBLE_AID_FOUND_WORTH", row["worth"] // row["quantity"] * over, KIND=kind)
            for county in ("", row["county"] or "0"):
                helped[county].add(row["household_id"])
        for county, households in helped.items():
            self.counted[county, "HELPED_HOUSEHOLDS", "", ""] = len(households)

    def _refused(self) -> None:
        worths: dict[tuple, list[Row]] = defaultdict(list)
        for row in self._of("ledger_event", "at"):
            if row["action"] != 2 or row["outcome"] not in {2, 5}:
                continue
            binding = [
                hold
                for hold in self.rows["ledger_hold"]
                if hold["household_id"] == row["household_id"]
                and hold["kind"] == row["kind"]
                and hold["status"] in {1, 2}
            ]
            same = [hold for hold in binding if hold["period"] == row["period"]]
            others = [hold for hold in same if hold["organisation_id"] != row["organisation_id"]]
            is_own = any(hold["organisation_id"] == row["organisation_id"] for hold in same)
            if not is_own and any(hold["created_at"] <= row["at"] for hold in others):
                worths[row["organisation_id"], row["household_id"], row["kind"], row["period"]].append(row)
        for refusals in worths.values():
            self._add(refusals[0], "DOUBLE_AID_REFUSED", KIND=refusals[0]["kind"])
            self._add(refusals[0], "DOUBLE_AID_WORTH", min(r["worth_rial"] for r in refusals), KIND=refusals[0]["kind"])

    def _voices(self) -> None:
        for row in self._of("scoring_appeal", "opened_at"):
            fact = row["fact"] or row["kind"]
            self._add(row, "APPEALS_OPENED", FACT=fact)
            if row["outcome"] in {"UPHELD", "REJECTED"} and self._is_past(row["decided_at"]):
                self._add(row, "APPEALS_JUDGED", FACT=fact)
                if row["outcome"] == "UPHELD":
                    self._add(row, "APPEALS_ACCEPTED", FACT=fact)
                if not row["was_late"]:
                    self._add(row, "APPEALS_JUDGED_IN_TIME")
        for row in self._of("coordination_grievance", "opened_at"):
            self._add(row, "GRIEVANCES_BROUGHT", MATTER=row["kind"])
            if row["was_late"]:
                self._add(row, "GRIEVANCES_OVERDUE", MATTER=row["kind"])
            if self._is_past(row["answered_at"]):
                days = -(-(row["answered_at"] - row["opened_at"]) // timedelta(days=1))
                self._add(row, "GRIEVANCES_ANSWERED", DAYS=days)

    def _bodies(self) -> None:
        for row in self._of("access_organisation", "approved_at"):
            if row["kind"] not in _CHARITIES or self._is_past(row["suspended_at"]):
                continue
            covered = {
                one["household_id"]
                for one in self.rows["coordination_coverage"]
                if one["organisation_id"] == row["id"]
                and self._is_past(one["recorded_at"])
                and one["from_on"] <= self.day
                and (one["to_on"] is None or one["to_on"] > self.day)
            }
            self._add(row, "CHARITIES")
            if row["capacity_households"] is not None:
                self._add(row, "CHARITY_CAPACITY", row["capacity_households"], BODY=row["id"])
                self._add(row, "CHARITY_HOUSEHOLDS", len(covered), BODY=row["id"])
