-- Promises for every month belong to the system alone: no office sees who gives, and no giver whom it reaches.
ALTER TABLE giving_sponsorship ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_sponsored_month ENABLE ROW LEVEL SECURITY;
CREATE POLICY sponsorship_system ON giving_sponsorship
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY sponsored_month_system ON giving_sponsored_month
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
