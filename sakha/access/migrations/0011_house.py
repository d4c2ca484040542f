"""Of whom a database is: said once, changed by nobody."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

# Whoever owns the database is held back too: who wants other people's database makes another.
SECURITY = """
ALTER TABLE access_house ENABLE ROW LEVEL SECURITY;
CREATE POLICY house_seen ON access_house FOR SELECT USING ((SELECT access_is_system()));
CREATE POLICY house_said ON access_house FOR INSERT WITH CHECK ((SELECT access_is_system()));
CREATE FUNCTION access_keep_house() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a house stays of the people that it was opened for' USING errcode = 'insufficient_privilege';
END $$;
CREATE TRIGGER access_house_stays BEFORE UPDATE OR DELETE ON access_house
  FOR EACH ROW EXECUTE FUNCTION access_keep_house();
"""
DROP = """
DROP TRIGGER access_house_stays ON access_house;
DROP FUNCTION access_keep_house();
DROP POLICY house_said ON access_house;
DROP POLICY house_seen ON access_house;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0010_block_security")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="House",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("people", models.CharField(max_length=10)),
                ("said_at", models.DateTimeField()),
            ],
            options={
                "db_table": "access_house",
                "constraints": [
                    models.CheckConstraint(condition=Q(("id", 1)), name="one_house"),
                    models.CheckConstraint(
                        condition=Q(("people__in", ["real", "simulated"])), name="house_people_known"
                    ),
                ],
            },
        ),
        migrations.RunSQL(SECURITY, DROP),
    ]
