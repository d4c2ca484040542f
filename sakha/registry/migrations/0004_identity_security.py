"""Who sees questions and merges, that a merged household leads to the one it is, and the look-up of a desk."""

from typing import ClassVar

from django.db import migrations

# A household that was merged is seen by whoever sees the one it is: its number may still be on somebody's screen.
HOUSEHOLD = """
DROP POLICY household_seen ON registry_household;
CREATE POLICY household_seen ON registry_household FOR SELECT
    USING ((SELECT access_is_system()) OR access_sees_area(province::text, county::text)
        OR registry_has_own_record(coalesce(merged_into_id, id)));
"""
HOUSEHOLD_BACK = """
DROP POLICY household_seen ON registry_household;
CREATE POLICY household_seen ON registry_household FOR SELECT
    USING ((SELECT access_is_system()) OR access_sees_area(province::text, county::text)
        OR registry_has_own_record(id));
"""

# Asked and decided by the system, inside actions that have judged who may; who submitted the row sees that it waits.
POLICIES = """
ALTER TABLE registry_identity_question ENABLE ROW LEVEL SECURITY;
CREATE POLICY identity_question_seen ON registry_identity_question FOR SELECT USING (
    (SELECT access_is_system()) OR access_sees_area(province::text, county::text)
    OR ((SELECT access_scope()) = 'ORGANISATION'
        AND (SELECT access_organisation_id()) IN (organisation_id, owner_id)));
CREATE POLICY identity_question_asked ON registry_identity_question FOR INSERT
    WITH CHECK ((SELECT access_is_system()));
CREATE POLICY identity_question_decided ON registry_identity_question FOR UPDATE
    USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));

ALTER TABLE registry_merge ENABLE ROW LEVEL SECURITY;
CREATE POLICY merge_seen ON registry_merge FOR SELECT USING (
    (SELECT access_is_system()) OR access_sees_area(province::text, county::text)
    OR ((SELECT access_scope()) = 'ORGANISATION' AND owner_id = (SELECT access_organisation_id())));
CREATE POLICY merge_made ON registry_merge FOR INSERT WITH CHECK ((SELECT access_is_system()));
CREATE POLICY merge_undone ON registry_merge FOR UPDATE
    USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
"""
POLICIES_BACK = """
ALTER TABLE registry_merge DISABLE ROW LEVEL SECURITY;
DROP POLICY merge_seen ON registry_merge;
DROP POLICY merge_made ON registry_merge;
DROP POLICY merge_undone ON registry_merge;
ALTER TABLE registry_identity_question DISABLE ROW LEVEL SECURITY;
DROP POLICY identity_question_seen ON registry_identity_question;
DROP POLICY identity_question_asked ON registry_identity_question;
DROP POLICY identity_question_decided ON registry_identity_question;
"""

