-- Givers, their codes and how much they may give belong to the system alone: no office sees who gives.
ALTER TABLE giving_donor ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_donor_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_amount_limit ENABLE ROW LEVEL SECURITY;
CREATE POLICY donor_system ON giving_donor
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY donor_code_system ON giving_donor_code
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY amount_limit_read ON giving_amount_limit FOR SELECT USING ((SELECT access_is_system()));
-- First proposals: 20 million toman from nobody known, 100 million from a known phone. Later rows are dated.
INSERT INTO giving_amount_limit (from_on, unknown_rial, phone_rial) VALUES ('2026-03-21', 200000000, 1000000000);
