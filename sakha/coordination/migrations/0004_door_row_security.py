"""Who sees the households' door: the system alone; offices see that somebody registered, never what is filled in."""

from typing import ClassVar

from django.db import migrations

SYSTEM_ONLY = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {name}_system ON {table}
    USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
"""
DROP_SYSTEM_ONLY = """
DROP POLICY {name}_system ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
# For the figures of an area; draft and helper are sealed.
REGISTRATION_OF_AREA = """
CREATE POLICY registration_office ON coordination_registration FOR SELECT
    USING (access_sees_area(province::text, county::text));
"""
TABLES = ("sign_in_code", "knock", "registration")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("coordination", "0003_households_door"), ("access", "0003_households")]

    operations: ClassVar = [
        *(
            migrations.RunSQL(
                SYSTEM_ONLY.format(table=f"coordination_{name}", name=name),
                DROP_SYSTEM_ONLY.format(table=f"coordination_{name}", name=name),
            )
            for name in TABLES
        ),
        migrations.RunSQL(REGISTRATION_OF_AREA, "DROP POLICY registration_office ON coordination_registration"),
    ]
