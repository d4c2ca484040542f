"""Blocks are read by every office (roots are published) and changed by nobody; secrets and parts are the system's."""

from typing import ClassVar

from django.db import migrations

POLICIES = """
ALTER TABLE access_block ENABLE ROW LEVEL SECURITY;
CREATE POLICY block_seen ON access_block FOR SELECT
  USING ((SELECT access_scope()) IN ('COUNTY', 'PROVINCE', 'NATION', 'SYSTEM'));
CREATE POLICY block_closed ON access_block FOR INSERT WITH CHECK ((SELECT access_is_system()));
ALTER TABLE access_block_secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY block_secret_system ON access_block_secret
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
ALTER TABLE access_block_part ENABLE ROW LEVEL SECURITY;
CREATE POLICY block_part_system ON access_block_part
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
"""
DROP_POLICIES = """
DROP POLICY block_part_system ON access_block_part;
DROP POLICY block_secret_system ON access_block_secret;
DROP POLICY block_closed ON access_block;
DROP POLICY block_seen ON access_block;
"""

# The owner is held back too; whoever goes around the trigger is found by `sakha verify`.
TRIGGERS = """
CREATE FUNCTION access_keep_block() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a closed block stays as it is' USING errcode = 'insufficient_privilege';
END $$;
CREATE TRIGGER access_block_stays BEFORE UPDATE OR DELETE ON access_block
  FOR EACH ROW EXECUTE FUNCTION access_keep_block();
CREATE TRIGGER access_block_part_stays BEFORE UPDATE OR DELETE ON access_block_part
  FOR EACH ROW EXECUTE FUNCTION access_keep_block();
"""
DROP_TRIGGERS = """
DROP TRIGGER access_block_part_stays ON access_block_part;
DROP TRIGGER access_block_stays ON access_block;
DROP FUNCTION access_keep_block();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("access", "0009_blocks")]

    operations: ClassVar = [
        migrations.RunSQL(POLICIES, DROP_POLICIES),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
    ]
