"""A family comes in through the households' door and saves half of its sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Walk


def fill(walked: Walk) -> None:
    del walked
    from sakha.coordination.actions import save_draft
    from tests.coordination_cast import rows
    from tests.door_cast import come_in, link_of
    from tests.journeys.conftest import AT

    registration_id = come_in(link_of(_newest_invitation()), at=AT)
    save_draft(at=AT, registration_id=registration_id, draft={"head": {"given_name": "نمونه"}})
    assert rows("SELECT count(*) FROM coordination_knock") != [(0,)]


def _newest_invitation() -> str:
    from sakha.access.queries import key_ring
    from sakha.access.rules.sealing import open_sealed
    from tests.coordination_cast import rows

    [(sealed,)] = rows(
        "SELECT text_sealed FROM coordination_message WHERE invitation_id IS NOT NULL ORDER BY id DESC LIMIT 1"
    )
    return open_sealed(key_ring(), bytes(sealed))
