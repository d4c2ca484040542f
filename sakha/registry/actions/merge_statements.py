"""The statements of the merge, in the order in which `merging` runs them. All are set-based; none knows a clock.

Parameters: file, organisation, user, rows (numbers or null), at (moment), today (date), head_facts (names);
for the join also cases (labels) and homes (their households).
"""

# ruff: noqa: S608 -- every statement is made of constants of this file

from typing import Final

# What is worked out about the chosen rows: a session's own table, so that it costs no log, needs no policy, and may be
# analysed by the application's role (without figures the planner takes a table just filled for an empty one, and joins
# row by row). Rows live as long as the transaction.
PREPARE: Final = """
CREATE TEMPORARY TABLE IF NOT EXISTS registry_merge_row (
    row_id bigint PRIMARY KEY, is_new bool NOT NULL, id_index bytea NOT NULL, digest bytea NOT NULL,
    relation text NOT NULL, birth_on date, case_label text NOT NULL, person_id bigint, household_id bigint
) ON COMMIT DELETE ROWS
"""

EMPTY: Final = "DELETE FROM registry_merge_row"

ANALYSE: Final = "ANALYZE registry_merge_row"

CHOOSE: Final = """
INSERT INTO registry_merge_row (row_id, is_new, id_index, digest, relation, birth_on, case_label)
SELECT s.id,
    NOT EXISTS (
        SELECT 1 FROM unnest(s.content_digests) AS one(digest)
        JOIN registry_record r ON r.organisation_id = %(organisation)s AND r.content_digest = one.digest
    ),
    s.id_indexes[1], s.content_digests[1], s.relation, s.birth_on,
    CASE WHEN s.case_keys = '{}' THEN '' ELSE 'c' || encode(s.case_keys[1], 'hex') END
FROM registry_intake_row s
WHERE s.intake_file_id = %(file)s AND s.problems = '[]'::jsonb
    AND (%(rows)s::int[] IS NULL OR s.row_number = ANY(%(rows)s::int[]))
"""

# The chosen rows with what was submitted.
_CHOSEN: Final = "registry_merge_row c JOIN registry_intake_row s ON s.id = c.row_id"

# The fullest row of a person first; the digest makes the choice the same in any order of rows.
_FULLEST: Final = """(s.birth_precision = 'DAY') DESC, (s.father_name <> '') DESC, (s.gender <> '') DESC,
    (s.mobile_index IS NOT NULL) DESC, c.digest"""

# In the order of the index, so that two files that load at once wait for each other and never in a circle.
INSERT_PERSONS: Final = f"""
INSERT INTO registry_person (
    id_kind, id_index, id_sealed, given_name, family_name, father_name, match_key, birth_on, birth_precision, gender,
    mobile_index, mobile_sealed, registered_at, given_skeleton, family_skeleton, father_skeleton, id_tail_index,
    desk_version
)
SELECT DISTINCT ON (c.id_index)
    s.id_kind, c.id_index, s.id_sealed, s.given_name, s.family_name, s.father_name, s.match_key, s.birth_on,
    s.birth_precision, s.gender, s.mobile_index, s.mobile_sealed, %(at)s, s.given_skeleton, s.family_skeleton,
    s.father_skeleton, s.id_tail_index, %(desk_version)s
FROM {_CHOSEN}
WHERE NOT EXISTS (
    SELECT 1 FROM unnest(s.id_indexes) AS one(id_index) JOIN registry_person p ON p.id_index = one.id_index
)
ORDER BY c.id_index, {_FULLEST}
ON CONFLICT (id_index) WHERE id_index IS NOT NULL DO NOTHING
"""

