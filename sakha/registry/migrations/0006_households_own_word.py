"""What a household says of itself is an intake of its own origin; it sees its own row and all that hangs on it."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

OWN = """
CREATE POLICY household_own ON registry_household FOR SELECT USING (id = (SELECT access_household_id()));
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("registry", "0005_linked"), ("access", "0003_households")]

    operations: ClassVar = [
        migrations.AlterField(
            "intakefile",
            "origin",
            models.CharField(choices=[("FILE", "FILE"), ("FORM", "FORM"), ("SELF", "SELF")], max_length=4),
        ),
        migrations.RemoveConstraint("intakefile", "intake_origin_known"),
        migrations.AddConstraint(
            "intakefile",
            models.CheckConstraint(condition=Q(origin__in=["FILE", "FORM", "SELF"]), name="intake_origin_known"),
        ),
        migrations.RunSQL(OWN, "DROP POLICY household_own ON registry_household"),
    ]
