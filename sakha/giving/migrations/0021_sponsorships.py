"""Promises for every month, and the months that were asked for."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0016_codes_of_sites"),
        ("registry", "0008_finding"),
    ]

    operations = [
        migrations.CreateModel(
            name="Sponsorship",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.UUIDField(unique=True)),
                (
                    "aim",
                    models.CharField(choices=[("POOL", "POOL"), ("NEED", "NEED"), ("ORPHAN", "ORPHAN")], max_length=6),
                ),
                ("amount_rial", models.BigIntegerField()),
                ("province", models.CharField(blank=True, default="", max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "household_types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("condition_set", models.CharField(blank=True, default="", max_length=12)),
                ("household_most_rial", models.BigIntegerField(null=True)),
                ("sign", models.CharField(blank=True, default="", max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[("ACTIVE", "ACTIVE"), ("PAUSED", "PAUSED"), ("ENDED", "ENDED")], max_length=6
                    ),
                ),
                ("begun_at", models.DateTimeField()),
                ("state_at", models.DateTimeField()),
                (
                    "donor",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.donor"),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.household",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SponsoredMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.IntegerField()),
                ("is_replaced", models.BooleanField(default=False)),
                ("link_digest", models.BinaryField(max_length=16, null=True, unique=True)),
                ("reminder_digest", models.BinaryField(max_length=16, null=True, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("reminded_at", models.DateTimeField(null=True)),
                ("attempt_count", models.IntegerField(default=0)),
                (
                    "gift",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.gift"
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="giving.listing",
                    ),
                ),
                (
                    "sponsorship",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="giving.sponsorship",
                    ),
                ),
            ],
            options={
                "db_table": "giving_sponsored_month",
            },
        ),
        migrations.AddIndex(
            model_name="sponsorship",
            index=models.Index(
                condition=models.Q(("household__isnull", False)), fields=["household"], name="sponsorship_of_household"
            ),
        ),
        migrations.AddConstraint(
            model_name="sponsorship",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_rial__gt", 0)), name="sponsorship_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="sponsorship",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("aim", "POOL"), _negated=True), ("household__isnull", True), _connector="OR"
                ),
                name="pool_sponsors_nobody",
            ),
        ),
        migrations.AddConstraint(
            model_name="sponsoredmonth",
            constraint=models.UniqueConstraint(fields=("sponsorship", "month"), name="one_ask_a_month"),
        ),
        migrations.RunSQL((SQL / "sponsorships.sql").read_text(), migrations.RunSQL.noop),
    ]