# Somebody without a case number is a case of his own.
FIND_PERSONS: Final = f"""
UPDATE registry_merge_row w SET
    person_id = found.person_id,
    case_label = CASE WHEN w.case_label = '' THEN 'p' || found.person_id ELSE w.case_label END
FROM (
    SELECT c.row_id, min(coalesce(p.merged_into_id, p.id)) AS person_id
    FROM {_CHOSEN}
    CROSS JOIN LATERAL unnest(s.id_indexes) AS one(id_index)
    JOIN registry_person p ON p.id_index = one.id_index
    GROUP BY c.row_id
) found
WHERE w.row_id = found.row_id
"""

LOCK_PERSONS: Final = """
SELECT count(*) FROM (
    SELECT p.id FROM registry_person p WHERE p.id IN (SELECT person_id FROM registry_merge_row)
    ORDER BY p.id FOR NO KEY UPDATE
) locked
"""

# Whom somebody merged while this one waited for the lock is somebody else now.
FOLLOW_MERGED: Final = """
UPDATE registry_merge_row w SET person_id = p.merged_into_id
FROM registry_person p WHERE p.id = w.person_id AND p.merged_into_id IS NOT NULL
"""

# Between check and load somebody else may have come in under the same identifier: look again, now that they are locked.
KNOWN_OTHERWISE: Final = f"""
SELECT s.row_number, s.given_name, s.family_name, s.father_name, s.birth_on, s.birth_precision, s.gender,
    p.given_name, p.family_name, p.father_name, p.birth_on, p.birth_precision, p.gender
FROM {_CHOSEN}
CROSS JOIN LATERAL unnest(s.id_indexes) AS one(id_index)
JOIN registry_person p ON p.id_index = one.id_index
WHERE s.id_kind <> 'NONE' AND NOT s.is_decided AND (s.match_key, s.birth_on) IS DISTINCT FROM (p.match_key, p.birth_on)
"""

LEAVE_OUT: Final = """
DELETE FROM registry_merge_row c USING registry_intake_row s
WHERE s.id = c.row_id AND s.row_number = ANY(%(rows)s::int[])
"""

# The rows of cases with somebody in a protected household of which this organisation has no record. By identifier, not
# by person, so that it can be asked before people are made.
GUARDED: Final = f"""
WITH guarded AS (
    SELECT c.row_id, c.case_label
    FROM {_CHOSEN}
    CROSS JOIN LATERAL unnest(s.id_indexes) AS one(id_index)
    JOIN registry_person p ON p.id_index = one.id_index
    JOIN registry_membership m ON m.person_id = coalesce(p.merged_into_id, p.id) AND m.to_on IS NULL
    JOIN registry_household h ON h.id = m.household_id
    WHERE h.is_protected AND NOT EXISTS (
        SELECT 1 FROM registry_record r WHERE r.household_id = h.id AND r.organisation_id = %(organisation)s
    )
)
SELECT s.row_number FROM {_CHOSEN}
WHERE c.row_id IN (SELECT row_id FROM guarded)
    OR c.case_label IN (SELECT case_label FROM guarded WHERE case_label <> '')
ORDER BY 1
"""

# The households that this organisation told of under the numbers of cases whose people are active nowhere, the last
# first, unless the case brings a head and that household has another. Whether it is the same family is the rules' word.
CASES_TOLD_BEFORE: Final = f"""
WITH unknown AS (
    SELECT c.case_label, s.case_keys, bool_or(c.relation = 'HEAD') AS has_head,
        bool_and(c.relation NOT IN ('', 'HEAD')) AS are_dependants, array_agg(DISTINCT s.family_name) AS families
    FROM {_CHOSEN}
    WHERE s.case_keys <> '{{}}' AND c.case_label NOT IN (
        SELECT a.case_label FROM registry_merge_row a
        JOIN registry_membership m ON m.person_id = a.person_id AND m.to_on IS NULL
    )
    GROUP BY c.case_label, s.case_keys
)
SELECT u.case_label, r.household_id, u.are_dependants, u.families, ARRAY(
    SELECT p.family_name FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
    WHERE m.household_id = r.household_id AND m.to_on IS NULL
)
FROM unknown u
CROSS JOIN LATERAL unnest(u.case_keys) AS one(case_key)
JOIN registry_record r ON r.organisation_id = %(organisation)s AND r.case_key = one.case_key
WHERE NOT (u.has_head AND EXISTS (
    SELECT 1 FROM registry_membership h
    WHERE h.household_id = r.household_id AND h.relation = 'HEAD' AND h.to_on IS NULL
))
GROUP BY u.case_label, r.household_id, u.are_dependants, u.families
ORDER BY u.case_label, max(r.id) DESC
"""

