"""Who sees receipts and calls, and the functions that alone write them."""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
FUNCTIONS = (
    "ledger_tell_receipts(timestamptz, timestamptz, int)",
    "ledger_answer_receipt(timestamptz, bigint, smallint, smallint)",
    "ledger_draw_calls(timestamptz, text, text, timestamptz, timestamptz, int, int[], int[])",
    "ledger_record_call(timestamptz, bigint, smallint)",
)
# A receipt is seen with its hold: by the giver and the offices of the area. Rounds of calls are the offices' alone: a
# giver that knew who is called could prepare them.
POLICIES = """
ALTER TABLE ledger_receipt ENABLE ROW LEVEL SECURITY;
CREATE POLICY receipt_seen ON ledger_receipt FOR SELECT
  USING ((SELECT access_is_system()) OR EXISTS (SELECT 1 FROM ledger_hold h WHERE h.id = hold_id));
ALTER TABLE ledger_call_round ENABLE ROW LEVEL SECURITY;
CREATE POLICY call_round_seen ON ledger_call_round FOR SELECT USING (access_sees_area(province, county));
ALTER TABLE ledger_call ENABLE ROW LEVEL SECURITY;
CREATE POLICY call_seen ON ledger_call FOR SELECT
  USING (EXISTS (SELECT 1 FROM ledger_call_round r WHERE r.id = round_id));
"""
UNDO_POLICIES = """
DROP POLICY call_seen ON ledger_call;
DROP POLICY call_round_seen ON ledger_call_round;
DROP POLICY receipt_seen ON ledger_receipt;
"""
# Closed from the first moment: `sakha migrate` opens to the application what apps.py lists.
CLOSE = "".join(f"REVOKE ALL ON FUNCTION {one} FROM PUBLIC;\n" for one in FUNCTIONS)
DROP = "".join(f"DROP FUNCTION {one};\n" for one in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0005_receipts_and_calls")]

    operations: ClassVar = [
        migrations.RunSQL(POLICIES, UNDO_POLICIES),
        migrations.RunSQL((SQL / "receipt.sql").read_text(), DROP),
        migrations.RunSQL(CLOSE, migrations.RunSQL.noop),
    ]
