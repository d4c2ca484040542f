"""A share is settled with a hold of its own need only: the functions of shares as they stand now."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("giving", "0015_leave_taken_back")]

    operations = [migrations.RunSQL((SQL / "shares.sql").read_text(), migrations.RunSQL.noop)]
