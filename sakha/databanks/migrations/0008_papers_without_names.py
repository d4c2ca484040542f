"""Of a proof what it is, not how its file was called; which steps are the household's own; cases to be taken over."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

# Of the papers that are there only the ending of the name tells; of the others, that they are files.
KINDS = """
UPDATE databanks_case_step
   SET paper_kind = CASE WHEN proof_name ILIKE '%.pdf' THEN 'PDF' WHEN proof_name ILIKE '%.png' THEN 'PNG'
                         WHEN proof_name ILIKE '%.webp' THEN 'WEBP' WHEN proof_name ILIKE '%.heic' THEN 'HEIC'
                         ELSE 'JPEG' END
 WHERE proof_sealed IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("databanks", "0007_evidence_without_index_of_askers")]

    operations: ClassVar = [
        migrations.AddField(
            "casestep", "paper_kind", models.CharField(blank=True, db_default="", default="", max_length=4)
        ),
        migrations.AddField("casestep", "is_own", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("case", "is_applied", models.BooleanField(db_default=True, default=True)),
        migrations.AddIndex(
            "case", models.Index(condition=Q(is_applied=False), fields=["household_id"], name="case_unapplied")
        ),
        migrations.RunSQL(KINDS, migrations.RunSQL.noop),
    ]
