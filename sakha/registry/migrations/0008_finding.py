"""The look-up of a desk reads indexes alone until few are left, and only then their rows.

A name that thousands bear is told apart inside its index, by birth date and father's name.
"""

from importlib import import_module
from typing import ClassVar

from django.db import migrations, models

_BEFORE = import_module("sakha.registry.migrations.0004_identity_security")

# Every way in which a person is looked up, each by one index and each with an end, without touching a row of the
# table: what speaks for somebody (`worth`, in points of the desk's ranking or so) is told from what the index has.
# Of all who were found the likeliest are read, and ranked by the caller. As the owner, who needs no policy on five
# million rows; so for the system alone, which shows what the actor may see.
# With arrays among the arguments the planner would plan anew at each call, and with old figures read a whole table.
FIND = """
CREATE FUNCTION registry_find_persons(
    p_ids bytea[], p_near_ids bytea[], p_tails bytea[], p_mobiles bytea[], p_near_mobiles bytea[],
    p_given text[], p_family text[], p_father text, p_days date[], p_first date, p_last date,
    p_organisation int, p_each int
) RETURNS TABLE (
    kept_id bigint, ways int, given_name text, family_name text, father_name text, birth_on date,
    birth_precision text, gender text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
    IF NOT access_is_system() THEN
        RAISE EXCEPTION 'only the system looks everybody up' USING errcode = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    WITH way AS MATERIALIZED (
        SELECT DISTINCT w.given, w.family, left(w.given, 1) AS given_from, left(w.family, 1) AS family_from
        FROM unnest(p_given, p_family) AS w(given, family)
    ),
    found(id, way, worth) AS (
        (SELECT p.id, 1, 30 FROM registry_person p
          WHERE p.id_index = ANY (p_ids) AND p.id_index IS NOT NULL LIMIT p_each)
        UNION ALL
        (SELECT p.id, 2, 14 FROM registry_person p
          WHERE p.id_index = ANY (p_near_ids) AND p.id_index IS NOT NULL LIMIT p_each)
        UNION ALL
        (SELECT p.id, 4, 12 FROM registry_person p
          WHERE p.id_tail_index = ANY (p_tails) AND p.id_tail_index IS NOT NULL LIMIT p_each)
        UNION ALL
        (SELECT p.id, 8, 10 FROM registry_person p
          WHERE p.mobile_index = ANY (p_mobiles) AND p.mobile_index IS NOT NULL LIMIT p_each)
        UNION ALL
        (SELECT p.id, 16, 5 FROM registry_person p
          WHERE p.mobile_index = ANY (p_near_mobiles) AND p.mobile_index IS NOT NULL LIMIT p_each)
        UNION ALL
        -- Both names, the given one perhaps only begun; of many those of the day, the year, the father's name.
        (SELECT one.id, 32, one.worth FROM way w CROSS JOIN LATERAL (
            SELECT c.id, 13 + CASE WHEN c.given = w.given THEN 3 ELSE 0 END
                + CASE WHEN c.birth_on = ANY (p_days) THEN 10 WHEN c.birth_on BETWEEN p_first AND p_last THEN 5
                  ELSE 0 END
                + CASE WHEN c.father = p_father AND p_father <> '' THEN 5 ELSE 0 END AS worth
            FROM (SELECT p.id, p.given_skeleton AS given, p.birth_on, p.father_skeleton AS father
                  FROM registry_person p
                  WHERE p.family_skeleton = w.family AND p.given_skeleton >= w.given
                    AND p.given_skeleton < w.given || '~' LIMIT 300) c
            ORDER BY 2 DESC, 1 LIMIT p_each) one
          WHERE w.family <> '' AND w.given <> '')
        UNION ALL
        (SELECT one.id, 32, 21 FROM way w CROSS JOIN LATERAL (
            SELECT p.id FROM registry_person p
            WHERE p.family_skeleton = w.family AND p.given_skeleton = w.given
              AND p.birth_on BETWEEN p_first AND p_last LIMIT p_each) one
          WHERE w.family <> '' AND w.given <> '' AND p_first IS NOT NULL)
        UNION ALL
        (SELECT one.id, 32, 21 FROM way w CROSS JOIN LATERAL (
            SELECT c.id FROM (SELECT p.id, p.father_skeleton AS father FROM registry_person p
                  WHERE p.family_skeleton = w.family AND p.given_skeleton = w.given LIMIT 3000) c
            WHERE c.father = p_father LIMIT p_each) one
          WHERE w.family <> '' AND w.given <> '' AND p_father <> '')
        UNION ALL
        (SELECT one.id, 32, 13 FROM way w CROSS JOIN LATERAL (
            SELECT p.id FROM registry_person p
            WHERE p.given_skeleton = w.given AND p.family_skeleton > w.family AND p.family_skeleton < w.family || '~'
            LIMIT p_each) one
          WHERE w.family <> '' AND w.given <> '')
        UNION ALL
        (SELECT one.id, 64, 5 FROM way w CROSS JOIN LATERAL (
            SELECT p.id FROM registry_person p
            WHERE p.family_skeleton >= w.family AND p.family_skeleton < w.family || '~' LIMIT p_each) one
          WHERE w.given = '' AND w.family <> '' AND p_first IS NULL)
        UNION ALL
        (SELECT one.id, 64, 5 FROM way w CROSS JOIN LATERAL (
            SELECT p.id FROM registry_person p
            WHERE p.given_skeleton >= w.given AND p.given_skeleton < w.given || '~' LIMIT p_each) one
          WHERE w.family = '' AND w.given <> '' AND p_first IS NULL)
        UNION ALL
        -- One of the names and the day, whatever the other name is.
        (SELECT one.id, 128, 18 FROM (SELECT DISTINCT w.family FROM way w WHERE w.family <> '') w
          CROSS JOIN unnest(p_days) AS d(day)
          CROSS JOIN LATERAL (SELECT p.id FROM registry_person p
            WHERE p.family_skeleton = w.family AND p.birth_on = d.day LIMIT p_each) one)
        UNION ALL
        (SELECT one.id, 128, 18 FROM (SELECT DISTINCT w.given FROM way w WHERE w.given <> '') w
          CROSS JOIN unnest(p_days) AS d(day)
          CROSS JOIN LATERAL (SELECT p.id FROM registry_person p
            WHERE p.given_skeleton = w.given AND p.birth_on = d.day LIMIT p_each) one)
        UNION ALL
        -- One of the names and the year; of many those of whom the other name begins alike.
        (SELECT one.id, 256, 11 FROM way w CROSS JOIN LATERAL (
            SELECT c.id FROM (SELECT p.id, p.given_skeleton AS given FROM registry_person p
                  WHERE p.family_skeleton = w.family AND p.birth_on BETWEEN p_first AND p_last LIMIT 600) c
            ORDER BY left(c.given, 1) = w.given_from DESC, 1 LIMIT p_each) one
          WHERE w.family <> '' AND p_first IS NOT NULL)
        UNION ALL
        (SELECT one.id, 256, 11 FROM way w CROSS JOIN LATERAL (
            SELECT c.id FROM (SELECT p.id, p.family_skeleton AS family FROM registry_person p
                  WHERE p.given_skeleton = w.given AND p.birth_on BETWEEN p_first AND p_last LIMIT 600) c
            ORDER BY left(c.family, 1) = w.family_from DESC, 1 LIMIT p_each) one
          WHERE w.given <> '' AND p_first IS NOT NULL)
        UNION ALL
        -- The given and the father's name; of many those of whom the family name begins alike, or of that year.
        (SELECT one.id, 512, 13 FROM way w CROSS JOIN LATERAL (
            SELECT c.id FROM (SELECT p.id, p.family_skeleton AS family FROM registry_person p
                  WHERE p.father_skeleton = p_father AND p.given_skeleton = w.given LIMIT 300) c
            ORDER BY left(c.family, 1) = w.family_from DESC, 1 LIMIT p_each) one
          WHERE p_father <> '' AND w.given <> '')
        UNION ALL
        (SELECT one.id, 512, 18 FROM (SELECT DISTINCT w.given FROM way w WHERE w.given <> '') w CROSS JOIN LATERAL (
            SELECT p.id FROM registry_person p
            WHERE p.father_skeleton = p_father AND p.given_skeleton = w.given
              AND p.birth_on BETWEEN p_first AND p_last LIMIT p_each) one
          WHERE p_father <> '' AND p_first IS NOT NULL)
        UNION ALL
        -- An organisation's own people first among many of a name, both names only begun.
        (SELECT one.id, 1024, 16 FROM way w CROSS JOIN LATERAL (
            SELECT c.id FROM (
                SELECT p.id, p.merged_into_id FROM registry_person p
                 WHERE p.family_skeleton >= w.family AND p.family_skeleton < w.family || '~'
                   AND p.given_skeleton >= w.given AND p.given_skeleton < w.given || '~'
                 LIMIT 1000) c
             WHERE EXISTS (SELECT 1 FROM registry_record r
                            WHERE r.person_id = coalesce(c.merged_into_id, c.id) AND r.organisation_id = p_organisation)
             LIMIT p_each) one
          WHERE p_organisation IS NOT NULL AND w.given || w.family <> '')
    ),
    likeliest AS MATERIALIZED (
        SELECT f.id, bit_or(f.way) AS ways, sum(f.worth) AS worth FROM found f GROUP BY f.id
        ORDER BY 3 DESC, 1 LIMIT 2 * p_each
    )
    SELECT coalesce(p.merged_into_id, p.id), l.ways, p.given_name::text, p.family_name::text, p.father_name::text,
        p.birth_on, p.birth_precision::text, p.gender::text
    FROM likeliest l JOIN registry_person p ON p.id = l.id;
END
$$;
REVOKE ALL ON FUNCTION registry_find_persons(
    bytea[], bytea[], bytea[], bytea[], bytea[], text[], text[], text, date[], date, date, int, int
) FROM PUBLIC;
"""


def _renewed(name: str, fields: list[str], include: list[str]) -> list[migrations.RemoveIndex | migrations.AddIndex]:
    return [
        migrations.RemoveIndex("person", name),
        migrations.AddIndex("person", models.Index(fields=fields, include=include, name=name)),
    ]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("registry", "0007_disputed_facts")]

    operations: ClassVar = [
        *_renewed(
            "person_family_given",
            ["family_skeleton", "given_skeleton", "birth_on", "father_skeleton"],
            ["id", "merged_into"],
        ),
        *_renewed("person_given_family", ["given_skeleton", "family_skeleton"], ["id", "merged_into"]),
        *_renewed("person_family_birth", ["family_skeleton", "birth_on"], ["id", "given_skeleton"]),
        *_renewed("person_given_birth", ["given_skeleton", "birth_on"], ["id", "family_skeleton"]),
        *_renewed("person_father_given", ["father_skeleton", "given_skeleton", "birth_on"], ["id", "family_skeleton"]),
        migrations.RunSQL(_BEFORE.FIND_BACK, _BEFORE.FIND),
        migrations.RunSQL(FIND, _BEFORE.FIND_BACK),
    ]
