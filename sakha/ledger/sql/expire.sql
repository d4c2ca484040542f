-- Frees what was held and not delivered in time. One sweeper at a time: two would choose the same rows and wait.
CREATE FUNCTION ledger_expire(p_at timestamptz, p_limit int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_due bigint[];
  v_locked bigint[];
  v_count int;
BEGIN
  IF NOT access_is_system() THEN
    RAISE EXCEPTION 'only the system expires holds' USING errcode = 'insufficient_privilege';
  END IF;
  IF NOT pg_try_advisory_xact_lock(hashtext('ledger_expire')) THEN
    RETURN 0;
  END IF;
  SELECT array_agg(due.id) INTO v_due FROM (
    SELECT h.id FROM ledger_hold h WHERE h.status = 1 AND h.expires_at < p_at ORDER BY h.expires_at LIMIT p_limit) due;
  LOOP  -- as in ledger_settle_many: a hold that was moved meanwhile is waited for with no lock in the hand
    BEGIN
      SELECT array_agg(one.id) INTO v_locked FROM (
        SELECT n.id FROM ledger_need n WHERE n.id IN (SELECT h.need_id FROM ledger_hold h WHERE h.id = ANY (v_due))
         ORDER BY n.household_id, n.kind, n.period FOR NO KEY UPDATE) one;
      IF EXISTS (SELECT 1 FROM ledger_hold h WHERE h.id = ANY (v_due) AND h.need_id <> ALL (v_locked)) THEN
        RAISE EXCEPTION 'a hold has moved' USING errcode = 'SK001';
      END IF;
      EXIT;
    EXCEPTION WHEN SQLSTATE 'SK001' THEN NULL;
    END;
  END LOOP;
  WITH expired AS (
    UPDATE ledger_hold h SET status = 4, settled_at = p_at WHERE h.id = ANY (v_due) AND h.status = 1
    RETURNING h.id, h.need_id, h.household_id, h.organisation_id, h.kind, h.period, h.quantity, h.surplus_quantity,
              h.province, h.county),
  sums AS (SELECT e.need_id, sum(e.quantity - e.surplus_quantity)::bigint AS quantity FROM expired e GROUP BY 1),
  counted AS (UPDATE ledger_need n SET held = n.held - s.quantity FROM sums s WHERE n.id = s.need_id),
  told AS (
    INSERT INTO ledger_event (at, action, outcome, organisation_id, household_id, hold_id, kind, period, quantity,
                              worth_rial, reason, province, county)
    SELECT p_at, 5, 1, e.organisation_id, e.household_id, e.id, e.kind, e.period, e.quantity, 0, '', e.province, e.county
      FROM expired e)
  SELECT count(*) INTO v_count FROM expired;
  PERFORM ledger_recount(p_at, one.need_id) FROM (
    SELECT DISTINCT h.need_id FROM ledger_hold h
     WHERE h.surplus_quantity > 0 AND h.need_id IN (SELECT g.need_id FROM ledger_hold g WHERE g.id = ANY (v_due))) one;
  RETURN v_count;
END $$;
