-- What can be drawn of a share's pieces today: the gift is paid and has not passed its last day, and its conditions hold
-- for the household as it is now. The same conditions as in `draw.sql`, for the gifts of the share alone.
CREATE OR REPLACE FUNCTION giving_share_money(p_share bigint, p_day date) RETURNS TABLE (gift_id bigint, rial bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT g.id, least(p.amount_rial, b.rial, g.household_most_rial - coalesce((
           SELECT sum(CASE WHEN t.to_account = 4 THEN t.amount_rial ELSE -t.amount_rial END)
             FROM giving_transfer t JOIN giving_draw d ON d.id = t.draw_id
            WHERE t.gift_id = g.id AND ledger_kept_household(d.household_id) = h.id
              AND (t.from_account, t.to_account) IN ((3, 4), (4, 3))), 0))
    FROM giving_share s
    JOIN registry_household h ON h.id = ledger_kept_household(s.household_id)
    JOIN giving_share_piece p ON p.share_id = s.id
    JOIN giving_gift g ON g.id = p.gift_id AND g.state = 'PAID' AND (g.expires_on IS NULL OR g.expires_on >= p_day)
    JOIN giving_balance b ON b.gift_id = g.id AND b.account = 3 AND b.rial > 0
   WHERE s.id = p_share AND g.counted_rial = 0
     AND CASE WHEN g.county <> '' THEN g.county = h.county ELSE g.province IN ('', h.province) END
     AND (cardinality(g.kinds) = 0 OR s.kind = ANY (g.kinds))
     AND (cardinality(g.household_types) = 0 OR g.household_types::text[] && giving_household_types(h.id, p_day))
$$;

-- Takes one share of the asking body in hand: how much of it can be held in the world as it is, and if nothing, why.
CREATE OR REPLACE FUNCTION giving_take_share(
  p_share bigint, p_day date, OUT household_id bigint, OUT kind smallint, OUT rial bigint, OUT why text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_share giving_share%ROWTYPE; v_open bigint; v_money bigint; v_is_protected bool; v_is_verified bool;
BEGIN
  SELECT s.* INTO v_share FROM giving_share s JOIN giving_proposal p ON p.id = s.proposal_id AND p.state = 'APPROVED'
   WHERE s.id = p_share AND s.state = 'WAITING' AND s.amount_rial > 0 AND access_scope() = 'ORGANISATION'
     AND s.organisation_id = access_organisation_id()
     FOR NO KEY UPDATE OF s FOR SHARE OF p;
  IF NOT FOUND THEN RETURN; END IF;
  household_id := ledger_kept_household(v_share.household_id);
  kind := v_share.kind;
  SELECT h.is_protected INTO v_is_protected FROM registry_household h WHERE h.id = household_id;
  SELECT true INTO v_is_verified FROM scoring_need n
   WHERE n.household_id = giving_take_share.household_id AND n.kind = v_share.kind AND n.period = v_share.period
     AND n.state IN (2, 3, 4) AND n.expires_on >= p_day;
  SELECT n.target - n.held - n.delivered INTO v_open FROM ledger_need n
   WHERE n.household_id = giving_take_share.household_id AND n.kind = v_share.kind AND n.period = v_share.period;
  SELECT coalesce(sum(greatest(m.rial, 0)), 0) INTO v_money FROM giving_share_money(p_share, p_day) m;
  rial := greatest(0, least(v_money, v_open, v_share.amount_rial));
  why := CASE WHEN v_is_protected THEN 'PROTECTED' WHEN v_is_verified IS NULL THEN 'NEED_UNVERIFIED'
              WHEN coalesce(v_open, 0) <= 0 THEN 'NEED_COVERED' WHEN v_money <= 0 THEN 'MONEY_GONE' ELSE '' END;
  IF why <> '' THEN rial := 0; END IF;
END $$;

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
    IF EXISTS (SELECT 1 FROM giving_goods_taking t WHERE t.hold_id = p_hold) THEN
      RAISE EXCEPTION 'the hold is of goods' USING errcode = 'invalid_parameter_value';
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
