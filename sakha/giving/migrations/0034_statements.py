"""The gateway's own books beside ours: days compared, cases of what differs; which refunds went by hand."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0033_warned_months"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StatementDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gateway", models.CharField(max_length=20)),
                ("day", models.DateField()),
                ("compared_at", models.DateTimeField()),
                ("their_count", models.IntegerField()),
                ("their_rial", models.BigIntegerField()),
                ("our_count", models.IntegerField()),
                ("our_rial", models.BigIntegerField()),
                ("their_refund_rial", models.BigIntegerField()),
                ("our_refund_rial", models.BigIntegerField()),
                ("booked_count", models.IntegerField()),
            ],
            options={
                "db_table": "giving_statement_day",
                "constraints": [models.UniqueConstraint(fields=("gateway", "day"), name="one_statement_a_day")],
            },
        ),
        migrations.CreateModel(
            name="GatewayCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gateway", models.CharField(max_length=20)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("UNKNOWN_HERE", "UNKNOWN_HERE"),
                            ("UNKNOWN_THERE", "UNKNOWN_THERE"),
                            ("DIFFERS", "DIFFERS"),
                        ],
                        max_length=13,
                    ),
                ),
                ("is_refund", models.BooleanField()),
                ("key", models.CharField(max_length=64)),
                ("reference", models.CharField(blank=True, default="", max_length=64)),
                ("theirs_rial", models.BigIntegerField(null=True)),
                ("ours_rial", models.BigIntegerField(null=True)),
                ("day", models.DateField()),
                ("opened_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                (
                    "gift",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="giving.gift",
                    ),
                ),
                (
                    "settled_by",
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
                "db_table": "giving_gateway_case",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gateway", "kind", "is_refund", "key"), name="one_case_a_difference"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("note", ""), ("settled_at__isnull", True), ("settled_by__isnull", True)),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                models.Q(("note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="gateway_case_settled_by_somebody",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="refund",
            name="is_by_hand",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL("UPDATE giving_refund SET is_by_hand = true WHERE state = 'BY_HAND'", migrations.RunSQL.noop),
        migrations.RunSQL((SQL / "statements.sql").read_text(), migrations.RunSQL.noop),
    ]
