"""The household's code, and who sees and writes which row. Everything hangs on the household's visibility."""

from typing import ClassVar

from django.db import migrations

# 30 bits: an odd multiplier and a shift-and-xor are bijections, so no two ids below 2^30 share a code and neighbours
# look unlike. The letters are Crockford's base 32: no I, L, O, U.
CODE = """
CREATE FUNCTION registry_household_code(id bigint) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    signs constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    x bigint := ((id & 1073741823) * 668265263) & 1073741823;
BEGIN
    x := ((x # (x >> 15)) * 374761393) & 1073741823;
    x := x # (x >> 15);
    RETURN substr(signs, ((x >> 25) & 31)::int + 1, 1) || substr(signs, ((x >> 20) & 31)::int + 1, 1)
        || substr(signs, ((x >> 15) & 31)::int + 1, 1) || '-' || substr(signs, ((x >> 10) & 31)::int + 1, 1)
        || substr(signs, ((x >> 5) & 31)::int + 1, 1) || substr(signs, (x & 31)::int + 1, 1);
END
$$;

CREATE FUNCTION registry_set_household_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.code := registry_household_code(NEW.id);
    RETURN NEW;
END
$$;

CREATE TRIGGER household_code BEFORE INSERT OR UPDATE OF id, code ON registry_household
    FOR EACH ROW EXECUTE FUNCTION registry_set_household_code();
"""

DROP_CODE = """
DROP TRIGGER household_code ON registry_household;
DROP FUNCTION registry_set_household_code();
DROP FUNCTION registry_household_code(bigint);
"""

# The owner's eyes, for one question: policies of household and record would otherwise ask each other in a circle.
OWN_RECORD = """
CREATE FUNCTION registry_has_own_record(household bigint) RETURNS boolean
LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM registry_record
        WHERE household_id = household AND organisation_id = access_organisation_id()
    )
$$;
REVOKE ALL ON FUNCTION registry_has_own_record(bigint) FROM PUBLIC;
"""

SYSTEM = "(SELECT access_is_system())"
OWN = "organisation_id = (SELECT access_organisation_id())"
SEEN_HOUSEHOLD = "EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id)"
# What an organisation submitted in its own words is for itself and the offices, not for others that know the household.
AREA_HOUSEHOLD = (
    "EXISTS (SELECT 1 FROM registry_household h"
    " WHERE h.id = household_id AND access_sees_area(h.province::text, h.county::text))"
)
OWN_FILE = "EXISTS (SELECT 1 FROM registry_intake_file f WHERE f.id = intake_file_id)"