# The household of the head, else of most members, else the one that the case number leads to.
JOIN_HOUSEHOLDS: Final = """
WITH active AS (
    SELECT c.case_label, m.household_id, bool_or(c.relation = 'HEAD') AS is_of_head, count(*) AS row_count
    FROM registry_merge_row c JOIN registry_membership m ON m.person_id = c.person_id AND m.to_on IS NULL
    GROUP BY c.case_label, m.household_id
),
by_member AS (
    SELECT DISTINCT ON (case_label) case_label, household_id FROM active
    ORDER BY case_label, is_of_head DESC, row_count DESC, household_id
),
by_case AS (SELECT * FROM unnest(%(cases)s::text[], %(homes)s::bigint[]) AS told(case_label, household_id)),
joined AS (SELECT * FROM by_member UNION ALL SELECT * FROM by_case)
UPDATE registry_merge_row w SET household_id = joined.household_id
FROM joined WHERE w.case_label = joined.case_label
"""

LOCK_HOUSEHOLDS: Final = """
SELECT count(*) FROM (
    SELECT h.id FROM registry_household h
    WHERE h.id IN (
        SELECT household_id FROM registry_merge_row
        UNION
        SELECT m.household_id FROM registry_merge_row c
        JOIN registry_membership m ON m.person_id = c.person_id AND m.to_on IS NULL
    )
    ORDER BY h.id FOR NO KEY UPDATE
) locked
"""

# Whoever is active nowhere is claimed by one case, the largest, however many cases name him.
_CLAIM: Final = """
    SELECT DISTINCT ON (c.person_id) c.person_id, c.case_label, c.household_id, c.relation, c.birth_on, c.digest
    FROM registry_merge_row c JOIN (
        SELECT case_label, count(DISTINCT person_id) AS person_count FROM registry_merge_row GROUP BY case_label
    ) sized USING (case_label)
    WHERE NOT EXISTS (SELECT 1 FROM registry_membership m WHERE m.person_id = c.person_id AND m.to_on IS NULL)
    ORDER BY c.person_id, sized.person_count DESC, c.case_label, (c.relation = 'HEAD') DESC, c.relation DESC, c.digest
"""

NUMBER_HOUSEHOLDS: Final = f"""
WITH claim AS ({_CLAIM}),
fresh AS (
    SELECT one.case_label, nextval(pg_get_serial_sequence('registry_household', 'id')) AS id
    FROM (SELECT DISTINCT case_label FROM claim WHERE household_id IS NULL ORDER BY case_label) one
)
UPDATE registry_merge_row w SET household_id = fresh.id FROM fresh WHERE w.case_label = fresh.case_label
"""

INSERT_HOUSEHOLDS: Final = f"""
INSERT INTO registry_household (
    id, code, province, county, is_urban, is_protected, address_sealed, registered_at, registered_by_id, changed_at
)
SELECT DISTINCT ON (c.household_id) c.household_id, '', s.province, s.county, s.is_urban,
    bool_or(s.is_protected) OVER (PARTITION BY c.household_id), s.address_sealed, %(at)s, %(organisation)s, %(at)s
FROM {_CHOSEN} LEFT JOIN registry_household h ON h.id = c.household_id
WHERE c.household_id IS NOT NULL AND h.id IS NULL
ORDER BY c.household_id, (c.relation = 'HEAD') DESC, (s.address_sealed IS NOT NULL) DESC, c.digest
"""

