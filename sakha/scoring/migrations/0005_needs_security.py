"""The ways of a need and of a policy as the database keeps them, and who sees and writes which row.

The history of a need is written by its table alone: the application's role may only read it.
"""

from typing import ClassVar

from django.db import migrations

WAYS = """
CREATE FUNCTION scoring_guard_need() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    -- rules.needs_states.WAYS draws the same
    IF NOT (OLD.state, NEW.state) IN (
        (1, 2), (1, 3), (1, 6), (2, 3), (2, 4), (2, 5), (2, 6), (3, 2), (3, 4), (3, 5), (3, 6), (4, 2), (4, 3), (4, 5),
        (4, 6), (5, 2), (5, 3), (5, 4), (5, 6), (6, 1), (6, 2), (6, 3)
    ) THEN
        RAISE EXCEPTION 'no way from state % to state %', OLD.state, NEW.state USING errcode = 'check_violation';
    END IF;
    IF NEW.state_at < OLD.state_at THEN
        RAISE EXCEPTION 'a state can not be older than the one before' USING errcode = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER need_way BEFORE UPDATE OF state ON scoring_need
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION scoring_guard_need();

CREATE FUNCTION scoring_tell_need() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO scoring_need_event
            (need_id, household_id, before, after, at, organisation_id, user_id, proof, reason)
        SELECT id, household_id, NULL, state, state_at, organisation_id, user_id, proof, reason FROM after_rows;
    ELSE
        INSERT INTO scoring_need_event
            (need_id, household_id, before, after, at, organisation_id, user_id, proof, reason)
        SELECT a.id, a.household_id, b.state, a.state, a.state_at, a.organisation_id, a.user_id, a.proof, a.reason
          FROM after_rows a JOIN before_rows b ON b.id = a.id WHERE b.state <> a.state;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER need_told_new AFTER INSERT ON scoring_need
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION scoring_tell_need();
CREATE TRIGGER need_told_changed AFTER UPDATE ON scoring_need
    REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION scoring_tell_need();

CREATE FUNCTION scoring_guard_policy() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state IN ('APPROVED', 'WITHDRAWN') THEN
        RAISE EXCEPTION 'what was decided never changes' USING errcode = 'check_violation';
    END IF;
    IF OLD.state <> NEW.state AND NOT (OLD.state, NEW.state) IN (
        ('DRAFT', 'SIMULATED'), ('DRAFT', 'WITHDRAWN'), ('SIMULATED', 'DRAFT'), ('SIMULATED', 'APPROVED'),
        ('SIMULATED', 'WITHDRAWN')
    ) THEN
        RAISE EXCEPTION 'no way from % to %', OLD.state, NEW.state USING errcode = 'check_violation';
    END IF;
    IF (OLD.subject, OLD.version, OLD.drafted_by_id, OLD.drafted_at)
       IS DISTINCT FROM (NEW.subject, NEW.version, NEW.drafted_by_id, NEW.drafted_at) THEN
        RAISE EXCEPTION 'who drafted which version never changes' USING errcode = 'check_violation';
    END IF;
    IF NEW.state = 'APPROVED' AND NEW.in_use_from < (NEW.approved_at AT TIME ZONE 'Asia/Tehran')::date THEN
        RAISE EXCEPTION 'a policy is not used before it was approved' USING errcode = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_way BEFORE UPDATE ON scoring_policy FOR EACH ROW EXECUTE FUNCTION scoring_guard_policy();
REVOKE ALL ON FUNCTION scoring_guard_need(), scoring_tell_need(), scoring_guard_policy() FROM PUBLIC;
"""

DROP_WAYS = """
DROP TRIGGER need_way ON scoring_need;
DROP TRIGGER need_told_new ON scoring_need;
DROP TRIGGER need_told_changed ON scoring_need;
DROP TRIGGER policy_way ON scoring_policy;
DROP FUNCTION scoring_guard_need();
DROP FUNCTION scoring_tell_need();
DROP FUNCTION scoring_guard_policy();
"""

