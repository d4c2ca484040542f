-- What a household was given and promised, newest first. Offices of the area and the giver itself see who gave; others
-- see public bodies by name and of a charity only that one gave, and in which county.
CREATE FUNCTION ledger_trail(p_at timestamptz, p_household bigint, p_since timestamptz)
RETURNS TABLE (hold_id bigint, kind smallint, quantity bigint, status smallint, at timestamptz, is_own bool,
               organisation_kind text, organisation_name text, organisation_county text, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_household record;
  v_sees_area bool;
  v_has_record bool;
BEGIN
  p_household := ledger_kept_household(p_household);
  SELECT h.province, h.county, h.is_protected INTO v_household FROM registry_household h WHERE h.id = p_household;
  IF NOT FOUND OR access_scope() IN ('', 'SIGN_IN') THEN RETURN; END IF;
  v_sees_area := access_sees_area(v_household.province, v_household.county);
  v_has_record := ledger_knows(p_household, v_household.province, v_household.county);
  IF NOT v_has_record AND (v_household.is_protected OR NOT ledger_has_asked(p_household, p_at)) THEN
    RETURN QUERY
    SELECT h.id, h.kind, h.quantity, h.status, coalesce(h.settled_at, h.created_at), true, o.kind::text, o.name::text,
           o.county::text, h.reason::text
      FROM ledger_hold h JOIN access_organisation o ON o.id = h.organisation_id
     WHERE h.household_id = p_household AND h.status IN (1, 2) AND h.created_at >= p_since
       AND h.organisation_id = access_organisation_id()
     ORDER BY 5 DESC, 1 DESC;
    RETURN;
  END IF;
  RETURN QUERY
  SELECT h.id, h.kind, h.quantity, h.status, coalesce(h.settled_at, h.created_at), own.is_own,
         CASE WHEN seen.names OR NOT v_household.is_protected THEN o.kind::text ELSE '' END,
         CASE WHEN seen.names OR (o.kind IN ('AGENCY', 'GOVERNOR_OFFICE') AND NOT v_household.is_protected)
              THEN o.name::text ELSE '' END,
         CASE WHEN seen.names OR NOT v_household.is_protected THEN o.county::text ELSE '' END,
         CASE WHEN seen.names THEN h.reason::text ELSE '' END
    FROM ledger_hold h
    JOIN access_organisation o ON o.id = h.organisation_id
    CROSS JOIN LATERAL (SELECT coalesce(h.organisation_id = access_organisation_id(), false) AS is_own) own
    CROSS JOIN LATERAL (SELECT own.is_own OR v_sees_area AS names) seen
   WHERE h.household_id = p_household AND h.status IN (1, 2) AND h.created_at >= p_since
   ORDER BY 5 DESC, 1 DESC;
END $$;
