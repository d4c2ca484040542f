"""By which IPv6 network givers' codes were asked for, and how many by all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("giving", "0020_shares_settled")]

    operations = [
        migrations.AddField(
            model_name="donorcode",
            name="site_digest",
            field=models.BinaryField(max_length=16, null=True),
        ),
        migrations.AddIndex(
            model_name="donorcode",
            index=models.Index(fields=["site_digest", "asked_at"], name="donor_codes_of_site"),
        ),
        migrations.AddIndex(
            model_name="donorcode",
            index=models.Index(fields=["asked_at"], name="donor_codes_by_age"),
        ),
    ]
