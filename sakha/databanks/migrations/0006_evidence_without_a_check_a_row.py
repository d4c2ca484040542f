"""An answer's inquiry is read from its question in the same statement: the check of each row goes (decision 0017)."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The column stays, its foreign key constraint goes."""

    dependencies: ClassVar = [("databanks", "0005_queue_in_order")]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="evidence",
            name="inquiry",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="databanks.inquiry",
            ),
        ),
    ]
