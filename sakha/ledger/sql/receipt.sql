-- Writes down that deliveries are told to their households, the oldest first. Gives what the notices say. By the event
-- and its BRIN index: a delivery's moment stands in no index of the holds.
CREATE FUNCTION ledger_tell_receipts(p_at timestamptz, p_since timestamptz, p_limit int)
RETURNS TABLE (hold_id bigint, household_id bigint, kind smallint, quantity bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF NOT access_is_system() THEN
    RAISE EXCEPTION 'only the system tells of deliveries' USING errcode = 'insufficient_privilege';
  END IF;
  IF NOT pg_try_advisory_xact_lock(hashtext('ledger_tell_receipts')) THEN RETURN; END IF;
  RETURN QUERY
  WITH due AS MATERIALIZED (
    SELECT h.id, h.household_id, h.organisation_id, h.kind, h.quantity, h.province, h.county
      FROM ledger_event e JOIN ledger_hold h ON h.id = e.hold_id AND h.status = 2
     WHERE e.at >= p_since AND e.action = 3 AND e.outcome = 1
       AND NOT EXISTS (SELECT 1 FROM ledger_receipt r WHERE r.hold_id = h.id)
     ORDER BY e.id LIMIT p_limit),
  told AS (
    INSERT INTO ledger_receipt (hold_id, organisation_id, state, told_at, province, county)
    SELECT d.id, d.organisation_id, 1, p_at, d.province, d.county FROM due d
    ON CONFLICT (hold_id) DO NOTHING RETURNING hold_id)
  SELECT d.id, d.household_id, d.kind, d.quantity FROM due d JOIN told t ON t.hold_id = d.id ORDER BY 1;
END $$;

-- Keeps whether a delivery arrived (2) or not (3), by the way it was said: site 1, SMS 2, visit 3, call 4. Outcomes:
-- 1 done, 3 no delivery that this actor may speak of, 7 said so already, 9 the household itself or an office has said otherwise.
-- Speaks: the household of its own, an office of its area, a visitor of a body that knows the household; never the
-- giver. Needs and holds stay as they are: what did not arrive is looked into by people.
CREATE FUNCTION ledger_answer_receipt(p_at timestamptz, p_hold bigint, p_state smallint, p_way smallint)
RETURNS smallint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_scope text := access_scope();
  v_hold ledger_hold%ROWTYPE;
  v_before ledger_receipt%ROWTYPE;
  v_may bool;
BEGIN
  IF p_state NOT IN (2, 3) OR p_way NOT IN (1, 2, 3, 4) THEN
    RAISE EXCEPTION 'a delivery arrived (2) or not (3), by a way of 1 to 4' USING errcode = 'invalid_parameter_value';
  END IF;
  -- Locked: two answers at once come one after the other.
  SELECT * INTO v_hold FROM ledger_hold h WHERE h.id = p_hold FOR NO KEY UPDATE;
  IF NOT FOUND OR v_hold.status <> 2 THEN RETURN 3; END IF;
  v_may := CASE
    WHEN v_scope = 'HOUSEHOLD' THEN p_way IN (1, 2) AND v_hold.household_id = ledger_kept_household(access_household_id())
    WHEN v_scope = 'ORGANISATION' THEN p_way = 3 AND v_hold.organisation_id <> access_organisation_id()
      AND ledger_knows(v_hold.household_id, v_hold.province, v_hold.county)
    WHEN v_scope IN ('COUNTY', 'PROVINCE', 'NATION') THEN p_way IN (3, 4)
      AND access_sees_area(v_hold.province, v_hold.county)
    ELSE false END;
  IF NOT coalesce(v_may, false) THEN RETURN 3; END IF;
  SELECT * INTO v_before FROM ledger_receipt r WHERE r.hold_id = p_hold;
  IF v_before.state = p_state THEN RETURN 7; END IF;
  -- Of bodies only a visit of another body may be answered otherwise: not the household, not a call, not an office.
  IF v_scope = 'ORGANISATION' AND (v_before.way IN (1, 2, 4) OR v_before.way = 3 AND NOT EXISTS (
       SELECT 1 FROM access_user u
        WHERE u.id = v_before.user_id AND u.role IN ('CHARITY_STAFF', 'CHARITY_HEAD', 'AGENCY_STAFF'))) THEN
    RETURN 9;
  END IF;
  INSERT INTO ledger_receipt (hold_id, organisation_id, state, way, user_id, told_at, answered_at, province, county)
  VALUES (p_hold, v_hold.organisation_id, p_state, p_way, access_user_id(), p_at, p_at, v_hold.province, v_hold.county)
  ON CONFLICT (hold_id) DO UPDATE
    SET state = excluded.state, way = excluded.way, user_id = excluded.user_id, answered_at = excluded.answered_at;
  INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, household_id, hold_id, kind, period,
                            quantity, worth_rial, reason, province, county)
  VALUES (p_at, 9, CASE WHEN p_state = 2 THEN 1 ELSE 13 END, v_hold.organisation_id, access_user_id(),
          v_hold.household_id, p_hold, v_hold.kind, v_hold.period, v_hold.quantity, 0, '', v_hold.province,
          v_hold.county);
  RETURN 1;
