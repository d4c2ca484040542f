"""Whether the household itself took its leave back, and places and lists that follow the leave at once."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("giving", "0005_donors")]

    operations = [
        migrations.AddField(
            model_name="publishingleave",
            name="is_own_withdrawal",
            field=models.BooleanField(db_default=False, default=False),
        ),
        # Until now only the household's own page took a leave back.
        migrations.RunSQL(
            "UPDATE giving_publishing_leave SET is_own_withdrawal = true WHERE withdrawn_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        *(
            migrations.RunSQL((SQL / f"{part}.sql").read_text(), migrations.RunSQL.noop)
            for part in ("listing", "refresh")
        ),
    ]
