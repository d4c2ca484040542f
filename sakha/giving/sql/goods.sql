-- Any body of the province may see what is offered there, for bodies fetch it; what was taken is seen by who took it.
ALTER TABLE giving_goods_offer ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_goods_taking ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS goods_offer_seen ON giving_goods_offer;
CREATE POLICY goods_offer_seen ON giving_goods_offer FOR SELECT USING (
  (SELECT access_is_system())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND province = (SELECT access_province())));
DROP POLICY IF EXISTS goods_offer_made ON giving_goods_offer;
CREATE POLICY goods_offer_made ON giving_goods_offer FOR INSERT WITH CHECK ((SELECT access_is_system()));
DROP POLICY IF EXISTS goods_offer_withdrawn ON giving_goods_offer;
CREATE POLICY goods_offer_withdrawn ON giving_goods_offer FOR UPDATE USING ((SELECT access_is_system()));
DROP POLICY IF EXISTS goods_taking_seen ON giving_goods_taking;
CREATE POLICY goods_taking_seen ON giving_goods_taking FOR SELECT USING (
  (SELECT access_is_system())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id())));

-- What one piece is worth for a household on a day: the officers' price of its province or of the nation, else what the
-- giver says; and who says so.
CREATE OR REPLACE FUNCTION giving_goods_worth(
  p_offer bigint, p_household bigint, p_day date, OUT item text, OUT worth_rial bigint, OUT worth_source text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.item, coalesce(price.amount, o.worth_rial), CASE WHEN price.amount IS NULL THEN 'GIVER' ELSE 'PRICE' END
    FROM giving_goods_offer o
    LEFT JOIN LATERAL (
      SELECT p.amount FROM scoring_price p JOIN registry_household h ON h.id = p_household
       WHERE o.price_name <> '' AND p.name = o.price_name AND p.province IN ('', h.province) AND p.withdrawn_at IS NULL
         AND (p.drafted_by_id IS NULL OR p.approved_at IS NOT NULL)
         AND p.valid_from <= p_day AND (p.valid_to IS NULL OR p.valid_to >= p_day)
       ORDER BY p.province DESC, p.valid_from DESC LIMIT 1) AS price ON true
   WHERE o.id = p_offer AND o.withdrawn_at IS NULL
     AND ((SELECT access_is_system())
          OR ((SELECT access_scope()) = 'ORGANISATION' AND o.province = (SELECT access_province())))
$$;

-- Takes pieces for aid that the asking body holds: one conditional UPDATE, so that however many take at once, stock
-- never goes below nothing; what is past its day is never taken. Only for a verified need of a household that the body
-- has a record of. All or nothing.
CREATE OR REPLACE FUNCTION giving_take_goods(p_at timestamptz, p_day date, p_hold bigint, p_offer bigint, p_quantity int)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_organisation int := access_organisation_id();
  v_hold ledger_hold%ROWTYPE; v_taking bigint; v_kind smallint; v_worth bigint; v_source text;
BEGIN
  IF v_organisation IS NULL OR access_scope() <> 'ORGANISATION' THEN
    RAISE EXCEPTION 'only an organisation takes goods' USING errcode = 'insufficient_privilege';
  END IF;
  SELECT * INTO v_hold FROM ledger_hold h
   WHERE h.id = p_hold AND h.organisation_id = v_organisation FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN NULL; END IF;
  -- The same request again gives the same, whatever became of the hold meanwhile; of something else, nothing.
  SELECT t.id INTO v_taking FROM giving_goods_taking t
   WHERE t.hold_id = p_hold AND t.offer_id = p_offer AND t.quantity = p_quantity;
  IF FOUND THEN RETURN v_taking; END IF;
  IF v_hold.status <> 1 OR EXISTS (SELECT 1 FROM giving_goods_taking t WHERE t.hold_id = p_hold)
     OR EXISTS (SELECT 1 FROM giving_draw d WHERE d.hold_id = p_hold) THEN RETURN NULL; END IF;
  IF NOT EXISTS (SELECT 1 FROM registry_record r
                  WHERE r.household_id = v_hold.household_id AND r.organisation_id = v_organisation) THEN
    RAISE EXCEPTION 'the body has no record of the household' USING errcode = 'SK013';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM scoring_need s
                  WHERE s.household_id = v_hold.household_id AND s.kind = v_hold.kind AND s.period = v_hold.period
                    AND s.state IN (2, 3, 4) AND s.expires_on >= p_day) THEN
    RAISE EXCEPTION 'nobody verified this need' USING errcode = 'SK011';
  END IF;
  UPDATE giving_goods_offer o SET left_quantity = o.left_quantity - p_quantity
   WHERE o.id = p_offer AND o.withdrawn_at IS NULL AND (o.expires_on IS NULL OR o.expires_on >= p_day)
     AND p_quantity > 0 AND o.left_quantity >= p_quantity AND o.kind = v_hold.kind
  RETURNING o.kind INTO v_kind;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'stock is short' USING errcode = 'SK012';
  END IF;
  SELECT w.worth_rial, w.worth_source INTO v_worth, v_source
    FROM giving_goods_worth(p_offer, v_hold.household_id, p_day) w;
  -- Parcels and items are held by the piece, everything else by its worth.
  IF v_worth IS NULL OR v_hold.quantity <> p_quantity * (CASE WHEN v_kind IN (1, 7, 9, 11) THEN 1 ELSE v_worth END) THEN
    RAISE EXCEPTION 'the hold is of something else' USING errcode = 'SK012';
  END IF;
  INSERT INTO giving_goods_taking (hold_id, offer_id, household_id, organisation_id, quantity, worth_rial, worth_source,
                                   state, taken_at)
  VALUES (p_hold, p_offer, v_hold.household_id, v_organisation, p_quantity, v_worth, v_source, 'HELD', p_at)
  RETURNING id INTO v_taking;
  RETURN v_taking;
