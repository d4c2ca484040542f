"""Tables of the ledger."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "__first__"),
        ("registry", "__first__"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # A trusted extension: the owner may create it; on a server without it the operator installs postgresql-contrib.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("action", models.SmallIntegerField()),
                ("outcome", models.SmallIntegerField()),
                ("organisation_id", models.IntegerField(null=True)),
                ("user_id", models.BigIntegerField(null=True)),
                ("household_id", models.BigIntegerField(null=True)),
                ("by_identifier", models.BooleanField(db_default=False)),
                ("hold_id", models.BigIntegerField(null=True)),
                ("kind", models.SmallIntegerField()),
                ("period", models.IntegerField()),
                ("quantity", models.BigIntegerField()),
                ("worth_rial", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("province", models.CharField(blank=True, default="", max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("household_id"),
                        models.OrderBy(models.F("at"), descending=True),
                        condition=models.Q(("household_id__isnull", False)),
                        name="event_household",
                    ),
                    models.Index(condition=models.Q(("outcome__in", [2, 5])), fields=["at"], name="event_refused"),
                    django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="event_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SmallIntegerField()),
                ("period", models.IntegerField()),
                ("target", models.BigIntegerField()),
                ("held", models.BigIntegerField(db_default=0)),
                ("delivered", models.BigIntegerField(db_default=0)),
                ("province", models.CharField(max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                ("opened_at", models.DateTimeField()),
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
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.SmallIntegerField()),
                ("period", models.IntegerField()),
                ("quantity", models.BigIntegerField()),
                ("status", models.SmallIntegerField(db_default=1)),
                ("request_id", models.UUIDField()),
                ("span", django.contrib.postgres.fields.ranges.DateRangeField(null=True)),
                ("overrides_window", models.BooleanField(db_default=False)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("province", models.CharField(max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="registry.household",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="access.organisation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "need",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.need",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.UniqueConstraint(fields=("household", "kind", "period"), name="one_need_a_period"),
        ),
        migrations.AddConstraint(
            model_name="need",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("delivered__gte", 0),
                    ("held__gte", 0),
                    (
                        "target__gte",
                        django.db.models.expressions.CombinedExpression(models.F("held"), "+", models.F("delivered")),
                    ),
                ),
                name="never_over",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["household", "kind", "period"], name="hold_household"),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["organisation", "created_at"], name="hold_organisation"),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(condition=models.Q(("status", 1)), fields=["expires_at"], name="hold_due"),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(fields=("organisation", "request_id"), name="one_hold_a_request"),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="hold_of_something"),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", [1, 2, 3, 4])), name="hold_status_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("status", 1)),
                    models.Q(models.Q(("status", 1), _negated=True), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="hold_settled_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("overrides_window", False), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="override_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("overrides_window", False), ("span__isnull", False), ("status__in", [1, 2])),
                expressions=[("household", "="), ("kind", "="), ("span", "&&")],
                name="one_help_a_window",
            ),
        ),
    ]
