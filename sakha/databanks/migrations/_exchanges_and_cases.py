"""States of banks, exchanges with them and cases, as 0003 makes them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sakha.databanks.rules.states

OPERATIONS = [
    migrations.CreateModel(
        name="BankState",
        fields=[
            ("bank", models.CharField(max_length=40, primary_key=True, serialize=False)),
            ("breaker", models.CharField(db_default="closed", default="closed", max_length=10)),
            ("failure_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("success_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("opened_at", models.DateTimeField(null=True)),
            ("next_slot_at", models.DateTimeField(null=True)),
            ("last_answer_at", models.DateTimeField(null=True)),
            ("last_error_at", models.DateTimeField(null=True)),
            ("last_error_code", models.CharField(blank=True, db_default="", default="", max_length=100)),
        ],
        options={
            "db_table": "databanks_bank_state",
        },
    ),
    migrations.CreateModel(
        name="Subject",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("subject_index", models.BinaryField(max_length=16, unique=True)),
            ("subject_sealed", models.BinaryField()),
        ],
    ),
    migrations.AddField(
        model_name="evidence",
        name="text_sealed",
        field=models.BinaryField(null=True),
    ),
    migrations.AlterField(
        model_name="evidence",
        name="fact",
        field=models.CharField(max_length=40),
    ),
    migrations.AlterField(
        model_name="evidence",
        name="source",
        field=models.CharField(max_length=40),
    ),
    migrations.CreateModel(
        name="BankMessage",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("bank", models.CharField(max_length=40)),
            ("message_name", models.CharField(max_length=99)),
            ("received_at", models.DateTimeField()),
        ],
        options={
            "db_table": "databanks_bank_message",
            "constraints": [models.UniqueConstraint(fields=("bank", "message_name"), name="one_message_a_name")],
        },
    ),
    migrations.CreateModel(
        name="Case",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("CONTRADICTION", "CONTRADICTION"),
                        ("CHANGED", "CHANGED"),
                        ("WRONG", "WRONG"),
                        ("MISSING", "MISSING"),
                    ],
                    max_length=13,
                ),
            ),
            (
                "state",
                models.CharField(
                    choices=[
                        ("WAITING_FOR_PROOF", "WAITING_FOR_PROOF"),
                        ("IN_REVIEW", "IN_REVIEW"),
                        ("UPHELD", "UPHELD"),
                        ("REJECTED", "REJECTED"),
                        ("LAPSED", "LAPSED"),
                        ("SETTLED_BY_BANK", "SETTLED_BY_BANK"),
                    ],
                    max_length=17,
                ),
            ),
            ("household_id", models.BigIntegerField()),
            ("fact", models.CharField(max_length=40)),
            ("source", models.CharField(max_length=40)),
            ("declared_value", models.BigIntegerField(null=True)),
            ("found_value", models.BigIntegerField(null=True)),
            ("settled_value", models.BigIntegerField(null=True)),
            ("words_sealed", models.BinaryField(null=True)),
            ("opened_at", models.DateTimeField()),
            ("due_on", models.DateField()),
            ("settled_at", models.DateTimeField(null=True)),
            (
                "opened_by",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
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
            (
                "subject",
                models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="databanks.subject"
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(fields=["household_id"], name="case_household"),
                models.Index(fields=["state", "due_on"], name="case_due"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(
                        (
                            "state__in",
                            [
                                sakha.databanks.rules.states.CaseState["WAITING_FOR_PROOF"],
                                sakha.databanks.rules.states.CaseState["IN_REVIEW"],
                            ],
                        )
                    ),
                    fields=("household_id", "subject", "fact", "source"),
                    name="one_open_case_a_fact",
                    nulls_distinct=False,
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        (
                            "state__in",
                            ["WAITING_FOR_PROOF", "IN_REVIEW", "UPHELD", "REJECTED", "LAPSED", "SETTLED_BY_BANK"],
                        )
                    ),
                    name="case_state_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(("kind__in", ["CONTRADICTION", "CHANGED", "WRONG", "MISSING"])),
                    name="case_kind_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("settled_at__isnull", True),
                            (
                                "state__in",
                                [
                                    sakha.databanks.rules.states.CaseState["WAITING_FOR_PROOF"],
                                    sakha.databanks.rules.states.CaseState["IN_REVIEW"],
                                ],
                            ),
                        ),
                        models.Q(
                            models.Q(
                                (
                                    "state__in",
                                    [
                                        sakha.databanks.rules.states.CaseState["WAITING_FOR_PROOF"],
                                        sakha.databanks.rules.states.CaseState["IN_REVIEW"],
                                    ],
                                ),
                                _negated=True,
                            ),
                            ("settled_at__isnull", False),
                        ),
                        _connector="OR",
                    ),
                    name="case_is_settled_or_open",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="CaseStep",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "state",
                models.CharField(
                    choices=[
                        ("WAITING_FOR_PROOF", "WAITING_FOR_PROOF"),
                        ("IN_REVIEW", "IN_REVIEW"),
                        ("UPHELD", "UPHELD"),
                        ("REJECTED", "REJECTED"),
                        ("LAPSED", "LAPSED"),
                        ("SETTLED_BY_BANK", "SETTLED_BY_BANK"),
                    ],
                    max_length=17,
                ),
            ),
            ("at", models.DateTimeField()),
            ("words_sealed", models.BinaryField(null=True)),
            ("proof_name", models.CharField(blank=True, db_default="", default="", max_length=200)),
            ("proof_sealed", models.BinaryField(null=True)),
            (
                "by",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "case",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="databanks.case"
                ),
            ),
        ],
        options={
            "db_table": "databanks_case_step",
        },
    ),
    migrations.CreateModel(
        name="Exchange",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("bank", models.CharField(max_length=40)),
            ("claim", models.CharField(max_length=32)),
            ("ended_at", models.DateTimeField()),
            ("milliseconds", models.PositiveIntegerField()),
            ("question_count", models.PositiveIntegerField()),
            ("answered_count", models.PositiveIntegerField()),
            ("error_code", models.CharField(blank=True, db_default="", default="", max_length=100)),
        ],
        options={
            "indexes": [models.Index(fields=["bank", "-ended_at"], name="exchange_bank")],
        },
    ),
]
