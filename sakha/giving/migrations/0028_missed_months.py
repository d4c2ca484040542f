"""Who ended a promise: its giver, or three months in a row that nobody paid."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("giving", "0027_pool_policy")]

    operations = [
        migrations.AddField(
            model_name="sponsorship",
            name="ended_by",
            field=models.CharField(
                blank=True,
                choices=[("GIVER", "GIVER"), ("MISSED", "MISSED")],
                db_default="",
                default="",
                max_length=6,
            ),
        ),
    ]
