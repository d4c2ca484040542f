"""Checks of who a natural giver is, for large gifts."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("giving", "0028_missed_months")]

    operations = [
        migrations.CreateModel(
            name="IdentityCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("outcome", models.CharField(max_length=10)),
                ("verified_by", models.CharField(blank=True, max_length=80)),
                ("national_id_index", models.BinaryField(max_length=16, null=True)),
                ("national_id_sealed", models.BinaryField(null=True)),
                ("birth_sealed", models.BinaryField(null=True)),
                (
                    "donor",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.donor"),
                ),
            ],
            options={
                "db_table": "giving_identity_check",
                "indexes": [
                    models.Index(fields=["donor", "asked_at"], name="identity_checks_of_donor"),
                    models.Index(fields=["national_id_index"], name="identity_checks_of_person"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("verified_by", ""), _negated=True),
                                ("birth_sealed__isnull", False),
                                ("national_id_index__isnull", False),
                                ("national_id_sealed__isnull", False),
                                ("outcome", "VERIFIED"),
                            ),
                            models.Q(
                                ("birth_sealed__isnull", True),
                                ("national_id_index__isnull", True),
                                ("national_id_sealed__isnull", True),
                                ("outcome__in", ["ASKED", "MISMATCH", "UNANSWERED"]),
                                ("verified_by", ""),
                            ),
                            _connector="OR",
                        ),
                        name="identity_kept_where_verified",
                    )
                ],
            },
        ),
        migrations.RunSQL((SQL / "identity.sql").read_text(), migrations.RunSQL.noop),
    ]
