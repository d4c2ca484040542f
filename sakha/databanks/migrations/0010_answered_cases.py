"""A case that people answered by an act of their own, as by naming a head, ends with that."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

BEFORE = ["WAITING_FOR_PROOF", "IN_REVIEW", "UPHELD", "REJECTED", "LAPSED", "SETTLED_BY_BANK"]
STATES = [*BEFORE, "ANSWERED"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("databanks", "0009_no_names_of_papers")]

    operations: ClassVar = [
        migrations.AlterField("case", "state", models.CharField(choices=[(one, one) for one in STATES], max_length=17)),
        migrations.AlterField(
            "casestep", "state", models.CharField(choices=[(one, one) for one in STATES], max_length=17)
        ),
        migrations.RemoveConstraint("case", "case_state_known"),
        migrations.AddConstraint(
            "case", models.CheckConstraint(condition=Q(state__in=STATES), name="case_state_known")
        ),
    ]
