"""Instances, terms, who may not decide, and the bounds of an override."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakha.access.rules import Actor, PermissionMissing, Role, Scope
from sakha.scoring.rules.appeals import (
    AppealClosed,
    AppealKind,
    AppealLevel,
    AppealNotYours,
    AppealUnfit,
    Override,
    OverrideUnbounded,
    due_at,
    first_level,
    next_level,
    require_decider,
    require_override,
    require_reason,
)

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def office(role: Role, scope: Scope, user_id: int = 1) -> Actor:
    return Actor(user_id=user_id, organisation_id=None, role=role, scope=scope, province="30", county="3001")


COUNTY = office(Role.COUNTY_OFFICER, Scope.COUNTY)
PROVINCE = office(Role.PROVINCE_OFFICER, Scope.PROVINCE)


def test_each_instance_has_a_longer_term_and_one_above_until_the_last() -> None:
    levels = [AppealLevel.CHARITY]
    while (above := next_level(levels[-1])) is not None:
        levels.append(above)

    assert levels == list(AppealLevel)
    assert [(due_at(level, at=AT) - AT).days for level in levels] == [7, 14, 21]


def test_only_a_datum_that_somebody_told_goes_to_that_body() -> None:
    assert first_level(AppealKind.DATUM, told_by_organisation=True) is AppealLevel.CHARITY
    assert first_level(AppealKind.DATUM, told_by_organisation=False) is AppealLevel.COUNTY
    assert first_level(AppealKind.DECISION, told_by_organisation=True) is AppealLevel.COUNTY


def test_who_registered_opened_or_decided_before_does_not_decide() -> None:
    require_decider(COUNTY, level=AppealLevel.COUNTY, involved_user_ids={2, None})
    require_decider(PROVINCE, level=AppealLevel.COUNTY, involved_user_ids=())

    with pytest.raises(AppealNotYours):
        require_decider(COUNTY, level=AppealLevel.COUNTY, involved_user_ids={1})
    with pytest.raises(AppealClosed):
        require_decider(COUNTY, level=AppealLevel.PROVINCE, involved_user_ids=())
    with pytest.raises(AppealClosed):
        require_decider(PROVINCE, level=AppealLevel.CHARITY, involved_user_ids=())
    charity = Actor(user_id=5, organisation_id=1, role=Role.CHARITY_HEAD, scope=Scope.ORGANISATION)
    with pytest.raises(PermissionMissing):
        require_decider(charity, level=AppealLevel.COUNTY, involved_user_ids=())


@given(st.integers(-3, 14), st.integers(1, 10), st.integers(-5, 5), st.integers(-5, 400))
def test_no_override_passes_two_deciles_or_a_year(decile: int, model: int, begin: int, days: int) -> None:
    override = Override(
        decile=decile, from_on=TODAY + timedelta(days=begin), until_on=TODAY + timedelta(days=begin + days)
    )
    is_fine = 1 <= decile <= 10 and abs(decile - model) <= 2 and begin >= 0 and 1 <= days <= 366

    if is_fine:
        require_override(override, model_decile=model, on=TODAY)
        assert override.runs(override.from_on)
        assert not override.runs(override.until_on)
    else:
        with pytest.raises(OverrideUnbounded):
            require_override(override, model_decile=model, on=TODAY)


def test_a_reason_is_a_sentence() -> None:
    assert require_reason("  سند فروش\n خودرو دیده شد ") == "سند فروش خودرو دیده شد"
    for text in ("", "نه", "الف" * 400):
        with pytest.raises(AppealUnfit):
            require_reason(text)
