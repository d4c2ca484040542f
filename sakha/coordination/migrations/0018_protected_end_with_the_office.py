"""An introduction that nobody took may end with the office where its household was put under protection meanwhile.

The reason is the one of any office's end, so that whoever handed the need upward learns nothing of the protection.
"""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

GUARD = Path(__file__).resolve().parent.parent / "sql" / "introduction_guard.sql"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("coordination", "0017_receipts_by_sms")]

    operations: ClassVar = [migrations.RunSQL(GUARD.read_text(), migrations.RunSQL.noop)]
