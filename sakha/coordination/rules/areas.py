"""Which actor may work on a whole province's search and invitations. What may be read row by row is the policies'."""

from typing import ClassVar

from sakha.access.rules import Actor, Permission, Scope
from sakha.vocabulary.refusal import Refusal


class ProvinceNotYours(Refusal):
    """The search and its invitations go over a whole province: only its own office, or the nation's, starts them."""

    code: ClassVar[str] = "PROVINCE_NOT_YOURS"
    sentence: ClassVar[str] = "جست‌وجو و دعوت در یک استان با استانداری همان استان یا با کشور است."


def require_province(actor: Actor, province: str) -> None:
    """Refuse an actor without the permission, or of another or a smaller area."""
    actor.require(Permission.INVITE)
    if actor.scope in {Scope.SYSTEM, Scope.NATION}:
        return
    if actor.scope is not Scope.PROVINCE or actor.province != province:
        raise ProvinceNotYours(field="province")
