"""Roles, permissions, the actor, and what a licence lets an organisation do."""

from datetime import UTC, date, datetime

import pytest

from sakha.access.rules import (
    SIGN_IN,
    SYSTEM,
    Actor,
    NewUser,
    OrganisationKind,
    Permission,
    PermissionMissing,
    Role,
    Scope,
    Standing,
    household_actor,
    organisation_standing,
    permissions_of,
    scope_of,
)
from sakha.access.rules.actor import NOBODY, PermissionWithheld
from sakha.access.rules.organisations import WITHHELD_PERMISSIONS, WITHHELD_SENTENCES
from sakha.access.rules.users import (
    PasswordTooShort,
    RoleMisplaced,
    UsernameInvalid,
    clean_username,
    require_password,
    require_place,
    require_username,
)

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = AT.date()


def test_a_household_writes_nothing_that_bodies_write() -> None:
    home = household_actor(7)

    assert home.can(Permission.READ_HOUSEHOLD)
    with pytest.raises(PermissionWithheld):
        home.require(Permission.WRITE_HOUSEHOLD)


def staff(role: Role = Role.CHARITY_STAFF, **facts: object) -> Actor:
    return Actor(user_id=1, organisation_id=7, role=role, scope=scope_of(role), **facts)


@pytest.mark.parametrize("role", Role)
def test_every_role_has_permissions_and_a_scope(role: Role) -> None:
    assert permissions_of(role)
    assert scope_of(role) not in {Scope.NONE, Scope.SYSTEM, Scope.SIGN_IN}


def test_the_system_may_do_everything_and_the_one_signing_in_nothing() -> None:
    assert all(SYSTEM.can(permission) for permission in Permission)
    assert not any(SIGN_IN.can(permission) or NOBODY.can(permission) for permission in Permission)


def test_an_operator_has_no_business_with_anybodys_file() -> None:
    operator = staff(Role.OPERATOR)
    assert operator.can(Permission.READ_OUTBOX)
    assert not operator.can(Permission.READ_HOUSEHOLD)
    assert not operator.can(Permission.CHECK_AID)


def test_a_telephone_alone_opens_no_answer_of_a_data_bank() -> None:
    assert Permission.READ_BANKS not in permissions_of(Role.HOUSEHOLD)
    assert Permission.READ_BANKS in permissions_of(Role.COUNTY_OFFICER)


def test_offices_look_but_do_not_hold() -> None:
    officer = staff(Role.PROVINCE_OFFICER)
    assert officer.can(Permission.READ_PROVINCE)
    with pytest.raises(PermissionMissing) as refused:
        officer.require(Permission.HOLD_AID)
    assert refused.value.code == "PERMISSION_MISSING"
    assert refused.value.message


def test_a_withheld_permission_is_refused_with_the_reason() -> None:
    sentence = WITHHELD_SENTENCES[Standing.LICENCE_EXPIRED]
    actor = staff(withheld=WITHHELD_PERMISSIONS, withheld_because=sentence)
    actor.require(Permission.CHECK_AID)
    with pytest.raises(PermissionWithheld) as refused:
        actor.require(Permission.DELIVER_AID)
    assert refused.value.message == sentence


@pytest.mark.parametrize(
    ("approved_at", "suspended_at", "valid_until", "standing"),
    [
        (AT, None, None, Standing.GOOD),
        (AT, None, TODAY, Standing.GOOD),
        (AT, None, date(2026, 11, 21), Standing.LICENCE_EXPIRED),
        (AT, AT, TODAY, Standing.SUSPENDED),
        (None, None, TODAY, Standing.WAITING),
        (None, AT, date(2020, 1, 1), Standing.SUSPENDED),
    ],
)
def test_the_standing_follows_from_approval_suspension_and_the_last_day_of_the_licence(
    approved_at: datetime | None, suspended_at: datetime | None, valid_until: date | None, standing: Standing
) -> None:
    found = organisation_standing(
        approved_at=approved_at, suspended_at=suspended_at, licence_valid_until=valid_until, on=TODAY
    )
    assert found is standing


def test_every_standing_that_takes_permissions_away_says_why() -> None:
    assert all(WITHHELD_SENTENCES[standing] for standing in Standing if standing is not Standing.GOOD)


@pytest.mark.parametrize(
    ("role", "kind", "province", "county"),
    [
        (Role.CHARITY_STAFF, None, "", ""),
        (Role.CHARITY_HEAD, OrganisationKind.AGENCY, "", ""),
        (Role.AGENCY_STAFF, OrganisationKind.CHARITY, "", ""),
        (Role.PROVINCE_OFFICER, None, "", ""),
        (Role.COUNTY_OFFICER, None, "30", ""),
    ],
)
def test_a_role_without_its_place_is_refused(
    role: Role, kind: OrganisationKind | None, province: str, county: str
) -> None:
    with pytest.raises(RoleMisplaced):
        require_place(NewUser(username="sara", role=role, display_name="سارا", province=province, county=county), kind)


@pytest.mark.parametrize("username", ["", "ab", "سارا", "a b c", "a" * 61, "sara@home"])
def test_a_username_that_can_not_be_typed_again_is_refused(username: str) -> None:
    with pytest.raises(UsernameInvalid):
        require_username(username)


def test_usernames_are_compared_in_lower_case() -> None:
    assert clean_username("  Sara.Amini ") == "sara.amini"
    require_username("sara.amini")


def test_a_short_password_is_refused_and_never_shown() -> None:
    with pytest.raises(PasswordTooShort):
        require_password("123456789")
    user = NewUser(username="sara", role=Role.OPERATOR, display_name="سارا", password="correct horse")
    assert "correct horse" not in repr(user)
