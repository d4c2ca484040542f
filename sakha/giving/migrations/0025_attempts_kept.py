"""Each attempt to pay a month of a promise is kept, by its gift; and when a gateway was asked for a refund."""

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
    UPDATE giving_gift AS gift SET sponsored_month_id = asked.id
      FROM giving_sponsored_month AS asked WHERE asked.gift_id = gift.id
"""


class Migration(migrations.Migration):
    dependencies = [("giving", "0024_paid_once")]

    operations = [
        migrations.AddField(
            model_name="gift",
            name="sponsored_month",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="giving.sponsoredmonth",
            ),
        ),
        migrations.RunSQL((KEEP, "SET CONSTRAINTS ALL IMMEDIATE"), migrations.RunSQL.noop),
        migrations.RemoveField(model_name="sponsoredmonth", name="gift"),
        migrations.RemoveField(model_name="sponsoredmonth", name="attempt_count"),
        migrations.AddField(model_name="refund", name="asked_at", field=models.DateTimeField(null=True)),
        # What was approved before may have been asked for: only a sure no is one.
        migrations.RunSQL(
            "UPDATE giving_refund SET asked_at = decided_at WHERE state = 'APPROVED'", migrations.RunSQL.noop
        ),
    ]
