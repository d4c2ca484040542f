"""Memberships, records and mappings, as 0001 makes them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OPERATIONS = [
    migrations.CreateModel(
        name="Membership",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            (
                "relation",
                models.CharField(
                    choices=[
                        ("HEAD", "HEAD"),
                        ("SPOUSE", "SPOUSE"),
                        ("CHILD", "CHILD"),
                        ("PARENT", "PARENT"),
                        ("OTHER", "OTHER"),
                    ],
                    max_length=8,
                ),
            ),
            ("from_on", models.DateField()),
            ("to_on", models.DateField(null=True)),
            (
                "household",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="memberships",
                    to="registry.household",
                ),
            ),
            (
                "person",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="memberships",
                    to="registry.person",
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(fields=["household"], name="membership_household"),
                models.Index(fields=["person"], name="membership_person"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("to_on__isnull", True)),
                    fields=("person",),
                    name="one_active_household_a_person",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("relation", "HEAD"), ("to_on__isnull", True)),
                    fields=("household",),
                    name="one_active_head_a_household",
                ),
                models.CheckConstraint(
                    condition=models.Q(("relation__in", ["HEAD", "SPOUSE", "CHILD", "PARENT", "OTHER"])),
                    name="relation_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(("to_on__isnull", True), ("to_on__gte", models.F("from_on")), _connector="OR"),
                    name="membership_ends_after_start",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Record",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("row_number", models.PositiveIntegerField()),
            ("content_digest", models.BinaryField(max_length=16)),
            ("case_key", models.BinaryField(max_length=16, null=True)),
            ("payload_sealed", models.BinaryField()),
            ("submitted_at", models.DateTimeField()),
            (
                "household",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="records",
                    to="registry.household",
                ),
            ),
            (
                "intake_file",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="records",
                    to="registry.intakefile",
                ),
            ),
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
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="records", to="registry.person"
                ),
            ),
            (
                "submitted_by",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(fields=["household", "organisation"], name="record_household"),
                models.Index(
                    condition=models.Q(("case_key__isnull", False)),
                    fields=["organisation", "case_key"],
                    name="record_case",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("organisation", "content_digest"), name="one_record_a_content")
            ],
        },
    ),
    migrations.CreateModel(
        name="ColumnMapping",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("heading_key", models.CharField(max_length=200)),
            ("heading", models.CharField(max_length=200)),
            ("field", models.CharField(blank=True, default="", max_length=40)),
            ("mapped_at", models.DateTimeField()),
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
            "db_table": "registry_column_mapping",
            "constraints": [
                models.UniqueConstraint(fields=("organisation", "heading_key"), name="one_memory_a_heading")
            ],
        },
    ),
]
