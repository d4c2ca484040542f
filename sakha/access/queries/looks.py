"""Who looked at a household. Which entries the asker may see is decided by the policy of the log."""

from dataclasses import dataclass
from datetime import datetime

from sakha.access.models import AccessEntry
from sakha.access.rules import AccessAction, Actor, Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One entry, told to whoever may ask. Names stay empty where the asker may not see them.

    `is_user` tells a person at work from the system and from a household at its own file; an office has its area.
    """

    at: datetime
    action: AccessAction
    organisation_name: str
    display_name: str
    purpose: str
    is_user: bool
    province: str
    county: str


def who_looked(*, actor: Actor, household_id: int, limit: int = 50) -> tuple[Look, ...]:
    """The last looks at this household that the actor may know of, newest first."""
    actor.require(Permission.READ_HOUSEHOLD)
    rows = (
        AccessEntry.objects.filter(household_id=household_id)
        .order_by("-at", "-id")
        .values_list(
            "at", "action", "organisation__name", "user__display_name", "purpose", "user_id", "province", "county"
        )[:limit]
    )
    return tuple(
        Look(
            at=at,
            action=AccessAction(action),
            organisation_name=organisation_name or "",
            display_name=display_name or "",
            purpose=purpose,
            is_user=user_id is not None,
            province=province,
            county=county,
        )
        for at, action, organisation_name, display_name, purpose, user_id, province, county in rows
    )
