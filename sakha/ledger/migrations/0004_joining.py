"""The functions that alone may write (decision 0004); households found to be one bring needs and holds together."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
STEPS = (
    "knowing", "recount", "open_needs", "repeating", "hold", "hold_many", "settle", "expire", "check", "check_many",
    "trail", "verify", "join",
)  # fmt: skip

# Seen by the offices of the area; an organisation sees its holds, not with whose they came together.
POLICY = """
ALTER TABLE ledger_join ENABLE ROW LEVEL SECURITY;
CREATE POLICY join_seen ON ledger_join FOR SELECT USING (access_sees_area(province, county));
"""

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
    dependencies = [("ledger", "0003_joined_households"), ("registry", "0004_identity_security")]

    operations = [
        migrations.RunSQL(POLICY, migrations.RunSQL.noop),
        *(migrations.RunSQL((SQL / f"{step}.sql").read_text(), migrations.RunSQL.noop) for step in STEPS),
        migrations.RunSQL(CLOSE, migrations.RunSQL.noop),
    ]
