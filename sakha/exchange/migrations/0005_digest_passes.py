"""A digest keeps no index, which a renewal of our keys would change; the night's pass has a place of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_digest_security")]

    operations = [
        migrations.RemoveField(model_name="digest", name="id_index"),
        migrations.AddField(model_name="digestkey", name="renewed_to", field=models.BigIntegerField(null=True)),
    ]
