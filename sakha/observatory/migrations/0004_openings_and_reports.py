"""When provinces were opened, and the reports that were handed in: offices read their area's, nobody changes either."""

from django.db import migrations, models
from django.db.models import Q

SECURITY = """
ALTER TABLE observatory_opening ENABLE ROW LEVEL SECURITY;
CREATE POLICY opening_seen ON observatory_opening FOR SELECT USING (
  (SELECT access_scope()) IN ('SYSTEM', 'NATION')
  OR ((SELECT access_scope()) IN ('PROVINCE', 'COUNTY') AND province = (SELECT access_province())));
CREATE POLICY opening_said ON observatory_opening FOR INSERT WITH CHECK ((SELECT access_is_system()));
ALTER TABLE observatory_kept_report ENABLE ROW LEVEL SECURITY;
CREATE POLICY kept_report_seen ON observatory_kept_report FOR SELECT USING (
  (SELECT access_scope()) IN ('SYSTEM', 'NATION')
  OR ((SELECT access_scope()) = 'PROVINCE' AND province <> '' AND province = (SELECT access_province())));
CREATE POLICY kept_report_made ON observatory_kept_report FOR INSERT WITH CHECK ((SELECT access_is_system()));
"""
DROP = """
DROP POLICY kept_report_made ON observatory_kept_report;
DROP POLICY kept_report_seen ON observatory_kept_report;
DROP POLICY opening_said ON observatory_opening;
DROP POLICY opening_seen ON observatory_opening;
"""


class Migration(migrations.Migration):
    dependencies = [("observatory", "0003_nation")]

    operations = [
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("province", models.CharField(max_length=2, primary_key=True, serialize=False)),
                ("opened_on", models.DateField()),
                ("opened_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="KeptReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("province", models.CharField(blank=True, default="", max_length=2)),
                ("on", models.DateField(db_column="on_day")),
                ("form", models.CharField(max_length=4)),
                ("made_at", models.DateTimeField()),
                ("sha256", models.CharField(max_length=64)),
                ("byte_count", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
            ],
            options={
                "db_table": "observatory_kept_report",
                "constraints": [
                    models.UniqueConstraint(fields=("province", "kind", "on", "form"), name="one_file_of_a_report"),
                    models.CheckConstraint(condition=Q(("kind__in", ["MONTHLY", "COUNCIL"])), name="report_kind_known"),
                ],
            },
        ),
        migrations.RunSQL(SECURITY, DROP),
    ]
