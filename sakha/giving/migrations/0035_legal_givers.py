"""Legal persons that give by an account of their own, and the people who act for them."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


def _key() -> models.Field:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _officer() -> models.Field:
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0034_statements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LegalGiver",
            fields=[
                ("id", _key()),
                ("name", models.CharField(max_length=200)),
                ("legal_id", models.CharField(max_length=11)),
                ("registered_at", models.DateTimeField()),
                ("contact_sealed", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "WAITING"),
                            ("CHECKED", "CHECKED"),
                            ("APPROVED", "APPROVED"),
                            ("REJECTED", "REJECTED"),
                            ("STOPPED", "STOPPED"),
                        ],
                        max_length=8,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("checked_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("checked_by", _officer()),
                ("decided_by", _officer()),
                ("stopped_by", _officer()),
                (
                    "registered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="giving.donor",
                    ),
                ),
            ],
            options={
                "db_table": "giving_legal_giver",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "APPROVED")), fields=("legal_id",), name="one_account_a_legal_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["CHECKED", "APPROVED", "STOPPED"]), _negated=True),
                            models.Q(("checked_at__isnull", False), ("checked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="legal_giver_was_checked",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["APPROVED", "STOPPED"]), _negated=True),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("checked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="legal_giver_by_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalMember",
            fields=[
                ("id", _key()),
                ("name_sealed", models.BinaryField()),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "donor",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.donor"),
                ),
                (
                    "legal_giver",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="giving.legalgiver",
                    ),
                ),
            ],
            options={
                "db_table": "giving_legal_member",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=("legal_giver", "donor"),
                        name="member_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="donor",
            name="legal_giver",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.legalgiver"
            ),
        ),
        migrations.RemoveConstraint(model_name="donor", name="donor_known_by_one"),
        migrations.AddConstraint(
            model_name="donor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("legal_giver__isnull", True),
                        ("mobile_index__isnull", False),
                        ("mobile_sealed__isnull", False),
                        ("organisation__isnull", True),
                    ),
                    models.Q(
                        ("mobile_index__isnull", True),
                        ("mobile_sealed__isnull", True),
                        models.Q(
                            models.Q(("legal_giver__isnull", True), ("organisation__isnull", False)),
                            models.Q(("legal_giver__isnull", False), ("organisation__isnull", True)),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="donor_known_by_one",
            ),
        ),
        migrations.RunSQL((SQL / "legal_givers.sql").read_text(), migrations.RunSQL.noop),
    ]
