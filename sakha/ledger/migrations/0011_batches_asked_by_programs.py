"""A program's batch of checks or holds, each one statement; and batches that wait for no plan."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
CLOSE = "REVOKE ALL ON FUNCTION ledger_check_many_as, ledger_hold_many_as FROM PUBLIC"
DROP = "DROP FUNCTION ledger_check_many_as, ledger_hold_many_as"


def again(name: str) -> str:
    """A function as it is now, where an older one stands; who may call it stays."""
    return (SQL / f"{name}.sql").read_text().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0010_asked_by_programs")]

    operations: ClassVar = [
        migrations.RunSQL(again("check_many") + again("hold_many"), migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "many_as.sql").read_text() + CLOSE, DROP),
    ]
