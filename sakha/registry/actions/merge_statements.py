"""The statements of the merge, in the order in which `merging` runs them. All are set-based; none knows a clock.

Parameters: file, organisation, user, rows (numbers or null), at (moment), today (date).
"""

# ruff: noqa: S608 -- every statement is made of constants of this file

from typing import Final

_CHOSEN: Final = "s.intake_file_id = %(file)s AND s.is_chosen"

# The fullest row of a person first; the digest makes the choice the same in any order of rows.
_FULLEST: Final = """(s.birth_precision = 'DAY') DESC, (s.father_name <> '') DESC, (s.gender <> '') DESC,
    (s.mobile_index IS NOT NULL) DESC, s.content_digests[1]"""

CHOOSE: Final = """
UPDATE registry_intake_row s SET
    is_chosen = true,
    is_new = NOT EXISTS (
        SELECT 1 FROM unnest(s.content_digests) AS one(digest)
        JOIN registry_record r ON r.organisation_id = %(organisation)s AND r.content_digest = one.digest
    ),
    case_label = CASE WHEN s.case_keys = '{}' THEN '' ELSE 'c' || encode(s.case_keys[1], 'hex') END
WHERE s.intake_file_id = %(file)s AND s.problems = '[]'::jsonb
    AND (%(rows)s::int[] IS NULL OR s.row_number = ANY(%(rows)s::int[]))
"""

# In the order of the index, so that two files that load at once wait for each other and never in a circle.
INSERT_PERSONS: Final = f"""
INSERT INTO registry_person (
    id_kind, id_index, id_sealed, given_name, family_name, father_name, match_key, birth_on, birth_precision, gender,
    mobile_index, mobile_sealed, registered_at
)
SELECT DISTINCT ON (s.id_indexes[1])
    s.id_kind, s.id_indexes[1], s.id_sealed, s.given_name, s.family_name, s.father_name, s.match_key, s.birth_on,
    s.birth_precision, s.gender, s.mobile_index, s.mobile_sealed, %(at)s
FROM registry_intake_row s
WHERE {_CHOSEN} AND NOT EXISTS (
    SELECT 1 FROM unnest(s.id_indexes) AS one(id_index) JOIN registry_person p ON p.id_index = one.id_index
)
ORDER BY s.id_indexes[1], {_FULLEST}
ON CONFLICT (id_index) WHERE id_index IS NOT NULL DO NOTHING
"""

# Somebody without a case number is a case of his own.
FIND_PERSONS: Final = f"""
UPDATE registry_intake_row s SET
    person_id = found.person_id,
    case_label = CASE WHEN s.case_label = '' THEN 'p' || found.person_id ELSE s.case_label END
FROM (
    SELECT s.id, min(p.id) AS person_id
    FROM registry_intake_row s
    CROSS JOIN LATERAL unnest(s.id_indexes) AS one(id_index)
    JOIN registry_person p ON p.id_index = one.id_index
    WHERE {_CHOSEN}
    GROUP BY s.id
) found
WHERE s.id = found.id
"""

LOCK_PERSONS: Final = f"""
SELECT count(*) FROM (
    SELECT p.id FROM registry_person p
    WHERE p.id IN (SELECT s.person_id FROM registry_intake_row s WHERE {_CHOSEN})
    ORDER BY p.id FOR NO KEY UPDATE
) locked
"""

# Between check and load somebody else may have come in under the same identifier: look again, now that they are locked.
KNOWN_OTHERWISE: Final = f"""
SELECT s.row_number, s.given_name, s.family_name, s.father_name, s.birth_on, s.birth_precision, s.gender,
    p.given_name, p.family_name, p.father_name, p.birth_on, p.birth_precision, p.gender
FROM registry_intake_row s JOIN registry_person p ON p.id = s.person_id
WHERE {_CHOSEN} AND s.id_kind <> 'NONE' AND (s.match_key, s.birth_on) IS DISTINCT FROM (p.match_key, p.birth_on)
"""

LEAVE_OUT: Final = """
UPDATE registry_intake_row s SET is_chosen = false, person_id = NULL
WHERE s.intake_file_id = %(file)s AND s.row_number = ANY(%(rows)s::int[])
"""

