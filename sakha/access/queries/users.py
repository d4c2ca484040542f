"""Which users there are, by the names they sign in with; what they may see is `actors`' part."""

from collections.abc import Iterable
from dataclasses import dataclass

from sakha.access.models import User
from sakha.access.rules import Role
from sakha.access.rules.users import clean_username


@dataclass(frozen=True, slots=True)
class UserCard:
    """A user's role, organisation and area."""

    role: Role
    organisation_id: int | None
    province: str
    county: str


def user_ids(usernames: Iterable[str]) -> dict[str, int]:
    """Ids of the users among these sign-in names that the actor at work may see."""
    wanted = {clean_username(one) for one in usernames}
    return dict(User.objects.filter(username__in=wanted).values_list("username", "id"))


def users_known(usernames: Iterable[str]) -> dict[str, UserCard]:
    """Return those of these users that the actor at work may see, by the names they sign in with."""
    wanted = {clean_username(one) for one in usernames}
    return {
        row.username: UserCard(Role(row.role), row.organisation_id, row.province, row.county)
        for row in User.objects.filter(username__in=wanted)
    }