END $$;

-- Goods follow the hold: delivered with it; back to the stock when it was released, expired, or its delivery taken back.
CREATE OR REPLACE FUNCTION giving_settle_goods(p_at timestamptz, p_limit int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_taking record; v_count int := 0;
BEGIN
  IF NOT access_is_system() THEN
    RAISE EXCEPTION 'only the system settles' USING errcode = 'insufficient_privilege';
  END IF;
  FOR v_taking IN
    -- Of what was delivered only what was taken back is looked at, from its holds: nothing reads all that ever arrived.
    WITH ended AS (
      SELECT t.id FROM giving_goods_taking t JOIN ledger_hold h ON h.id = t.hold_id
       WHERE t.state = 'HELD' AND h.status <> 1
      UNION ALL
      SELECT t.id FROM ledger_hold h JOIN giving_goods_taking t ON t.hold_id = h.id
       WHERE h.status = 5 AND t.state = 'DELIVERED')
    SELECT t.id, t.offer_id, t.quantity, h.status
      FROM ended JOIN giving_goods_taking t ON t.id = ended.id JOIN ledger_hold h ON h.id = t.hold_id
     WHERE (t.state = 'HELD' AND h.status <> 1) OR (t.state = 'DELIVERED' AND h.status = 5)
     ORDER BY t.offer_id, t.id LIMIT p_limit FOR NO KEY UPDATE OF t SKIP LOCKED
  LOOP
    UPDATE giving_goods_taking t SET state = CASE WHEN v_taking.status = 2 THEN 'DELIVERED' ELSE 'RETURNED' END,
           settled_at = p_at WHERE t.id = v_taking.id;
    IF v_taking.status <> 2 THEN
      UPDATE giving_goods_offer o SET left_quantity = o.left_quantity + v_taking.quantity WHERE o.id = v_taking.offer_id;
    END IF;
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END $$;
REVOKE ALL ON FUNCTION giving_goods_worth(bigint, bigint, date),
  giving_take_goods(timestamptz, date, bigint, bigint, int), giving_settle_goods(timestamptz, int) FROM PUBLIC;