# The household of the head, else of most members, else the one that this organisation told of under the case number,
# unless the case brings a head and that household has another.
JOIN_HOUSEHOLDS: Final = f"""
WITH chosen AS (SELECT s.* FROM registry_intake_row s WHERE {_CHOSEN}),
active AS (
    SELECT s.case_label, m.household_id, bool_or(s.relation = 'HEAD') AS is_of_head, count(*) AS row_count
    FROM chosen s JOIN registry_membership m ON m.person_id = s.person_id AND m.to_on IS NULL
    GROUP BY s.case_label, m.household_id
),
by_member AS (
    SELECT DISTINCT ON (case_label) case_label, household_id FROM active
    ORDER BY case_label, is_of_head DESC, row_count DESC, household_id
),
unknown AS (
    SELECT case_label, case_keys, bool_or(relation = 'HEAD') AS has_head FROM chosen
    WHERE case_keys <> '{{}}' AND case_label NOT IN (SELECT case_label FROM by_member)
    GROUP BY case_label, case_keys
),
by_case AS (
    SELECT DISTINCT ON (u.case_label) u.case_label, r.household_id
    FROM unknown u
    CROSS JOIN LATERAL unnest(u.case_keys) AS one(case_key)
    JOIN registry_record r ON r.organisation_id = %(organisation)s AND r.case_key = one.case_key
    WHERE NOT (u.has_head AND EXISTS (
        SELECT 1 FROM registry_membership h
        WHERE h.household_id = r.household_id AND h.relation = 'HEAD' AND h.to_on IS NULL
    ))
    ORDER BY u.case_label, r.id DESC
),
joined AS (SELECT * FROM by_member UNION ALL SELECT * FROM by_case)
UPDATE registry_intake_row s SET household_id = joined.household_id
FROM joined WHERE {_CHOSEN} AND s.case_label = joined.case_label
"""

LOCK_HOUSEHOLDS: Final = f"""
SELECT count(*) FROM (
    SELECT h.id FROM registry_household h
    WHERE h.id IN (
        SELECT s.household_id FROM registry_intake_row s WHERE {_CHOSEN}
        UNION
        SELECT m.household_id FROM registry_intake_row s
        JOIN registry_membership m ON m.person_id = s.person_id AND m.to_on IS NULL WHERE {_CHOSEN}
    )
    ORDER BY h.id FOR NO KEY UPDATE
) locked
"""

# Whoever is active nowhere is claimed by one case, the first by label, however many cases name him.
_CLAIM: Final = f"""
    SELECT DISTINCT ON (s.person_id) s.person_id, s.case_label, s.household_id, s.relation, s.birth_on,
        s.content_digests[1] AS digest
    FROM registry_intake_row s
    WHERE {_CHOSEN} AND NOT EXISTS (
        SELECT 1 FROM registry_membership m WHERE m.person_id = s.person_id AND m.to_on IS NULL
    )
    ORDER BY s.person_id, s.case_label, (s.relation = 'HEAD') DESC, s.relation DESC, s.content_digests[1]
"""

INSERT_HOUSEHOLDS: Final = f"""
WITH claim AS ({_CLAIM}),
fresh AS (
    SELECT one.case_label, nextval(pg_get_serial_sequence('registry_household', 'id')) AS id
    FROM (SELECT DISTINCT case_label FROM claim WHERE household_id IS NULL ORDER BY case_label) one
),
place AS (
    SELECT DISTINCT ON (s.case_label) s.case_label, s.province, s.county, s.is_urban, s.address_sealed
    FROM registry_intake_row s WHERE {_CHOSEN}
    ORDER BY s.case_label, (s.relation = 'HEAD') DESC, (s.address_sealed IS NOT NULL) DESC, s.content_digests[1]
),
guarded AS (
    SELECT s.case_label, bool_or(s.is_protected) AS is_protected
    FROM registry_intake_row s WHERE {_CHOSEN} GROUP BY s.case_label
),
made AS (
    INSERT INTO registry_household (
        id, code, province, county, is_urban, is_protected, address_sealed, registered_at, registered_by_id, changed_at
    )
    SELECT fresh.id, '', place.province, place.county, place.is_urban, guarded.is_protected, place.address_sealed,
        %(at)s, %(organisation)s, %(at)s
    FROM fresh JOIN place USING (case_label) JOIN guarded USING (case_label)
    RETURNING id
),
known AS (
    UPDATE registry_intake_row s SET household_id = fresh.id
    FROM fresh WHERE {_CHOSEN} AND s.case_label = fresh.case_label
)
SELECT count(*) FROM made
"""

