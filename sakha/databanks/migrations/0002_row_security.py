from django.db import migrations

# Databanks stands below the registry and can't ask who sees a household: other rooms read it as the system, after a
# check of their own. So no organisation and no local office reads it here.
POLICIES = """
ALTER TABLE databanks_evidence ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_system ON databanks_evidence
    USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY evidence_nation ON databanks_evidence FOR SELECT USING ((SELECT access_scope()) = 'NATION');
"""
UNDO = """
DROP POLICY evidence_nation ON databanks_evidence;
DROP POLICY evidence_system ON databanks_evidence;
ALTER TABLE databanks_evidence DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("databanks", "0001_initial"), ("access", "0001_initial")]
    operations = [migrations.RunSQL(POLICIES, UNDO)]
