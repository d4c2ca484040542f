-- The gateway's books belong to the system: offices of the nation read them through `queries`.
ALTER TABLE giving_statement_day ENABLE ROW LEVEL SECURITY;
CREATE POLICY statement_day_system ON giving_statement_day
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
ALTER TABLE giving_gateway_case ENABLE ROW LEVEL SECURITY;
CREATE POLICY gateway_case_system ON giving_gateway_case
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
