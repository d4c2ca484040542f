"""From which day on the gateway owes its books, days given up as cases, and which refunds its books name."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("giving", "0036_members_accept")]

    operations = [
        migrations.CreateModel(
            name="StatementDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gateway", models.CharField(max_length=20, unique=True)),
                ("due_from", models.DateField()),
            ],
            options={"db_table": "giving_statement_due"},
        ),
        migrations.AlterField(
            model_name="gatewaycase",
            name="kind",
            field=models.CharField(
                choices=[
                    ("UNKNOWN_HERE", "UNKNOWN_HERE"),
                    ("UNKNOWN_THERE", "UNKNOWN_THERE"),
                    ("DIFFERS", "DIFFERS"),
                    ("NOT_COMPARED", "NOT_COMPARED"),
                ],
                max_length=13,
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="named_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL((SQL / "statement_due.sql").read_text(), migrations.RunSQL.noop),
    ]
