-- Holds aid of one kind for many households. Locks are taken in the households' order, so batches never wait in a ring;
-- under these locks nothing of the needs can change, and holds are written before they are counted.
CREATE FUNCTION ledger_hold_many(
  p_at timestamptz, p_requests uuid[], p_households bigint[], p_quantities bigint[], p_kind smallint, p_period int,
  p_standard bigint, p_unit_worth_rial bigint, p_expires_at timestamptz, p_span daterange
) RETURNS TABLE (item int, outcome smallint, hold_id bigint, open_quantity bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
-- A batch is a thousand look-ups by key. Left alone the planner reads a whole table for them while it is small, and its
-- figures are old after every load; and it would plan anew for the first lists of every session.
SET enable_seqscan = off SET random_page_cost = 1.1 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  v_organisation int := access_organisation_id();
  v_user bigint := access_user_id();
  v_without bigint[];
  v_locked bigint[];
BEGIN
  IF v_organisation IS NULL OR access_scope() <> 'ORGANISATION' THEN
    RAISE EXCEPTION 'only an organisation holds aid' USING errcode = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT 1 FROM unnest(p_quantities) q WHERE q IS NULL OR q <= 0) THEN
    RAISE EXCEPTION 'quantity must be positive' USING errcode = 'invalid_parameter_value';
  END IF;
  p_households := ARRAY(SELECT ledger_kept_household(g.id) FROM unnest(p_households) WITH ORDINALITY AS g(id, place)
                         ORDER BY g.place);
  WITH without AS MATERIALIZED (
    SELECT g.household_id FROM unnest(p_households, p_quantities) AS g(household_id, quantity)
     WHERE g.quantity <= p_standard AND NOT EXISTS (
       SELECT 1 FROM ledger_need n
        WHERE n.household_id = g.household_id AND n.kind = p_kind AND n.period = p_period))
  SELECT array_agg(h.id) INTO v_without
    FROM without w JOIN registry_household h ON h.id = w.household_id
   WHERE (ledger_knows(h.id, h.province, h.county) OR (NOT h.is_protected AND ledger_has_asked(h.id, p_at)));
  IF v_without IS NOT NULL THEN
    PERFORM ledger_open_standard(p_at, v_without, p_kind, p_period, p_standard);
  END IF;
  SELECT array_agg(one.id ORDER BY one.id) INTO v_locked FROM (
    SELECT n.id FROM ledger_need n
     WHERE n.household_id = ANY (p_households) AND n.kind = p_kind AND n.period = p_period
     ORDER BY n.household_id FOR NO KEY UPDATE) one;

  RETURN QUERY
  WITH given AS MATERIALIZED (
    SELECT g.item::int, g.request_id, g.household_id, g.quantity,
           row_number() OVER (PARTITION BY g.household_id ORDER BY g.item) AS turn
      FROM unnest(p_requests, p_households, p_quantities) WITH ORDINALITY AS g(request_id, household_id, quantity, item)),
  looked AS MATERIALIZED (
    SELECT g.*, h.province, h.county, h.is_protected, n.id AS need_id,
           coalesce(n.target - n.held - n.delivered, p_standard) AS open_before,
           was.replay, CASE WHEN was.replay = 7 THEN r.id END AS replayed_id,
           -- ledger_knows, looked up for all at once
           EXISTS (SELECT 1 FROM registry_record own
                    WHERE own.household_id = h.id AND own.organisation_id = v_organisation)
             OR EXISTS (SELECT 1 FROM access_opened_file f
                         WHERE f.household_id = h.id AND f.organisation_id = v_organisation AND f.closed_at IS NULL)
             AS has_record,
           p_span IS NOT NULL AND EXISTS (
             SELECT 1 FROM ledger_hold s WHERE s.household_id = g.household_id AND s.kind = p_kind
                AND s.status IN (1, 2) AND s.span && p_span) AS has_similar
      FROM given g
      LEFT JOIN registry_household h ON h.id = g.household_id
      LEFT JOIN ledger_need n ON n.household_id = g.household_id AND n.kind = p_kind AND n.period = p_period
           AND v_locked[width_bucket(n.id, v_locked)] = n.id       -- is it among the locked: found by halves
      LEFT JOIN ledger_hold r ON r.organisation_id = v_organisation AND r.request_id = g.request_id
      CROSS JOIN LATERAL (
        SELECT CASE WHEN r.id IS NULL THEN NULL
                    WHEN (r.household_id, r.kind, r.quantity) <> (g.household_id, p_kind, g.quantity) THEN 8
                    WHEN r.status IN (1, 2) THEN 7 ELSE 9 END AS replay) was),
  judged AS MATERIALIZED (
    SELECT l.*, CASE WHEN l.replay IS NOT NULL THEN l.replay
                     WHEN l.province IS NULL THEN 3
                     -- before anything is said of the household: else its number, counted up, would tell the protected
                     WHEN NOT l.has_record AND NOT ledger_has_asked(l.household_id, p_at) THEN 3
                     WHEN l.is_protected AND NOT l.has_record THEN 4
                     WHEN l.turn > 1 THEN 10
                     WHEN l.open_before <= 0 THEN 2
                     WHEN l.quantity > l.open_before THEN 6
                     WHEN l.has_similar THEN 5
                     ELSE 1 END AS verdict
      FROM looked l),
  kept AS (
    INSERT INTO ledger_hold AS h (need_id, household_id, organisation_id, user_id, kind, period, quantity, request_id,
                                  span, reason, province, county, created_at, expires_at)
    SELECT j.need_id, j.household_id, v_organisation, v_user, p_kind, p_period, j.quantity, j.request_id, p_span, '',
           j.province, j.county, p_at, p_expires_at
      FROM judged j WHERE j.verdict = 1 AND j.need_id IS NOT NULL ORDER BY j.household_id
    ON CONFLICT DO NOTHING RETURNING h.id, h.need_id, h.quantity),
  counted AS (
    UPDATE ledger_need n SET held = n.held + k.quantity FROM kept k WHERE n.id = k.need_id),
  answered AS (
    SELECT j.*, coalesce(k.id, j.replayed_id) AS kept_id,
           CASE WHEN j.verdict = 1 AND k.id IS NULL THEN CASE WHEN p_span IS NULL THEN 8 ELSE 5 END
                ELSE j.verdict END AS answer
      -- Nothing is kept that was not judged, so this is a LEFT JOIN; FULL, because that is never done by comparing each
      -- of a thousand with each.
      FROM (SELECT l.*, CASE WHEN l.verdict = 1 THEN l.need_id END AS kept_need FROM judged l) j
      FULL JOIN kept k ON k.need_id = j.kept_need),
  told AS (
    INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, household_id, hold_id, kind, period,
                              quantity, worth_rial, reason, province, county)
    SELECT p_at, 2, a.answer, v_organisation, v_user, CASE WHEN a.answer <> 3 THEN a.household_id END,
           a.kept_id, p_kind, p_period, a.quantity, a.quantity * p_unit_worth_rial, '',
           CASE WHEN a.answer IN (3, 4) THEN '' ELSE coalesce(a.province, '') END,
           CASE WHEN a.answer IN (3, 4) THEN '' ELSE coalesce(a.county, '') END
      FROM answered a WHERE a.answer NOT IN (7, 8, 9))
  -- A request of before (7, 8, 9) tells nothing of the household that is named now: nobody judged who may ask for it.
  SELECT a.item, a.answer::smallint, a.kept_id,
         CASE WHEN a.answer IN (3, 4, 7, 8, 9) THEN 0
              ELSE a.open_before - CASE WHEN a.answer = 1 THEN a.quantity ELSE 0 END END
    FROM answered a ORDER BY a.item;
END $$;
