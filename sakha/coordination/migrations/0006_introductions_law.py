"""The ways of introductions and offers as the database keeps them, their history, and who sees which row.

The history is written by the triggers alone: the application's role may only read it.
"""

from pathlib import Path
from typing import ClassVar

from django.db import migrations

# rules.introductions draws the same ways; a test compares.
NEW_GUARD = """
CREATE FUNCTION coordination_guard_new_introduction() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM coordination_introduction_consent c
                    WHERE c.household_id = NEW.household_id AND c.withdrawn_at IS NULL) THEN
        RAISE EXCEPTION 'nobody is introduced without consent' USING errcode = 'check_violation';
    END IF;
    IF NEW.state <> 'OFFERED' THEN
        RAISE EXCEPTION 'an introduction begins as an offer' USING errcode = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER introduction_begins BEFORE INSERT ON coordination_introduction
    FOR EACH ROW EXECUTE FUNCTION coordination_guard_new_introduction();

"""
GUARD = (Path(__file__).resolve().parent.parent / "sql" / "introduction_guard.sql").read_text()
LATER_GUARDS = """
CREATE TRIGGER introduction_way BEFORE UPDATE OF state ON coordination_introduction
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION coordination_guard_introduction();

CREATE FUNCTION coordination_guard_offer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT (OLD.state, NEW.state) IN (
        ('OFFERED', 'TAKEN'), ('OFFERED', 'DECLINED'), ('OFFERED', 'PASSED_ON'), ('OFFERED', 'RECALLED'),
        ('TAKEN', 'SERVED'), ('TAKEN', 'CLOSED'), ('TAKEN', 'DECLINED'), ('TAKEN', 'PASSED_ON'), ('TAKEN', 'LAPSED'),
        ('TAKEN', 'RECALLED'), ('SERVED', 'CLOSED'), ('SERVED', 'RECALLED')
    ) THEN
        RAISE EXCEPTION 'no way from % to %', OLD.state, NEW.state USING errcode = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER offer_way BEFORE UPDATE OF state ON coordination_offer
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION coordination_guard_offer();
"""

TOLD = """
CREATE FUNCTION coordination_tell_introduction() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO coordination_introduction_event
            (introduction_id, household_id, before, after, reason, at, user_id, province, county)
        SELECT id, household_id, '', state, level, state_at, user_id, province, county FROM after_rows;
    ELSE
        INSERT INTO coordination_introduction_event
            (introduction_id, household_id, before, after, reason, at, user_id, province, county)
        SELECT a.id, a.household_id, told.before, told.after, told.reason, told.at, a.user_id, a.province, a.county
          FROM after_rows a JOIN before_rows b ON b.id = a.id
         CROSS JOIN LATERAL (VALUES
            (b.state <> a.state, b.state, a.state,
             CASE WHEN a.state = 'CLOSED' THEN a.closed_because ELSE a.note END, a.state_at),
            (b.level <> a.level, b.level, a.level, '', a.level_at),
            (b.disputed_at IS NULL AND a.disputed_at IS NOT NULL, '', 'DISPUTED', a.note, a.disputed_at),
            (b.settled_at IS DISTINCT FROM a.settled_at AND a.settled_at IS NOT NULL, '', 'SETTLED', a.note,
             a.settled_at)
         ) AS told(is_so, before, after, reason, at) WHERE told.is_so;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER introduction_told_new AFTER INSERT ON coordination_introduction
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION coordination_tell_introduction();
CREATE TRIGGER introduction_told_changed AFTER UPDATE ON coordination_introduction
    REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION coordination_tell_introduction();

CREATE FUNCTION coordination_tell_offer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO coordination_introduction_event
            (introduction_id, household_id, organisation_id, before, after, reason, at, user_id, province, county)
        SELECT introduction_id, household_id, organisation_id, '', state, reason, state_at, user_id, province, county
          FROM after_rows;
    ELSE
        INSERT INTO coordination_introduction_event
            (introduction_id, household_id, organisation_id, before, after, reason, at, user_id, province, county)
        SELECT a.introduction_id, a.household_id, a.organisation_id, b.state, a.state, a.reason, a.state_at, a.user_id,
               a.province, a.county
          FROM after_rows a JOIN before_rows b ON b.id = a.id WHERE b.state <> a.state;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER offer_told_new AFTER INSERT ON coordination_offer
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION coordination_tell_offer();
CREATE TRIGGER offer_told_changed AFTER UPDATE ON coordination_offer
    REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION coordination_tell_offer();
REVOKE ALL ON FUNCTION coordination_guard_new_introduction(), coordination_guard_introduction(),
    coordination_guard_offer(), coordination_tell_introduction(), coordination_tell_offer() FROM PUBLIC;
"""

