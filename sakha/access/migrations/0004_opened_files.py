"""A household's file opened to an organisation that keeps no record of it."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

POLICIES = """
ALTER TABLE access_opened_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY opened_file_system ON access_opened_file
    USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY opened_file_own ON access_opened_file FOR SELECT USING (
    (SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id()));
"""
DROP_POLICIES = """
DROP POLICY opened_file_own ON access_opened_file;
DROP POLICY opened_file_system ON access_opened_file;
ALTER TABLE access_opened_file DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0003_households")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="OpenedFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("household_id", models.BigIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
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
                "db_table": "access_opened_file",
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(closed_at__isnull=True),
                        fields=("organisation", "household_id"),
                        name="one_opened_file",
                    ),
                    models.CheckConstraint(
                        condition=Q(("closed_at__isnull", True), ("closed_at__gte", F("opened_at")), _connector="OR"),
                        name="file_closed_after_opened",
                    ),
                ],
            },
        ),
        migrations.RunSQL(POLICIES, DROP_POLICIES),
    ]
