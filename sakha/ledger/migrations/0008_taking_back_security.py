"""Who sees deliveries that may be taken back, and the functions that alone take them back."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
FUNCTIONS = (
    "ledger_propose_undoing(timestamptz, bigint, text)",
    "ledger_decide_undoing(timestamptz, bigint, boolean)",
)
# The offices of the area; a giver learns of it once it is decided, by its hold.
POLICIES = """
ALTER TABLE ledger_undoing ENABLE ROW LEVEL SECURITY;
CREATE POLICY undoing_seen ON ledger_undoing FOR SELECT USING (access_sees_area(province, county));
"""
UNDO_POLICIES = "DROP POLICY undoing_seen ON ledger_undoing;"
# Closed from the first moment: `sakha migrate` opens to the application what apps.py lists.
CLOSE = "".join(f"REVOKE ALL ON FUNCTION {one} FROM PUBLIC;\n" for one in FUNCTIONS)
DROP = "".join(f"DROP FUNCTION {one};\n" for one in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0007_deliveries_taken_back")]

    operations: ClassVar = [
        migrations.RunSQL(POLICIES, UNDO_POLICIES),
        migrations.RunSQL((SQL / "undo.sql").read_text(), DROP),
        migrations.RunSQL(CLOSE, migrations.RunSQL.noop),
    ]
