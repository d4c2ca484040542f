"""A house is not emptied either: TRUNCATE passes triggers of rows."""

from typing import ClassVar

from django.db import migrations

STAYS = """
CREATE TRIGGER access_house_not_emptied BEFORE TRUNCATE ON access_house
  FOR EACH STATEMENT EXECUTE FUNCTION access_keep_house();
"""
DROP = "DROP TRIGGER access_house_not_emptied ON access_house;"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0011_house")]

    operations: ClassVar = [migrations.RunSQL(STAYS, DROP)]
