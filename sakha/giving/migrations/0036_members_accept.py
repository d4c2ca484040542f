"""Whoever is added to a company's people says yes; a person's own requests are found by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("giving", "0035_legal_givers")]

    operations = [
        migrations.AddField(model_name="legalmember", name="accepted_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL("UPDATE giving_legal_member SET accepted_at = added_at", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="legalgiver", index=models.Index(fields=["registered_by"], name="legal_giver_of_phone")
        ),
    ]
