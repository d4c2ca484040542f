-- Writes what became of a share that was taken in hand; with a hold, draws its pieces for it. The hold is of the very
-- need that was approved: its household (or the one that it was merged into), kind and period.
CREATE OR REPLACE FUNCTION giving_settle_share(p_share bigint, p_at timestamptz, p_day date, p_hold bigint, p_why text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_hold ledger_hold%ROWTYPE; v_draw bigint; v_left bigint := 0; v_take bigint; v_piece record; v_most bigint;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM giving_share s JOIN giving_proposal p ON p.id = s.proposal_id AND p.state = 'APPROVED'
                  WHERE s.id = p_share AND s.state = 'WAITING' AND s.amount_rial > 0
                    AND access_scope() = 'ORGANISATION' AND s.organisation_id = access_organisation_id()) THEN
    RAISE EXCEPTION 'no approved share of this body waits' USING errcode = 'insufficient_privilege';
  END IF;
  IF p_hold IS NOT NULL THEN
    SELECT * INTO STRICT v_hold FROM ledger_hold h
     WHERE h.id = p_hold AND h.organisation_id = access_organisation_id() AND h.status = 1 FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT 1 FROM giving_share s
                    WHERE s.id = p_share AND (s.kind, s.period) = (v_hold.kind, v_hold.period)
                      AND ledger_kept_household(s.household_id) = ledger_kept_household(v_hold.household_id)) THEN
      RAISE EXCEPTION 'the hold is not of the need of this share' USING errcode = 'invalid_parameter_value';
    END IF;
    INSERT INTO giving_draw (hold_id, household_id, organisation_id, kind, amount_rial, state, drawn_at)
    VALUES (p_hold, v_hold.household_id, v_hold.organisation_id, v_hold.kind, v_hold.quantity, 'HELD', p_at)
    RETURNING id INTO v_draw;
    v_left := v_hold.quantity;
    FOR v_piece IN SELECT m.gift_id FROM giving_share_money(p_share, p_day) m JOIN giving_gift g ON g.id = m.gift_id
                    WHERE m.rial > 0 ORDER BY g.expires_on NULLS LAST, g.paid_at, g.id LOOP
      -- Read again under their locks, the gift's first as a refund does.
      PERFORM 1 FROM giving_gift g WHERE g.id = v_piece.gift_id FOR NO KEY UPDATE;
      PERFORM 1 FROM giving_balance b WHERE b.gift_id = v_piece.gift_id AND b.account = 3 FOR NO KEY UPDATE;
      SELECT m.rial INTO v_most FROM giving_share_money(p_share, p_day) m WHERE m.gift_id = v_piece.gift_id;
      v_take := least(v_left, coalesce(v_most, 0));
      IF v_take > 0 THEN
        INSERT INTO giving_transfer (gift_id, key, from_account, to_account, amount_rial, draw_id, reason, at)
        VALUES (v_piece.gift_id, 'draw:' || v_draw, 3, 4, v_take, v_draw, '', p_at);
        v_left := v_left - v_take;
      END IF;
      EXIT WHEN v_left = 0;
    END LOOP;
    IF v_left > 0 THEN
      RAISE EXCEPTION 'money is short' USING errcode = 'SK010';
    END IF;
  END IF;
  UPDATE giving_share s SET held_rial = coalesce(v_hold.quantity, 0), left_out = p_why, settled_at = p_at,
         state = CASE WHEN p_hold IS NULL THEN 'LEFT_OUT' WHEN v_hold.quantity < s.amount_rial THEN 'PARTLY'
                      ELSE 'HELD' END
   WHERE s.id = p_share;
END $$;
REVOKE ALL ON FUNCTION giving_share_money(bigint, date), giving_take_share(bigint, date),
  giving_settle_share(bigint, timestamptz, date, bigint, text) FROM PUBLIC;
