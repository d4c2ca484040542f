-- The household that another was found to be, else itself: its number may still stand on somebody's screen.
CREATE FUNCTION ledger_kept_household(p_household bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce((SELECT h.merged_into_id FROM registry_household h WHERE h.id = p_household), p_household);
END $$;

-- The household of the person with one of these indexes (several are of the same person while keys are renewed). No
-- ORDER BY and LIMIT: the planner would walk through all persons in order of id to find the first.
CREATE OR REPLACE FUNCTION ledger_household_of(p_indexes bytea[]) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT min(m.household_id)
            FROM registry_person p
            JOIN registry_membership m ON m.person_id = coalesce(p.merged_into_id, p.id) AND m.to_on IS NULL
           WHERE p.id_index = ANY (p_indexes) AND p.id_index IS NOT NULL);
END $$;