# A declared relation stands. Without any in the case, the eldest is its head. A household that has a head keeps it.
INSERT_MEMBERSHIPS: Final = f"""
WITH claim AS ({_CLAIM}),
told AS (SELECT case_label, bool_or(relation <> '') AS has_relation FROM registry_merge_row GROUP BY case_label),
aged AS (
    SELECT claim.*, told.has_relation,
        row_number() OVER (PARTITION BY claim.case_label ORDER BY claim.birth_on NULLS LAST, claim.digest) AS age_place
    FROM claim JOIN told USING (case_label)
),
placed AS (
    SELECT aged.*, CASE WHEN relation <> '' THEN relation WHEN NOT has_relation AND age_place = 1 THEN 'HEAD'
        ELSE 'OTHER' END AS stands
    FROM aged
),
ranked AS (
    SELECT placed.*, row_number() OVER (
        PARTITION BY household_id
        ORDER BY (stands = 'HEAD') DESC, (relation = 'HEAD') DESC, case_label, birth_on NULLS LAST, digest
    ) AS head_place
    FROM placed
)
INSERT INTO registry_membership (household_id, person_id, relation, from_on)
SELECT household_id, person_id,
    CASE WHEN stands <> 'HEAD' THEN stands
        WHEN head_place = 1 AND NOT EXISTS (
            SELECT 1 FROM registry_membership h
            WHERE h.household_id = ranked.household_id AND h.relation = 'HEAD' AND h.to_on IS NULL
        ) THEN 'HEAD' ELSE 'OTHER' END,
    %(today)s
FROM ranked
"""

# A case whose people were all claimed by other cases belongs where they are.
FOLLOW_MEMBERS: Final = """
UPDATE registry_merge_row w SET household_id = other.household_id
FROM (
    SELECT c.case_label, min(m.household_id) AS household_id
    FROM registry_merge_row c JOIN registry_membership m ON m.person_id = c.person_id AND m.to_on IS NULL
    WHERE c.household_id IS NULL GROUP BY c.case_label
) other
WHERE w.case_label = other.case_label
"""

# A person is filled in, never overwritten; only the newest telephone counts, for old ones don't answer.
FILL_PERSONS: Final = f"""
UPDATE registry_person p SET
    linked_at = NULL,
    father_name = CASE WHEN p.father_name = '' THEN told.father_name ELSE p.father_name END,
    father_skeleton = CASE WHEN p.father_name = '' THEN told.father_skeleton ELSE p.father_skeleton END,
    gender = CASE WHEN p.gender = '' THEN told.gender ELSE p.gender END,
    birth_on = CASE WHEN told.is_closer THEN told.birth_on ELSE p.birth_on END,
    birth_precision = CASE WHEN told.is_closer THEN told.birth_precision ELSE p.birth_precision END,
    mobile_index = coalesce(told.mobile_index, p.mobile_index),
    mobile_sealed = coalesce(told.mobile_sealed, p.mobile_sealed)
FROM (
    SELECT DISTINCT ON (c.person_id) c.person_id, s.father_name, s.father_skeleton, s.gender, s.birth_on,
        s.birth_precision, s.mobile_index, s.mobile_sealed,
        s.birth_on IS NOT NULL
            AND (k.birth_on IS NULL OR (k.birth_precision = 'YEAR' AND s.birth_precision = 'DAY')) AS is_closer
    FROM {_CHOSEN} JOIN registry_person k ON k.id = c.person_id
    WHERE c.is_new
    ORDER BY c.person_id, {_FULLEST}
) told
WHERE p.id = told.person_id AND (
    told.is_closer OR (p.father_name = '' AND told.father_name <> '') OR (p.gender = '' AND told.gender <> '')
    OR (told.mobile_index IS NOT NULL AND told.mobile_index IS DISTINCT FROM p.mobile_index)
)
"""

