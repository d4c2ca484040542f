"""Proposals of fair shares: what each need would get from whose money, decided by four eyes, carried out by bodies."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0004_deliveries_taken_back"),
        ("ledger", "0007_deliveries_taken_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province", models.CharField(blank=True, default="", max_length=2)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "PROPOSED"),
                            ("APPROVED", "APPROVED"),
                            ("REJECTED", "REJECTED"),
                            ("CANCELLED", "CANCELLED"),
                        ],
                        max_length=9,
                    ),
                ),
                ("money_rial", models.BigIntegerField()),
                ("shared_rial", models.BigIntegerField()),
                ("effect", models.JSONField()),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
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
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SmallIntegerField()),
                ("period", models.IntegerField()),
                ("tier", models.SmallIntegerField()),
                ("province", models.CharField(max_length=2)),
                ("county", models.CharField(max_length=8)),
                (
                    "household_types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("target_rial", models.BigIntegerField()),
                ("covered_rial", models.BigIntegerField()),
                ("amount_rial", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "WAITING"),
                            ("HELD", "HELD"),
                            ("PARTLY", "PARTLY"),
                            ("LEFT_OUT", "LEFT_OUT"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "left_out",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("MONEY_GONE", "MONEY_GONE"),
                            ("NEED_COVERED", "NEED_COVERED"),
                            ("NEED_UNVERIFIED", "NEED_UNVERIFIED"),
                            ("PROTECTED", "PROTECTED"),
                            ("NOT_HELD", "NOT_HELD"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("held_rial", models.BigIntegerField(default=0)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.household",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.organisation",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="giving.proposal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SharePiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_rial", models.BigIntegerField()),
                (
                    "gift",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.gift"
                    ),
                ),
                (
                    "share",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.share"
                    ),
                ),
            ],
            options={
                "db_table": "giving_share_piece",
            },
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "PROPOSED")), fields=("province",), name="one_open_proposal"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("state", "PROPOSED")),
                    models.Q(models.Q(("state", "PROPOSED"), _negated=True), ("decided_at__isnull", False)),
                    _connector="OR",
                ),
                name="proposal_decided_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("state", "APPROVED"), _negated=True),
                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="proposal_by_four_eyes",
            ),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(
                condition=models.Q(("amount_rial__gt", 0), ("state", "WAITING")),
                fields=["organisation", "proposal"],
                name="share_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(
                fields=("proposal", "household", "kind", "period"), name="one_share_a_need"
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_rial__gte", 0), ("held_rial__gte", 0), ("held_rial__lte", models.F("amount_rial"))
                ),
                name="share_held_within",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharepiece",
            constraint=models.UniqueConstraint(fields=("share", "gift"), name="one_piece_a_gift"),
        ),
        migrations.AddConstraint(
            model_name="sharepiece",
            constraint=models.CheckConstraint(condition=models.Q(("amount_rial__gt", 0)), name="piece_of_something"),
        ),
        migrations.RunSQL((SQL / "proposals.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL(
            (SQL / "shares.sql").read_text(),
            "DROP FUNCTION giving_settle_share(bigint, timestamptz, date, bigint, text);"
            " DROP FUNCTION giving_take_share(bigint, date); DROP FUNCTION giving_share_money(bigint, date);",
        ),
    ]
