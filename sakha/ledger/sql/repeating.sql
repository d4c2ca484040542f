-- The answer to a request that was carried out before: 7 the same and still promised or given, 9 the same but released
-- or expired since (the household may have been given to by another), 8 something else. No row when it is new.
CREATE FUNCTION ledger_replay(p_organisation int, p_request uuid, p_household bigint, p_kind smallint, p_quantity bigint)
RETURNS TABLE (outcome smallint, hold_id bigint, held_until timestamptz) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT was.answer, CASE WHEN was.answer = 7 THEN h.id END, CASE WHEN was.answer = 7 THEN h.expires_at END
    FROM ledger_hold h
    CROSS JOIN LATERAL (
      SELECT (CASE WHEN (h.household_id, h.kind, h.quantity) <> (p_household, p_kind, p_quantity) THEN 8
                   WHEN h.status IN (1, 2) THEN 7 ELSE 9 END)::smallint AS answer) was
   WHERE h.organisation_id = p_organisation AND h.request_id = p_request;
END $$;

-- A gift outside an assessed need opens the kind's standard need first.
CREATE FUNCTION ledger_open_standard(
  p_at timestamptz, p_households bigint[], p_kind smallint, p_period int, p_standard bigint
) RETURNS void LANGUAGE sql VOLATILE AS $$
  WITH opened AS (
    INSERT INTO ledger_need (household_id, kind, period, target, province, county, opened_at)
    SELECT h.id, p_kind, p_period, p_standard, h.province, h.county, p_at
      FROM registry_household h WHERE h.id = ANY (p_households) AND p_standard > 0
       AND NOT EXISTS (SELECT 1 FROM ledger_need n WHERE n.household_id = h.id AND n.kind = p_kind AND n.period = p_period)
     ORDER BY h.id
    ON CONFLICT (household_id, kind, period) DO NOTHING
    RETURNING household_id, target, province, county)
  INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, household_id, kind, period, quantity,
                            worth_rial, reason, province, county)
  SELECT p_at, 6, 1, access_organisation_id(), access_user_id(), household_id, p_kind, p_period, target, 0, '',
         province, county
    FROM opened
$$;
