-- Closed without a scope. Offices read their own area; nobody but the system counts. An office of a county reads of its
-- province only when it was counted: the amounts of the county alone.
ALTER TABLE observatory_reckoning ENABLE ROW LEVEL SECURITY;
ALTER TABLE observatory_amount ENABLE ROW LEVEL SECURITY;

CREATE POLICY reckoning_seen ON observatory_reckoning FOR SELECT USING (
  (SELECT access_scope()) IN ('SYSTEM', 'NATION')
  OR ((SELECT access_scope()) IN ('PROVINCE', 'COUNTY') AND province <> ''
      AND province = (SELECT access_province())));
CREATE POLICY reckoning_made ON observatory_reckoning FOR INSERT WITH CHECK ((SELECT access_is_system()));
CREATE POLICY reckoning_gone ON observatory_reckoning FOR DELETE USING ((SELECT access_is_system()));

CREATE POLICY amount_seen ON observatory_amount FOR SELECT USING (
  (SELECT access_scope()) IN ('SYSTEM', 'NATION')
  OR ((SELECT access_scope()) = 'PROVINCE' AND province <> '' AND province = (SELECT access_province()))
  OR ((SELECT access_scope()) = 'COUNTY' AND county <> '' AND county = (SELECT access_county())));
CREATE POLICY amount_made ON observatory_amount FOR INSERT WITH CHECK ((SELECT access_is_system()));
CREATE POLICY amount_gone ON observatory_amount FOR DELETE USING ((SELECT access_is_system()));
