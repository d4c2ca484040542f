"""Organisations and users: admitted once, many at a time, and held to their licence."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from sakha.access.actions import (
    OrganisationExists,
    UsernameTaken,
    acting,
    approve_organisation,
    change_password,
    close_user,
    create_organisation,
    create_organisations,
    create_user,
    renew_licence,
    resume_organisation,
    suspend_organisation,
)
from sakha.access.queries import (
    OrganisationUnknown,
    find_actor,
    find_signed_in,
    get_organisation,
    organisation_names,
    organisations,
    session_stamp,
    user_ids,
)
from sakha.access.queries.actors import find_user_by_name
from sakha.access.rules import (
    SYSTEM,
    Actor,
    NewOrganisation,
    NewUser,
    OrganisationKind,
    Permission,
    PermissionMissing,
    Role,
    Scope,
    Standing,
)
from sakha.access.rules.attempts import SignInRefused
from sakha.access.rules.users import RoleMisplaced
from tests.rooms.access.given import AT, PASSWORD, Cast, charity


def staff_of(organisation_id: int, role: Role = Role.CHARITY_STAFF, username: str = "new.one") -> NewUser:
    return NewUser(username=username, role=role, display_name="همکار تازه", organisation_id=organisation_id)


def actor_of(user_id: int | None, *, days: int = 0) -> Actor:
    found = find_actor(user_id or 0, at=AT + timedelta(days=days))
    assert found is not None
    return found


def test_a_hundred_and_eighty_organisations_are_one_statement(db: None, django_assert_num_queries) -> None:
    many = [charity(f"خیریهٔ {number}", "3001", str(number)) for number in range(180)]
    with acting(SYSTEM):
        with django_assert_num_queries(3):  # savepoint, insert, release
            ids = create_organisations(actor=SYSTEM, at=AT, organisations=many)
        names = organisation_names(ids)
    assert [names[one] for one in ids] == [one.name for one in many]


def test_no_organisations_are_none(db: None) -> None:
    with acting(SYSTEM):
        assert create_organisations(actor=SYSTEM, at=AT, organisations=[]) == []


def test_a_licence_belongs_to_one_organisation_and_all_or_none_are_admitted(cast: Cast) -> None:
    with acting(SYSTEM):
        with pytest.raises(OrganisationExists):
            create_organisations(
                actor=SYSTEM, at=AT, organisations=[charity("تازه", "3001", "99"), charity("دوباره", "3001", "11")]
            )
        assert len(organisations()) == 3


def test_an_organisation_is_read_as_it_was_told(cast: Cast) -> None:
    with acting(cast.noor_head):
        card = get_organisation(cast.mehr_id)
    assert (card.name, card.kind, card.county) == ("مهر", OrganisationKind.CHARITY, "3001")
    assert (card.licence_number, card.licence_valid_until) == ("11", date(2027, 3, 20))
    assert card.standing(on=AT.date()) is Standing.GOOD


def test_the_directory_is_asked_by_kind_and_area(cast: Cast) -> None:
    with acting(cast.mehr_head):
        assert [card.id for card in organisations(kind=OrganisationKind.AGENCY)] == [cast.agency_id]
        assert [card.id for card in organisations(province="30", county="3002")] == [cast.noor_id]
        with pytest.raises(OrganisationUnknown):
            get_organisation(0)


def test_only_who_may_admits_organisations(cast: Cast) -> None:
    new = NewOrganisation(kind=OrganisationKind.CHARITY, name="باران", province="30", county="3001")
    with acting(cast.mehr_head), pytest.raises(PermissionMissing):
        create_organisation(actor=cast.mehr_head, at=AT, organisation=new)
    with acting(cast.province_officer):
        assert create_organisation(actor=cast.province_officer, at=AT, organisation=new)


def test_an_office_admits_nobody_outside_its_area(cast: Cast) -> None:
    new = NewOrganisation(kind=OrganisationKind.CHARITY, name="باران", province="30", county="3001")
    office = cast.other_province_officer
    with pytest.raises(DatabaseError, match="row-level security"), acting(office):
        create_organisation(actor=office, at=AT, organisation=new)


def test_an_actor_is_the_user_with_its_organisation_and_area(cast: Cast) -> None:
    actor = cast.mehr_head
    assert (actor.role, actor.scope) == (Role.CHARITY_HEAD, Scope.ORGANISATION)
    assert (actor.organisation_id, actor.organisation_name) == (cast.mehr_id, "مهر")
    assert (actor.province, actor.county) == ("30", "3001")
    assert actor.can(Permission.HOLD_AID)
    assert find_actor(0, at=AT) is None


def test_the_day_after_its_licence_an_organisation_looks_but_does_not_give(cast: Cast) -> None:
    last_day = (date(2027, 3, 20) - AT.date()).days
    assert actor_of(cast.mehr_head.user_id, days=last_day).can(Permission.HOLD_AID)
    after = actor_of(cast.mehr_head.user_id, days=last_day + 1)
    assert not any(after.can(one) for one in (Permission.HOLD_AID, Permission.DELIVER_AID, Permission.IMPORT_FILE))
    assert after.can(Permission.CHECK_AID)
    assert "مجوز" in after.withheld_because
    with acting(SYSTEM):
        renew_licence(actor=SYSTEM, organisation_id=cast.mehr_id, valid_until=None)
    assert actor_of(cast.mehr_head.user_id, days=last_day + 1).can(Permission.HOLD_AID)


def test_the_last_day_is_counted_in_iran(cast: Cast) -> None:
    # 21:00 UTC on the last day is half past midnight of the next day in Tehran
    at = AT.replace(year=2027, month=3, day=20, hour=21)
    assert find_actor(cast.mehr_head.user_id or 0, at=at.replace(hour=20)).can(Permission.HOLD_AID)
    assert not find_actor(cast.mehr_head.user_id or 0, at=at).can(Permission.HOLD_AID)


def test_suspension_takes_giving_away_and_resuming_gives_it_back(cast: Cast) -> None:
    with acting(cast.province_officer):
        suspend_organisation(actor=cast.province_officer, at=AT, organisation_id=cast.mehr_id)
    assert not actor_of(cast.mehr_head.user_id).can(Permission.DELIVER_AID)
    with acting(cast.province_officer):
        resume_organisation(actor=cast.province_officer, organisation_id=cast.mehr_id)
    assert actor_of(cast.mehr_head.user_id).can(Permission.DELIVER_AID)


def test_an_organisation_waits_for_its_approval(cast: Cast) -> None:
    with acting(SYSTEM):
        new = NewOrganisation(kind=OrganisationKind.CHARITY, name="باران", province="30", is_approved=False)
        organisation_id = create_organisation(actor=SYSTEM, at=AT, organisation=new)
        user_id = create_user(actor=SYSTEM, at=AT, user=staff_of(organisation_id))
    assert not actor_of(user_id).can(Permission.HOLD_AID)
    with acting(SYSTEM):
        approve_organisation(actor=SYSTEM, at=AT, organisation_id=organisation_id)
        approve_organisation(actor=SYSTEM, at=AT + timedelta(days=1), organisation_id=organisation_id)
        assert get_organisation(organisation_id).approved_at == AT
    assert actor_of(user_id).can(Permission.HOLD_AID)


def test_changing_an_organisation_that_is_not_there_is_refused(cast: Cast) -> None:
    with acting(SYSTEM), pytest.raises(OrganisationUnknown):
        suspend_organisation(actor=SYSTEM, at=AT, organisation_id=0)


def test_a_head_admits_staff_to_its_own_charity_alone(cast: Cast) -> None:
    with acting(cast.mehr_head):
        assert create_user(actor=cast.mehr_head, at=AT, user=staff_of(cast.mehr_id))
        with pytest.raises(PermissionMissing):
            create_user(actor=cast.mehr_head, at=AT, user=staff_of(cast.noor_id, username="other"))
        officer = NewUser(username="boss", role=Role.NATION_OFFICER, display_name="x")
        with pytest.raises(PermissionMissing):
            create_user(actor=cast.mehr_head, at=AT, user=officer)
    with acting(cast.mehr_staff), pytest.raises(PermissionMissing):
        create_user(actor=cast.mehr_staff, at=AT, user=staff_of(cast.mehr_id, username="another"))


def test_an_agencys_role_in_a_charity_is_refused(cast: Cast) -> None:
    with acting(SYSTEM), pytest.raises(RoleMisplaced):
        create_user(actor=SYSTEM, at=AT, user=staff_of(cast.mehr_id, Role.AGENCY_STAFF))


def test_a_username_is_taken_once_whatever_its_case(cast: Cast) -> None:
    with acting(SYSTEM), pytest.raises(UsernameTaken):
        create_user(actor=SYSTEM, at=AT, user=staff_of(cast.mehr_id, username=" MEHR.Head "))


def test_a_closed_user_is_nobody(cast: Cast) -> None:
    stamp = session_stamp(cast.mehr_staff.user_id or 0)
    with acting(cast.mehr_head):
        close_user(actor=cast.mehr_head, user_id=cast.mehr_staff.user_id or 0)
    assert find_actor(cast.mehr_staff.user_id or 0, at=AT) is None
    assert find_signed_in(user_id=cast.mehr_staff.user_id or 0, stamp=stamp, at=AT) is None


def test_a_changed_password_ends_the_other_sessions(cast: Cast) -> None:
    user_id = cast.mehr_head.user_id or 0
    stamp = session_stamp(user_id)
    assert find_signed_in(user_id=user_id, stamp=stamp, at=AT) == cast.mehr_head
    with acting(cast.mehr_head):
        with pytest.raises(SignInRefused):
            change_password(actor=cast.mehr_head, old="نادرست است این", new="پنج درخت گیلاس")
        change_password(actor=cast.mehr_head, old=PASSWORD, new="پنج درخت گیلاس")
    assert find_signed_in(user_id=user_id, stamp=stamp, at=AT) is None
    assert find_signed_in(user_id=user_id, stamp=session_stamp(user_id), at=AT) == cast.mehr_head


def test_users_are_found_by_the_names_they_sign_in_with(cast: Cast) -> None:
    with acting(cast.mehr_head):
        assert user_ids([" Mehr.Staff", "noor.head", "nobody"]) == {"mehr.staff": cast.mehr_staff.user_id}


def test_the_password_is_never_shown_with_the_user(cast: Cast) -> None:
    with acting(SYSTEM):
        user = find_user_by_name("mehr.head")
    assert user is not None
    assert user.password not in repr(user)


def test_a_session_of_nobody_is_nobodys(cast: Cast) -> None:
    assert session_stamp(0) == ""
    assert find_signed_in(user_id=0, stamp="", at=AT) is None
