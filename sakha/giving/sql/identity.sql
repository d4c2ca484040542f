-- Who a giver is belongs to the system alone: no office and no body sees it.
ALTER TABLE giving_identity_check ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS identity_check_system ON giving_identity_check;
CREATE POLICY identity_check_system ON giving_identity_check
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
