"""A hold is paid by goods or by givers' money and never by both; what goods were taken back is found from its holds."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("giving", "0023_refunds")]

    operations = [
        migrations.RunSQL((SQL / f"{part}.sql").read_text(), migrations.RunSQL.noop)
        for part in ("draw", "shares", "goods")
    ]
