"""Telling how a client writes: done by whoever admits clients, never by the client."""

from datetime import datetime

from sakha.access.queries import acting, get_client
from sakha.access.rules import SYSTEM, Actor, Permission
from sakha.exchange import models
from sakha.exchange.queries.partners import named_hosts
from sakha.exchange.rules.partners import Partner, require_partner


def tell_partner(*, actor: Actor, at: datetime, client_id: int, partner: Partner) -> None:
    """Keep how this client writes, instead of what was told before.

    Raises: PermissionMissing, ClientUnknown, PartnerInvalid, AddressRefused.
    """
    actor.require(Permission.ADMIT_CLIENT)
    require_partner(partner, named_hosts=sorted(named_hosts()))
    card = get_client(actor=actor, client_id=client_id)
    with acting(SYSTEM):
        models.Partner.objects.update_or_create(
            client_id=card.id,
            defaults={
                "sender_id": partner.sender_id,
                "practice": partner.practice.value,
                "public_keys": [dict(key) for key in partner.public_keys],
                "reply_origins": list(partner.reply_origins),
                "changed_at": at,
            },
            create_defaults={
                "organisation_id": card.organisation_id,
                "sender_id": partner.sender_id,
                "practice": partner.practice.value,
                "public_keys": [dict(key) for key in partner.public_keys],
                "reply_origins": list(partner.reply_origins),
                "changed_at": at,
            },
        )