DROP_ALL = """
DROP TRIGGER introduction_begins ON coordination_introduction;
DROP TRIGGER introduction_way ON coordination_introduction;
DROP TRIGGER introduction_told_new ON coordination_introduction;
DROP TRIGGER introduction_told_changed ON coordination_introduction;
DROP TRIGGER offer_way ON coordination_offer;
DROP TRIGGER offer_told_new ON coordination_offer;
DROP TRIGGER offer_told_changed ON coordination_offer;
DROP FUNCTION coordination_guard_new_introduction(), coordination_guard_introduction(), coordination_guard_offer(),
    coordination_tell_introduction(), coordination_tell_offer();
"""

SYSTEM = "(SELECT access_is_system())"
OWN = "(SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id())"
OF_HOUSEHOLD = "household_id = (SELECT access_household_id())"
AREA = "access_sees_area(province::text, county::text)"
ME = "(SELECT access_organisation_id())"
MINE = f"""(SELECT access_scope()) = 'ORGANISATION' AND (
        follower_id = {ME} OR EXISTS (
            SELECT FROM coordination_offer o WHERE o.introduction_id = coordination_introduction.id
               AND o.organisation_id = {ME} AND o.state IN ('OFFERED', 'TAKEN', 'SERVED', 'CLOSED')))"""  # noqa: S608 -- a constant
SEEN_HOUSEHOLD = "EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id)"

# Everything is written by the system, after the action has asked what the actor may.
POLICIES = f"""
ALTER TABLE coordination_introduction ENABLE ROW LEVEL SECURITY;
CREATE POLICY introduction_system ON coordination_introduction USING ({SYSTEM}) WITH CHECK ({SYSTEM});
CREATE POLICY introduction_seen ON coordination_introduction FOR SELECT USING ({AREA} OR {OF_HOUSEHOLD} OR ({MINE}));

ALTER TABLE coordination_offer ENABLE ROW LEVEL SECURITY;
CREATE POLICY offer_system ON coordination_offer USING ({SYSTEM}) WITH CHECK ({SYSTEM});
CREATE POLICY offer_seen ON coordination_offer FOR SELECT USING ({AREA} OR {OF_HOUSEHOLD} OR ({OWN}));

ALTER TABLE coordination_introduction_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY introduction_event_system ON coordination_introduction_event USING ({SYSTEM}) WITH CHECK ({SYSTEM});
CREATE POLICY introduction_event_seen ON coordination_introduction_event FOR SELECT
    USING ({AREA} OR {OF_HOUSEHOLD} OR ({OWN}));

ALTER TABLE coordination_introduction_consent ENABLE ROW LEVEL SECURITY;
CREATE POLICY introduction_consent_system ON coordination_introduction_consent USING ({SYSTEM}) WITH CHECK ({SYSTEM});
CREATE POLICY introduction_consent_seen ON coordination_introduction_consent FOR SELECT
    USING ({OF_HOUSEHOLD} OR {SEEN_HOUSEHOLD});

-- The directory: approved lines are for everyone who is signed in; what waits is for the body and its office.
ALTER TABLE coordination_service ENABLE ROW LEVEL SECURITY;
CREATE POLICY service_system ON coordination_service USING ({SYSTEM}) WITH CHECK ({SYSTEM});
CREATE POLICY service_seen ON coordination_service FOR SELECT USING (
    (approved_at IS NOT NULL AND (SELECT access_scope()) NOT IN ('', 'SIGN_IN')) OR ({OWN}) OR {AREA});

-- What was taken over is seen like one's own: the policies of members, facts and scores ask this table.
CREATE POLICY household_opened ON registry_household FOR SELECT USING (
    (SELECT access_scope()) = 'ORGANISATION' AND id IN (
        SELECT f.household_id FROM access_opened_file f WHERE f.organisation_id = {ME} AND f.closed_at IS NULL));
"""  # noqa: S608 -- made of the constants above

_NAMES = ("introduction", "offer", "introduction_event", "introduction_consent", "service")
DROP_POLICIES = "DROP POLICY household_opened ON registry_household;\n" + "".join(
    f"ALTER TABLE coordination_{name} DISABLE ROW LEVEL SECURITY;\n"
    f"DROP POLICY {name}_system ON coordination_{name};\nDROP POLICY {name}_seen ON coordination_{name};\n"
    for name in _NAMES
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("coordination", "0005_introductions"),
        ("access", "0004_opened_files"),
        ("scoring", "0004_needs_and_policies"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(NEW_GUARD + GUARD + LATER_GUARDS + TOLD, DROP_ALL),
        migrations.RunSQL(POLICIES, DROP_POLICIES),
    ]
