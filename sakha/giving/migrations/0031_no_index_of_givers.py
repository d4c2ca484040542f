"""A verified giver has no index: it would tell whoever holds the database which household a giver belongs to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("giving", "0030_identity_checks")]

    operations = [
        migrations.RemoveConstraint(model_name="identitycheck", name="identity_kept_where_verified"),
        migrations.RemoveIndex(model_name="identitycheck", name="identity_checks_of_person"),
        migrations.RemoveField(model_name="identitycheck", name="national_id_index"),
        migrations.AddConstraint(
            model_name="identitycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("verified_by", ""), _negated=True),
                        ("birth_sealed__isnull", False),
                        ("national_id_sealed__isnull", False),
                        ("outcome", "VERIFIED"),
                    ),
                    models.Q(
                        ("birth_sealed__isnull", True),
                        ("national_id_sealed__isnull", True),
                        ("outcome__in", ["ASKED", "MISMATCH", "UNANSWERED"]),
                        ("verified_by", ""),
                    ),
                    _connector="OR",
                ),
                name="identity_kept_where_verified",
            ),
        ),
    ]
