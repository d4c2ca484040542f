"""Storage settings, row-level security and the functions that alone may write (decision 0004)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
STEPS = (
    "storage", "policies", "knowing", "open_needs", "hold", "hold_many", "settle", "expire", "check", "check_many",
    "trail", "verify",
)  # fmt: skip

# Closed from the first moment: `sakha migrate` opens to the application what apps.py lists.
CLOSE = """
DO $do$ DECLARE routine text; BEGIN
  FOR routine IN SELECT p.oid::regprocedure::text FROM pg_proc p
                  WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'ledger\\_%' LOOP
    EXECUTE 'REVOKE ALL ON FUNCTION ' || routine || ' FROM PUBLIC';
  END LOOP;
END $do$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("access", "__first__"),
        ("registry", "__first__"),
    ]

    operations = [
        *(migrations.RunSQL((SQL / f"{step}.sql").read_text(), migrations.RunSQL.noop) for step in STEPS),
        migrations.RunSQL(CLOSE, migrations.RunSQL.noop),
    ]
