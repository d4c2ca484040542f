-- Deliveries that did not arrive and were taken back by two of an office: the money goes home by the way it came, and
-- waits for the next need. What the charity was given outside these books it owes; that is between it and the office.
CREATE FUNCTION giving_return_taken_back(p_at timestamptz, p_limit int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_draw record;
  v_count int := 0;
BEGIN
  IF NOT access_is_system() THEN
    RAISE EXCEPTION 'only the system settles' USING errcode = 'insufficient_privilege';
  END IF;
  FOR v_draw IN
    SELECT d.id FROM ledger_hold h JOIN giving_draw d ON d.hold_id = h.id
     WHERE h.status = 5 AND d.state = 'DELIVERED' ORDER BY d.id LIMIT p_limit FOR NO KEY UPDATE OF d SKIP LOCKED
  LOOP
    INSERT INTO giving_transfer (gift_id, key, from_account, to_account, amount_rial, draw_id, reason, at)
    SELECT t.gift_id, 'back:' || v_draw.id, 5, 4, t.amount_rial, v_draw.id, '', p_at
      FROM giving_transfer t WHERE t.draw_id = v_draw.id AND t.to_account = 5 ORDER BY t.id;
    INSERT INTO giving_transfer (gift_id, key, from_account, to_account, amount_rial, draw_id, reason, at)
    SELECT t.gift_id, 'home:' || v_draw.id, 4, 3, t.amount_rial, v_draw.id, '', p_at
      FROM giving_transfer t WHERE t.draw_id = v_draw.id AND t.to_account = 5 ORDER BY t.id;
    UPDATE giving_draw d SET state = 'RETURNED', settled_at = p_at WHERE d.id = v_draw.id;
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END $$;
REVOKE ALL ON FUNCTION giving_return_taken_back(timestamptz, int) FROM PUBLIC;
