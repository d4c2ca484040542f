"""The access log: what it keeps, in one statement, and who may ask who looked."""

from datetime import timedelta

import pytest

from sakha.access.actions import acting, record_access, record_access_many
from sakha.access.models import AccessEntry
from sakha.access.queries import who_looked
from sakha.access.rules import SYSTEM, AccessAction, PermissionMissing
from sakha.vocabulary.refusal import Refusal
from tests.rooms.access.given import AT, Cast


def test_an_entry_keeps_who_what_when_and_what_for(cast: Cast) -> None:
    with acting(cast.mehr_staff):
        record_access(
            actor=cast.mehr_staff,
            at=AT,
            action=AccessAction.SEARCH,
            household_id=None,
            purpose="جست‌وجو پیش از کمک",
            person_count=3,
        )
        entry = AccessEntry.objects.get()
    assert (entry.user_id, entry.organisation_id, entry.at) == (cast.mehr_staff.user_id, cast.mehr_id, AT)
    assert (entry.action, entry.household_id, entry.person_count) == ("SEARCH", None, 3)
    assert (entry.province, entry.county, entry.purpose) == ("30", "3001", "جست‌وجو پیش از کمک")


def test_many_households_are_one_statement(cast: Cast, django_assert_num_queries) -> None:
    with acting(cast.mehr_staff):
        with django_assert_num_queries(1):
            record_access_many(
                actor=cast.mehr_staff,
                at=AT,
                action=AccessAction.CHECK,
                household_ids=range(1, 1001),
                purpose="بررسی گروهی",
            )
        assert AccessEntry.objects.count() == 1000
        assert set(AccessEntry.objects.filter(household_id=500).values_list("person_count", flat=True)) == {1}


def test_no_households_are_no_statement(cast: Cast, django_assert_num_queries) -> None:
    with acting(cast.mehr_staff), django_assert_num_queries(0):
        record_access_many(actor=cast.mehr_staff, at=AT, action=AccessAction.CHECK, household_ids=[], purpose="x")


def test_an_entry_is_undone_with_what_it_tells_of(cast: Cast) -> None:
    def write_and_refuse() -> None:
        with acting(cast.mehr_staff):
            record_access(actor=cast.mehr_staff, at=AT, action=AccessAction.WRITE, household_id=5, purpose="x")
            raise Refusal

    with pytest.raises(Refusal):
        write_and_refuse()
    with acting(SYSTEM):
        assert not AccessEntry.objects.exists()


def test_who_looked_is_told_newest_first_and_as_far_as_the_asker_may_see(cast: Cast) -> None:
    looks = [(cast.mehr_staff, 0), (cast.noor_head, 1), (SYSTEM, 2), (cast.mehr_head, 3)]
    for actor, minute in looks:
        with acting(actor):
            record_access(
                actor=actor,
                at=AT + timedelta(minutes=minute),
                action=AccessAction.READ,
                household_id=5,
                purpose="پرونده",
            )
            record_access(actor=actor, at=AT, action=AccessAction.READ, household_id=6, purpose="پروندهٔ دیگر")
    with acting(SYSTEM):
        everything = who_looked(actor=SYSTEM, household_id=5)
        assert len(who_looked(actor=SYSTEM, household_id=5, limit=2)) == 2
    assert [(look.organisation_name, look.display_name) for look in everything] == [
        ("مهر", "کاربر mehr.head"),
        ("", ""),
        ("نور", "کاربر noor.head"),
        ("مهر", "کاربر mehr.staff"),
    ]
    assert {look.purpose for look in everything} == {"پرونده"}
    with acting(cast.mehr_head):
        assert [look.organisation_name for look in who_looked(actor=cast.mehr_head, household_id=5)] == ["مهر", "مهر"]
    with acting(cast.fardis_officer):
        assert [look.at for look in who_looked(actor=cast.fardis_officer, household_id=5)] == [
            AT + timedelta(minutes=1)
        ]


def test_an_operator_may_not_ask_who_looked(cast: Cast) -> None:
    with acting(cast.operator), pytest.raises(PermissionMissing):
        who_looked(actor=cast.operator, household_id=5)
