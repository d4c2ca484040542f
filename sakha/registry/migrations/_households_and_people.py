"""Households, facts, files and people, as 0001 makes them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OPERATIONS = [
    migrations.CreateModel(
        name="Household",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("code", models.CharField(max_length=7, unique=True)),
            ("province", models.CharField(max_length=2)),
            ("county", models.CharField(blank=True, default="", max_length=8)),
            ("is_urban", models.BooleanField(null=True)),
            ("is_protected", models.BooleanField(default=False)),
            ("address_sealed", models.BinaryField(null=True)),
            ("registered_at", models.DateTimeField()),
            ("changed_at", models.DateTimeField()),
            (
                "registered_by",
                models.ForeignKey(
                    db_constraint=False,
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
                models.Index(fields=["province", "county"], name="household_area"),
                models.Index(fields=["changed_at"], name="household_changed"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("changed_at__gte", models.F("registered_at"))),
                    name="household_changed_after",
                ),
                models.CheckConstraint(
                    condition=models.Q(("province", ""), _negated=True), name="household_has_province"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Fact",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=40)),
            ("value", models.BigIntegerField()),
            ("observed_on", models.DateField()),
            ("submitted_at", models.DateTimeField()),
            (
                "organisation",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="access.organisation",
                ),
            ),
            (
                "household",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="facts",
                    to="registry.household",
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=("household", "name", "organisation", "observed_on"), name="one_fact_a_day_and_observer"
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="IntakeFile",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("origin", models.CharField(choices=[("FILE", "FILE"), ("FORM", "FORM")], max_length=4)),
            ("name", models.CharField(max_length=200)),
            ("content_sealed", models.BinaryField(null=True)),
            ("content_digest", models.BinaryField(max_length=16)),
            ("digest_sealed", models.BinaryField(null=True)),
            ("province", models.CharField(max_length=2)),
            ("county", models.CharField(blank=True, default="", max_length=8)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("UPLOADED", "UPLOADED"),
                        ("MAPPED", "MAPPED"),
                        ("CHECKING", "CHECKING"),
                        ("CHECKED", "CHECKED"),
                        ("LOADING", "LOADING"),
                        ("LOADED", "LOADED"),
                        ("CANCELLED", "CANCELLED"),
                        ("FAILED", "FAILED"),
                    ],
                    max_length=9,
                ),
            ),
            ("failure_code", models.CharField(blank=True, db_default="", default="", max_length=60)),
            ("failure_reason", models.CharField(blank=True, db_default="", default="", max_length=300)),
            ("headings", models.JSONField(default=list)),
            ("mapping", models.JSONField(default=dict)),
            ("row_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("checked_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("valid_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("problem_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("known_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("chosen_rows", models.JSONField(null=True)),
            ("record_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("person_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("household_count", models.PositiveIntegerField(db_default=0, default=0)),
            ("uploaded_at", models.DateTimeField()),
            ("checked_at", models.DateTimeField(null=True)),
            ("ended_at", models.DateTimeField(null=True)),
            (
                "organisation",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.organisation"
                ),
            ),
            (
                "uploaded_by",
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
            "db_table": "registry_intake_file",
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("state__in", ["CANCELLED", "FAILED"]), _negated=True),
                    fields=("organisation", "content_digest"),
                    name="one_intake_a_content",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        (
                            "state__in",
                            [
                                "UPLOADED",
                                "MAPPED",
                                "CHECKING",
                                "CHECKED",
                                "LOADING",
                                "LOADED",
                                "CANCELLED",
                                "FAILED",
                            ],
                        )
                    ),
                    name="intake_state_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(("origin__in", ["FILE", "FORM"])), name="intake_origin_known"
                ),
                models.CheckConstraint(
                    condition=models.Q(("checked_count__lte", models.F("row_count"))),
                    name="intake_checks_no_more_than_there_is",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="IntakeRow",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("row_number", models.PositiveIntegerField()),
            ("problems", models.JSONField(default=list)),
            ("payload_sealed", models.BinaryField()),
            (
                "content_digests",
                django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), default=list, size=None),
            ),
            (
                "case_keys",
                django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), default=list, size=None),
            ),
            (
                "id_indexes",
                django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), default=list, size=None),
            ),
            ("id_kind", models.CharField(blank=True, default="", max_length=8)),
            ("id_sealed", models.BinaryField(null=True)),
            ("given_name", models.CharField(blank=True, default="", max_length=80)),
            ("family_name", models.CharField(blank=True, default="", max_length=80)),
            ("father_name", models.CharField(blank=True, default="", max_length=80)),
            ("match_key", models.CharField(blank=True, default="", max_length=160)),
            ("birth_on", models.DateField(null=True)),
            ("birth_precision", models.CharField(blank=True, default="", max_length=4)),
            ("gender", models.CharField(blank=True, default="", max_length=1)),
            ("relation", models.CharField(blank=True, default="", max_length=8)),
            ("mobile_index", models.BinaryField(null=True)),
            ("mobile_sealed", models.BinaryField(null=True)),
            ("province", models.CharField(blank=True, default="", max_length=2)),
            ("county", models.CharField(blank=True, default="", max_length=8)),
            ("is_urban", models.BooleanField(null=True)),
            ("is_protected", models.BooleanField(default=False)),
            ("address_sealed", models.BinaryField(null=True)),
            ("facts", models.JSONField(default=dict)),
            (
                "intake_file",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="rows",
                    to="registry.intakefile",
                ),
            ),
        ],
        options={
            "db_table": "registry_intake_row",
            "constraints": [models.UniqueConstraint(fields=("intake_file", "row_number"), name="one_row_a_number")],
        },
    ),
    migrations.CreateModel(
        name="Person",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "id_kind",
                models.CharField(choices=[("NATIONAL", "NATIONAL"), ("FIDA", "FIDA"), ("NONE", "NONE")], max_length=8),
            ),
            ("id_index", models.BinaryField(max_length=16, null=True)),
            ("id_sealed", models.BinaryField(null=True)),
            ("given_name", models.CharField(blank=True, default="", max_length=80)),
            ("family_name", models.CharField(blank=True, default="", max_length=80)),
            ("father_name", models.CharField(blank=True, default="", max_length=80)),
            ("match_key", models.CharField(blank=True, default="", max_length=160)),
            ("birth_on", models.DateField(null=True)),
            ("birth_precision", models.CharField(blank=True, default="", max_length=4)),
            ("gender", models.CharField(blank=True, default="", max_length=1)),
            ("mobile_index", models.BinaryField(max_length=16, null=True)),
            ("mobile_sealed", models.BinaryField(null=True)),
            ("died_on", models.DateField(null=True)),
            ("registered_at", models.DateTimeField()),
        ],
        options={
            "indexes": [
                models.Index(
                    condition=models.Q(("mobile_index__isnull", False)),
                    fields=["mobile_index"],
                    name="person_mobile",
                )
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("id_index__isnull", False)),
                    fields=("id_index",),
                    name="one_person_an_identifier",
                ),
                models.CheckConstraint(
                    condition=models.Q(("id_kind__in", ["NATIONAL", "FIDA", "NONE"])), name="id_kind_known"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("id_kind", "NONE"),
                        models.Q(("id_index__isnull", False), ("id_sealed__isnull", False)),
                        _connector="OR",
                    ),
                    name="identifier_is_sealed",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("birth_on__isnull", True), ("birth_precision", "")),
                        models.Q(("birth_on__isnull", False), ("birth_precision__in", ["DAY", "YEAR"])),
                        _connector="OR",
                    ),
                    name="birth_has_precision",
                ),
                models.CheckConstraint(condition=models.Q(("gender__in", ["", "M", "F"])), name="gender_known"),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("mobile_index__isnull", True), ("mobile_sealed__isnull", True)),
                        models.Q(("mobile_index__isnull", False), ("mobile_sealed__isnull", False)),
                        _connector="OR",
                    ),
                    name="mobile_is_sealed",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("died_on__isnull", True),
                        ("birth_on__isnull", True),
                        ("died_on__gte", models.F("birth_on")),
                        _connector="OR",
                    ),
                    name="died_after_birth",
                ),
            ],
        },
    ),
]
