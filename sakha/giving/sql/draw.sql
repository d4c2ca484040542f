-- Draws money for aid that the asking organisation holds in the ledger: first what was given for this very need, then
-- what expires first, then what came first; only where the givers' conditions allow it, and only for a need that was
-- verified (states of scoring/rules/needs_states.py): the ledger holds for any other too. All or nothing.
CREATE OR REPLACE FUNCTION giving_draw_money(p_at timestamptz, p_day date, p_hold bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_organisation int := access_organisation_id();
  v_hold ledger_hold%ROWTYPE;
  v_listing bigint; v_draw bigint; v_left bigint; v_take bigint; v_counted bigint;
  v_left_listings bigint[] := '{}'; v_freed bigint[] := '{}';
  v_types text[];
  v_gift record; v_place record;
BEGIN
  IF v_organisation IS NULL OR access_scope() <> 'ORGANISATION' THEN
    RAISE EXCEPTION 'only an organisation draws money' USING errcode = 'insufficient_privilege';
  END IF;
  SELECT * INTO v_hold FROM ledger_hold h
   WHERE h.id = p_hold AND h.organisation_id = v_organisation FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  -- The same request again gives the same, whatever became of the hold meanwhile.
  SELECT d.id INTO v_draw FROM giving_draw d WHERE d.hold_id = p_hold AND d.organisation_id = v_organisation;
  IF FOUND THEN RETURN v_draw; END IF;
  -- What goods pay is paid: a need is paid once.
  IF v_hold.status <> 1 OR EXISTS (SELECT 1 FROM giving_goods_taking t WHERE t.hold_id = p_hold) THEN RETURN NULL; END IF;
  IF NOT EXISTS (SELECT 1 FROM scoring_need s
                  WHERE s.household_id = v_hold.household_id AND s.kind = v_hold.kind AND s.period = v_hold.period
                    AND s.state IN (2, 3, 4) AND s.expires_on >= p_day) THEN
    RAISE EXCEPTION 'nobody verified this need' USING errcode = 'SK011';
  END IF;
  SELECT l.id INTO v_listing FROM giving_listing l
   WHERE l.household_id = v_hold.household_id AND l.kind = v_hold.kind AND l.period = v_hold.period;
  INSERT INTO giving_draw (hold_id, household_id, organisation_id, kind, amount_rial, state, drawn_at)
  VALUES (p_hold, v_hold.household_id, v_organisation, v_hold.kind, v_hold.quantity, 'HELD', p_at)
  RETURNING id INTO v_draw;
  v_left := v_hold.quantity;
  v_types := giving_household_types(v_hold.household_id, p_day);
  FOR v_gift IN
    SELECT g.id, g.listing_id, g.household_most_rial FROM giving_gift g
      LEFT JOIN giving_listing l ON l.id = g.listing_id
      JOIN giving_balance b ON b.gift_id = g.id AND b.account = 3 AND b.rial > 0
     WHERE g.state = 'PAID' AND (g.expires_on IS NULL OR g.expires_on >= p_day)
       AND (g.listing_id IS NULL OR g.listing_id = v_listing OR g.counted_rial = 0 OR l.left_at IS NOT NULL)
       AND CASE WHEN g.county <> '' THEN g.county = v_hold.county
                ELSE g.province IN ('', v_hold.province) END
       AND (cardinality(g.kinds) = 0 OR v_hold.kind = ANY (g.kinds))
       AND (cardinality(g.household_types) = 0 OR g.household_types::text[] && v_types)
     ORDER BY coalesce(g.listing_id = v_listing AND g.counted_rial > 0, false) DESC, g.expires_on NULLS LAST,
              g.paid_at, g.id
  LOOP
    -- Read again under their locks, the gift's first as a refund does: somebody may have drawn from it meanwhile.
    SELECT g.counted_rial INTO v_counted FROM giving_gift g WHERE g.id = v_gift.id FOR NO KEY UPDATE;
    SELECT least(b.rial, v_left) INTO v_take FROM giving_balance b
     WHERE b.gift_id = v_gift.id AND b.account = 3 FOR NO KEY UPDATE;
    IF v_gift.household_most_rial IS NOT NULL THEN
      SELECT least(v_take, v_gift.household_most_rial - coalesce(
               sum(CASE WHEN t.to_account = 4 THEN t.amount_rial ELSE -t.amount_rial END), 0)) INTO v_take
        FROM giving_transfer t JOIN giving_draw d ON d.id = t.draw_id
       WHERE t.gift_id = v_gift.id AND ledger_kept_household(d.household_id) = v_hold.household_id
         AND (t.from_account, t.to_account) IN ((3, 4), (4, 3));
    END IF;
    IF v_take > 0 THEN
      INSERT INTO giving_transfer (gift_id, key, from_account, to_account, amount_rial, draw_id, reason, at)
      VALUES (v_gift.id, 'draw:' || v_draw, 3, 4, v_take, v_draw, '', p_at);
      v_left := v_left - v_take;
      -- Money that was named for another need, which left, is counted there no more: that need may come back.
      IF v_counted > 0 AND v_gift.listing_id IS DISTINCT FROM v_listing THEN
        v_counted := least(v_take, v_counted);
        UPDATE giving_gift g SET counted_rial = g.counted_rial - v_counted WHERE g.id = v_gift.id;
        v_left_listings := v_left_listings || v_gift.listing_id;
        v_freed := v_freed || v_counted;
      END IF;
    END IF;
    EXIT WHEN v_left = 0;
  END LOOP;
  IF v_left > 0 THEN
    RAISE EXCEPTION 'money is short' USING errcode = 'SK010';
  END IF;
  -- Several listings are locked here and by the refresh: one after the other.
  IF v_freed <> '{}' THEN
    PERFORM pg_advisory_xact_lock(hashtext('giving_refresh_listings'));
    FOR v_place IN
      SELECT f.id, sum(f.rial)::bigint AS rial FROM unnest(v_left_listings, v_freed) AS f(id, rial) GROUP BY 1 ORDER BY 1
    LOOP
      UPDATE giving_listing l SET given_rial = l.given_rial - v_place.rial WHERE l.id = v_place.id;
    END LOOP;
  END IF;
  RETURN v_draw;
END $$;

-- The money follows the hold: delivered with it, back to where it lay when the hold was released or expired.
CREATE OR REPLACE FUNCTION giving_settle_draws(p_at timestamptz, p_limit int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_draw record;
  v_count int := 0;
BEGIN
  IF NOT access_is_system() THEN
    RAISE EXCEPTION 'only the system settles' USING errcode = 'insufficient_privilege';
  END IF;
  FOR v_draw IN
    SELECT d.id, h.status FROM giving_draw d JOIN ledger_hold h ON h.id = d.hold_id
     WHERE d.state = 'HELD' AND h.status <> 1 ORDER BY d.id LIMIT p_limit FOR NO KEY UPDATE OF d SKIP LOCKED
  LOOP
    INSERT INTO giving_transfer (gift_id, key, from_account, to_account, amount_rial, draw_id, reason, at)
    SELECT t.gift_id, 'end:' || v_draw.id, 4, CASE WHEN v_draw.status = 2 THEN 5 ELSE 3 END, t.amount_rial, v_draw.id,
           '', p_at
      FROM giving_transfer t WHERE t.draw_id = v_draw.id AND t.to_account = 4 ORDER BY t.id;
    UPDATE giving_draw d SET state = CASE WHEN v_draw.status = 2 THEN 'DELIVERED' ELSE 'RETURNED' END, settled_at = p_at
     WHERE d.id = v_draw.id;
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END $$;
