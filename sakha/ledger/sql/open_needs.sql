-- Opens needs, or moves their targets: never below what is promised and given. Repeating changes nothing.
-- An organisation may open needs of households it has a record of; only offices and the system move a target.
CREATE FUNCTION ledger_open_needs(
  p_at timestamptz, p_households bigint[], p_kinds smallint[], p_periods int[], p_targets bigint[]
) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_may_move bool := access_scope() NOT IN ('', 'SIGN_IN', 'ORGANISATION');
  v_count int;
BEGIN
  IF access_scope() IN ('', 'SIGN_IN', 'HOUSEHOLD') THEN
    RAISE EXCEPTION 'nobody is at work' USING errcode = 'insufficient_privilege';
  END IF;
  WITH wanted AS (
    SELECT w.household_id, w.kind, w.period, max(w.target) AS target
      FROM unnest(p_households, p_kinds, p_periods, p_targets) AS w(household_id, kind, period, target)
     WHERE w.target > 0
     GROUP BY 1, 2, 3),
  opened AS (
    INSERT INTO ledger_need AS n (household_id, kind, period, target, province, county, opened_at)
    SELECT w.household_id, w.kind, w.period, w.target, h.province, h.county, p_at
      FROM wanted w JOIN registry_household h ON h.id = w.household_id
     WHERE h.merged_into_id IS NULL AND ledger_knows(h.id, h.province, h.county)
     ORDER BY 1, 2, 3                       -- one order everywhere: two batches can wait for each other, never both
    ON CONFLICT (household_id, kind, period) DO UPDATE
       SET target = greatest(excluded.target, n.held + n.delivered)
     WHERE v_may_move AND n.target <> greatest(excluded.target, n.held + n.delivered)
    RETURNING n.household_id, n.kind, n.period, n.target, n.province, n.county),
  told AS (
    INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, household_id, kind, period, quantity,
                              worth_rial, reason, province, county)
    SELECT p_at, 6, 1, access_organisation_id(), access_user_id(), o.household_id, o.kind, o.period, o.target, 0, '',
           o.province, o.county
      FROM opened o)
  SELECT count(*) INTO v_count FROM opened;
  IF v_count > 5000 THEN
    ANALYZE ledger_need;                    -- the planner must not believe that a freshly filled table is empty
  END IF;
  RETURN v_count;
END $$;
