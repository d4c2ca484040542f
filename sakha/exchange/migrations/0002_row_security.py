"""Who sees what of the exchange."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), ("registry", "0007_disputed_facts")]

    operations = [migrations.RunSQL((SQL / "policies.sql").read_text(), migrations.RunSQL.noop)]
