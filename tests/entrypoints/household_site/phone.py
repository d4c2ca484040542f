"""A phone with a browser and no script: the family's, its messages, and what is typed page by page."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from tests.coordination_cast import Family
from tests.door_cast import given_invited, link_of, newest_text, sign_in_code_of

SHEET: dict[str, dict[str, str]] = {
    "who": {"who": "own"},
    "head": {
        "given_name": "پروانه",
        "family_name": "نمونه‌پور",
        "father_name": "یوسف",
        "birth_date_day": "۱۱",
        "birth_date_month": "4",
        "birth_date_year": "۱۳۶۲",
        "gender": "زن",
    },
    "members/1": {
        "relation": "فرزند",
        "given_name": "سینا",
        "family_name": "نمونه‌پور",
        "birth_date_year": "۱۳۹۴",
        "gender": "مرد",
    },
    "members": {},
    "place": {"county": "کرج", "urban": "شهر", "address": "کرج، خیابان بهار"},
    "home": {"tenure": "اجاره‌ای", "rooms": "۱", "rent_paid": "۳ میلیون", "has_car": "ندارد"},
    "life": {"n_employed": "۰", "disabled_count": "۱"},
}


@dataclass(slots=True)
class Phone:
    """The family's phone."""

    family: Family
    link: str
    client: Client = field(default_factory=Client)

    def come_in(self) -> HttpResponse:
        asked = self.client.post(f"/k/{self.link}/")
        assert asked.status_code == 302, asked.content.decode()
        return self.client.post("/d/code/", {"code": sign_in_code_of(newest_text())})

    def fill(self, **other: dict[str, str]) -> None:
        """Fill in every page but the answers."""
        pages = SHEET | {"who": {**SHEET["who"], "national_id": self.family.head}}
        pages["members/1"] = {**pages["members/1"], "national_id": self.family.others[0]}
        for page, typed in (pages | other).items():
            answer = self.client.post(f"/me/{page}/", typed)
            assert answer.status_code == 302, (page, answer.content.decode())

    def send(self) -> HttpResponse:
        return self.client.post("/me/answers/", {"consent": "yes"}, follow=True)


def given_phone(tmp_path: Path) -> Phone:
    family = given_invited(tmp_path, at=timezone.now())
    return Phone(family, link_of(newest_text()))
