"""The cast of the tests of the households' door: an invited family, its phone's messages, and the way in."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from sakha.access.queries import key_ring
from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import open_sealed
from sakha.coordination.actions import ask_code_by_link, enter, send_invitations
from sakha.coordination.gateways.outbox import OutboxGateway
from sakha.registry.rules.declaration import HouseholdDeclaration, PersonDeclaration
from tests.coordination_cast import NOON, Family, invite, rows, search, write_extract

ADDRESS = "192.0.2.7"


def given_invited(tmp_path: Path, family: Family | None = None, *, at: datetime = NOON) -> Family:
    """A family that nobody covers, whose phone has got its invitation."""
    invited = family or Family()
    search(write_extract(tmp_path / f"{invited.number}.parquet", [invited]), at=at)
    invite(at=at)
    send_invitations(actor=SYSTEM, clock=lambda: at, limit=1000, gateway=OutboxGateway())
    return invited


def newest_text() -> str:
    """What the last message says, to whomever it went."""
    sealed = rows("SELECT text_sealed FROM coordination_message ORDER BY id DESC LIMIT 1")[0][0]
    return open_sealed(key_ring(), bytes(sealed))


def message_count() -> int:
    return rows("SELECT count(*) FROM coordination_message")[0][0]


def link_of(text: str) -> str:
    return re.search(r"/k/([\w-]{12})", text)[1]


def invitation_code_of(text: str) -> str:
    return re.search(r"رمز (\d{8})\b", text)[1]


def sign_in_code_of(text: str) -> str:
    return re.search(r"رمز ورود سخا: (\d{6})\b", text)[1]


def come_in(link: str, *, at: datetime = NOON, address: str = ADDRESS) -> int:
    """Ask for a code by the link, read it on the phone, enter; gives the registration."""
    invitation_id = ask_code_by_link(at=at, link=link, address=address)
    return enter(at=at, invitation_id=invitation_id, code=sign_in_code_of(newest_text()), address=address)


def told_by(family: Family, *, facts: dict[str, str] | None = None) -> HouseholdDeclaration:
    """What the family fills in of itself."""
    people = [
        PersonDeclaration(
            given_name="پروانه",
            family_name="نمونه‌پور",
            father_name="یوسف",
            national_id=family.head,
            birth_date="1362/04/11",
            gender="زن",
            relation="سرپرست",
            mobile=family.mobile or "",
        ),
        *(
            PersonDeclaration(
                given_name=f"فرزند{'ا' * number}",
                family_name="نمونه‌پور",
                national_id=one,
                birth_date="1394",
                gender="مرد",
                relation="فرزند",
            )
            for number, one in enumerate(family.others, start=1)
        ),
    ]
    told = facts or {"tenure": "اجاره‌ای", "rooms": "1", "has_car": "ندارد"}
    return HouseholdDeclaration(members=tuple(people), province="البرز", county="کرج", facts=told)
