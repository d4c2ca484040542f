"""Several gifts in one payment, by what unpaid promises are counted, and types of household among the conditions."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"
# The function asks for the types now: where 0002 ran before, it is replaced.
DRAWS = (SQL / "draw.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0002_books_and_policies"),
    ]

    operations = [
        migrations.AddField(
            model_name="gift",
            name="condition_set",
            field=models.CharField(blank=True, default="", max_length=12),
        ),
        migrations.AddField(
            model_name="gift",
            name="household_types",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=12), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="gift",
            name="led_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.gift"
            ),
        ),
        migrations.CreateModel(
            name="PromiseMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SmallIntegerField()),
                ("digest", models.BinaryField(max_length=16)),
                ("at", models.DateTimeField()),
                (
                    "gift",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.gift"
                    ),
                ),
            ],
            options={
                "db_table": "giving_promise_mark",
                "indexes": [
                    models.Index(fields=["digest", "at"], name="marks_of_digest"),
                    models.Index(fields=["at"], name="marks_by_age"),
                ],
            },
        ),
        *(
            migrations.RunSQL(body, migrations.RunSQL.noop)
            for body in ((SQL / "promises.sql").read_text(), (SQL / "types.sql").read_text(), DRAWS)
        ),
    ]
