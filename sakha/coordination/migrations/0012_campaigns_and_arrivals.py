"""Campaigns in waves, texts and reports that come in, searches that were run, and who asks in person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_SYSTEM = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {name}_system ON {table}
    USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
"""
_OFFICE = """
CREATE POLICY {name}_office ON {table} FOR SELECT USING (access_sees_area(province, {county}));
"""
SECURITY = (
    _SYSTEM.format(table="coordination_inbound", name="inbound")
    + _SYSTEM.format(table="coordination_early_report", name="early_report")
    + _SYSTEM.format(table="coordination_search", name="search")
    + _OFFICE.format(table="coordination_search", name="search", county="''")
    + _SYSTEM.format(table="coordination_personal_ask", name="personal_ask")
    + _OFFICE.format(table="coordination_personal_ask", name="personal_ask", county="county")
)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_households"),
        ("coordination", "0006_introductions_law"),
        ("registry", "0007_disputed_facts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EarlyReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=20)),
                ("provider_id", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("QUEUED", "QUEUED"),
                            ("SENDING", "SENDING"),
                            ("SENT", "SENT"),
                            ("DELIVERED", "DELIVERED"),
                            ("UNDELIVERED", "UNDELIVERED"),
                            ("BLOCKED_BY_RECIPIENT", "BLOCKED_BY_RECIPIENT"),
                            ("FILTERED", "FILTERED"),
                            ("INVALID_NUMBER", "INVALID_NUMBER"),
                            ("CANCELLED", "CANCELLED"),
                            ("UNKNOWN", "UNKNOWN"),
                            ("FAILED", "FAILED"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=40)),
                ("reported_at", models.DateTimeField()),
            ],
            options={
                "db_table": "coordination_early_report",
            },
        ),
        migrations.CreateModel(
            name="Inbound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("provider", models.CharField(max_length=20)),
                ("provider_id", models.CharField(max_length=80)),
                (
                    "meaning",
                    models.CharField(
                        choices=[("OPT_OUT", "OPT_OUT"), ("STATUS", "STATUS"), ("OTHER", "OTHER")], max_length=8
                    ),
                ),
                ("received_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PersonalAsk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province", models.CharField(max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                ("taken_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("WILL_COME", "WILL_COME"), ("NOT_FOUND", "NOT_FOUND"), ("WANTS_NOT", "WANTS_NOT")],
                        default="",
                        max_length=9,
                    ),
                ),
                ("outcome_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "coordination_personal_ask",
            },
        ),
        migrations.CreateModel(
            name="Search",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province", models.CharField(max_length=2)),
                ("stamp", models.CharField(max_length=64)),
                ("deciles_max", models.PositiveSmallIntegerField()),
                ("found_count", models.PositiveIntegerField()),
                ("added_count", models.PositiveIntegerField()),
                ("left_count", models.PositiveIntegerField()),
                ("searched_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="campaign",
            name="address",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="campaign",
            name="county",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.AddField(
            model_name="campaign",
            name="deciles_max",
            field=models.PositiveSmallIntegerField(db_default=10, default=10),
        ),
        migrations.AddField(
            model_name="campaign",
            name="next_wave_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="people_max",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="campaign",
            name="state",
            field=models.CharField(
                choices=[("RUNNING", "RUNNING"), ("PAUSED", "PAUSED"), ("STOPPED", "STOPPED")],
                db_default="RUNNING",
                default="RUNNING",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="state_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="wave_days",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="campaign",
            name="wave_size",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="provider_id",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("provider_id", ""), _negated=True),
                fields=["provider_id"],
                name="invitation_at_provider",
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["campaign", "state"], name="invitation_campaign"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("provider_id", ""), _negated=True),
                fields=["provider_id"],
                name="notice_at_provider",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["RUNNING", "PAUSED", "STOPPED"])), name="campaign_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("wave_days__gte", 1)), name="campaign_waves_take_days"
            ),
        ),
        migrations.AddConstraint(
            model_name="earlyreport",
            constraint=models.UniqueConstraint(fields=("provider", "provider_id"), name="one_early_report_a_message"),
        ),
        migrations.AddIndex(
            model_name="inbound",
            index=models.Index(fields=["received_at"], name="inbound_received"),
        ),
        migrations.AddConstraint(
            model_name="inbound",
            constraint=models.UniqueConstraint(fields=("provider", "provider_id"), name="one_inbound_a_message"),
        ),
        migrations.AddField(
            model_name="personalask",
            name="candidate",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.candidate"
            ),
        ),
        migrations.AddField(
            model_name="personalask",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AddField(
            model_name="personalask",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="search",
            index=models.Index(fields=["province", "searched_at"], name="search_newest"),
        ),
        migrations.AddIndex(
            model_name="personalask",
            index=models.Index(fields=["province", "county"], name="personal_area"),
        ),
        migrations.AddConstraint(
            model_name="personalask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", ""), ("outcome_at__isnull", True)),
                    models.Q(models.Q(("outcome", ""), _negated=True), ("outcome_at__isnull", False)),
                    _connector="OR",
                ),
                name="personal_outcome_says_when",
            ),
        ),
        migrations.RunSQL(SECURITY, migrations.RunSQL.noop),
    ]
