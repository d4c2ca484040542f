"""Notices: SMS of other matters than invitations, in the same queue. Nobody but the system sees a row."""

import django.db.models.deletion
from django.db import migrations, models

NOTICE = """
ALTER TABLE coordination_notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY notice_system ON coordination_notice
    USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
"""
DROP_NOTICE = """
DROP POLICY notice_system ON coordination_notice;
ALTER TABLE coordination_notice DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0004_door_row_security"),
        ("registry", "0006_households_own_word"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("reference", models.CharField(max_length=64)),
                ("mobile_index", models.BinaryField(max_length=16)),
                ("mobile_sealed", models.BinaryField()),
                ("text_sealed", models.BinaryField(null=True)),
                ("province", models.CharField(blank=True, default="", max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
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
                ("part_count", models.PositiveSmallIntegerField()),
                ("cost_rial", models.BigIntegerField(null=True)),
                ("gateway", models.CharField(blank=True, default="", max_length=20)),
                ("provider_id", models.CharField(blank=True, default="", max_length=80)),
                ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                ("queued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("sending_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="message_of_one_thing",
        ),
        migrations.AddField(
            model_name="notice",
            name="campaign",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="coordination.campaign",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="household",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.household",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="notice",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.notice"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("invitation__isnull", False), ("notice__isnull", True), ("sign_in_code__isnull", True)),
                    models.Q(("invitation__isnull", True), ("notice__isnull", True), ("sign_in_code__isnull", False)),
                    models.Q(("invitation__isnull", True), ("notice__isnull", False), ("sign_in_code__isnull", True)),
                    _connector="OR",
                ),
                name="message_of_one_thing",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("state", "QUEUED")), fields=["id"], name="notice_queued"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("state", "SENDING")), fields=["sending_at"], name="notice_sending"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("state", "SENT")), fields=["checked_at"], name="notice_sent"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["mobile_index", "queued_at"], name="notice_phone"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("kind", "reference"), name="one_notice_a_reference"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "QUEUED",
                            "SENDING",
                            "SENT",
                            "DELIVERED",
                            "UNDELIVERED",
                            "BLOCKED_BY_RECIPIENT",
                            "FILTERED",
                            "INVALID_NUMBER",
                            "CANCELLED",
                            "UNKNOWN",
                            "FAILED",
                        ],
                    )
                ),
                name="notice_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state__in", ["QUEUED", "SENDING", "SENT"])),
                    models.Q(
                        ("settled_at__isnull", False),
                        models.Q(("state__in", ["QUEUED", "SENDING", "SENT"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="notice_settles_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("text_sealed__isnull", False),
                    models.Q(("state__in", ["QUEUED", "SENDING"]), _negated=True),
                    _connector="OR",
                ),
                name="notice_has_text_until_sent",
            ),
        ),
        migrations.RunSQL(NOTICE, DROP_NOTICE),
    ]
