"""Tables of giving."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0003_households"),
        ("ledger", "0006_receipts_security"),
        ("registry", "0007_disputed_facts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Gift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.UUIDField(unique=True)),
                ("follow_digest", models.BinaryField(max_length=16, unique=True)),
                ("amount_rial", models.BigIntegerField()),
                ("province", models.CharField(blank=True, default="", max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), default=list, size=None
                    ),
                ),
                ("household_most_rial", models.BigIntegerField(null=True)),
                ("expires_on", models.DateField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PLEDGED", "PLEDGED"),
                            ("LAPSED", "LAPSED"),
                            ("PAID", "PAID"),
                            ("REFUNDED", "REFUNDED"),
                        ],
                        max_length=8,
                    ),
                ),
                ("counted_rial", models.BigIntegerField(default=0)),
                ("pledged_at", models.DateTimeField()),
                ("lapses_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SmallIntegerField()),
                ("amount_rial", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("HELD", "HELD"), ("DELIVERED", "DELIVERED"), ("RETURNED", "RETURNED")], max_length=9
                    ),
                ),
                ("drawn_at", models.DateTimeField()),
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
                "indexes": [
                    models.Index(condition=models.Q(("state", "HELD")), fields=["hold"], name="draw_unsettled")
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_rial__gt", 0)), name="draw_of_something"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("state", "HELD")),
                            models.Q(models.Q(("state", "HELD"), _negated=True), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="draw_settles_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Balance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account", models.SmallIntegerField()),
                ("rial", models.BigIntegerField(default=0)),
                (
                    "gift",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.gift"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("account", 3), ("rial__gt", 0)), fields=["gift"], name="balance_to_draw"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("gift", "account"), name="one_balance_an_account"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("account", 1), ("rial__lte", 0)),
                            models.Q(models.Q(("account", 1), _negated=True), ("rial__gte", 0)),
                            _connector="OR",
                        ),
                        name="never_below_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, unique=True)),
                ("kind", models.SmallIntegerField()),
                ("period", models.IntegerField()),
                ("province", models.CharField(max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                ("size_band", models.SmallIntegerField()),
                ("severity", models.SmallIntegerField()),
                ("is_confirmed", models.BooleanField()),
                ("verified_on", models.DateField(null=True)),
                ("target_rial", models.BigIntegerField()),
                ("given_rial", models.BigIntegerField(default=0)),
                ("elsewhere_rial", models.BigIntegerField(default=0)),
                ("seen_count", models.IntegerField(default=0)),
                ("listed_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(null=True)),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.household",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("left_at__isnull", True)),
                        fields=["seen_count", "code"],
                        name="listing_shown",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("household", "kind", "period"), name="one_listing_a_need"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("elsewhere_rial__gte", 0),
                            ("given_rial__gte", 0),
                            ("given_rial__lte", models.F("target_rial")),
                        ),
                        name="never_given_over",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="gift",
            name="listing",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.listing"
            ),
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gateway", models.CharField(max_length=20)),
                ("authority", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("ASKED", "ASKED"), ("VERIFIED", "VERIFIED"), ("FAILED", "FAILED")], max_length=8
                    ),
                ),
                ("reference", models.CharField(blank=True, default="", max_length=64)),
                ("fee_rial", models.BigIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "gift",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payment", to="giving.gift"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "ASKED")), fields=["asked_at"], name="payment_unsettled")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("gateway", "authority"), name="one_gift_an_authority"),
                    models.UniqueConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=("gateway", "reference"),
                        name="one_gift_a_reference",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("state", "ASKED")),
                            models.Q(models.Q(("state", "ASKED"), _negated=True), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="payment_settles_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishingLeave",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "giving_publishing_leave",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("household",),
                        name="one_standing_leave",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("from_account", models.SmallIntegerField()),
                ("to_account", models.SmallIntegerField()),
                ("amount_rial", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "draw",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.draw"
                    ),
                ),
                (
                    "gift",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="giving.gift"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("gift", "key"), name="one_transfer_a_key"),
                    models.CheckConstraint(condition=models.Q(("amount_rial__gt", 0)), name="transfer_of_something"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("from_account", 1), ("to_account", 2)),
                            models.Q(("from_account", 2), ("to_account", 3)),
                            models.Q(("from_account", 2), ("to_account", 7)),
                            models.Q(("from_account", 3), ("to_account", 4)),
                            models.Q(("from_account", 4), ("to_account", 3)),
                            models.Q(("from_account", 4), ("to_account", 5)),
                            models.Q(("from_account", 3), ("to_account", 6)),
                            _connector="OR",
                        ),
                        name="transfer_goes_a_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("from_account", 4), ("to_account", 4), _connector="OR"),
                                ("draw__isnull", False),
                            ),
                            models.Q(
                                models.Q(("from_account", 4), _negated=True),
                                models.Q(("to_account", 4), _negated=True),
                                ("draw__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="held_money_names_its_draw",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="gift",
            index=models.Index(condition=models.Q(("state", "PLEDGED")), fields=["lapses_at"], name="gift_lapsing"),
        ),
        migrations.AddIndex(
            model_name="gift",
            index=models.Index(
                condition=models.Q(("state", "PAID")), fields=["expires_on", "paid_at", "id"], name="gift_paid"
            ),
        ),
        migrations.AddConstraint(
            model_name="gift",
            constraint=models.CheckConstraint(condition=models.Q(("amount_rial__gt", 0)), name="gift_of_something"),
        ),
        migrations.AddConstraint(
            model_name="gift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("counted_rial", 0),
                    models.Q(
                        ("counted_rial__gt", 0),
                        ("counted_rial__lte", models.F("amount_rial")),
                        ("listing__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="counted_in_its_listing",
            ),
        ),
        migrations.AddConstraint(
            model_name="gift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paid_at__isnull", False), ("state__in", ["PAID", "REFUNDED"])),
                    models.Q(("paid_at__isnull", True), ("state__in", ["PLEDGED", "LAPSED"])),
                    _connector="OR",
                ),
                name="gift_paid_has_moment",
            ),
        ),
    ]
