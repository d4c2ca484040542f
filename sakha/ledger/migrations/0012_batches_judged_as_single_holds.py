"""Batches judged as single questions are, and looks that reach the household which stands now."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def again(name: str) -> str:
    """A function as it is now, where an older one stands; who may call it stays."""
    return (SQL / f"{name}.sql").read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0011_batches_asked_by_programs"), ("access", "0004_opened_files")]

    operations: ClassVar = [
        migrations.RunSQL(again(name), migrations.RunSQL.noop)
        for name in ("check_many", "hold_many", "check_as", "many_as")
    ]
