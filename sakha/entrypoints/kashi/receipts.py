"""A receipt that can be checked, as the file that a page hands out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse

from sakha.access.rules.proofs import write_proofs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sakha.access.rules.proofs import Proof

NOT_YET: Final = "رسید سنجیدنی فردا آماده است: رویدادهای هر روز نیمه‌شب بسته می‌شود."


def hand_out(proofs: Sequence[Proof]) -> HttpResponse:
    """The file; its name tells nothing of whose it is."""
    response = HttpResponse(write_proofs(proofs), content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="sakha-receipt.json"'
    response.headers["Cache-Control"] = "no-store"
    return response
