"""The names of the files go, with whatever people had written in them."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("databanks", "0008_papers_without_names")]

    operations: ClassVar = [migrations.RemoveField("casestep", "proof_name")]
