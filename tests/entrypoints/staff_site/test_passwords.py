"""A new password by a one-time link: who may give it, what it opens, and that it opens once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sakha.access.actions.password_links import (
    LINK_LIVES,
    PasswordLinkClosed,
    check_password_link,
    give_password_link,
    set_password_by_link,
    users_to_help,
)
from sakha.access.rules import Actor, PermissionMissing, Role, Scope
from tests.coordination_cast import rows
from tests.entrypoints.staff_site.cast import PASSWORD, Cast
from tests.entrypoints.staff_site.reading import html_of, words_of

pytestmark = pytest.mark.django_db
NEW = "پنج انار روی میز"


def head_of(actor: Actor) -> Actor:
    return Actor(
        user_id=None,
        organisation_id=actor.organisation_id,
        role=Role.CHARITY_HEAD,
        scope=Scope.ORGANISATION,
        province=actor.province,
        county=actor.county,
    )


def test_a_link_from_the_users_page_sets_a_password_once(cast: Cast, staff: Client, officer: Client) -> None:
    assert f"/users/{cast.staff.user_id}/" in html_of(officer.get("/users/?name=mar"))
    shown = html_of(officer.post(f"/users/{cast.staff.user_id}/"))
    place = re.search(r"/sign-in/new/[0-9a-f-]+/", shown)[0]
    visitor = Client()

    assert "maryam" in html_of(visitor.get(place))
    assert visitor.post(place, {"password": "کوتاه"}).status_code == 422
    assert visitor.post(place, {"password": NEW}).status_code == 302
    assert visitor.get(place).status_code == 404
    assert "دیگر باز نیست" in words_of(visitor.post(place, {"password": PASSWORD}))
    assert staff.get("/check/").status_code == 302, "the old password's sessions end"
    assert visitor.post("/sign-in/", {"username": "maryam", "password": NEW}).status_code == 302
    assert rows("SELECT user_id FROM access_entry WHERE purpose LIKE 'پیوند گذرواژه%%'") == [(cast.officer.user_id,)]


def test_only_who_oversees_the_user_gives_a_link(cast: Cast, staff: Client, operator: Client) -> None:
    at, number = timezone.now(), cast.staff.user_id
    assert staff.post(f"/users/{number}/").status_code == 403
    assert operator.get("/users/").status_code == 403
    assert give_password_link(actor=head_of(cast.staff), at=at, user_id=number)
    assert give_password_link(actor=cast.nation, at=at, user_id=cast.officer.user_id)
    for giver, user_id in (
        (head_of(cast.stranger), number),
        (head_of(cast.staff), cast.officer.user_id),
        (cast.officer, cast.officer.user_id),
        (cast.officer, cast.nation.user_id),
        (cast.nation, cast.operator.user_id),
        (cast.officer, 10**9),
    ):
        with pytest.raises(PasswordLinkClosed):
            give_password_link(actor=giver, at=at, user_id=user_id)
    with pytest.raises(PermissionMissing):
        give_password_link(actor=cast.staff, at=at, user_id=cast.stranger.user_id)
    assert {line.username for line in users_to_help(actor=head_of(cast.stranger))} == {"stranger"}
    assert {line.username for line in users_to_help(actor=cast.officer)} == {"maryam", "stranger"}


def test_a_link_that_is_changed_or_old_opens_nothing(cast: Cast) -> None:
    at = timezone.now()
    link = give_password_link(actor=cast.officer, at=at, user_id=cast.staff.user_id)
    number, until, mark = link.split("-")

    assert check_password_link(at=at + LINK_LIVES - timedelta(minutes=1), link=link) == "maryam"
    for wrong in (
        f"{cast.stranger.user_id:x}-{until}-{mark}",
        f"{number}-{int(until, 16) + 3600:x}-{mark}",
        f"{number}-{until}-{'0' * 40}",
        f"{number}-{until}-",
        f"{'f' * 30}-{until}-{mark}",
        f"{number}-{'f' * 30}-{mark}",
        "nothing",
    ):
        with pytest.raises(PasswordLinkClosed):
            set_password_by_link(at=at, link=wrong, new=NEW)
    with pytest.raises(PasswordLinkClosed):
        check_password_link(at=at + LINK_LIVES + timedelta(minutes=1), link=link)
