"""Answers, notices and overrides, as 0010 makes them."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

OPERATIONS = [
    migrations.CreateModel(
        name="ConfirmationAnswer",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("question", models.CharField(max_length=20)),
            ("value", models.SmallIntegerField(null=True)),
            ("is_kin", models.BooleanField(db_default=False, default=False)),
            ("province", models.CharField(max_length=2)),
            ("county", models.CharField(blank=True, default="", max_length=8)),
            ("answered_at", models.DateTimeField()),
            ("was_right", models.BooleanField(null=True)),
            ("audited_at", models.DateTimeField(null=True)),
            (
                "audited_by",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
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
                "request",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="answers",
                    to="scoring.confirmationrequest",
                ),
            ),
            (
                "confirmer",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="answers",
                    to="scoring.confirmer",
                ),
            ),
        ],
        options={
            "db_table": "scoring_confirmation_answer",
            "indexes": [
                models.Index(fields=["household", "question"], name="answer_household"),
                models.Index(fields=["confirmer", "answered_at"], name="answer_confirmer"),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("request", "question"), name="one_answer_a_question"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("audited_at__isnull", True), ("was_right__isnull", True)),
                        models.Q(("audited_at__isnull", False), ("was_right__isnull", False)),
                        _connector="OR",
                    ),
                    name="audit_has_a_moment",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="LinkMiss",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("address_digest", models.BinaryField(max_length=16)),
            ("at", models.DateTimeField()),
        ],
        options={
            "db_table": "scoring_link_miss",
            "indexes": [models.Index(fields=["address_digest", "at"], name="misses_of_address")],
        },
    ),
    migrations.CreateModel(
        name="Notice",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("topic", models.CharField(max_length=10)),
            ("at", models.DateTimeField()),
            ("told_at", models.DateTimeField(null=True)),
            (
                "appeal",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="scoring.appeal",
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
        ],
        options={
            "indexes": [
                models.Index(condition=models.Q(("told_at__isnull", True)), fields=["id"], name="notice_untold")
            ],
            "constraints": [models.UniqueConstraint(fields=("appeal", "topic", "at"), name="one_notice_a_step")],
        },
    ),
    migrations.CreateModel(
        name="ScoreOverride",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("model_decile", models.PositiveSmallIntegerField()),
            ("decile", models.PositiveSmallIntegerField()),
            ("from_on", models.DateField()),
            ("until_on", models.DateField()),
            ("decided_at", models.DateTimeField()),
            (
                "appeal",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT, related_name="override", to="scoring.appeal"
                ),
            ),
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
            "db_table": "scoring_override",
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("decile__gte", 1),
                        ("decile__lte", 10),
                        (
                            "decile__gte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("model_decile"), "-", models.Value(2)
                            ),
                        ),
                        (
                            "decile__lte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("model_decile"), "+", models.Value(2)
                            ),
                        ),
                    ),
                    name="override_is_bounded",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("until_on__gt", models.F("from_on")),
                        (
                            "until_on__lte",
                            models.ExpressionWrapper(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("from_on"), "+", models.Value(366)
                                ),
                                output_field=models.DateField(),
                            ),
                        ),
                    ),
                    name="override_ends",
                ),
                django.contrib.postgres.constraints.ExclusionConstraint(
                    expressions=[
                        ("household", "="),
                        (
                            models.Func(
                                "from_on",
                                "until_on",
                                django.contrib.postgres.fields.ranges.RangeBoundary(),
                                function="daterange",
                                output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                            ),
                            "&&",
                        ),
                    ],
                    name="one_override_at_a_time",
                ),
            ],
        },
    ),
]
