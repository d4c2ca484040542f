-- Of which types a household is (rules/conditions.py), by what was last said of it and nobody contests. Unknown is not
-- asked for: a giver's condition is met only by what is known.
CREATE FUNCTION giving_household_types(p_household bigint, p_day date) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH said AS (
    SELECT DISTINCT ON (f.name) f.name, f.value FROM registry_fact f
     WHERE f.household_id = p_household AND f.disputed_at IS NULL
       AND f.name IN ('orphan_count', 'disabled_count', 'head_female')
     ORDER BY f.name, f.observed_on DESC, f.submitted_at DESC, f.id DESC),
  head AS (
    SELECT p.gender FROM registry_membership m JOIN registry_person p ON p.id = m.person_id
     WHERE m.household_id = p_household AND m.relation = 'HEAD' AND m.from_on <= p_day
       AND (m.to_on IS NULL OR m.to_on > p_day) AND (p.died_on IS NULL OR p.died_on > p_day) LIMIT 1)
  SELECT array_remove(ARRAY[
    CASE WHEN EXISTS (SELECT 1 FROM said WHERE name = 'orphan_count' AND value >= 1) THEN 'ORPHANS' END,
    CASE WHEN coalesce((SELECT CASE gender WHEN 'F' THEN true WHEN 'M' THEN false END FROM head),
                       (SELECT value = 1 FROM said WHERE name = 'head_female'), false) THEN 'WOMAN_HEADED' END,
    CASE WHEN EXISTS (SELECT 1 FROM said WHERE name = 'disabled_count' AND value >= 1) THEN 'DISABILITY' END], NULL)
$$;
