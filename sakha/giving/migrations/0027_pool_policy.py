"""The stated policy of the nation's pool, and which rials of a share it had kept for whom."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0026_most_through_merges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PoolPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "deprived_provinces",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                ("deprived_mille", models.SmallIntegerField()),
                ("poor_mille", models.SmallIntegerField()),
                ("poor_below_mille", models.SmallIntegerField()),
                ("valid_from", models.DateField()),
                ("reason", models.CharField(max_length=500)),
                ("proposed_at", models.DateTimeField()),
                ("effect", models.JSONField()),
                ("effect_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "giving_pool_policy",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("valid_from",),
                        name="one_pool_policy_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                                ("withdrawn_at__isnull", True),
                                models.Q(("confirmed_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="pool_policy_by_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deprived_mille__gte", 0),
                            ("deprived_mille__lte", 1000 - models.F("poor_mille")),
                            ("poor_below_mille__gte", 0),
                            ("poor_below_mille__lte", 1000),
                            ("poor_mille__gte", 0),
                        ),
                        name="pool_policy_keeps_what_there_is",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="proposal",
            name="policy",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="giving.poolpolicy",
            ),
        ),
        migrations.AddField(
            model_name="share", name="is_of_poor_body", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(
            model_name="sharepiece", name="deprived_rial", field=models.BigIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            model_name="sharepiece", name="poor_rial", field=models.BigIntegerField(db_default=0, default=0)
        ),
        migrations.AddConstraint(
            model_name="sharepiece",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_rial__gte", models.F("deprived_rial") + models.F("poor_rial")),
                    ("deprived_rial__gte", 0),
                    ("poor_rial__gte", 0),
                ),
                name="piece_holds_its_parts",
            ),
        ),
        migrations.RunSQL(
            (SQL / "pool_policy.sql").read_text(),
            "DROP TRIGGER pool_policy_way ON giving_pool_policy; DROP FUNCTION giving_guard_pool_policy();",
        ),
    ]
