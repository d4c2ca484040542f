-- Closed without a scope. A client's own rows are seen by its organisation; the feed by whoever sees the household.
ALTER TABLE exchange_partner ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_subscription ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_webhook ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_watermark ENABLE ROW LEVEL SECURITY;

-- How a partner writes is told by whoever admits its client, never by the client itself.
CREATE POLICY partner_seen ON exchange_partner FOR SELECT USING (
  (SELECT access_is_system())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id())));
CREATE POLICY partner_made ON exchange_partner FOR INSERT WITH CHECK ((SELECT access_is_system()));
CREATE POLICY partner_changed ON exchange_partner FOR UPDATE
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY request_own ON exchange_request USING (
  (SELECT access_is_system())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id())));
CREATE POLICY subscription_own ON exchange_subscription USING (
  (SELECT access_is_system())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id())));
CREATE POLICY webhook_own ON exchange_webhook USING (
  (SELECT access_is_system())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id())));
CREATE POLICY message_own ON exchange_message USING (
  (SELECT access_is_system())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id())));
-- Only bodies read the feed; a household is told by its own pages.
CREATE POLICY event_seen ON exchange_event FOR SELECT USING (
  (SELECT access_is_system())
  OR ((SELECT access_scope()) NOT IN ('', 'SIGN_IN', 'HOUSEHOLD')
      AND EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id)));
CREATE POLICY event_made ON exchange_event FOR INSERT WITH CHECK ((SELECT access_is_system()));
CREATE POLICY watermark_system ON exchange_watermark
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
