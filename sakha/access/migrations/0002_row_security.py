"""Row-level security of access: closed without a scope, append-only for the log and the attempts."""

from django.db import migrations

# The directory: everyone who is signed in knows which organisations there are; offices keep those of their area.
ORGANISATION = """
ALTER TABLE access_organisation ENABLE ROW LEVEL SECURITY;
CREATE POLICY organisation_seen ON access_organisation FOR SELECT USING ((SELECT access_scope()) <> '');
CREATE POLICY organisation_admitted ON access_organisation FOR INSERT WITH CHECK (access_sees_area(province, county));
CREATE POLICY organisation_changed ON access_organisation FOR UPDATE
  USING (access_sees_area(province, county)) WITH CHECK (access_sees_area(province, county));
"""

# SIGN_IN reads users to find the one who is signing in. Which columns may be updated at all is in the grants: neither
# role nor organisation is among them.
USER = """
ALTER TABLE access_user ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_seen ON access_user FOR SELECT USING (
  (SELECT access_scope()) IN ('SYSTEM', 'SIGN_IN')
  OR id = (SELECT access_user_id())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id()))
  OR access_sees_area(province, county)
);
CREATE POLICY user_admitted ON access_user FOR INSERT WITH CHECK (
  (SELECT access_scope()) IN ('SYSTEM', 'NATION')
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id())
      AND role IN ('CHARITY_STAFF', 'CHARITY_HEAD'))
);
CREATE POLICY user_changed ON access_user FOR UPDATE USING (
  (SELECT access_scope()) IN ('SYSTEM', 'NATION')
  OR id = (SELECT access_user_id())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id()))
);
"""

# An entry is written in one's own name and area only, and read by one's own organisation and the offices above it.
ENTRY = """
ALTER TABLE access_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY entry_written ON access_entry FOR INSERT WITH CHECK (
  (SELECT access_scope()) NOT IN ('', 'SIGN_IN')
  AND user_id IS NOT DISTINCT FROM (SELECT access_user_id())
  AND organisation_id IS NOT DISTINCT FROM (SELECT access_organisation_id())
  AND province = (SELECT access_province()) AND county = (SELECT access_county())
);
CREATE POLICY entry_read ON access_entry FOR SELECT USING (
  (SELECT access_is_system())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id()))
  OR access_sees_area(province, county)
);
"""

ATTEMPT = """
ALTER TABLE access_sign_in_attempt ENABLE ROW LEVEL SECURITY;
CREATE POLICY attempt_read ON access_sign_in_attempt FOR SELECT
  USING ((SELECT access_scope()) IN ('SIGN_IN', 'SYSTEM'));
CREATE POLICY attempt_written ON access_sign_in_attempt FOR INSERT
  WITH CHECK ((SELECT access_scope()) IN ('SIGN_IN', 'SYSTEM'));
"""


class Migration(migrations.Migration):
    """The policies; the functions they ask are made in 0001."""

    dependencies = [("access", "0001_initial")]

    operations = [migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (ORGANISATION, USER, ENTRY, ATTEMPT)]
