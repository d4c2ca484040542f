-- A version is written once. While it waits its effect is looked at anew, and it is confirmed or withdrawn; one that was
-- confirmed is withdrawn before its first day, or never.
CREATE OR REPLACE FUNCTION giving_guard_pool_policy() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
  IF OLD.withdrawn_at IS NOT NULL THEN
    RAISE EXCEPTION 'a version that was withdrawn never changes' USING errcode = 'check_violation';
  END IF;
  IF (OLD.deprived_provinces, OLD.deprived_mille, OLD.poor_mille, OLD.poor_below_mille, OLD.valid_from, OLD.reason,
      OLD.proposed_by_id, OLD.proposed_at)
     IS DISTINCT FROM (NEW.deprived_provinces, NEW.deprived_mille, NEW.poor_mille, NEW.poor_below_mille,
      NEW.valid_from, NEW.reason, NEW.proposed_by_id, NEW.proposed_at) THEN
    RAISE EXCEPTION 'a version is written once' USING errcode = 'check_violation';
  END IF;
  IF OLD.confirmed_at IS NULL AND NEW.valid_from < (NEW.confirmed_at AT TIME ZONE 'Asia/Tehran')::date THEN
    RAISE EXCEPTION 'a version is not used before it was confirmed' USING errcode = 'check_violation';
  END IF;
  IF OLD.confirmed_at IS NOT NULL AND (
     (OLD.effect, OLD.effect_at, OLD.confirmed_by_id, OLD.confirmed_at)
       IS DISTINCT FROM (NEW.effect, NEW.effect_at, NEW.confirmed_by_id, NEW.confirmed_at)
     OR NEW.valid_from <= (coalesce(NEW.withdrawn_at, NEW.withdrawal_asked_at) AT TIME ZONE 'Asia/Tehran')::date) THEN
    RAISE EXCEPTION 'a version that was confirmed is withdrawn before its first day, or never'
      USING errcode = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION giving_guard_pool_policy() FROM PUBLIC;
