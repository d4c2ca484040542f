-- Closed without a scope. Gifts, payments and books belong to the system alone: no office sees who gave what.
ALTER TABLE giving_publishing_leave ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_listing ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_gift ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_payment ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_draw ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_balance ENABLE ROW LEVEL SECURITY;
ALTER TABLE giving_transfer ENABLE ROW LEVEL SECURITY;

-- Whoever sees the household: the register's own policies answer the inner question.
CREATE POLICY leave_seen ON giving_publishing_leave FOR SELECT USING (
  (SELECT access_is_system()) OR EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id));
CREATE POLICY leave_given ON giving_publishing_leave FOR INSERT WITH CHECK (
  organisation_id IS NOT DISTINCT FROM (SELECT access_organisation_id())
  AND EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id));
CREATE POLICY leave_withdrawn ON giving_publishing_leave FOR UPDATE USING (
  (SELECT access_is_system()) OR EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id));
CREATE POLICY listing_seen ON giving_listing FOR SELECT USING (
  (SELECT access_is_system()) OR EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id));
CREATE POLICY draw_seen ON giving_draw FOR SELECT USING (
  (SELECT access_is_system())
  OR ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id())));
CREATE POLICY gift_system ON giving_gift
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY payment_system ON giving_payment
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
CREATE POLICY balance_system ON giving_balance FOR SELECT USING ((SELECT access_is_system()));
CREATE POLICY transfer_system ON giving_transfer
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
