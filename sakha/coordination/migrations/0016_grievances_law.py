"""Who sees a grievance: its office and those above, its household, and the body it is about unless confidential."""

from typing import ClassVar

from django.db import migrations

# Not the officer it is about, whatever else may be seen. Of an office neither that office nor one below; what is
# confidential neither a county, where colleagues sit, nor any body, also not the one whose desk wrote it down.
READ = """
(about_user_id IS NULL OR about_user_id IS DISTINCT FROM (SELECT access_user_id())) AND CASE (SELECT access_scope())
  WHEN 'NATION' THEN true
  WHEN 'PROVINCE' THEN province = (SELECT access_province()) AND about <> 'PROVINCE_OFFICE'
  WHEN 'COUNTY' THEN county = (SELECT access_county()) AND NOT is_confidential
                     AND about NOT IN ('COUNTY_OFFICE', 'PROVINCE_OFFICE')
  WHEN 'ORGANISATION' THEN NOT is_confidential
                     AND (SELECT access_organisation_id()) IN (organisation_id, about_organisation_id)
  WHEN 'HOUSEHOLD' THEN household_id = (SELECT access_household_id())
  ELSE false END
"""
TABLES = {
    "grievance": READ,
    "grievance_entry": "EXISTS (SELECT 1 FROM coordination_grievance g WHERE g.id = grievance_id)",
}


def _policies(name: str, readers: str) -> str:
    table = f"coordination_{name}"
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {name}_system ON {table}
    USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY {name}_read ON {table} FOR SELECT USING ({readers});
"""


def _drop(name: str) -> str:
    table = f"coordination_{name}"
    return f"""
DROP POLICY {name}_system ON {table};
DROP POLICY {name}_read ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("coordination", "0015_grievances")]

    operations: ClassVar = [
        migrations.RunSQL(_policies(name, readers), _drop(name)) for name, readers in TABLES.items()
    ]
