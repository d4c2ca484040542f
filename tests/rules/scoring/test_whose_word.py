from __future__ import annotations

import duckdb
import pytest

from sakha.scoring.rules.whose_word import Teller, lead_days, lead_sql


@pytest.mark.parametrize("is_contested", [False, True])
@pytest.mark.parametrize("teller", list(Teller))
def test_the_lead_of_a_word_is_the_same_in_sql(teller: Teller, is_contested: bool) -> None:
    conditions = {
        "is_bank": str(teller is Teller.BANK).lower(),
        "is_confirmed": str(teller is Teller.CONFIRMED).lower(),
        "is_contested": str(is_contested).lower(),
    }
    with duckdb.connect() as connection:
        told = connection.execute(f"SELECT {lead_sql(**conditions)}").fetchone()

    assert told == (lead_days(teller, is_contested=is_contested),)


def test_a_contested_bank_leads_nobody_and_people_lead_it() -> None:
    contested = [lead_days(teller, is_contested=True) for teller in (Teller.DECLARED, Teller.BANK, Teller.CONFIRMED)]

    assert contested == [0, 0, 270]
    assert lead_days(Teller.BANK, is_contested=False) == 180
