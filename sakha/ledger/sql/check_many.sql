-- The same question for many, without the details. An item is found by its indexes (several while keys are renewed: the
-- item's number is repeated for each) or by the household's number.
CREATE FUNCTION ledger_check_many(
  p_at timestamptz, p_items int[], p_indexes bytea[], p_households bigint[], p_kind smallint, p_period int,
  p_quantity bigint, p_standard bigint, p_unit_worth_rial bigint, p_span daterange
) RETURNS TABLE (item int, outcome smallint, household_id bigint, open_quantity bigint, free_on date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
-- A batch is a thousand look-ups by key. Left alone the planner reads a whole table for them while it is small, and its
-- figures are old after every load; and it would plan anew for the first lists of every session.
SET enable_seqscan = off SET random_page_cost = 1.1 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  v_organisation int := access_organisation_id();
BEGIN
  IF access_scope() IN ('', 'SIGN_IN', 'HOUSEHOLD') THEN
    RAISE EXCEPTION 'nobody is at work' USING errcode = 'insufficient_privilege';
  END IF;
  RETURN QUERY
  WITH found AS MATERIALIZED (
    SELECT DISTINCT ON (g.item) g.item, coalesce(m.household_id, ledger_kept_household(g.household_id)) AS household_id,
           m.household_id IS NOT NULL AS by_identifier
      FROM unnest(p_items, p_indexes, p_households) AS g(item, id_index, household_id)
      LEFT JOIN registry_person p ON p.id_index = g.id_index
      LEFT JOIN registry_membership m ON m.person_id = coalesce(p.merged_into_id, p.id) AND m.to_on IS NULL
     ORDER BY g.item, m.household_id NULLS LAST),
  looked AS MATERIALIZED (
    SELECT f.item, h.id AS household_id, h.province, h.county, h.is_protected, f.by_identifier,
           -- ledger_knows, looked up for all at once
           access_sees_area(h.province, h.county) OR EXISTS (
             SELECT 1 FROM registry_record own
              WHERE own.household_id = h.id AND own.organisation_id = v_organisation) OR EXISTS (
             SELECT 1 FROM access_opened_file f
              WHERE f.household_id = h.id AND f.organisation_id = v_organisation AND f.closed_at IS NULL) AS has_record,
           coalesce(n.target - n.held - n.delivered, p_standard) AS open_quantity,
           CASE WHEN p_span IS NOT NULL THEN (
             SELECT max(upper(s.span)) FROM ledger_hold s
              WHERE s.household_id = h.id AND s.kind = p_kind AND s.status IN (1, 2) AND s.span && p_span) END AS free_on
      FROM found f
      LEFT JOIN registry_household h ON h.id = f.household_id
      LEFT JOIN ledger_need n ON n.household_id = h.id AND n.kind = p_kind AND n.period = p_period),
  judged AS MATERIALIZED (
    SELECT l.*, (CASE WHEN l.household_id IS NULL THEN 3
                      WHEN NOT (l.has_record OR l.by_identifier OR ledger_has_asked(l.household_id, p_at)) THEN 3
                      WHEN l.is_protected AND NOT l.has_record THEN 4
                      WHEN l.open_quantity <= 0 THEN 2
                      WHEN l.free_on IS NOT NULL THEN 5
                      WHEN p_quantity > l.open_quantity THEN 6
                      ELSE 1 END)::smallint AS outcome
      FROM looked l),
  told AS (
    INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, household_id, by_identifier, kind, period,
                              quantity, worth_rial, reason, province, county)
    SELECT p_at, 1, j.outcome, v_organisation, access_user_id(),
           CASE WHEN j.outcome <> 3 THEN j.household_id END, j.by_identifier, p_kind, p_period, p_quantity,
           CASE WHEN j.outcome <> 3 THEN p_quantity * p_unit_worth_rial ELSE 0 END, '',
           CASE WHEN j.outcome NOT IN (3, 4) THEN j.province ELSE '' END,
           CASE WHEN j.outcome NOT IN (3, 4) THEN j.county ELSE '' END
      FROM judged j)
  SELECT j.item, j.outcome, CASE WHEN j.outcome <> 3 THEN j.household_id END,
         CASE WHEN j.outcome <> 3 THEN j.open_quantity ELSE 0 END, CASE WHEN j.outcome NOT IN (3, 4) THEN j.free_on END
    FROM judged j ORDER BY j.item;
END $$;
