"""Who reads which amounts: offices their area, nobody else any."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
DROP = """
DROP POLICY amount_gone ON observatory_amount;
DROP POLICY amount_made ON observatory_amount;
DROP POLICY amount_seen ON observatory_amount;
DROP POLICY reckoning_gone ON observatory_reckoning;
DROP POLICY reckoning_made ON observatory_reckoning;
DROP POLICY reckoning_seen ON observatory_reckoning;
ALTER TABLE observatory_amount DISABLE ROW LEVEL SECURITY;
ALTER TABLE observatory_reckoning DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("observatory", "0001_initial"), ("access", "0001_initial")]

    operations = [migrations.RunSQL((SQL / "policies.sql").read_text(), DROP)]
