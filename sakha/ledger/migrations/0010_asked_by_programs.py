"""A program's single check and hold, each one statement; called with the caller's own rights."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
CLOSE = "REVOKE ALL ON FUNCTION ledger_check_as, ledger_hold_as FROM PUBLIC"
DROP = "DROP FUNCTION ledger_check_as, ledger_hold_as"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0008_taking_back_security"), ("access", "0006_client_security")]

    operations: ClassVar = [migrations.RunSQL((SQL / "check_as.sql").read_text() + CLOSE, DROP)]