# What others may see hangs on the household; people, households and memberships are written by the intake alone,
# which merges as the system after the organisation's permission was checked (actions.merging says why).
POLICIES = f"""
ALTER TABLE registry_household ENABLE ROW LEVEL SECURITY;
CREATE POLICY household_seen ON registry_household FOR SELECT
    USING ({SYSTEM} OR access_sees_area(province::text, county::text) OR registry_has_own_record(id));
CREATE POLICY household_made ON registry_household FOR INSERT WITH CHECK ({SYSTEM});
CREATE POLICY household_changed ON registry_household FOR UPDATE USING ({SYSTEM}) WITH CHECK ({SYSTEM});

ALTER TABLE registry_membership ENABLE ROW LEVEL SECURITY;
CREATE POLICY membership_seen ON registry_membership FOR SELECT USING ({SYSTEM} OR {SEEN_HOUSEHOLD});
CREATE POLICY membership_made ON registry_membership FOR INSERT WITH CHECK ({SYSTEM});
CREATE POLICY membership_changed ON registry_membership FOR UPDATE USING ({SYSTEM}) WITH CHECK ({SYSTEM});

ALTER TABLE registry_person ENABLE ROW LEVEL SECURITY;
CREATE POLICY person_seen ON registry_person FOR SELECT
    USING ({SYSTEM} OR EXISTS (SELECT 1 FROM registry_membership m WHERE m.person_id = registry_person.id));
CREATE POLICY person_made ON registry_person FOR INSERT WITH CHECK ({SYSTEM});
CREATE POLICY person_changed ON registry_person FOR UPDATE USING ({SYSTEM}) WITH CHECK ({SYSTEM});

ALTER TABLE registry_record ENABLE ROW LEVEL SECURITY;
CREATE POLICY record_seen ON registry_record FOR SELECT USING ({SYSTEM} OR {OWN} OR {AREA_HOUSEHOLD});
CREATE POLICY record_made ON registry_record FOR INSERT WITH CHECK ({SYSTEM} OR ({OWN} AND {SEEN_HOUSEHOLD}));
CREATE POLICY record_changed ON registry_record FOR UPDATE USING ({SYSTEM}) WITH CHECK ({SYSTEM});

ALTER TABLE registry_fact ENABLE ROW LEVEL SECURITY;
CREATE POLICY fact_seen ON registry_fact FOR SELECT USING ({SYSTEM} OR {SEEN_HOUSEHOLD});
CREATE POLICY fact_made ON registry_fact FOR INSERT WITH CHECK ({SYSTEM} OR ({OWN} AND {SEEN_HOUSEHOLD}));
CREATE POLICY fact_changed ON registry_fact FOR UPDATE
    USING ({SYSTEM} OR ({OWN} AND {SEEN_HOUSEHOLD})) WITH CHECK ({SYSTEM} OR ({OWN} AND {SEEN_HOUSEHOLD}));

ALTER TABLE registry_intake_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY intake_file_own ON registry_intake_file USING ({SYSTEM} OR {OWN}) WITH CHECK ({SYSTEM} OR {OWN});

ALTER TABLE registry_intake_row ENABLE ROW LEVEL SECURITY;
CREATE POLICY intake_row_own ON registry_intake_row
    USING ({SYSTEM} OR {OWN_FILE}) WITH CHECK ({SYSTEM} OR {OWN_FILE});

ALTER TABLE registry_column_mapping ENABLE ROW LEVEL SECURITY;
CREATE POLICY column_mapping_own ON registry_column_mapping USING ({SYSTEM} OR {OWN}) WITH CHECK ({SYSTEM} OR {OWN});
"""  # noqa: S608 -- made of the constants above

# Only an owner may analyse. Without fresh figures the planner takes tables that were just filled for empty ones.
ANALYSE = """
CREATE FUNCTION registry_analyse_staged() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE registry_intake_row;
END
$$;
CREATE FUNCTION registry_analyse_loaded() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE registry_person, registry_household, registry_membership, registry_record, registry_fact;
END
$$;
REVOKE ALL ON FUNCTION registry_analyse_staged() FROM PUBLIC;
REVOKE ALL ON FUNCTION registry_analyse_loaded() FROM PUBLIC;
"""

DROP_ANALYSE = """
DROP FUNCTION registry_analyse_staged();
DROP FUNCTION registry_analyse_loaded();
"""

TABLES_AND_POLICIES = {
    "registry_household": ("household_seen", "household_made", "household_changed"),
    "registry_membership": ("membership_seen", "membership_made", "membership_changed"),
    "registry_person": ("person_seen", "person_made", "person_changed"),
    "registry_record": ("record_seen", "record_made", "record_changed"),
    "registry_fact": ("fact_seen", "fact_made", "fact_changed"),
    "registry_intake_file": ("intake_file_own",),
    "registry_intake_row": ("intake_row_own",),
    "registry_column_mapping": ("column_mapping_own",),
}

DROP_POLICIES = "".join(
    f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;\n"
    + "".join(f"DROP POLICY {policy} ON {table};\n" for policy in policies)
    for table, policies in TABLES_AND_POLICIES.items()
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("registry", "0001_initial"), ("access", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(CODE, DROP_CODE),
        migrations.RunSQL(OWN_RECORD, "DROP FUNCTION registry_has_own_record(bigint)"),
        migrations.RunSQL(POLICIES, DROP_POLICIES),
        migrations.RunSQL(ANALYSE, DROP_ANALYSE),
    ]
