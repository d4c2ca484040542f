-- An office says that a delivery which its household disputes did not arrive; nothing changes until a second one of the
-- area says so too. Outcomes: 1 done (with the number), 3 no delivery of the area that is disputed, 7 said so already.
CREATE FUNCTION ledger_propose_undoing(p_at timestamptz, p_hold bigint, p_reason text, OUT outcome smallint,
                                       OUT undoing_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_hold ledger_hold%ROWTYPE;
BEGIN
  IF access_scope() NOT IN ('COUNTY', 'PROVINCE', 'NATION') OR access_user_id() IS NULL THEN
    RAISE EXCEPTION 'only somebody of an office says so' USING errcode = 'insufficient_privilege';
  END IF;
  -- Locked: two at once come one after the other.
  SELECT * INTO v_hold FROM ledger_hold h WHERE h.id = p_hold FOR NO KEY UPDATE;
  IF NOT FOUND OR v_hold.status <> 2 OR NOT access_sees_area(v_hold.province, v_hold.county)
     OR v_hold.organisation_id = access_organisation_id()
     OR NOT EXISTS (SELECT 1 FROM ledger_receipt r WHERE r.hold_id = p_hold AND r.state = 3) THEN
    outcome := 3;
    RETURN;
  END IF;
  SELECT u.id INTO undoing_id FROM ledger_undoing u WHERE u.hold_id = p_hold AND u.state = 1;
  IF FOUND THEN
    outcome := 7;
    RETURN;
  END IF;
  INSERT INTO ledger_undoing (hold_id, organisation_id, state, reason, proposed_by_id, proposed_at, province, county)
  VALUES (p_hold, v_hold.organisation_id, 1, p_reason, access_user_id(), p_at, v_hold.province, v_hold.county)
  RETURNING id INTO undoing_id;
  outcome := 1;
END $$;

-- The second of the office: yes takes the delivery back, so that the need is open again; no leaves it. Locks as the
-- settling does: the need first, then the hold. Outcomes: 1 done, 3 none of the area that waits, 9 nobody disputes the
-- delivery any more, or one's own proposal.
CREATE FUNCTION ledger_decide_undoing(p_at timestamptz, p_undoing bigint, p_is_so bool, OUT outcome smallint,
                                      OUT hold_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  v_undoing ledger_undoing%ROWTYPE;
  v_hold ledger_hold%ROWTYPE;
  v_need bigint;
BEGIN
  IF access_scope() NOT IN ('COUNTY', 'PROVINCE', 'NATION') OR access_user_id() IS NULL THEN
    RAISE EXCEPTION 'only somebody of an office decides' USING errcode = 'insufficient_privilege';
  END IF;
  SELECT * INTO v_undoing FROM ledger_undoing u WHERE u.id = p_undoing;
  IF NOT FOUND OR NOT access_sees_area(v_undoing.province, v_undoing.county) THEN outcome := 3; RETURN; END IF;
  hold_id := v_undoing.hold_id;
  LOOP
    SELECT h.need_id INTO v_need FROM ledger_hold h WHERE h.id = v_undoing.hold_id;
    BEGIN
      PERFORM 1 FROM ledger_need n WHERE n.id = v_need FOR NO KEY UPDATE;
      SELECT * INTO v_hold FROM ledger_hold h WHERE h.id = v_undoing.hold_id FOR NO KEY UPDATE;
      IF v_hold.need_id <> v_need THEN
        RAISE EXCEPTION 'the hold has moved' USING errcode = 'SK001';
      END IF;
      EXIT;
    EXCEPTION WHEN SQLSTATE 'SK001' THEN NULL;
    END;
  END LOOP;
  SELECT * INTO v_undoing FROM ledger_undoing u WHERE u.id = p_undoing FOR NO KEY UPDATE;
  IF v_undoing.state <> 1 THEN outcome := 3; RETURN; END IF;
  IF v_undoing.proposed_by_id = access_user_id() OR v_hold.organisation_id = access_organisation_id()
     OR p_is_so AND (v_hold.status <> 2 OR NOT EXISTS (
          SELECT 1 FROM ledger_receipt r WHERE r.hold_id = v_hold.id AND r.state = 3)) THEN
    outcome := 9;
    RETURN;
  END IF;
  UPDATE ledger_undoing u SET state = CASE WHEN p_is_so THEN 2 ELSE 3 END, decided_by_id = access_user_id(),
         decided_at = p_at WHERE u.id = p_undoing;
  IF p_is_so THEN
    UPDATE ledger_hold h SET status = 5, settled_at = p_at WHERE h.id = v_hold.id;
    PERFORM ledger_recount(p_at, v_hold.need_id);
    INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, household_id, hold_id, kind, period,
                              quantity, worth_rial, reason, province, county)
    VALUES (p_at, 10, 1, v_hold.organisation_id, access_user_id(), v_hold.household_id, v_hold.id, v_hold.kind,
            v_hold.period, v_hold.quantity, 0, v_undoing.reason, v_hold.province, v_hold.county);
  END IF;
  outcome := 1;
END $$;