# Every way in which a person is looked up, each by one index and each with an end: a name that a hundred thousand bear
# costs no more than a rare one. Given and family name come as two columns of the ways in which a name may part; the
# beginning of a skeleton is a range of its index. As the owner, who needs no policy on five million rows; so for the
# system alone, which shows what the actor may see.
# With arrays among the arguments the planner would plan anew at each call, and with old figures read a whole table.
FIND = """
CREATE FUNCTION registry_find_persons(
    p_ids bytea[], p_near_ids bytea[], p_tails bytea[], p_mobiles bytea[], p_near_mobiles bytea[],
    p_given text[], p_family text[], p_father text, p_days date[], p_first date, p_last date,
    p_organisation int, p_each int
) RETURNS TABLE (person_id bigint, kept_id bigint, ways int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
#variable_conflict use_column
BEGIN
    IF NOT access_is_system() THEN
        RAISE EXCEPTION 'only the system looks everybody up' USING errcode = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    SELECT found.id, coalesce(found.merged, found.id), bit_or(found.way) FROM (
        (SELECT p.id, p.merged_into_id AS merged, 1 AS way FROM registry_person p
          WHERE p.id_index = ANY (p_ids) AND p.id_index IS NOT NULL LIMIT p_each)
        UNION ALL
        (SELECT p.id, p.merged_into_id, 2 FROM registry_person p
          WHERE p.id_index = ANY (p_near_ids) AND p.id_index IS NOT NULL LIMIT p_each)
        UNION ALL
        (SELECT p.id, p.merged_into_id, 4 FROM registry_person p
          WHERE p.id_tail_index = ANY (p_tails) AND p.id_tail_index IS NOT NULL LIMIT p_each)
        UNION ALL
        (SELECT p.id, p.merged_into_id, 8 FROM registry_person p
          WHERE p.mobile_index = ANY (p_mobiles) AND p.mobile_index IS NOT NULL LIMIT p_each)
        UNION ALL
        (SELECT p.id, p.merged_into_id, 16 FROM registry_person p
          WHERE p.mobile_index = ANY (p_near_mobiles) AND p.mobile_index IS NOT NULL LIMIT p_each)
        UNION ALL
        (SELECT one.id, one.merged_into_id, 32 FROM unnest(p_given, p_family) AS w(given, family)
          CROSS JOIN LATERAL (SELECT p.id, p.merged_into_id FROM registry_person p
            WHERE p.family_skeleton = w.family AND p.given_skeleton >= w.given AND p.given_skeleton < w.given || '~'
            LIMIT p_each) one
          WHERE w.family <> '' AND w.given <> '')
        UNION ALL
        (SELECT one.id, one.merged_into_id, 32 FROM unnest(p_given, p_family) AS w(given, family)
          CROSS JOIN LATERAL (SELECT p.id, p.merged_into_id FROM registry_person p
            WHERE p.given_skeleton = w.given AND p.family_skeleton >= w.family AND p.family_skeleton < w.family || '~'
            LIMIT p_each) one
          WHERE w.family <> '' AND w.given <> '')
        UNION ALL
        (SELECT one.id, one.merged_into_id, 64 FROM unnest(p_given, p_family) AS w(given, family)
          CROSS JOIN LATERAL (SELECT p.id, p.merged_into_id FROM registry_person p
            WHERE p.family_skeleton >= w.family AND p.family_skeleton < w.family || '~' LIMIT p_each) one
          WHERE w.given = '' AND w.family <> '' AND p_first IS NULL)
        UNION ALL
        (SELECT one.id, one.merged_into_id, 64 FROM unnest(p_given, p_family) AS w(given, family)
          CROSS JOIN LATERAL (SELECT p.id, p.merged_into_id FROM registry_person p
            WHERE p.given_skeleton >= w.given AND p.given_skeleton < w.given || '~' LIMIT p_each) one
          WHERE w.family = '' AND w.given <> '' AND p_first IS NULL)
        UNION ALL
        (SELECT one.id, one.merged_into_id, 128 FROM (SELECT DISTINCT w.family FROM unnest(p_family) AS w(family)) w
          CROSS JOIN unnest(p_days) AS d(day)
          CROSS JOIN LATERAL (SELECT p.id, p.merged_into_id FROM registry_person p
            WHERE p.family_skeleton = w.family AND p.birth_on = d.day LIMIT p_each) one
          WHERE w.family <> '')
        UNION ALL
        (SELECT one.id, one.merged_into_id, 128 FROM (SELECT DISTINCT w.given FROM unnest(p_given) AS w(given)) w
          CROSS JOIN unnest(p_days) AS d(day)
          CROSS JOIN LATERAL (SELECT p.id, p.merged_into_id FROM registry_person p
            WHERE p.given_skeleton = w.given AND p.birth_on = d.day LIMIT p_each) one
          WHERE w.given <> '')
        UNION ALL
        (SELECT one.id, one.merged_into_id, 256 FROM unnest(p_given, p_family) AS w(given, family)
          CROSS JOIN LATERAL (SELECT p.id, p.merged_into_id FROM registry_person p
            WHERE p.family_skeleton = w.family AND p.birth_on BETWEEN p_first AND p_last LIMIT p_each) one
          WHERE w.family <> '' AND p_first IS NOT NULL)
        UNION ALL
        (SELECT one.id, one.merged_into_id, 256 FROM unnest(p_given, p_family) AS w(given, family)
          CROSS JOIN LATERAL (SELECT p.id, p.merged_into_id FROM registry_person p
            WHERE p.given_skeleton = w.given AND p.birth_on BETWEEN p_first AND p_last LIMIT p_each) one
          WHERE w.given <> '' AND p_first IS NOT NULL)
        UNION ALL
        (SELECT one.id, one.merged_into_id, 512 FROM (SELECT DISTINCT w.given FROM unnest(p_given) AS w(given)) w
          CROSS JOIN LATERAL (SELECT p.id, p.merged_into_id FROM registry_person p
            WHERE p.father_skeleton = p_father AND p.given_skeleton = w.given LIMIT p_each) one
          WHERE p_father <> '' AND w.given <> '')
        UNION ALL
        -- An organisation's own people first among many of a name, both names only begun.
        (SELECT one.id, one.merged_into_id, 1024 FROM unnest(p_given, p_family) AS w(given, family)
          CROSS JOIN LATERAL (
            SELECT c.id, c.merged_into_id FROM (
                SELECT p.id, p.merged_into_id FROM registry_person p
                 WHERE p.family_skeleton >= w.family AND p.family_skeleton < w.family || '~'
                   AND p.given_skeleton >= w.given AND p.given_skeleton < w.given || '~'
                 LIMIT 1000) c
             WHERE EXISTS (SELECT 1 FROM registry_record r
                            WHERE r.person_id = coalesce(c.merged_into_id, c.id) AND r.organisation_id = p_organisation)
             LIMIT p_each) one
          WHERE p_organisation IS NOT NULL AND w.given || w.family <> '')
    ) found
    GROUP BY 1, 2;
END
$$;
REVOKE ALL ON FUNCTION registry_find_persons(
    bytea[], bytea[], bytea[], bytea[], bytea[], text[], text[], text, date[], date, date, int, int
) FROM PUBLIC;
"""
FIND_BACK = """
DROP FUNCTION registry_find_persons(
    bytea[], bytea[], bytea[], bytea[], bytea[], text[], text[], text, date[], date, date, int, int
);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("registry", "0003_identity")]

    operations: ClassVar = [
        migrations.RunSQL(HOUSEHOLD, HOUSEHOLD_BACK),
        migrations.RunSQL(POLICIES, POLICIES_BACK),
        migrations.RunSQL(FIND, FIND_BACK),
    ]
