"""The history of introductions and offers joins what was with what is by a hash, however few rows the first change had.

A trigger's statement is planned once a session, by its first change: planned for none, it would compare each of a
hundred thousand rows that climb at once with all the others.
"""

from typing import ClassVar

from django.db import migrations

JOINED_WHOLE = """
ALTER FUNCTION coordination_tell_introduction() SET enable_nestloop = off;
ALTER FUNCTION coordination_tell_offer() SET enable_nestloop = off;
"""
AS_BEFORE = """
ALTER FUNCTION coordination_tell_introduction() RESET enable_nestloop;
ALTER FUNCTION coordination_tell_offer() RESET enable_nestloop;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("coordination", "0019_each_campaign_its_queue")]

    operations: ClassVar = [migrations.RunSQL(JOINED_WHOLE, AS_BEFORE)]
