"""Tables of the observatory: days that were counted, and the amounts of each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Reckoning",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("province", models.CharField(max_length=2)),
                ("on", models.DateField(db_column="on_day")),
                ("until_at", models.DateTimeField()),
                ("reckoned_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("province", "on"), name="one_reckoning_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("province", ""), _negated=True), name="reckoning_has_a_province"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Amount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province", models.CharField(max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                ("figure", models.CharField(max_length=30)),
                ("breakdown", models.CharField(blank=True, default="", max_length=12)),
                ("part", models.CharField(blank=True, default="", max_length=40)),
                ("value", models.BigIntegerField()),
                (
                    "reckoning",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="observatory.reckoning",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["reckoning", "figure", "breakdown"], name="amount_figure")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reckoning", "county", "figure", "breakdown", "part"),
                        include=("value",),
                        name="one_amount_a_reckoning",
                    )
                ],
            },
        ),
    ]
