"""The books' triggers, who sees what, and the functions that alone change listings, draws and balances."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("giving", "0001_initial"), ("scoring", "0005_needs_security")]

    operations = [
        migrations.RunSQL((SQL / f"{part}.sql").read_text(), migrations.RunSQL.noop)
        for part in ("books", "policies", "listing", "refresh", "draw")
    ]
