"""Money of a delivery that was taken back goes home by the way it came: DELIVERED, HELD, POOL."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("giving", "0003_baskets_and_promises"),
        ("ledger", "0007_deliveries_taken_back"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="transfer",
            name="transfer_goes_a_way",
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("from_account", 1), ("to_account", 2)),
                    models.Q(("from_account", 2), ("to_account", 3)),
                    models.Q(("from_account", 2), ("to_account", 7)),
                    models.Q(("from_account", 3), ("to_account", 4)),
                    models.Q(("from_account", 4), ("to_account", 3)),
                    models.Q(("from_account", 4), ("to_account", 5)),
                    models.Q(("from_account", 5), ("to_account", 4)),
                    models.Q(("from_account", 3), ("to_account", 6)),
                    _connector="OR",
                ),
                name="transfer_goes_a_way",
            ),
        ),
        migrations.RunSQL(
            (SQL / "taken_back.sql").read_text(), "DROP FUNCTION giving_return_taken_back(timestamptz, int)"
        ),
    ]
