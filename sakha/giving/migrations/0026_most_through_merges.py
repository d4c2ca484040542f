"""What a household got of a gift counts for it through merges: the giver said how much one may get."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("giving", "0025_attempts_kept")]

    operations = [
        migrations.RunSQL((SQL / f"{part}.sql").read_text(), migrations.RunSQL.noop) for part in ("draw", "shares")
    ]
