-- Closed without a scope. The proposals belong to the system: an office reads them through `queries`, which ask whether
-- it decides there. A body sees its own shares.
ALTER TABLE giving_proposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_share ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_share_piece ENABLE ROW LEVEL SECURITY;
CREATE POLICY proposal_system ON giving_proposal
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY share_seen ON giving_share FOR SELECT USING (
  (SELECT access_is_system())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id())));
CREATE POLICY share_made ON giving_share FOR INSERT WITH CHECK ((SELECT access_is_system()));
CREATE POLICY piece_system ON giving_share_piece
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