SYSTEM = "(SELECT access_is_system())"
OWN = "organisation_id = (SELECT access_organisation_id())"
SEEN_HOUSEHOLD = "EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id)"
# Who brought a need or a paper is for itself and the offices, as with aid.
AREA_HOUSEHOLD = (
    "EXISTS (SELECT 1 FROM registry_household h"
    " WHERE h.id = {household} AND access_sees_area(h.province::text, h.county::text))"
)
DECIDING = "(SELECT access_scope()) IN ('SYSTEM', 'PROVINCE', 'NATION')"

POLICIES = f"""
ALTER TABLE scoring_need ENABLE ROW LEVEL SECURITY;
CREATE POLICY need_seen ON scoring_need FOR SELECT USING ({SYSTEM} OR {SEEN_HOUSEHOLD});
CREATE POLICY need_made ON scoring_need FOR INSERT WITH CHECK ({SYSTEM});
CREATE POLICY need_changed ON scoring_need FOR UPDATE USING ({SYSTEM}) WITH CHECK ({SYSTEM});
ALTER TABLE scoring_need_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY need_event_seen ON scoring_need_event FOR SELECT USING (
    {SYSTEM} OR ((organisation_id IS NULL OR {OWN}) AND {SEEN_HOUSEHOLD})
    OR {AREA_HOUSEHOLD.format(household="scoring_need_event.household_id")});
ALTER TABLE scoring_need_proof ENABLE ROW LEVEL SECURITY;
CREATE POLICY need_proof_seen ON scoring_need_proof FOR SELECT USING (
    {SYSTEM} OR {OWN} OR EXISTS (SELECT 1 FROM scoring_need n WHERE n.id = need_id
        AND {AREA_HOUSEHOLD.format(household="n.household_id")}));
CREATE POLICY need_proof_made ON scoring_need_proof FOR INSERT WITH CHECK ({SYSTEM});
CREATE POLICY need_proof_changed ON scoring_need_proof FOR UPDATE USING ({SYSTEM}) WITH CHECK ({SYSTEM});

-- Prices and approved documents hold no personal data and are published; drafts are for who decides.
ALTER TABLE scoring_price ENABLE ROW LEVEL SECURITY;
CREATE POLICY price_seen ON scoring_price FOR SELECT USING (true);
CREATE POLICY price_made ON scoring_price FOR INSERT WITH CHECK ({DECIDING});
ALTER TABLE scoring_policy ENABLE ROW LEVEL SECURITY;
CREATE POLICY policy_seen ON scoring_policy FOR SELECT USING (state = 'APPROVED' OR {DECIDING});
CREATE POLICY policy_made ON scoring_policy FOR INSERT WITH CHECK ({DECIDING});
CREATE POLICY policy_changed ON scoring_policy FOR UPDATE USING ({DECIDING}) WITH CHECK ({DECIDING});
-- Numbers of households without a name: for who decides, each in its own area.
ALTER TABLE scoring_material ENABLE ROW LEVEL SECURITY;
CREATE POLICY material_seen ON scoring_material FOR SELECT USING (access_sees_area(province::text, county::text));
CREATE POLICY material_made ON scoring_material FOR INSERT WITH CHECK ({SYSTEM});
CREATE POLICY material_changed ON scoring_material FOR UPDATE USING ({SYSTEM}) WITH CHECK ({SYSTEM});
"""  # noqa: S608 -- made of the constants above

TABLES_AND_POLICIES = {
    "scoring_need": ("need_seen", "need_made", "need_changed"),
    "scoring_need_event": ("need_event_seen",),
    "scoring_need_proof": ("need_proof_seen", "need_proof_made", "need_proof_changed"),
    "scoring_price": ("price_seen", "price_made"),
    "scoring_policy": ("policy_seen", "policy_made", "policy_changed"),
    "scoring_material": ("material_seen", "material_made", "material_changed"),
}
DROP_POLICIES = "".join(
    f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\n"
    + "".join(f"DROP POLICY {policy} ON {table};\n" for policy in policies)
    for table, policies in TABLES_AND_POLICIES.items()
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("scoring", "0004_needs_and_policies"), ("registry", "0002_row_security")]

    operations: ClassVar = [
        migrations.RunSQL(WAYS, DROP_WAYS),
        migrations.RunSQL(POLICIES, DROP_POLICIES),
    ]
