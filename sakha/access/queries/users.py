"""Which users there are, by the names they sign in with; what they may see is `actors`' part."""

from collections.abc import Iterable

from sakha.access.models import User
from sakha.access.rules.users import clean_username


def user_ids(usernames: Iterable[str]) -> dict[str, int]:
    """Ids of the users among these sign-in names that the actor at work may see."""
    wanted = {clean_username(one) for one in usernames}
    return dict(User.objects.filter(username__in=wanted).values_list("username", "id"))
