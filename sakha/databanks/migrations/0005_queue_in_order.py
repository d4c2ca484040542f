"""The queue's index gets the whole order of the queue, so that a claim reads what it takes and no more."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index for another."""

    dependencies: ClassVar = [("databanks", "0004_row_security")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="question",
            index=models.Index(
                fields=["bank", "priority", "next_try_at", "id"],
                condition=models.Q(state="WAITING"),
                name="question_in_line",
            ),
        ),
        migrations.RemoveIndex(model_name="question", name="question_queue"),
    ]
