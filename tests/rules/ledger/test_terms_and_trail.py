"""Terms of a gift, the line of a gift and the matrix of months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from sakha.ledger.rules import Gift, HoldStatus, Outcome, QuantityInvalid, ReasonInvalid
from sakha.ledger.rules.results import HoldRefused, HoldResult
from sakha.ledger.rules.terms import UNIT_WORTH_RIAL, clean_reason, require_quantity, terms_of
from sakha.ledger.rules.trail import last_months, months_matrix, name_giver
from sakha.vocabulary.need_kinds import NEED_KINDS, NeedKind, NeedUnit

NIGHT = datetime(2026, 11, 21, 20, 31, tzinfo=UTC)  # one minute past midnight of 1 Azar in Tehran


def test_the_day_and_the_period_are_tehrans() -> None:
    terms = terms_of(NeedKind.FOOD, at=NIGHT)

    assert (terms.on, terms.period) == (date(2026, 11, 22), 140509)
    assert terms.window_until == date(2026, 11, 22) + timedelta(days=30)
    assert terms.expires_at == NIGHT + timedelta(hours=72)


@pytest.mark.parametrize("kind", NeedKind)
def test_every_kind_has_terms_and_a_worth(kind: NeedKind) -> None:
    terms = terms_of(kind, at=NIGHT)

    assert terms.unit_worth_rial == (1 if NEED_KINDS[kind].unit is NeedUnit.RIAL else UNIT_WORTH_RIAL[kind])
    assert terms.standard > 0


def test_quantity_is_more_than_nothing() -> None:
    assert require_quantity(1) == 1
    for wrong in (0, -5):
        with pytest.raises(QuantityInvalid):
            require_quantity(wrong)


def test_reason_is_cleaned_and_measured() -> None:
    assert clean_reason("  ") == ""
    assert clean_reason(" خانه   آتش گرفته ") == "خانه آتش گرفته"
    for wrong in ("نه", "ن" * 301):
        with pytest.raises(ReasonInvalid):
            clean_reason(wrong)


@pytest.mark.parametrize(
    ("name", "kind", "county", "shown"),
    [
        ("خیریهٔ مهر", "CHARITY", "3001", "خیریهٔ مهر"),
        ("", "CHARITY", "3001", "یک خیریه در کرج"),
        ("", "AGENCY", "", "یک نهاد حمایتی"),
        ("", "", "", "یک نهاد"),
    ],
)
def test_giver_is_named_as_far_as_it_may_be(name: str, kind: str, county: str, shown: str) -> None:
    assert name_giver(name=name, organisation_kind=kind, county=county) == shown


def test_last_months_cross_the_new_year() -> None:
    assert last_months(date(2026, 5, 1)) == (140409, 140410, 140411, 140412, 140501, 140502)


def test_matrix_leaves_out_kinds_and_months_without_gifts() -> None:
    def gift(kind: NeedKind, at: datetime) -> Gift:
        return Gift(
            hold_id=1, kind=kind, quantity=1, status=HoldStatus.DELIVERED, at=at, giver="", is_own=False, reason=""
        )

    gifts = [gift(NeedKind.CASH, NIGHT), gift(NeedKind.FOOD, NIGHT - timedelta(days=400))]

    matrix = months_matrix(gifts, on=date(2026, 11, 22))

    assert [(row.kind, row.counts) for row in matrix.rows] == [(NeedKind.CASH, (0, 0, 0, 0, 0, 1))]


# what is found later or said to a delivery is never the answer to a hold
NO_ANSWERS = {Outcome.SETTLED, Outcome.DIFFERS, Outcome.FOUND_DOUBLE, Outcome.NOT_RECEIVED, Outcome.STOPPED}


@pytest.mark.parametrize("outcome", [one for one in Outcome if one not in NO_ANSWERS])
def test_every_answer_to_a_hold_is_a_hold_or_a_refusal_with_a_sentence(outcome: Outcome) -> None:
    is_held = outcome in {Outcome.DONE, Outcome.REPLAY}
    result = HoldResult(outcome=outcome, kind=NeedKind.CASH, hold_id=7 if is_held else None, open_quantity=50)

    if is_held:
        assert result.require_held() == 7
    else:
        with pytest.raises(HoldRefused) as refused:
            result.require_held()
        assert refused.value.message.endswith(".")