END $$;

-- Draws so many deliveries of each organisation, in the order that the seed gives them: the same seed over the same
-- deliveries draws the same, and nobody can choose.
CREATE FUNCTION ledger_draw_calls(p_at timestamptz, p_province text, p_county text, p_from timestamptz,
                                  p_until timestamptz, p_seed int, p_organisations int[], p_sizes int[])
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_round bigint;
BEGIN
  IF access_scope() NOT IN ('COUNTY', 'PROVINCE', 'NATION') OR NOT access_sees_area(p_province, p_county) THEN
    RAISE EXCEPTION 'only an office of the area calls' USING errcode = 'insufficient_privilege';
  END IF;
  INSERT INTO ledger_call_round (province, county, from_at, until_at, seed, strata, drawn_at, drawn_by_id)
  VALUES (p_province, p_county, p_from, p_until, p_seed, '[]', p_at, access_user_id()) RETURNING id INTO v_round;
  WITH ranked AS (
    SELECT h.id, h.organisation_id, md5(p_seed || ':' || h.id) AS turn,
           row_number() OVER (PARTITION BY h.organisation_id ORDER BY md5(p_seed || ':' || h.id), h.id) AS rank
      FROM ledger_hold h
     WHERE h.status = 2 AND h.province = p_province AND (p_county = '' OR h.county = p_county)
       AND h.settled_at >= p_from AND h.settled_at < p_until)
  INSERT INTO ledger_call (round_id, place, hold_id, organisation_id)
  SELECT v_round, row_number() OVER (ORDER BY r.turn, r.id), r.id, r.organisation_id
    FROM ranked r JOIN unnest(p_organisations, p_sizes) AS wanted(organisation_id, size)
      ON wanted.organisation_id = r.organisation_id AND r.rank <= wanted.size;
  UPDATE ledger_call_round SET strata = coalesce((
    SELECT jsonb_agg(jsonb_build_array(one.organisation_id, one.population, one.drawn) ORDER BY one.organisation_id)
      FROM (SELECT h.organisation_id, count(*) AS population,
                   (SELECT count(*) FROM ledger_call c WHERE c.round_id = v_round
                       AND c.organisation_id = h.organisation_id) AS drawn
              FROM ledger_hold h
             WHERE h.status = 2 AND h.province = p_province AND (p_county = '' OR h.county = p_county)
               AND h.settled_at >= p_from AND h.settled_at < p_until
             GROUP BY 1) one), '[]') WHERE id = v_round;
  RETURN v_round;
END $$;

-- Keeps what a call came to; called again, the last word stands. Gives the delivery, or nothing where the call is not
-- of the area.
CREATE FUNCTION ledger_record_call(p_at timestamptz, p_call bigint, p_outcome smallint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_hold bigint;
BEGIN
  UPDATE ledger_call c SET outcome = p_outcome, called_at = p_at, called_by_id = access_user_id()
    FROM ledger_call_round r
   WHERE c.id = p_call AND r.id = c.round_id AND access_scope() IN ('COUNTY', 'PROVINCE', 'NATION')
     AND access_sees_area(r.province, r.county)
  RETURNING c.hold_id INTO v_hold;
  RETURN v_hold;
END $$;
