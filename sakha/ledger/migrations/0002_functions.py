"""Storage settings and row-level security; the functions that alone may write follow with 0004 (decision 0004)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("access", "__first__"),
        ("registry", "__first__"),
    ]

    operations = [
        *(
            migrations.RunSQL((SQL / f"{step}.sql").read_text(), migrations.RunSQL.noop)
            for step in ("storage", "policies")
        )
    ]
