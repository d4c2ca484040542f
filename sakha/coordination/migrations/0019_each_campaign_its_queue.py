"""Each campaign's queue is an index of its own; and the figures of tables that a bulk action has filled are made anew.

Without fresh figures the planner takes a table that was just filled for an empty one, and reads all of it for each row.
Only an owner may analyse.
"""

from typing import ClassVar

from django.db import migrations, models

ANALYSE = """
CREATE FUNCTION coordination_analyse_invited() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE coordination_candidate, coordination_campaign, coordination_invitation;
END
$$;
CREATE FUNCTION coordination_analyse_introduced() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE coordination_introduction_consent, coordination_introduction, coordination_offer, coordination_coverage;
END
$$;
REVOKE ALL ON FUNCTION coordination_analyse_invited() FROM PUBLIC;
REVOKE ALL ON FUNCTION coordination_analyse_introduced() FROM PUBLIC;
"""
DROP_ANALYSE = """
DROP FUNCTION coordination_analyse_invited();
DROP FUNCTION coordination_analyse_introduced();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("coordination", "0018_protected_end_with_the_office")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(
                condition=models.Q(("state", "QUEUED")), fields=["campaign", "id"], name="invitation_in_line"
            ),
        ),
        migrations.RemoveIndex(model_name="invitation", name="invitation_queued"),
        migrations.RemoveIndex(model_name="invitation", name="invitation_campaign"),
        migrations.RunSQL(ANALYSE, DROP_ANALYSE),
    ]
