"""Tables of the exchange."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0006_client_security"),
        ("registry", "0007_disputed_facts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Watermark",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("need.opened", "need.opened"),
                            ("aid.held", "aid.held"),
                            ("aid.delivered", "aid.delivered"),
                            ("aid.released", "aid.released"),
                            ("household.registered", "household.registered"),
                            ("household.changed", "household.changed"),
                            ("household.member_joined", "household.member_joined"),
                        ],
                        max_length=30,
                    ),
                ),
                ("need_kind", models.SmallIntegerField(null=True)),
                ("period", models.IntegerField(null=True)),
                ("quantity", models.BigIntegerField(null=True)),
                ("member_count", models.PositiveSmallIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("noticed_at", models.DateTimeField()),
                ("source", models.CharField(max_length=60, unique=True)),
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
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="access.client",
                    ),
                ),
                ("sender_id", models.CharField(blank=True, default="", max_length=99)),
                (
                    "practice",
                    models.CharField(choices=[("NONE", "NONE"), ("JWS", "JWS"), ("HTTP", "HTTP")], max_length=4),
                ),
                ("public_keys", models.JSONField(default=list)),
                (
                    "reply_origins",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=500), default=list, size=None
                    ),
                ),
                ("changed_at", models.DateTimeField()),
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
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "registry",
                    models.CharField(choices=[("social", "social"), ("beneficiary", "beneficiary")], max_length=12),
                ),
                ("action", models.CharField(max_length=24)),
                ("message_id", models.CharField(max_length=99)),
                ("transaction_id", models.CharField(max_length=99)),
                ("correlation_id", models.CharField(max_length=99, unique=True)),
                (
                    "reference_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=99), default=list, size=None
                    ),
                ),
                ("answer_sealed", models.BinaryField(null=True)),
                ("received_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.client",
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
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=36, unique=True)),
                (
                    "event_type",
                    models.CharField(
                        choices=[
                            ("REGISTER", "REGISTER"),
                            ("NewHouseHoldMember", "NewHouseHoldMember"),
                            ("UPDATE", "UPDATE"),
                        ],
                        max_length=20,
                    ),
                ),
                ("record_type", models.CharField(max_length=8)),
                ("level", models.PositiveSmallIntegerField()),
                ("person_index", models.BinaryField(max_length=16, null=True)),
                ("person_sealed", models.BinaryField(null=True)),
                ("address", models.CharField(max_length=500)),
                ("purpose", models.CharField(blank=True, default="", max_length=80)),
                ("cursor", models.BigIntegerField()),
                ("subscribed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.client",
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
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=500)),
                ("secret_sealed", models.BinaryField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None),
                ),
                ("begun_at", models.DateTimeField()),
                ("cursor", models.BigIntegerField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.client",
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
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(choices=[("DCI", "DCI"), ("WEBHOOK", "WEBHOOK")], max_length=8)),
                ("name", models.CharField(max_length=36, unique=True)),
                ("action", models.CharField(max_length=30)),
                ("address", models.CharField(max_length=500)),
                ("body_sealed", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[("WAITING", "WAITING"), ("DELIVERED", "DELIVERED"), ("GIVEN_UP", "GIVEN_UP")],
                        default="WAITING",
                        max_length=9,
                    ),
                ),
                ("attempt_count", models.PositiveSmallIntegerField(default=0)),
                ("last_code", models.CharField(blank=True, default="", max_length=60)),
                ("created_at", models.DateTimeField()),
                ("next_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.client",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.event",
                    ),
                ),
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
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.organisation",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.subscription",
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.webhook",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                models.F("household"), models.OrderBy(models.F("id"), descending=True), name="feed_household"
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sender_id", ""), _negated=True), fields=("sender_id",), name="one_client_a_sender"
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["client", "transaction_id"], name="request_transaction"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["received_at"], name="request_age"),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(fields=("client", "message_id"), name="one_request_a_message"),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True), ("person_index__isnull", False)),
                fields=("client", "event_type", "person_index"),
                name="one_subscription_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True), ("person_index__isnull", True)),
                fields=("client", "event_type"),
                name="one_subscription_for_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("person_index__isnull", True), ("person_sealed__isnull", True)),
                    models.Q(("person_index__isnull", False), ("person_sealed__isnull", False)),
                    _connector="OR",
                ),
                name="subscribed_person_is_sealed",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("client", "address"),
                name="one_webhook_an_address",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(condition=models.Q(("state", "WAITING")), fields=["next_at"], name="message_due"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "WAITING")), fields=["client", "household", "id"], name="message_in_line"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("webhook__isnull", False)),
                fields=("webhook", "event"),
                name="one_message_a_webhook",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("subscription__isnull", False)),
                fields=("subscription", "event"),
                name="one_message_a_wish",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state", "WAITING")),
                    models.Q(models.Q(("state", "WAITING"), _negated=True), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="message_settles_once",
            ),
        ),
    ]
