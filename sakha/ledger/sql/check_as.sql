-- The whole of a program's single question in one round trip: for whom the transaction works, the check, and the look
-- that the household can see. One statement, one transaction; the settings end with it.
CREATE FUNCTION ledger_check_as(
  p_organisation int, p_area text[], p_purpose text, p_at timestamptz, p_indexes bytea[], p_household bigint,
  p_kind smallint, p_period int, p_quantity bigint, p_standard bigint, p_unit_worth_rial bigint, p_span daterange,
  p_kinds smallint[], p_periods int[],
  OUT outcome smallint, OUT household_id bigint, OUT code text, OUT province text, OUT county text,
  OUT is_protected bool, OUT has_record bool, OUT target bigint, OUT held bigint, OUT delivered bigint,
  OUT similar_on date, OUT free_on date, OUT needs jsonb
) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('sakha.scope', 'ORGANISATION', true), set_config('sakha.user_id', '', true),
          set_config('sakha.organisation_id', p_organisation::text, true),
          set_config('sakha.province', p_area[1], true), set_config('sakha.county', p_area[2], true);
  SELECT c.outcome, c.household_id, c.code, c.province, c.county, c.is_protected, c.has_record, c.target, c.held,
         c.delivered, c.similar_on, c.free_on, c.needs
    INTO outcome, household_id, code, province, county, is_protected, has_record, target, held,
         delivered, similar_on, free_on, needs
    FROM ledger_check(p_at, p_indexes, p_household, p_kind, p_period, p_quantity, p_standard, p_unit_worth_rial,
                      p_span, p_kinds, p_periods) AS c;
  IF household_id IS NOT NULL THEN
    INSERT INTO access_entry (at, action, user_id, organisation_id, province, county, purpose, person_count, household_id)
    VALUES (p_at, 'CHECK', NULL, p_organisation, p_area[1], p_area[2], p_purpose, 1, household_id);
  END IF;
END $$;

-- The same for a hold. As the owner, to find which household stands now where an old number was named: its people see
-- the look. None of one that the asker may not know of (3), nor of one named beside a used request (8).
CREATE FUNCTION ledger_hold_as(
  p_organisation int, p_area text[], p_purpose text, p_at timestamptz, p_request uuid, p_household bigint,
  p_kind smallint, p_period int, p_quantity bigint, p_standard bigint, p_unit_worth_rial bigint,
  p_expires_at timestamptz, p_span daterange, p_reason text,
  OUT outcome smallint, OUT hold_id bigint, OUT open_quantity bigint, OUT held_until timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('sakha.scope', 'ORGANISATION', true), set_config('sakha.user_id', '', true),
          set_config('sakha.organisation_id', p_organisation::text, true),
          set_config('sakha.province', p_area[1], true), set_config('sakha.county', p_area[2], true);
  SELECT h.outcome, h.hold_id, h.open_quantity, h.held_until INTO outcome, hold_id, open_quantity, held_until
    FROM ledger_hold(p_at, p_request, p_household, p_kind, p_period, p_quantity, p_standard, p_unit_worth_rial,
                     p_expires_at, p_span, p_reason) AS h;
  IF outcome NOT IN (3, 8) THEN
    INSERT INTO access_entry (at, action, user_id, organisation_id, province, county, purpose, person_count, household_id)
    VALUES (p_at, 'WRITE', NULL, p_organisation, p_area[1], p_area[2], p_purpose, 1, ledger_kept_household(p_household));
  END IF;
END $$;
