-- Holds aid for a need: one conditional UPDATE and one INSERT. The row lock of the need puts all givers in a line, the
-- WHERE is judged again when one's turn has come, and the CHECK never_over stands behind it.
-- Outcomes: ledger/rules/states.py.
CREATE FUNCTION ledger_hold(
  p_at timestamptz, p_request uuid, p_household bigint, p_kind smallint, p_period int, p_quantity bigint,
  p_standard bigint, p_unit_worth_rial bigint, p_expires_at timestamptz, p_span daterange, p_reason text,
  OUT outcome smallint, OUT hold_id bigint, OUT open_quantity bigint, OUT held_until timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_organisation int := access_organisation_id();
  v_province text; v_county text; v_is_protected bool; v_has_record bool;
  v_need bigint; v_has_similar bool;
BEGIN
  IF v_organisation IS NULL OR access_scope() <> 'ORGANISATION' THEN
    RAISE EXCEPTION 'only an organisation holds aid' USING errcode = 'insufficient_privilege';
  END IF;
  IF p_quantity IS NULL OR p_quantity <= 0 THEN
    RAISE EXCEPTION 'quantity must be positive' USING errcode = 'invalid_parameter_value';
  END IF;
  p_household := ledger_kept_household(p_household);
  SELECT r.outcome, r.hold_id, r.held_until INTO outcome, hold_id, held_until
    FROM ledger_replay(v_organisation, p_request, p_household, p_kind, p_quantity) r;
  IF FOUND THEN RETURN; END IF;

  SELECT h.province, h.county, h.is_protected INTO v_province, v_county, v_is_protected
    FROM registry_household h WHERE h.id = p_household;
  v_has_record := FOUND AND ledger_knows(p_household, v_province, v_county);
  IF v_province IS NULL OR NOT (v_has_record OR ledger_has_asked(p_household, p_at)) THEN
    outcome := 3;
  ELSIF v_is_protected AND NOT v_has_record THEN
    outcome := 4;
  ELSE
    v_has_similar := p_span IS NOT NULL AND EXISTS (
      SELECT 1 FROM ledger_hold h WHERE h.household_id = p_household AND h.kind = p_kind AND h.status IN (1, 2)
         AND h.span && p_span);
    FOR attempt IN 1..4 LOOP                -- again when another giver opens or frees the need, or somebody merges it
      IF NOT v_has_similar OR p_reason <> '' THEN
        UPDATE ledger_need n SET held = n.held + p_quantity
         WHERE n.household_id = p_household AND n.kind = p_kind AND n.period = p_period
           AND n.held + n.delivered + p_quantity <= n.target
        RETURNING n.id, n.target - n.held - n.delivered INTO v_need, open_quantity;
        EXIT WHEN v_need IS NOT NULL;
      END IF;
      IF ledger_kept_household(p_household) <> p_household THEN
        p_household := ledger_kept_household(p_household);
        CONTINUE;
      END IF;
      SELECT n.target - n.held - n.delivered INTO open_quantity
        FROM ledger_need n WHERE n.household_id = p_household AND n.kind = p_kind AND n.period = p_period;
      IF NOT FOUND THEN
        open_quantity := p_standard;
        EXIT WHEN p_quantity > p_standard OR (v_has_similar AND p_reason = '');
        PERFORM ledger_open_standard(p_at, ARRAY[p_household], p_kind, p_period, p_standard);
      ELSE
        EXIT WHEN p_quantity > open_quantity OR (v_has_similar AND p_reason = '');
      END IF;
    END LOOP;
    outcome := CASE WHEN v_need IS NOT NULL THEN 1 WHEN open_quantity <= 0 THEN 2
                    WHEN v_has_similar AND p_reason = '' THEN 5 ELSE 6 END;
  END IF;

  IF outcome = 1 THEN
    INSERT INTO ledger_hold AS h (need_id, household_id, organisation_id, user_id, kind, period, quantity, request_id,
                                  span, overrides_window, reason, province, county, created_at, expires_at)
    VALUES (v_need, p_household, v_organisation, access_user_id(), p_kind, p_period, p_quantity, p_request,
            p_span, v_has_similar, p_reason, v_province, v_county, p_at, p_expires_at)
    ON CONFLICT DO NOTHING RETURNING h.id, h.expires_at INTO hold_id, held_until;
    IF hold_id IS NULL THEN                 -- the same request at once, or the same window from another period's need
      UPDATE ledger_need n SET held = n.held - p_quantity WHERE n.id = v_need;
      open_quantity := open_quantity + p_quantity;
      outcome := 5;
    END IF;
  END IF;
  IF outcome IN (2, 5, 6) THEN              -- its twin may have been carried out while this one waited in line
    SELECT r.outcome, r.hold_id, r.held_until INTO outcome, hold_id, held_until
      FROM ledger_replay(v_organisation, p_request, p_household, p_kind, p_quantity) r;
    IF FOUND THEN RETURN; END IF;
    outcome := CASE WHEN open_quantity <= 0 THEN 2 WHEN p_quantity > open_quantity THEN 6 ELSE 5 END;
  END IF;
  INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, household_id, hold_id, kind, period,
                            quantity, worth_rial, reason, province, county)
  VALUES (p_at, 2, outcome, v_organisation, access_user_id(), CASE WHEN outcome <> 3 THEN p_household END,
          hold_id, p_kind, p_period, p_quantity, p_quantity * p_unit_worth_rial, p_reason,
          CASE WHEN outcome IN (3, 4) THEN '' ELSE v_province END,
          CASE WHEN outcome IN (3, 4) THEN '' ELSE v_county END);
END $$;
