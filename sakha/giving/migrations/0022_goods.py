"""Goods and hours of work that organisations offer, and what of them was taken for whose need."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0010_block_security"),
        ("giving", "0021_sponsorships"),
        ("ledger", "0010_asked_by_programs"),
        ("registry", "0008_finding"),
        ("scoring", "0024_contested_counts_as_change"),
    ]

    operations = [
        migrations.CreateModel(
            name="GoodsOffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.UUIDField(unique=True)),
                ("item", models.CharField(max_length=12)),
                ("kind", models.SmallIntegerField()),
                ("price_name", models.CharField(blank=True, default="", max_length=40)),
                ("quantity", models.IntegerField()),
                ("left_quantity", models.IntegerField()),
                ("worth_rial", models.BigIntegerField()),
                ("expires_on", models.DateField(null=True)),
                ("province", models.CharField(max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                ("contact", models.CharField(max_length=80)),
                ("offered_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "donor",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.donor"),
                ),
            ],
            options={
                "db_table": "giving_goods_offer",
            },
        ),
        migrations.CreateModel(
            name="GoodsTaking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.IntegerField()),
                ("worth_rial", models.BigIntegerField()),
                ("worth_source", models.CharField(choices=[("PRICE", "PRICE"), ("GIVER", "GIVER")], max_length=5)),
                (
                    "state",
                    models.CharField(
                        choices=[("HELD", "HELD"), ("DELIVERED", "DELIVERED"), ("RETURNED", "RETURNED")], max_length=9
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "hold",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.hold",
                    ),
                ),
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
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.goodsoffer"
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
            ],
            options={
                "db_table": "giving_goods_taking",
            },
        ),
        migrations.AddIndex(
            model_name="goodsoffer",
            index=models.Index(
                condition=models.Q(("left_quantity__gt", 0), ("withdrawn_at__isnull", True)),
                fields=["expires_on", "id"],
                name="goods_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodsoffer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("left_quantity__gte", 0), ("left_quantity__lte", models.F("quantity")), ("quantity__gt", 0)
                ),
                name="stock_never_below_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodsoffer",
            constraint=models.CheckConstraint(condition=models.Q(("worth_rial__gt", 0)), name="goods_of_some_worth"),
        ),
        migrations.AddIndex(
            model_name="goodstaking",
            index=models.Index(condition=models.Q(("state", "HELD")), fields=["hold"], name="taking_unsettled"),
        ),
        migrations.AddConstraint(
            model_name="goodstaking",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0), ("worth_rial__gt", 0)), name="taking_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="goodstaking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state", "HELD")),
                    models.Q(models.Q(("state", "HELD"), _negated=True), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="taking_settles_once",
            ),
        ),
        migrations.RunSQL((SQL / "goods.sql").read_text(), migrations.RunSQL.noop),
    ]
