"""Offers, services and the history, as 0005 makes them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

OPERATIONS = [
    migrations.CreateModel(
        name="IntroductionEvent",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("household_id", models.BigIntegerField()),
            ("organisation_id", models.IntegerField(null=True)),
            ("before", models.CharField(blank=True, default="", max_length=9)),
            ("after", models.CharField(max_length=9)),
            ("reason", models.CharField(blank=True, default="", max_length=300)),
            ("at", models.DateTimeField()),
            ("user_id", models.BigIntegerField(null=True)),
            ("province", models.CharField(max_length=2)),
            ("county", models.CharField(blank=True, default="", max_length=8)),
            (
                "introduction",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="events",
                    to="coordination.introduction",
                ),
            ),
        ],
        options={
            "db_table": "coordination_introduction_event",
            "indexes": [models.Index(fields=["introduction", "at"], name="introduction_history")],
        },
    ),
    migrations.CreateModel(
        name="Offer",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("kind", models.SmallIntegerField()),
            ("province", models.CharField(max_length=2)),
            ("county", models.CharField(blank=True, default="", max_length=8)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("OFFERED", "OFFERED"),
                        ("TAKEN", "TAKEN"),
                        ("DECLINED", "DECLINED"),
                        ("PASSED_ON", "PASSED_ON"),
                        ("LAPSED", "LAPSED"),
                        ("RECALLED", "RECALLED"),
                        ("SERVED", "SERVED"),
                        ("CLOSED", "CLOSED"),
                    ],
                    max_length=9,
                ),
            ),
            ("reason", models.CharField(blank=True, default="", max_length=16)),
            ("offered_at", models.DateTimeField()),
            ("state_at", models.DateTimeField()),
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
                "introduction",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="offers",
                    to="coordination.introduction",
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
                models.Index(fields=["organisation", "kind", "state"], name="offer_body"),
                models.Index(fields=["introduction"], name="offer_introduction"),
                models.Index(fields=["household"], name="offer_household"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("state__in", ["OFFERED", "TAKEN", "SERVED"])),
                    fields=("introduction", "organisation"),
                    name="one_standing_offer_a_body",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("state__in", ["TAKEN", "SERVED"])),
                    fields=("introduction",),
                    name="one_taker_an_introduction",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "DECLINED"), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                        _connector="OR",
                    ),
                    name="declined_says_why",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Service",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("kind", models.SmallIntegerField()),
            ("province", models.CharField(blank=True, default="", max_length=2)),
            ("county", models.CharField(blank=True, default="", max_length=8)),
            ("households_a_month", models.PositiveIntegerField()),
            ("eligibility", models.CharField(blank=True, default="", max_length=300)),
            ("contact", models.CharField(blank=True, default="", max_length=120)),
            (
                "state",
                models.CharField(
                    choices=[("WAITING", "WAITING"), ("ACTIVE", "ACTIVE"), ("PAUSED", "PAUSED")], max_length=7
                ),
            ),
            ("told_at", models.DateTimeField()),
            ("approved_at", models.DateTimeField(null=True)),
            (
                "approved_by",
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
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="access.organisation",
                ),
            ),
        ],
        options={
            "indexes": [models.Index(fields=["kind", "province", "county"], name="service_area")],
            "constraints": [
                models.UniqueConstraint(fields=("organisation", "kind"), name="one_service_a_kind"),
                models.CheckConstraint(
                    condition=models.Q(("county", ""), models.Q(("province", ""), _negated=True), _connector="OR"),
                    name="service_county_in_a_province",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("state", "ACTIVE"), _negated=True),
                        ("approved_at__isnull", False),
                        _connector="OR",
                    ),
                    name="active_service_is_approved",
                ),
            ],
        },
    ),
]
