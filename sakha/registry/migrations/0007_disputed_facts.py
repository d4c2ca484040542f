"""What a bank said of a household and people look at again counts for nobody meanwhile."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("registry", "0006_households_own_word")]

    operations: ClassVar = [migrations.AddField("fact", "disputed_at", models.DateTimeField(null=True))]
