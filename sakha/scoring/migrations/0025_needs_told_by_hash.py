"""A need's history joins what was with what is by a hash, however few rows the session's first change had.

A trigger's statement is planned once a session: planned for a few rows, it would compare each of a hundred thousand
needs that are opened at once with all the others.
"""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("scoring", "0024_contested_counts_as_change")]

    operations: ClassVar = [
        migrations.RunSQL(
            "ALTER FUNCTION scoring_tell_need() SET enable_nestloop = off",
            "ALTER FUNCTION scoring_tell_need() RESET enable_nestloop",
        )
    ]
