"""Every setting is explained, and a wrong one stops the start with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def documented_rows() -> list[str]:
    rows = []
    for name, field in type(settings.SAKHA).model_fields.items():
        variable = str(field.validation_alias or f"SAKHA_{name.upper()}")
        default = field.get_default()
        secret = getattr(default, "get_secret_value", None)
        shown = "" if default is None else secret() if secret else default
        word = "required" if field.is_required() else f"`{str(shown).lower() if isinstance(shown, bool) else shown}`"
        rows.append(f"| `{variable}` | {'empty' if word == '``' else word} | {field.description} |")
    return rows


def test_every_setting_is_explained() -> None:
    page = PAGE.read_text()

    assert [row for row in documented_rows() if row not in page] == []


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DATABASE_URL", "mysql://somewhere", "must begin with postgresql://"),
        ("SAKHA_SECRET_KEY", "short", "needs at least 40 characters"),
        ("SAKHA_DATABASE_POOL_SIZE", "many", "valid integer"),
        ("SAKHA_SMS_GATEWAY", "pigeon", "'outbox', 'kavenegar' or 'smpp'"),
        ("SAKHA_SMS_GATEWAY", "kavenegar", "SAKHA_KAVENEGAR_KEY"),
        ("SAKHA_KEYS", "", "no key ring was found"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence_and_without_the_value(
    variable: str, value: str, said: str
) -> None:
    environment = {name: word for name, word in os.environ.items() if name != "SAKHA_KEYS_FILE"} | {variable: value}

    started = subprocess.run(
        [sys.executable, "-c", "import sakha.settings"], env=environment, capture_output=True, text=True, check=False
    )

    assert started.returncode == 1
    assert said in started.stderr
    assert "Traceback" not in started.stderr
    if value and variable in {"DATABASE_URL", "SAKHA_SECRET_KEY"}:
        assert value not in started.stderr