INSERT_RECORDS: Final = f"""
INSERT INTO registry_record (
    organisation_id, intake_file_id, row_number, person_id, household_id, content_digest, case_key, payload_sealed,
    submitted_at, submitted_by_id
)
SELECT DISTINCT ON (c.digest)
    %(organisation)s, s.intake_file_id, s.row_number, c.person_id, m.household_id, c.digest, s.case_keys[1],
    s.payload_sealed, %(at)s, %(user)s::bigint
FROM {_CHOSEN} JOIN registry_membership m ON m.person_id = c.person_id AND m.to_on IS NULL
WHERE c.is_new
ORDER BY c.digest, s.row_number
ON CONFLICT (organisation_id, content_digest) DO NOTHING
"""

# The head speaks for the household; among others the largest value stands, in no order of rows. What is said of the
# head himself counts from the head's row alone.
UPSERT_FACTS: Final = f"""
INSERT INTO registry_fact (household_id, organisation_id, name, value, observed_on, submitted_at)
SELECT DISTINCT ON (c.household_id, fact.key)
    c.household_id, %(organisation)s, fact.key, fact.value::bigint, %(today)s, %(at)s
FROM {_CHOSEN}
CROSS JOIN LATERAL jsonb_each_text(s.facts) AS fact
LEFT JOIN registry_membership m ON m.person_id = c.person_id AND m.household_id = c.household_id AND m.to_on IS NULL
WHERE c.case_label IN (SELECT case_label FROM registry_merge_row WHERE is_new)
    AND (m.relation = 'HEAD' OR fact.key <> ALL(%(head_facts)s))
ORDER BY c.household_id, fact.key, (m.relation IS NOT DISTINCT FROM 'HEAD') DESC, fact.value::bigint DESC
ON CONFLICT (household_id, name, organisation_id, observed_on)
DO UPDATE SET value = excluded.value, submitted_at = excluded.submitted_at
WHERE registry_fact.value IS DISTINCT FROM excluded.value
"""

# What a new household says it said when it was made; here others learn what they did not know. Protection closes a
# household to others, so only who registered it may ask for it.
TOUCH_HOUSEHOLDS: Final = f"""
UPDATE registry_household h SET
    changed_at = greatest(h.changed_at, %(at)s),
    address_sealed = coalesce(h.address_sealed, told.address_sealed),
    county = CASE WHEN h.county = '' AND h.province = told.province THEN told.county ELSE h.county END,
    is_urban = coalesce(h.is_urban, told.is_urban),
    is_protected = h.is_protected OR (told.is_protected AND h.registered_by_id = %(organisation)s)
FROM (
    SELECT DISTINCT ON (m.household_id) m.household_id, s.province, s.county, s.is_urban, s.address_sealed,
        bool_or(s.is_protected) OVER (PARTITION BY m.household_id) AS is_protected
    FROM {_CHOSEN} JOIN registry_membership m ON m.person_id = c.person_id AND m.to_on IS NULL
    WHERE c.is_new
    ORDER BY m.household_id, (m.relation = 'HEAD') DESC, (s.address_sealed IS NOT NULL) DESC, c.digest
) told
WHERE h.id = told.household_id AND (
    h.changed_at < %(at)s OR (h.address_sealed IS NULL AND told.address_sealed IS NOT NULL)
    OR (h.county = '' AND told.county <> '') OR (h.is_urban IS NULL AND told.is_urban IS NOT NULL)
    OR (told.is_protected AND NOT h.is_protected AND h.registered_by_id = %(organisation)s)
)
"""

TOUCHED: Final = """
SELECT DISTINCT m.household_id FROM registry_merge_row c
JOIN registry_membership m ON m.person_id = c.person_id AND m.to_on IS NULL WHERE c.is_new ORDER BY 1
"""

DROP_STAGED: Final = "DELETE FROM registry_intake_row s USING registry_merge_row c WHERE s.id = c.row_id"
