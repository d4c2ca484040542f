"""Questions, subscriptions and life events, as 0003 makes them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import sakha.databanks.rules.states

OPERATIONS = [
    migrations.CreateModel(
        name="Inquiry",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("household_id", models.BigIntegerField(null=True)),
            (
                "banks",
                django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None),
            ),
            ("purpose", models.CharField(blank=True, max_length=20)),
            ("level", models.SmallIntegerField()),
            ("decision", models.CharField(blank=True, max_length=200)),
            ("asked_at", models.DateTimeField()),
            ("refused_code", models.CharField(blank=True, db_default="", default="", max_length=60)),
            ("person_count", models.PositiveIntegerField(db_default=1, default=1)),
            (
                "asked_by",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
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
            (
                "subject",
                models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="databanks.subject"
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["household_id", "-asked_at"], name="inquiry_household")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("refused_code", ""), _negated=True),
                        models.Q(
                            models.Q(("purpose", ""), _negated=True),
                            models.Q(("decision", ""), _negated=True),
                            ("level__gte", 1),
                        ),
                        _connector="OR",
                    ),
                    name="inquiry_has_a_ground",
                )
            ],
        },
    ),
    migrations.AddField(
        model_name="evidence",
        name="inquiry",
        field=models.ForeignKey(
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="databanks.inquiry",
        ),
    ),
    migrations.CreateModel(
        name="Subscription",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("bank", models.CharField(max_length=40)),
            (
                "kind",
                models.CharField(
                    choices=[("DEATH", "DEATH"), ("BIRTH", "BIRTH"), ("MARRIAGE", "MARRIAGE"), ("MOVE", "MOVE")],
                    max_length=10,
                ),
            ),
            ("transaction_name", models.CharField(max_length=99)),
            ("code", models.CharField(blank=True, db_default="", default="", max_length=99)),
            ("asked_at", models.DateTimeField()),
            ("confirmed_at", models.DateTimeField(null=True)),
            ("refused_code", models.CharField(blank=True, db_default="", default="", max_length=100)),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("bank", "kind"), name="one_subscription_a_kind")],
        },
    ),
    migrations.CreateModel(
        name="Question",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("bank", models.CharField(max_length=40)),
            ("household_id", models.BigIntegerField(null=True)),
            ("fillings_sealed", models.BinaryField(null=True)),
            ("fillings_index", models.BinaryField(max_length=16, null=True)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("WAITING", "WAITING"),
                        ("ASKING", "ASKING"),
                        ("AWAITED", "AWAITED"),
                        ("ANSWERED", "ANSWERED"),
                        ("REFUSED", "REFUSED"),
                        ("CANCELLED", "CANCELLED"),
                    ],
                    max_length=10,
                ),
            ),
            ("priority", models.SmallIntegerField()),
            ("claim", models.CharField(blank=True, db_default="", default="", max_length=32)),
            ("claimed_at", models.DateTimeField(null=True)),
            ("worker_key", models.BigIntegerField(null=True)),
            ("next_try_at", models.DateTimeField()),
            ("attempt_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("error_code", models.CharField(blank=True, db_default="", default="", max_length=100)),
            ("answered_at", models.DateTimeField(null=True)),
            ("fresh_until", models.DateTimeField(null=True)),
            ("is_applied", models.BooleanField(db_default=True, default=True)),
            (
                "inquiry",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="databanks.inquiry",
                ),
            ),
            (
                "subject",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="questions",
                    to="databanks.subject",
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("state", "WAITING")),
                    fields=["bank", "priority", "next_try_at"],
                    name="question_queue",
                ),
                models.Index(condition=models.Q(("claim", ""), _negated=True), fields=["claim"], name="question_claim"),
                models.Index(
                    condition=models.Q(
                        (
                            "state__in",
                            [
                                sakha.databanks.rules.states.QuestionState["WAITING"],
                                sakha.databanks.rules.states.QuestionState["ASKING"],
                                sakha.databanks.rules.states.QuestionState["AWAITED"],
                            ],
                        ),
                        _negated=True,
                    ),
                    fields=["bank", "fresh_until"],
                    name="question_fresh",
                ),
                models.Index(fields=["household_id"], name="question_household"),
                models.Index(
                    condition=models.Q(("is_applied", False)), fields=["household_id"], name="question_unapplied"
                ),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("subject", "bank"), name="one_question_a_bank_and_person"),
                models.CheckConstraint(
                    condition=models.Q(
                        ("state__in", ["WAITING", "ASKING", "AWAITED", "ANSWERED", "REFUSED", "CANCELLED"])
                    ),
                    name="bank_question_state_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state__in", ["ASKING", "AWAITED"]), _negated=True),
                        models.Q(models.Q(("claim", ""), _negated=True), ("claimed_at__isnull", False)),
                        _connector="OR",
                    ),
                    name="asked_question_has_a_claim",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="LifeEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("bank", models.CharField(max_length=40)),
            ("event_name", models.CharField(max_length=99)),
            (
                "kind",
                models.CharField(
                    choices=[("DEATH", "DEATH"), ("BIRTH", "BIRTH"), ("MARRIAGE", "MARRIAGE"), ("MOVE", "MOVE")],
                    max_length=10,
                ),
            ),
            ("happened_on", models.DateField()),
            ("told_sealed", models.BinaryField()),
            ("received_at", models.DateTimeField()),
            (
                "state",
                models.CharField(
                    choices=[("RECEIVED", "RECEIVED"), ("APPLIED", "APPLIED"), ("SET_ASIDE", "SET_ASIDE")],
                    max_length=10,
                ),
            ),
            ("settled_at", models.DateTimeField(null=True)),
            ("outcome", models.CharField(blank=True, db_default="", default="", max_length=60)),
            ("household_id", models.BigIntegerField(null=True)),
            (
                "subject",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="databanks.subject"
                ),
            ),
        ],
        options={
            "db_table": "databanks_life_event",
            "indexes": [
                models.Index(condition=models.Q(("state", "RECEIVED")), fields=["received_at"], name="event_inbox")
            ],
            "constraints": [
                models.UniqueConstraint(fields=("bank", "event_name"), name="one_event_a_name"),
                models.CheckConstraint(
                    condition=models.Q(("state__in", ["RECEIVED", "APPLIED", "SET_ASIDE"])),
                    name="event_state_known",
                ),
            ],
        },
    ),
]
