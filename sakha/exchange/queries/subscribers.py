"""A client when nobody calls: the actor under which it is decided what it may be told."""

from dataclasses import dataclass

from sakha.access.queries import ClientUnknown, acting, get_client, get_organisation
from sakha.access.rules import SYSTEM, Actor, ClientLevel, ClientScope, ClientStatus, scope_of
from sakha.access.rules.clients import role_of_client


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A client that wants to be told."""

    client_id: int
    name: str
    actor: Actor
    level: ClientLevel
    is_sandbox: bool


def find_subscriber(client_id: int) -> Subscriber | None:
    """The client while it may be told: active, and still allowed to subscribe."""
    try:
        card = get_client(actor=SYSTEM, client_id=client_id)
    except ClientUnknown:
        return None
    if card.status is not ClientStatus.ACTIVE or ClientScope.REGISTRY_SUBSCRIBE not in card.scopes:
        return None
    with acting(SYSTEM):
        body = get_organisation(card.organisation_id)
    if body.suspended_at is not None:
        return None
    role = role_of_client(body.kind)
    actor = Actor(
        user_id=None,
        organisation_id=body.id,
        role=role,
        scope=scope_of(role),
        province=body.province,
        county=body.county,
        display_name=card.name,
        organisation_name=body.name,
    )
    return Subscriber(client_id=card.id, name=card.name, actor=actor, level=card.level, is_sandbox=card.is_sandbox)
