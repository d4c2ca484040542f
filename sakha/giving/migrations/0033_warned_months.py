"""Whether a month was asked for with the word that the promise ends should it be missed too: no other ends one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("giving", "0032_pool_withdrawn")]

    operations = [
        migrations.AddField(model_name="sponsoredmonth", name="warned_at", field=models.DateTimeField(null=True)),
    ]
