"""Refunds: proposed by one officer, decided by another, sent once."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0022_goods"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "PROPOSED"),
                            ("REJECTED", "REJECTED"),
                            ("APPROVED", "APPROVED"),
                            ("BY_HAND", "BY_HAND"),
                            ("SENT", "SENT"),
                        ],
                        max_length=8,
                    ),
                ),
                ("amount_rial", models.BigIntegerField(default=0)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("reference", models.CharField(blank=True, default="", max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "gift",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.gift"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "APPROVED")), fields=["decided_at"], name="refund_to_send"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["PROPOSED", "APPROVED", "BY_HAND"])),
                        fields=("gift",),
                        name="one_open_refund",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["PROPOSED", "REJECTED"]),
                            models.Q(("amount_rial__gt", 0), ("decided_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="refund_approved_has_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            ("state", "REJECTED"),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="refund_by_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "SENT"), _negated=True),
                            models.Q(models.Q(("reference", ""), _negated=True), ("sent_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="refund_sent_has_reference",
                    ),
                ],
            },
        ),
        migrations.RunSQL((SQL / "refunds.sql").read_text(), migrations.RunSQL.noop),
    ]
