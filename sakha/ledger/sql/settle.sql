-- Delivers (2) or releases (3) aid that the asking organisation holds. Locks: the need first, then the hold.
-- Outcomes: 1 done, 3 no such hold of this organisation, 7 so already, 9 settled another way before.
CREATE FUNCTION ledger_settle(p_at timestamptz, p_hold bigint, p_to smallint) RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_organisation int := access_organisation_id();
  v_hold ledger_hold%ROWTYPE;
  v_need bigint;
BEGIN
  IF v_organisation IS NULL OR access_scope() <> 'ORGANISATION' THEN
    RAISE EXCEPTION 'only an organisation settles its aid' USING errcode = 'insufficient_privilege';
  END IF;
  IF p_to NOT IN (2, 3) THEN
    RAISE EXCEPTION 'aid is delivered (2) or released (3)' USING errcode = 'invalid_parameter_value';
  END IF;
  -- By id first and the status afterwards: a partial index must not tempt the planner (docs/ledger.md, traps).
  -- Where households were joined meanwhile, the hold stands on another need: the lock of the old one is given back
  -- (with its subtransaction) before the new one is asked for, or two who settle and hold could wait for each other.
  LOOP
    SELECT * INTO v_hold FROM ledger_hold h WHERE h.id = p_hold AND h.organisation_id = v_organisation;
    IF NOT FOUND THEN RETURN 3; END IF;
    v_need := v_hold.need_id;
    BEGIN
      PERFORM 1 FROM ledger_need n WHERE n.id = v_need FOR NO KEY UPDATE;
      SELECT * INTO v_hold FROM ledger_hold h WHERE h.id = p_hold FOR NO KEY UPDATE;
      IF v_hold.need_id <> v_need THEN
        RAISE EXCEPTION 'the hold has moved' USING errcode = 'SK001';
      END IF;
      EXIT;
    EXCEPTION WHEN SQLSTATE 'SK001' THEN NULL;
    END;
  END LOOP;
  IF v_hold.status <> 1 THEN
    RETURN CASE WHEN v_hold.status = p_to THEN 7 ELSE 9 END;
  END IF;
  UPDATE ledger_hold h SET status = p_to, settled_at = p_at WHERE h.id = p_hold;
  IF EXISTS (SELECT 1 FROM ledger_hold h WHERE h.need_id = v_hold.need_id AND h.surplus_quantity > 0) THEN
    PERFORM ledger_recount(p_at, v_hold.need_id);
  ELSE
    UPDATE ledger_need n SET held = n.held - v_hold.quantity,
           delivered = n.delivered + CASE WHEN p_to = 2 THEN v_hold.quantity ELSE 0 END
     WHERE n.id = v_hold.need_id;
  END IF;
  INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, household_id, hold_id, kind, period,
                            quantity, worth_rial, reason, province, county)
  VALUES (p_at, p_to + 1, 1, v_organisation, access_user_id(), v_hold.household_id, v_hold.id, v_hold.kind,
          v_hold.period, v_hold.quantity, 0, '', v_hold.province, v_hold.county);
  RETURN 1;
END $$;

-- Settles many in one step, the needs locked in the order of household, kind and period as everywhere.
CREATE FUNCTION ledger_settle_many(p_at timestamptz, p_holds bigint[], p_to smallint)
RETURNS TABLE (hold_id bigint, outcome smallint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_organisation int := access_organisation_id();
  v_locked bigint[];
BEGIN
  IF v_organisation IS NULL OR access_scope() <> 'ORGANISATION' THEN
    RAISE EXCEPTION 'only an organisation settles its aid' USING errcode = 'insufficient_privilege';
  END IF;
  IF p_to NOT IN (2, 3) THEN
    RAISE EXCEPTION 'aid is delivered (2) or released (3)' USING errcode = 'invalid_parameter_value';
  END IF;
  LOOP
    BEGIN
      SELECT array_agg(one.id) INTO v_locked FROM (
        SELECT n.id FROM ledger_need n
         WHERE n.id IN (
           SELECT h.need_id FROM ledger_hold h WHERE h.id = ANY (p_holds) AND h.organisation_id = v_organisation)
         ORDER BY n.household_id, n.kind, n.period FOR NO KEY UPDATE) one;
      IF EXISTS (SELECT 1 FROM ledger_hold h WHERE h.id = ANY (p_holds) AND h.organisation_id = v_organisation
                    AND h.need_id <> ALL (v_locked)) THEN
        RAISE EXCEPTION 'a hold has moved' USING errcode = 'SK001';
      END IF;
      EXIT;
    EXCEPTION WHEN SQLSTATE 'SK001' THEN NULL;
    END;
  END LOOP;

  -- From here on nobody else changes these holds: whoever does takes the need's lock first.
  RETURN QUERY
  WITH given AS MATERIALIZED (
    SELECT DISTINCT g.hold_id FROM unnest(p_holds) AS g(hold_id)),
  before AS MATERIALIZED (
    SELECT g.hold_id, h.need_id, h.household_id, h.kind, h.period, h.quantity, h.status, h.province, h.county
      FROM given g LEFT JOIN ledger_hold h ON h.id = g.hold_id AND h.organisation_id = v_organisation),
  settled AS (
    UPDATE ledger_hold h SET status = p_to, settled_at = p_at FROM before b
     WHERE h.id = b.hold_id AND h.organisation_id = v_organisation AND h.status = 1
    RETURNING h.id, h.need_id, h.quantity - h.surplus_quantity AS quantity),
  sums AS (SELECT s.need_id, sum(s.quantity)::bigint AS quantity FROM settled s GROUP BY 1),
  counted AS (
    UPDATE ledger_need n SET held = n.held - s.quantity,
           delivered = n.delivered + CASE WHEN p_to = 2 THEN s.quantity ELSE 0 END
      FROM sums s WHERE n.id = s.need_id),
  told AS (
    INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, household_id, hold_id, kind, period,
                              quantity, worth_rial, reason, province, county)
    SELECT p_at, p_to + 1, 1, v_organisation, access_user_id(), b.household_id, b.hold_id, b.kind, b.period,
           b.quantity, 0, '', b.province, b.county
      FROM before b JOIN settled s ON s.id = b.hold_id)
  SELECT b.hold_id, (CASE WHEN b.need_id IS NULL THEN 3 WHEN s.id IS NOT NULL THEN 1
                          WHEN b.status = p_to THEN 7 ELSE 9 END)::smallint
    FROM before b LEFT JOIN settled s ON s.id = b.hold_id ORDER BY 1;
  PERFORM ledger_recount(p_at, one.need_id) FROM (
    SELECT DISTINCT h.need_id FROM ledger_hold h
     WHERE h.surplus_quantity > 0 AND h.need_id IN (SELECT g.need_id FROM ledger_hold g WHERE g.id = ANY (p_holds))) one;
END $$;
