-- Called by the other functions only, as the owner. In plpgsql, whose plans are kept: as plain SQL each call is planned
-- anew and costs three times as much.

-- Whether the household is of the asker's area, or the asker's organisation has a record of it, or took it over and has
-- its file opened meanwhile.
CREATE FUNCTION ledger_knows(p_household bigint, p_province text, p_county text) RETURNS bool LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN access_sees_area(p_province, p_county) OR EXISTS (
    SELECT 1 FROM registry_record r
     WHERE r.household_id = p_household AND r.organisation_id = access_organisation_id()) OR EXISTS (
    SELECT 1 FROM access_opened_file f
     WHERE f.household_id = p_household AND f.organisation_id = access_organisation_id() AND f.closed_at IS NULL);
END $$;

-- Whether the asker's organisation found the household by an identifier within a day: it then has somebody before it.
-- So nobody walks through the households by counting up their numbers. A check by number does not lengthen the day.
CREATE FUNCTION ledger_has_asked(p_household bigint, p_at timestamptz) RETURNS bool LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (
    SELECT 1 FROM ledger_event e
     WHERE e.household_id = p_household AND e.organisation_id = access_organisation_id()
       AND e.action = 1 AND e.by_identifier AND e.outcome <> 3 AND e.at > p_at - interval '1 day');
END $$;

-- The household that another was found to be, else itself: its number may still stand on somebody's screen.
CREATE FUNCTION ledger_kept_household(p_household bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce((SELECT h.merged_into_id FROM registry_household h WHERE h.id = p_household), p_household);
END $$;

-- The household of the person with one of these indexes (several are of the same person while keys are renewed). No
-- ORDER BY and LIMIT: the planner would walk through all persons in order of id to find the first.
CREATE FUNCTION ledger_household_of(p_indexes bytea[]) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT min(m.household_id)
            FROM registry_person p
            JOIN registry_membership m ON m.person_id = coalesce(p.merged_into_id, p.id) AND m.to_on IS NULL
           WHERE p.id_index = ANY (p_indexes) AND p.id_index IS NOT NULL);
END $$;
