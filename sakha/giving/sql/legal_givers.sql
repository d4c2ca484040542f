-- Legal givers and who acts for them belong to the system: offices read them through `queries`.
ALTER TABLE giving_legal_giver ENABLE ROW LEVEL SECURITY;
CREATE POLICY legal_giver_system ON giving_legal_giver
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
ALTER TABLE giving_legal_member ENABLE ROW LEVEL SECURITY;
CREATE POLICY legal_member_system ON giving_legal_member
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
