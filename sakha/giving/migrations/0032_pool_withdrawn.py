"""A confirmed version of the pool's policy is withdrawn by two before its first day, and stays to be read."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


def _somebody() -> models.Field:
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0031_no_index_of_givers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="poolpolicy", name="pool_policy_by_four_eyes"),
        migrations.AddField(model_name="poolpolicy", name="withdrawal_asked_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="poolpolicy", name="withdrawal_asked_by", field=_somebody()),
        migrations.AddField(
            model_name="poolpolicy",
            name="withdrawal_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(model_name="poolpolicy", name="withdrawn_by", field=_somebody()),
        migrations.AddConstraint(
            model_name="poolpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="pool_policy_by_four_eyes",
            ),
        ),
        migrations.AddConstraint(
            model_name="poolpolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_at__isnull", True),
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(
                        ("withdrawal_asked_by__isnull", False),
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                        models.Q(("withdrawn_by", models.F("withdrawal_asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="pool_policy_withdrawn_by_two",
            ),
        ),
        migrations.RunSQL((SQL / "pool_withdrawn.sql").read_text(), migrations.RunSQL.noop),
    ]
