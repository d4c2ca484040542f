-- What stands in the way of giving this household this aid, and what else it needs. Writes that it was asked.
-- By identifier (any of its indexes) anybody at work may ask; by number only who knows the household or found it by an
-- identifier within a day. Of a protected household a stranger learns amounts, but no place and no day.
CREATE FUNCTION ledger_check(
  p_at timestamptz, p_indexes bytea[], p_household bigint, p_kind smallint, p_period int, p_quantity bigint,
  p_standard bigint, p_unit_worth_rial bigint, p_span daterange, p_kinds smallint[], p_periods int[],
  OUT outcome smallint, OUT household_id bigint, OUT code text, OUT province text, OUT county text,
  OUT is_protected bool, OUT has_record bool, OUT target bigint, OUT held bigint, OUT delivered bigint,
  OUT similar_on date, OUT free_on date, OUT needs jsonb
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
-- With arrays among the arguments the planner would plan anew at each call, which costs more than the answer.
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_id bigint; v_code text; v_province text; v_county text; v_open bigint; v_upper date;
BEGIN
  IF access_scope() IN ('', 'SIGN_IN', 'HOUSEHOLD') THEN
    RAISE EXCEPTION 'nobody is at work' USING errcode = 'insufficient_privilege';
  END IF;
  v_id := CASE WHEN p_indexes IS NULL THEN ledger_kept_household(p_household) ELSE ledger_household_of(p_indexes) END;
  SELECT h.code, h.province, h.county, h.is_protected INTO v_code, v_province, v_county, is_protected
    FROM registry_household h WHERE h.id = v_id;
  has_record := FOUND AND ledger_knows(v_id, v_province, v_county);
  needs := '[]';
  IF v_code IS NULL OR NOT (has_record OR p_indexes IS NOT NULL OR ledger_has_asked(v_id, p_at)) THEN
    outcome := 3; is_protected := false; has_record := false;
    INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, kind, period, quantity, worth_rial,
                              reason, province, county)
    VALUES (p_at, 1, 3, access_organisation_id(), access_user_id(), p_kind, p_period, p_quantity, 0, '', '', '');
    RETURN;
  END IF;
  household_id := v_id; code := v_code;
  SELECT n.target, n.held, n.delivered INTO target, held, delivered
    FROM ledger_need n WHERE n.household_id = v_id AND n.kind = p_kind AND n.period = p_period;
  IF p_span IS NOT NULL THEN
    SELECT max(lower(h.span)), max(upper(h.span)) INTO similar_on, free_on FROM ledger_hold h
     WHERE h.household_id = v_id AND h.kind = p_kind AND h.status IN (1, 2) AND h.span && p_span;
  END IF;
  SELECT coalesce(jsonb_agg(jsonb_build_array(n.kind, n.period, n.target, n.held, n.delivered) ORDER BY n.kind), '[]')
    INTO needs
    FROM unnest(p_kinds, p_periods) AS w(kind, period)
    JOIN ledger_need n ON n.household_id = v_id AND n.kind = w.kind AND n.period = w.period
   WHERE n.kind <> p_kind AND n.held + n.delivered < n.target;
  v_open := coalesce(target - held - delivered, p_standard);
  outcome := CASE WHEN is_protected AND NOT has_record THEN 4 WHEN v_open <= 0 THEN 2
                  WHEN similar_on IS NOT NULL THEN 5 WHEN p_quantity > v_open THEN 6 ELSE 1 END;
  IF outcome = 4 THEN
    similar_on := NULL; free_on := NULL;
  ELSE
    province := v_province; county := v_county;
  END IF;
  -- The asker may read its own events: no place of a protected household there either.
  INSERT INTO ledger_event (at, action, outcome, organisation_id, user_id, household_id, by_identifier, kind, period,
                            quantity, worth_rial, reason, province, county)
  VALUES (p_at, 1, outcome, access_organisation_id(), access_user_id(), v_id, p_indexes IS NOT NULL, p_kind, p_period,
          p_quantity, p_quantity * p_unit_worth_rial, '', coalesce(province, ''), coalesce(county, ''));
END $$;
