"""Givers who want to be known, their codes, and how much may be given by whom."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("giving", "0010_proposals")]

    operations = [
        migrations.CreateModel(
            name="Donor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mobile_index", models.BinaryField(max_length=16, null=True, unique=True)),
                ("mobile_sealed", models.BinaryField(null=True)),
                (
                    "organisation",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.organisation",
                    ),
                ),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("mobile_index__isnull", False),
                                ("mobile_sealed__isnull", False),
                                ("organisation__isnull", True),
                            ),
                            models.Q(
                                ("mobile_index__isnull", True),
                                ("mobile_sealed__isnull", True),
                                ("organisation__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="donor_known_by_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DonorCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mobile_index", models.BinaryField(max_length=16)),
                ("address_digest", models.BinaryField(max_length=16)),
                ("code_digest", models.BinaryField(max_length=16)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("wrong_count", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "db_table": "giving_donor_code",
                "indexes": [
                    models.Index(fields=["mobile_index", "asked_at"], name="donor_codes_of_number"),
                    models.Index(fields=["address_digest", "asked_at"], name="donor_codes_of_address"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AmountLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField(unique=True)),
                ("unknown_rial", models.BigIntegerField()),
                ("phone_rial", models.BigIntegerField()),
            ],
            options={
                "db_table": "giving_amount_limit",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("phone_rial__gte", models.F("unknown_rial"))), name="known_gives_more"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="gift",
            name="donor",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.donor"
            ),
        ),
        migrations.RunSQL((SQL / "donors.sql").read_text(), migrations.RunSQL.noop),
    ]
