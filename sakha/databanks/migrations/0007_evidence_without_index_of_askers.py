"""Nobody looks evidence up by who asked for it: the index goes, and with it a write for every fact."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """The column and its foreign key stay."""

    dependencies: ClassVar = [("databanks", "0006_evidence_without_a_check_a_row")]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="evidence",
            name="asked_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
