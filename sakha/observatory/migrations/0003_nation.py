"""The nation of a day, added up once: of which counts it was made stands beside it."""

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("observatory", "0002_row_security")]

    operations = [
        migrations.RemoveConstraint(model_name="reckoning", name="reckoning_has_a_province"),
        migrations.AddField(
            model_name="reckoning",
            name="made_of",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), null=True, size=None),
        ),
        migrations.AddConstraint(
            model_name="reckoning",
            constraint=models.UniqueConstraint(
                condition=Q(("province", "")), fields=("made_of",), name="one_sum_of_the_same"
            ),
        ),
        migrations.AddConstraint(
            model_name="reckoning",
            constraint=models.CheckConstraint(
                condition=Q(("made_of__isnull", False), ("province", ""))
                | Q(Q(("province", ""), _negated=True), ("made_of__isnull", True)),
                name="only_the_nation_is_a_sum",
            ),
        ),
    ]
