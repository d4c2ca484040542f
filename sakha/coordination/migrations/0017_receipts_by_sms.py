from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """An inbound text may say that a delivery arrived."""

    dependencies: ClassVar = [("coordination", "0012_campaigns_and_arrivals")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="inbound",
            name="meaning",
            field=models.CharField(
                choices=[
                    ("OPT_OUT", "OPT_OUT"),
                    ("STATUS", "STATUS"),
                    ("RECEIPT", "RECEIPT"),
                    ("OTHER", "OTHER"),
                ],
                max_length=8,
            ),
        ),
    ]
