"""Who was compared with everybody else, so that the next comparison begins with whoever is new."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("registry", "0004_identity_security")]

    operations: ClassVar = [migrations.AddField("person", "linked_at", models.DateTimeField(null=True))]
