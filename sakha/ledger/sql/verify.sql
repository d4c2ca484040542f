-- Compares every need's counters with the sums of what its holds count, and writes an event for each that differs. Never repairs:
-- a difference is a fault to be understood.
CREATE FUNCTION ledger_verify(p_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_count int;
BEGIN
  IF NOT access_is_system() THEN
    RAISE EXCEPTION 'only the system verifies' USING errcode = 'insufficient_privilege';
  END IF;
  WITH sums AS (
    SELECT h.need_id, coalesce(sum(h.quantity - h.surplus_quantity) FILTER (WHERE h.status = 1), 0)::bigint AS held,
           coalesce(sum(h.quantity - h.surplus_quantity) FILTER (WHERE h.status = 2), 0)::bigint AS delivered
      FROM ledger_hold h GROUP BY 1),
  told AS (
    INSERT INTO ledger_event (at, action, outcome, household_id, kind, period, quantity, worth_rial, reason, province,
                              county)
    SELECT p_at, 7, 11, n.household_id, n.kind, n.period,
           n.held + n.delivered - coalesce(s.held, 0) - coalesce(s.delivered, 0), 0, '', n.province, n.county
      FROM ledger_need n LEFT JOIN sums s ON s.need_id = n.id
     WHERE (n.held, n.delivered) <> (coalesce(s.held, 0), coalesce(s.delivered, 0))
    RETURNING 1)
  SELECT count(*) INTO v_count FROM told;
  RETURN v_count;
END $$;
