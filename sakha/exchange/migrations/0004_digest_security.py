"""Who sees keys of clients and digests of persons: the system alone."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_digests")]

    operations = [migrations.RunSQL((SQL / "digest_policies.sql").read_text(), migrations.RunSQL.noop)]
