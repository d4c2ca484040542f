-- A program's batch in one round trip, as check_as.sql does a single question: for whom the transaction works, the
-- batch, and a look for each household that it found. Planned once a session: a batch must not wait for its plan.
CREATE FUNCTION ledger_check_many_as(
  p_organisation int, p_area text[], p_purpose text, p_at timestamptz, p_items int[], p_indexes bytea[],
  p_households bigint[], p_kind smallint, p_period int, p_quantity bigint, p_standard bigint, p_unit_worth_rial bigint,
  p_span daterange
) RETURNS TABLE (outcome smallint, household_id bigint, open_quantity bigint, free_on date) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('sakha.scope', 'ORGANISATION', true), set_config('sakha.user_id', '', true),
          set_config('sakha.organisation_id', p_organisation::text, true),
          set_config('sakha.province', p_area[1], true), set_config('sakha.county', p_area[2], true);
  RETURN QUERY
  WITH answered AS MATERIALIZED (
    SELECT * FROM ledger_check_many(p_at, p_items, p_indexes, p_households, p_kind, p_period, p_quantity, p_standard,
                                    p_unit_worth_rial, p_span)),
  seen AS (
    INSERT INTO access_entry (at, action, user_id, organisation_id, province, county, purpose, person_count, household_id)
    SELECT p_at, 'CHECK', NULL, p_organisation, p_area[1], p_area[2], p_purpose, 1, a.household_id
      FROM answered a WHERE a.household_id IS NOT NULL)
  SELECT a.outcome, a.household_id, a.open_quantity, a.free_on FROM answered a ORDER BY a.item;
END $$;

-- The same for holds, as ledger_hold_as: as the owner, and no look at anybody by 3 and 8.
CREATE FUNCTION ledger_hold_many_as(
  p_organisation int, p_area text[], p_purpose text, p_at timestamptz, p_requests uuid[], p_households bigint[],
  p_quantities bigint[], p_kind smallint, p_period int, p_standard bigint, p_unit_worth_rial bigint,
  p_expires_at timestamptz, p_span daterange
) RETURNS TABLE (outcome smallint, hold_id bigint, open_quantity bigint) LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('sakha.scope', 'ORGANISATION', true), set_config('sakha.user_id', '', true),
          set_config('sakha.organisation_id', p_organisation::text, true),
          set_config('sakha.province', p_area[1], true), set_config('sakha.county', p_area[2], true);
  RETURN QUERY
  WITH answered AS MATERIALIZED (
    SELECT * FROM ledger_hold_many(p_at, p_requests, p_households, p_quantities, p_kind, p_period, p_standard,
                                   p_unit_worth_rial, p_expires_at, p_span)),
  seen AS (
    INSERT INTO access_entry (at, action, user_id, organisation_id, province, county, purpose, person_count, household_id)
    SELECT p_at, 'WRITE', NULL, p_organisation, p_area[1], p_area[2], p_purpose, 1,
           ledger_kept_household(p_households[a.item])
      FROM answered a WHERE a.outcome NOT IN (3, 8))
  SELECT a.outcome, a.hold_id, a.open_quantity FROM answered a ORDER BY a.item;
END $$;
