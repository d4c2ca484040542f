"""Who sees and changes clients, their keys, their use and their answers; sandboxes and real work never share a body."""

from typing import ClassVar

from django.db import migrations

# A sandbox works with simulated people under an organisation of its own, so that no figure counts them together.
APART = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE access_client ADD CONSTRAINT sandboxes_apart
  EXCLUDE USING gist (organisation_id WITH =, (is_sandbox::int) WITH <>);
"""
# SIGN_IN reads clients and keys to find whose key it is. Of a body its own people see them, and the offices above it.
POLICIES = """
ALTER TABLE access_client ENABLE ROW LEVEL SECURITY;
CREATE POLICY client_seen ON access_client FOR SELECT USING (
  (SELECT access_scope()) IN ('SYSTEM', 'SIGN_IN')
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id()))
  OR EXISTS (SELECT 1 FROM access_organisation o
              WHERE o.id = organisation_id AND access_sees_area(o.province, o.county)));
CREATE POLICY client_admitted ON access_client FOR INSERT WITH CHECK (
  EXISTS (SELECT 1 FROM access_organisation o WHERE o.id = organisation_id AND access_sees_area(o.province, o.county)));
CREATE POLICY client_changed ON access_client FOR UPDATE USING (
  EXISTS (SELECT 1 FROM access_organisation o WHERE o.id = organisation_id AND access_sees_area(o.province, o.county)));

ALTER TABLE access_client_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY client_key_seen ON access_client_key FOR SELECT
  USING (EXISTS (SELECT 1 FROM access_client c WHERE c.id = client_id));
CREATE POLICY client_key_made ON access_client_key FOR INSERT WITH CHECK (
  (SELECT access_scope()) <> 'SIGN_IN' AND EXISTS (SELECT 1 FROM access_client c WHERE c.id = client_id));
CREATE POLICY client_key_revoked ON access_client_key FOR UPDATE USING (
  (SELECT access_scope()) <> 'SIGN_IN' AND EXISTS (SELECT 1 FROM access_client c WHERE c.id = client_id));

ALTER TABLE access_client_use ENABLE ROW LEVEL SECURITY;
CREATE POLICY client_use_system ON access_client_use
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY client_use_seen ON access_client_use FOR SELECT USING (
  (SELECT access_scope()) <> 'SIGN_IN' AND EXISTS (SELECT 1 FROM access_client c WHERE c.id = client_id));

ALTER TABLE access_client_answer ENABLE ROW LEVEL SECURITY;
CREATE POLICY client_answer_system ON access_client_answer
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY client_answer_own ON access_client_answer USING (
  (SELECT access_scope()) = 'ORGANISATION' AND EXISTS (
    SELECT 1 FROM access_client c WHERE c.id = client_id AND c.organisation_id = (SELECT access_organisation_id())));
"""
UNDO = """
DROP POLICY client_answer_own ON access_client_answer;
DROP POLICY client_answer_system ON access_client_answer;
DROP POLICY client_use_seen ON access_client_use;
DROP POLICY client_use_system ON access_client_use;
DROP POLICY client_key_revoked ON access_client_key;
DROP POLICY client_key_made ON access_client_key;
DROP POLICY client_key_seen ON access_client_key;
DROP POLICY client_changed ON access_client;
DROP POLICY client_admitted ON access_client;
DROP POLICY client_seen ON access_client;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0005_clients")]

    operations: ClassVar = [
        migrations.RunSQL(APART, "ALTER TABLE access_client DROP CONSTRAINT sandboxes_apart"),
        migrations.RunSQL(POLICIES, UNDO),
    ]
