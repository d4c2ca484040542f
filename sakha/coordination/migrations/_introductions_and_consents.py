"""Introductions and consents to them, as 0005 makes them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OPERATIONS = [
    migrations.AlterField(
        model_name="coverage",
        name="source",
        field=models.CharField(choices=[("LIST", "LIST"), ("RECORD", "RECORD"), ("TAKEN", "TAKEN")], max_length=8),
    ),
    migrations.CreateModel(
        name="Introduction",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("kind", models.SmallIntegerField()),
            (
                "state",
                models.CharField(
                    choices=[
                        ("OFFERED", "OFFERED"),
                        ("TAKEN", "TAKEN"),
                        ("SERVED", "SERVED"),
                        ("CLOSED", "CLOSED"),
                    ],
                    max_length=7,
                ),
            ),
            (
                "level",
                models.CharField(
                    choices=[("COUNTY", "COUNTY"), ("PROVINCE", "PROVINCE"), ("NATION", "NATION")], max_length=8
                ),
            ),
            ("province", models.CharField(max_length=2)),
            ("county", models.CharField(blank=True, default="", max_length=8)),
            ("severity", models.SmallIntegerField()),
            ("decile", models.PositiveSmallIntegerField(null=True)),
            ("priority", models.PositiveSmallIntegerField()),
            ("household_size", models.PositiveSmallIntegerField()),
            ("opened_at", models.DateTimeField()),
            ("state_at", models.DateTimeField()),
            ("level_at", models.DateTimeField()),
            ("taken_at", models.DateTimeField(null=True)),
            ("claim_until", models.DateTimeField(null=True)),
            ("contacted_at", models.DateTimeField(null=True)),
            ("served_at", models.DateTimeField(null=True)),
            ("body_agreed_at", models.DateTimeField(null=True)),
            ("household_agreed_at", models.DateTimeField(null=True)),
            ("closes_at", models.DateTimeField(null=True)),
            ("disputed_at", models.DateTimeField(null=True)),
            (
                "disputed_by",
                models.CharField(
                    blank=True,
                    choices=[("HOUSEHOLD", "HOUSEHOLD"), ("BODY", "BODY"), ("OFFICE", "OFFICE")],
                    db_default="",
                    default="",
                    max_length=9,
                ),
            ),
            ("settled_at", models.DateTimeField(null=True)),
            ("closed_at", models.DateTimeField(null=True)),
            (
                "closed_because",
                models.CharField(
                    blank=True,
                    choices=[
                        ("BOTH", "BOTH"),
                        ("DEADLINE", "DEADLINE"),
                        ("OFFICE", "OFFICE"),
                        ("NEED_GONE", "NEED_GONE"),
                        ("CONSENT_WITHDRAWN", "CONSENT_WITHDRAWN"),
                        ("JOINED", "JOINED"),
                    ],
                    db_default="",
                    default="",
                    max_length=17,
                ),
            ),
            ("note", models.CharField(blank=True, db_default="", default="", max_length=300)),
            (
                "follower",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="access.organisation",
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
                "taken_by",
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
                models.Index(fields=["province", "county", "state"], name="introduction_area"),
                models.Index(fields=["household"], name="introduction_household"),
                models.Index(
                    condition=models.Q(("taken_by__isnull", False)), fields=["taken_by"], name="introduction_taker"
                ),
                models.Index(
                    condition=models.Q(("follower__isnull", False)),
                    fields=["follower"],
                    name="introduction_follower",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("state", "CLOSED"), _negated=True),
                    fields=("household", "kind"),
                    name="one_open_introduction_a_need",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("claim_until__isnull", True), ("state", "OFFERED"), ("taken_by__isnull", True)),
                        models.Q(("claim_until__isnull", False), ("state", "TAKEN"), ("taken_by__isnull", False)),
                        models.Q(("served_at__isnull", False), ("state", "SERVED"), ("taken_by__isnull", False)),
                        ("state", "CLOSED"),
                        _connector="OR",
                    ),
                    name="introduction_taken_by_one",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("closed_at__isnull", False),
                            ("state", "CLOSED"),
                            models.Q(("closed_because", ""), _negated=True),
                        ),
                        models.Q(
                            models.Q(("state", "CLOSED"), _negated=True),
                            ("closed_at__isnull", True),
                            ("closed_because", ""),
                        ),
                        _connector="OR",
                    ),
                    name="introduction_closed_says_why",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("disputed_at__isnull", True), ("disputed_by", "")),
                        models.Q(("disputed_at__isnull", False), models.Q(("disputed_by", ""), _negated=True)),
                        _connector="OR",
                    ),
                    name="dispute_has_a_side",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("follower__isnull", True),
                        models.Q(("follower", models.F("taken_by")), _negated=True),
                        _connector="OR",
                    ),
                    name="no_own_follower",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="IntroductionConsent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("given_at", models.DateTimeField()),
            (
                "heard_by",
                models.CharField(
                    choices=[("HOUSEHOLD", "HOUSEHOLD"), ("BODY", "BODY"), ("OFFICE", "OFFICE")], max_length=9
                ),
            ),
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
            "db_table": "coordination_introduction_consent",
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("withdrawn_at__isnull", True)),
                    fields=("household",),
                    name="one_standing_consent",
                )
            ],
        },
    ),
]
