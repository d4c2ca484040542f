"""A household reads its own file: a scope of its own, told by the household's number, and who looked at it."""

from typing import ClassVar

from django.db import migrations

SCOPES = """
CREATE OR REPLACE FUNCTION access_scope() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN current_setting('sakha.scope', true) IN ({scopes})
     THEN current_setting('sakha.scope', true) ELSE '' END $$;
"""
BEFORE = "'ORGANISATION', 'COUNTY', 'PROVINCE', 'NATION', 'SYSTEM', 'SIGN_IN'"

# NULL in every other scope, whatever an earlier statement of the transaction may have left in the setting.
HOUSEHOLD = """
CREATE FUNCTION access_household_id() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN access_scope() = 'HOUSEHOLD' THEN nullif(current_setting('sakha.household_id', true), '')::bigint
   END $$;
"""

# Whoever looked at the household, by body; names of users stay with their bodies (policy user_seen).
ENTRY = """
CREATE POLICY entry_of_own_household ON access_entry FOR SELECT
  USING (household_id = (SELECT access_household_id()));
"""


class Migration(migrations.Migration):
    """The functions are asked by the policies of the rooms above."""

    dependencies: ClassVar = [("access", "0002_row_security")]

    operations: ClassVar = [
        migrations.RunSQL(SCOPES.format(scopes=f"{BEFORE}, 'HOUSEHOLD'"), SCOPES.format(scopes=BEFORE)),
        migrations.RunSQL(HOUSEHOLD, "DROP FUNCTION access_household_id()"),
        migrations.RunSQL(ENTRY, "DROP POLICY entry_of_own_household ON access_entry"),
    ]
