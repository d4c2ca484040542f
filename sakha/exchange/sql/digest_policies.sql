-- Keys and digests are the system's alone: a body asks by a digest and sees the household's answer, never the table.
ALTER TABLE exchange_digestkey ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_digest ENABLE ROW LEVEL SECURITY;
CREATE POLICY digest_key_system ON exchange_digestkey
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY digest_system ON exchange_digest
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
