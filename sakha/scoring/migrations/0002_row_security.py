"""A score is seen by whoever sees the household, and written by the system alone, which sees all facts."""

from typing import ClassVar

from django.db import migrations

POLICIES = """
ALTER TABLE scoring_score ENABLE ROW LEVEL SECURITY;
CREATE POLICY score_seen ON scoring_score FOR SELECT USING (
    (SELECT access_is_system()) OR EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id)
);
CREATE POLICY score_made ON scoring_score FOR INSERT WITH CHECK ((SELECT access_is_system()));
CREATE POLICY score_changed ON scoring_score FOR UPDATE
    USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));

-- Documents hold no personal data and are published: everybody reads them, the system alone adopts one.
ALTER TABLE scoring_model ENABLE ROW LEVEL SECURITY;
CREATE POLICY model_seen ON scoring_model FOR SELECT USING (true);
CREATE POLICY model_adopted ON scoring_model FOR INSERT WITH CHECK ((SELECT access_is_system()));
ALTER TABLE scoring_place ENABLE ROW LEVEL SECURITY;
CREATE POLICY place_seen ON scoring_place FOR SELECT USING (true);
CREATE POLICY place_adopted ON scoring_place FOR INSERT WITH CHECK ((SELECT access_is_system()));
"""

DROP_POLICIES = """
DROP POLICY score_seen ON scoring_score;
DROP POLICY score_made ON scoring_score;
DROP POLICY score_changed ON scoring_score;
ALTER TABLE scoring_score DISABLE ROW LEVEL SECURITY;
DROP POLICY model_seen ON scoring_model;
DROP POLICY model_adopted ON scoring_model;
ALTER TABLE scoring_model DISABLE ROW LEVEL SECURITY;
DROP POLICY place_seen ON scoring_place;
DROP POLICY place_adopted ON scoring_place;
ALTER TABLE scoring_place DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("scoring", "0001_initial"), ("registry", "0002_row_security")]

    operations: ClassVar = [migrations.RunSQL(POLICIES, DROP_POLICIES)]
