-- Versions of the policy belong to the system: an office reads them through `queries`, which ask whether it decides
-- there. A version is written once; while it waits its effect is looked at anew, and then it is confirmed or withdrawn.
ALTER TABLE giving_pool_policy ENABLE ROW LEVEL SECURITY;
CREATE POLICY pool_policy_system ON giving_pool_policy
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));

CREATE FUNCTION giving_guard_pool_policy() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.confirmed_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL THEN
    RAISE EXCEPTION 'a version that was decided never changes' USING errcode = 'check_violation';
  END IF;
  IF (OLD.deprived_provinces, OLD.deprived_mille, OLD.poor_mille, OLD.poor_below_mille, OLD.valid_from, OLD.reason,
      OLD.proposed_by_id, OLD.proposed_at)
     IS DISTINCT FROM (NEW.deprived_provinces, NEW.deprived_mille, NEW.poor_mille, NEW.poor_below_mille,
      NEW.valid_from, NEW.reason, NEW.proposed_by_id, NEW.proposed_at) THEN
    RAISE EXCEPTION 'a version is written once' USING errcode = 'check_violation';
  END IF;
  IF NEW.valid_from < (NEW.confirmed_at AT TIME ZONE 'Asia/Tehran')::date THEN
    RAISE EXCEPTION 'a version is not used before it was confirmed' USING errcode = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pool_policy_way BEFORE UPDATE ON giving_pool_policy
  FOR EACH ROW EXECUTE FUNCTION giving_guard_pool_policy();
REVOKE ALL ON FUNCTION giving_guard_pool_policy() FROM PUBLIC;
