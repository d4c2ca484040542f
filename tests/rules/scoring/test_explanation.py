from __future__ import annotations

import re

from sakha.scoring.rules.evaluation import evaluate
from sakha.scoring.rules.explanation import explain
from tests.rules.scoring.rows import YEAR, random_rows, shipped_card

CARD = shipped_card()
FAMILY: dict[str, int | str | None] = {
    "county": "3001", "urban": 1, "equivalent_size": 320, "rooms": 2, "area_m2": 45, "tenure": 3, "has_car": 0,
    "head_edu_years": 5, "rent_paid": 60_000_000, "pension_annual": 1_700_000_000, "has_internet": 1,
}  # fmt: skip


def test_reasons_and_expected_points_add_up_to_the_score() -> None:
    for row in random_rows(CARD, 100, seed=9):
        evaluation = evaluate(CARD, row, year=YEAR)
        reasons = explain(CARD, evaluation)

        assert sum(reason.points for reason in reasons.all) + reasons.expected_points == evaluation.score
        assert all(reason.points > 0 for reason in reasons.raises)
        assert all(reason.points < 0 for reason in reasons.lowers)
        assert len(reasons.raises) <= 3 >= len(reasons.lowers)


def test_the_reasons_are_plain_persian_with_their_values() -> None:
    reasons = explain(CARD, evaluate(CARD, FAMILY, year=YEAR))
    sentences = [reason.sentence for reason in reasons.all]

    assert "خانه فقط ۲ اتاق دارد" in sentences
    assert "محل سکونت خانهٔ اجاره‌ای است" in sentences
    assert "خودرو ندارد" in sentences
    assert "اجارهٔ ماهانه ۶٬۰۰۰٬۰۰۰ تومان است" in sentences or "اجاره‌ای پرداخت نمی‌شود یا اندک است" in sentences
    assert not [text for text in sentences if re.search(r"[0-9A-Za-z{}]", text)]
    assert reasons.summary.startswith("۹ نشانه از ۲۴ دانسته است")
    assert "خودرو" not in reasons.unknown_labels
    assert "قبض برق ماهانه" in reasons.unknown_labels


def test_no_sentence_speaks_of_an_official_decile_or_addresses_the_reader() -> None:
    words = [f"{variable.wording.raises} {variable.wording.lowers}" for variable in CARD.variables]

    assert not [text for text in words if re.search(r"دهک|فقیر|نیازمند|\bشما\b", text)]