# A declared relation stands. Without any in the case, the eldest is its head. A household that has a head keeps it.
INSERT_MEMBERSHIPS: Final = f"""
WITH claim AS ({_CLAIM}),
told AS (SELECT s.case_label, bool_or(s.relation <> '') AS has_relation FROM registry_intake_row s
    WHERE {_CHOSEN} GROUP BY s.case_label),
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
FOLLOW_MEMBERS: Final = f"""
UPDATE registry_intake_row s SET household_id = other.household_id
FROM (
    SELECT s.case_label, min(m.household_id) AS household_id
    FROM registry_intake_row s JOIN registry_membership m ON m.person_id = s.person_id AND m.to_on IS NULL
    WHERE {_CHOSEN} AND s.household_id IS NULL GROUP BY s.case_label
) other
WHERE {_CHOSEN} AND s.case_label = other.case_label
"""

# A person is filled in, never overwritten; only the newest telephone counts, for old ones don't answer.
FILL_PERSONS: Final = f"""
UPDATE registry_person p SET
    father_name = CASE WHEN p.father_name = '' THEN told.father_name ELSE p.father_name END,
    gender = CASE WHEN p.gender = '' THEN told.gender ELSE p.gender END,
    birth_on = CASE WHEN told.is_closer THEN told.birth_on ELSE p.birth_on END,
    birth_precision = CASE WHEN told.is_closer THEN told.birth_precision ELSE p.birth_precision END,
    mobile_index = coalesce(told.mobile_index, p.mobile_index),
    mobile_sealed = coalesce(told.mobile_sealed, p.mobile_sealed)
FROM (
    SELECT DISTINCT ON (s.person_id) s.*,
        s.birth_on IS NOT NULL
            AND (k.birth_on IS NULL OR (k.birth_precision = 'YEAR' AND s.birth_precision = 'DAY')) AS is_closer
    FROM registry_intake_row s JOIN registry_person k ON k.id = s.person_id
    WHERE {_CHOSEN} AND s.is_new
    ORDER BY s.person_id, {_FULLEST}
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
SELECT DISTINCT ON (s.content_digests[1])
    %(organisation)s, s.intake_file_id, s.row_number, s.person_id, m.household_id, s.content_digests[1], s.case_keys[1],
    s.payload_sealed, %(at)s, %(user)s::bigint
FROM registry_intake_row s JOIN registry_membership m ON m.person_id = s.person_id AND m.to_on IS NULL
WHERE {_CHOSEN} AND s.is_new
ORDER BY s.content_digests[1], s.row_number
ON CONFLICT (organisation_id, content_digest) DO NOTHING
"""

# The head speaks for the household; among others the largest value stands, in no order of rows. What is said of the
# head himself counts from the head's row alone.
UPSERT_FACTS: Final = f"""
INSERT INTO registry_fact (household_id, organisation_id, name, value, observed_on, submitted_at)
SELECT DISTINCT ON (s.household_id, fact.key)
    s.household_id, %(organisation)s, fact.key, fact.value::bigint, %(today)s, %(at)s
FROM registry_intake_row s
CROSS JOIN LATERAL jsonb_each_text(s.facts) AS fact
LEFT JOIN registry_membership m ON m.person_id = s.person_id AND m.household_id = s.household_id AND m.to_on IS NULL
WHERE {_CHOSEN}
    AND s.case_label IN (SELECT s.case_label FROM registry_intake_row s WHERE {_CHOSEN} AND s.is_new)
    AND (m.relation = 'HEAD' OR fact.key <> ALL(%(head_facts)s))
ORDER BY s.household_id, fact.key, (m.relation IS NOT DISTINCT FROM 'HEAD') DESC, fact.value::bigint DESC
ON CONFLICT (household_id, name, organisation_id, observed_on)
DO UPDATE SET value = excluded.value, submitted_at = excluded.submitted_at
WHERE registry_fact.value IS DISTINCT FROM excluded.value
"""

TOUCH_HOUSEHOLDS: Final = f"""
UPDATE registry_household h SET
    changed_at = greatest(h.changed_at, %(at)s),
    address_sealed = coalesce(h.address_sealed, told.address_sealed),
    county = CASE WHEN h.county = '' AND h.province = told.province THEN told.county ELSE h.county END,
    is_urban = coalesce(h.is_urban, told.is_urban),
    is_protected = h.is_protected OR told.is_protected
FROM (
    SELECT DISTINCT ON (m.household_id) m.household_id, s.province, s.county, s.is_urban, s.address_sealed,
        bool_or(s.is_protected) OVER (PARTITION BY m.household_id) AS is_protected
    FROM registry_intake_row s JOIN registry_membership m ON m.person_id = s.person_id AND m.to_on IS NULL
    WHERE {_CHOSEN} AND s.is_new
    ORDER BY m.household_id, (m.relation = 'HEAD') DESC, (s.address_sealed IS NOT NULL) DESC, s.content_digests[1]
) told
WHERE h.id = told.household_id
RETURNING h.id
"""

DROP_STAGED: Final = "DELETE FROM registry_intake_row s WHERE s.intake_file_id = %(file)s AND s.is_chosen"
