"""A delivery that did not arrive may be taken back, by one of an office and a second one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_opened_files"),
        ("ledger", "0006_receipts_security"),
        ("registry", "0007_disputed_facts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Undoing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.SmallIntegerField(db_default=1)),
                ("reason", models.CharField(max_length=300)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("province", models.CharField(max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="hold",
            name="hold_status_known",
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(condition=models.Q(("status", 5)), fields=["id"], name="hold_undone"),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", [1, 2, 3, 4, 5])), name="hold_status_known"
            ),
        ),
        migrations.AddField(
            model_name="undoing",
            name="decided_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="undoing",
            name="hold",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="ledger.hold",
            ),
        ),
        migrations.AddField(
            model_name="undoing",
            name="organisation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="access.organisation",
            ),
        ),
        migrations.AddField(
            model_name="undoing",
            name="proposed_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="undoing",
            index=models.Index(
                condition=models.Q(("state", 1)), fields=["province", "proposed_at"], name="undoing_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="undoing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", 3), _negated=True), fields=("hold",), name="one_undoing_a_delivery"
            ),
        ),
        migrations.AddConstraint(
            model_name="undoing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", 1)),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("state__in", [2, 3]),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="undoing_by_four_eyes",
            ),
        ),
    ]
