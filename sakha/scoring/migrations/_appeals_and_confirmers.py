"""Appeals, confirmers and what they are asked, as 0010 makes them."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

OPERATIONS = [
    migrations.CreateModel(
        name="Appeal",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("kind", models.CharField(max_length=8)),
            ("fact", models.CharField(blank=True, default="", max_length=40)),
            ("told_value", models.BigIntegerField(null=True)),
            ("statement_sealed", models.BinaryField()),
            ("level", models.CharField(max_length=8)),
            ("state", models.CharField(default="OPEN", max_length=8)),
            ("outcome", models.CharField(blank=True, default="", max_length=9)),
            ("province", models.CharField(max_length=2)),
            ("county", models.CharField(blank=True, default="", max_length=8)),
            ("opened_at", models.DateTimeField()),
            ("due_at", models.DateTimeField()),
            ("was_late", models.BooleanField(db_default=False, default=False)),
            ("decided_at", models.DateTimeField(null=True)),
            ("reason_sealed", models.BinaryField(null=True)),
            ("facts_before", models.JSONField(default=dict)),
            ("score_before", models.SmallIntegerField(null=True)),
            ("decile_before", models.PositiveSmallIntegerField(null=True)),
            ("score_after", models.SmallIntegerField(null=True)),
            ("decile_after", models.PositiveSmallIntegerField(null=True)),
            (
                "answering",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="access.organisation",
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
            "indexes": [
                models.Index(
                    condition=models.Q(("state", "CLOSED"), _negated=True), fields=["due_at"], name="appeal_due"
                ),
                models.Index(fields=["household"], name="appeal_household"),
                models.Index(fields=["province", "county"], name="appeal_area"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("state", "CLOSED"), _negated=True),
                    fields=("household", "kind", "fact"),
                    name="one_open_appeal_a_matter",
                ),
                models.CheckConstraint(
                    condition=models.Q(("kind__in", ["DATUM", "VISIT", "DECISION"])), name="appeal_kind_known"
                ),
                models.CheckConstraint(
                    condition=models.Q(("level__in", ["CHARITY", "COUNTY", "PROVINCE"])), name="appeal_level_known"
                ),
                models.CheckConstraint(
                    condition=models.Q(("state__in", ["OPEN", "VISITING", "CLOSED"])), name="appeal_state_known"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("outcome", ""), models.Q(("state", "CLOSED"), _negated=True)),
                        models.Q(
                            ("decided_at__isnull", False),
                            ("outcome__in", ["", "UPHELD", "REJECTED", "WITHDRAWN"]),
                            ("state", "CLOSED"),
                            models.Q(("outcome", ""), _negated=True),
                        ),
                        _connector="OR",
                    ),
                    name="closed_appeal_has_outcome",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("decided_by__isnull", True),
                        ("outcome", "WITHDRAWN"),
                        ("opened_by__isnull", True),
                        models.Q(("decided_by", models.F("opened_by")), _negated=True),
                        _connector="OR",
                    ),
                    name="nobody_decides_his_own_appeal",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("kind", "DATUM"), _negated=True),
                        models.Q(("fact", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="disputed_datum_is_named",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="AppealStep",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("kind", models.CharField(max_length=10)),
            ("level", models.CharField(max_length=8)),
            ("note_sealed", models.BinaryField(null=True)),
            ("at", models.DateTimeField()),
            (
                "appeal",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="scoring.appeal"
                ),
            ),
            (
                "user",
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
            "db_table": "scoring_appeal_step",
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        (
                            "kind__in",
                            ["OPENED", "ANSWERED", "ESCALATED", "VISIT_SENT", "VISITED", "DECIDED", "WITHDRAWN"],
                        )
                    ),
                    name="appeal_step_known",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Confirmation",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("source", models.CharField(max_length=12)),
            ("question", models.CharField(blank=True, default="", max_length=20)),
            ("fact", models.CharField(blank=True, default="", max_length=40)),
            ("value", models.BigIntegerField(null=True)),
            ("points", models.SmallIntegerField(db_default=0, default=0)),
            ("effective_centi", models.PositiveIntegerField(db_default=0, default=0)),
            ("support_percent", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ("kind_count", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ("voice_count", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ("confirmed_at", models.DateTimeField()),
            ("superseded_at", models.DateTimeField(null=True)),
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
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("superseded_at__isnull", True)),
                    fields=("household", "source", "question", "fact"),
                    name="one_standing_confirmation",
                ),
                models.CheckConstraint(
                    condition=models.Q(("points__gte", -6), ("points__lte", 6)),
                    name="confirmation_points_are_bounded",
                ),
                models.CheckConstraint(
                    condition=models.Q(("source__in", ["CONFIRMATION", "APPEAL"])), name="confirmation_source_known"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Confirmer",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("kind", models.CharField(max_length=10)),
            ("name_sealed", models.BinaryField()),
            ("mobile_sealed", models.BinaryField()),
            ("mobile_index", models.BinaryField(max_length=16)),
            ("id_sealed", models.BinaryField(null=True)),
            ("id_index", models.BinaryField(max_length=16, null=True)),
            ("province", models.CharField(max_length=2)),
            ("county", models.CharField(max_length=8)),
            ("right_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("audited_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("added_at", models.DateTimeField()),
            ("stopped_at", models.DateTimeField(null=True)),
            (
                "added_by",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "nominated_by",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="access.organisation",
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
                "user",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["county", "kind"], name="confirmer_area")],
            "constraints": [
                models.UniqueConstraint(fields=("mobile_index",), name="one_confirmer_a_phone"),
                models.CheckConstraint(
                    condition=models.Q(("kind__in", ["TRUSTEE", "NEIGHBOUR", "SCHOOL", "CLINIC", "CHARITY"])),
                    name="confirmer_kind_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(("right_count__lte", models.F("audited_count"))),
                    name="right_only_when_audited",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ConfirmationRequest",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "questions",
                django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
            ),
            ("token_digest", models.BinaryField(max_length=16)),
            ("token_sealed", models.BinaryField(null=True)),
            ("state", models.CharField(default="OPEN", max_length=8)),
            ("wrong_count", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ("province", models.CharField(max_length=2)),
            ("county", models.CharField(blank=True, default="", max_length=8)),
            ("asked_at", models.DateTimeField()),
            ("expires_at", models.DateTimeField()),
            ("sent_at", models.DateTimeField(null=True)),
            ("settled_at", models.DateTimeField(null=True)),
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
                "household",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="registry.household",
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
            (
                "confirmer",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="requests",
                    to="scoring.confirmer",
                ),
            ),
        ],
        options={
            "db_table": "scoring_confirmation_request",
            "indexes": [
                models.Index(fields=["household", "confirmer"], name="request_household"),
                models.Index(condition=models.Q(("state", "OPEN")), fields=["user"], name="request_of_user"),
                models.Index(condition=models.Q(("state", "OPEN")), fields=["expires_at"], name="request_due"),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("token_digest",), name="one_request_a_link"),
                models.UniqueConstraint(
                    condition=models.Q(("state", "OPEN")),
                    fields=("household", "confirmer"),
                    name="one_open_request_a_confirmer",
                ),
                models.CheckConstraint(
                    condition=models.Q(("state__in", ["OPEN", "ANSWERED", "LOCKED", "EXPIRED"])),
                    name="request_state_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("settled_at__isnull", True), ("state", "OPEN")),
                        models.Q(
                            models.Q(("state", "OPEN"), _negated=True),
                            ("settled_at__isnull", False),
                            ("token_sealed__isnull", True),
                        ),
                        _connector="OR",
                    ),
                    name="settled_request_has_moment_and_no_link",
                ),
            ],
        },
    ),
]
