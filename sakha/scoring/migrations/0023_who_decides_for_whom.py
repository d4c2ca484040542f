"""What holds for the whole nation is decided by the nation's officers; a price counts once other eyes approved it.

Each month's score of a household writes itself: the application may only read it.
"""

from typing import ClassVar

from django.db import migrations

DECIDES = """
CREATE FUNCTION scoring_guard_nation() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state = 'APPROVED' AND OLD.state <> 'APPROVED' AND access_scope() NOT IN ('NATION', 'SYSTEM') THEN
        RAISE EXCEPTION 'the policy of the nation is decided by its officers' USING errcode = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_of_nation BEFORE UPDATE ON scoring_policy FOR EACH ROW EXECUTE FUNCTION scoring_guard_nation();

CREATE FUNCTION scoring_guard_price() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.drafted_by_id IS NULL OR OLD.approved_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'a row of prices never changes' USING errcode = 'check_violation';
    END IF;
    IF (OLD.name, OLD.province, OLD.amount, OLD.follows_place, OLD.valid_from, OLD.valid_to, OLD.label, OLD.source,
        OLD.added_at, OLD.drafted_by_id)
       IS DISTINCT FROM (NEW.name, NEW.province, NEW.amount, NEW.follows_place, NEW.valid_from, NEW.valid_to, NEW.label,
        NEW.source, NEW.added_at, NEW.drafted_by_id) THEN
        RAISE EXCEPTION 'a row of prices is written once' USING errcode = 'check_violation';
    END IF;
    IF NEW.approved_at IS NOT NULL THEN
        IF NEW.valid_from < (NEW.approved_at AT TIME ZONE 'Asia/Tehran')::date THEN
            RAISE EXCEPTION 'a price is not used before it was approved' USING errcode = 'check_violation';
        END IF;
        IF NEW.province = '' AND access_scope() NOT IN ('NATION', 'SYSTEM') THEN
            RAISE EXCEPTION 'prices of the nation are decided by its officers' USING errcode = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER price_way BEFORE UPDATE ON scoring_price FOR EACH ROW EXECUTE FUNCTION scoring_guard_price();
REVOKE ALL ON FUNCTION scoring_guard_nation(), scoring_guard_price() FROM PUBLIC;

-- A province's officer writes and decides rows of the own province; those of others and of the nation are seen alone.
DROP POLICY price_seen ON scoring_price;
CREATE POLICY price_seen ON scoring_price FOR SELECT USING (
    drafted_by_id IS NULL OR approved_at IS NOT NULL OR (SELECT access_scope()) IN ('SYSTEM', 'NATION', 'PROVINCE'));
DROP POLICY price_made ON scoring_price;
CREATE POLICY price_made ON scoring_price FOR INSERT WITH CHECK (
    (SELECT access_is_system()) OR (drafted_by_id = (SELECT access_user_id()) AND approved_at IS NULL
        AND ((SELECT access_scope()) = 'NATION'
             OR ((SELECT access_scope()) = 'PROVINCE' AND access_sees_area(province::text, '')))));
CREATE POLICY price_decided ON scoring_price FOR UPDATE USING (
    (SELECT access_scope()) IN ('SYSTEM', 'NATION')
    OR ((SELECT access_scope()) = 'PROVINCE' AND access_sees_area(province::text, '')));
"""

DROP_DECIDES = """
DROP POLICY price_decided ON scoring_price;
DROP POLICY price_made ON scoring_price;
CREATE POLICY price_made ON scoring_price FOR INSERT
    WITH CHECK ((SELECT access_scope()) IN ('SYSTEM', 'PROVINCE', 'NATION'));
DROP POLICY price_seen ON scoring_price;
CREATE POLICY price_seen ON scoring_price FOR SELECT USING (true);
DROP TRIGGER price_way ON scoring_price;
DROP TRIGGER policy_of_nation ON scoring_policy;
DROP FUNCTION scoring_guard_price();
DROP FUNCTION scoring_guard_nation();
"""

MONTHS = """
ALTER TABLE scoring_month_score ENABLE ROW LEVEL SECURITY;
CREATE POLICY month_score_seen ON scoring_month_score FOR SELECT USING (
    (SELECT access_is_system()) OR EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id));

CREATE FUNCTION scoring_keep_month() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO scoring_month_score AS kept (household_id, month, model_sha, policy_sha, score, known_count, decile,
        poor20_share, poor40_share, expected_gap_rial, priority, scored_at)
    SELECT household_id, month, model_sha, policy_sha, score, known_count, decile, poor20_share, poor40_share,
           expected_gap_rial, priority, scored_at
      FROM told WHERE month > 0 ORDER BY household_id
    ON CONFLICT (household_id, month) DO UPDATE SET model_sha = excluded.model_sha, policy_sha = excluded.policy_sha,
        score = excluded.score, known_count = excluded.known_count, decile = excluded.decile,
        poor20_share = excluded.poor20_share, poor40_share = excluded.poor40_share,
        expected_gap_rial = excluded.expected_gap_rial, priority = excluded.priority, scored_at = excluded.scored_at
    -- a night that finds nothing new writes nothing
    WHERE (kept.model_sha, kept.policy_sha, kept.score, kept.known_count, kept.poor20_share, kept.poor40_share,
           kept.expected_gap_rial, kept.priority)
          IS DISTINCT FROM (excluded.model_sha, excluded.policy_sha, excluded.score, excluded.known_count,
           excluded.poor20_share, excluded.poor40_share, excluded.expected_gap_rial, excluded.priority);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION scoring_keep_month() FROM PUBLIC;
CREATE TRIGGER score_made_keeps_month AFTER INSERT ON scoring_score
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION scoring_keep_month();
CREATE TRIGGER score_changed_keeps_month AFTER UPDATE ON scoring_score
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION scoring_keep_month();
"""

DROP_MONTHS = """
DROP TRIGGER score_changed_keeps_month ON scoring_score;
DROP TRIGGER score_made_keeps_month ON scoring_score;
DROP FUNCTION scoring_keep_month();
DROP POLICY month_score_seen ON scoring_month_score;
ALTER TABLE scoring_month_score DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("scoring", "0022_prices_and_months")]

    operations: ClassVar = [
        migrations.RunSQL(DECIDES, DROP_DECIDES),
        migrations.RunSQL(MONTHS, DROP_MONTHS),
    ]
