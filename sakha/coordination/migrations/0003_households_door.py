"""The personal link of an invitation, one-time codes, what is counted at the door, and what a household fills in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coordination", "0002_row_security"),
        ("registry", "0006_households_own_word"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="code_digest",
            field=models.BinaryField(max_length=16, null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="link_digest",
            field=models.BinaryField(max_length=16, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="link_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="invitation",
            name="opened_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="invitation",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="message",
                to="coordination.invitation",
            ),
        ),
        migrations.AlterField(
            model_name="optout",
            name="source",
            field=models.CharField(
                choices=[("INBOUND_SMS", "INBOUND_SMS"), ("OFFICE", "OFFICE"), ("HOUSEHOLD", "HOUSEHOLD")],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Knock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("ASK", "ASK"), ("MISS", "MISS")], max_length=4)),
                ("number_digest", models.BinaryField(max_length=16, null=True)),
                ("address_digest", models.BinaryField(max_length=16)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["number_digest", "at"], name="knocks_of_number"),
                    models.Index(fields=["address_digest", "at"], name="knocks_of_address"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("province", models.CharField(max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[("BEGUN", "BEGUN"), ("SENT", "SENT"), ("WITHDRAWN", "WITHDRAWN")], max_length=9
                    ),
                ),
                ("draft_sealed", models.BinaryField(null=True)),
                ("helper_sealed", models.BinaryField(null=True)),
                ("consented_at", models.DateTimeField(null=True)),
                ("is_file_open", models.BooleanField(default=False)),
                ("try_count", models.PositiveSmallIntegerField(default=0)),
                ("begun_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "household",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.household",
                    ),
                ),
                (
                    "invitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="registration",
                        to="coordination.invitation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["province", "county", "state"], name="registration_area")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("household__isnull", True), ("is_file_open", False), ("sent_at__isnull", True)),
                            models.Q(
                                ("consented_at__isnull", False),
                                ("draft_sealed__isnull", True),
                                ("household__isnull", False),
                                ("sent_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="registration_sent_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", True), ("state", "BEGUN"), ("withdrawn_at__isnull", True)),
                            models.Q(("sent_at__isnull", False), ("state", "SENT"), ("withdrawn_at__isnull", True)),
                            models.Q(
                                ("draft_sealed__isnull", True), ("state", "WITHDRAWN"), ("withdrawn_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="registration_state_told",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInCode",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("code_digest", models.BinaryField(max_length=16)),
                ("text_sealed", models.BinaryField(null=True)),
                ("part_count", models.PositiveSmallIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("wrong_count", models.PositiveSmallIntegerField(default=0)),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.invitation"
                    ),
                ),
            ],
            options={
                "db_table": "coordination_sign_in_code",
            },
        ),
        migrations.AddField(
            model_name="message",
            name="sign_in_code",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="coordination.signincode"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("invitation__isnull", False), ("sign_in_code__isnull", True)),
                    models.Q(("invitation__isnull", True), ("sign_in_code__isnull", False)),
                    _connector="OR",
                ),
                name="message_of_one_thing",
            ),
        ),
    ]
