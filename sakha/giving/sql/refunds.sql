-- Refunds belong to the system: an office reads them through `queries`, which ask whether it decides there.
ALTER TABLE giving_refund ENABLE ROW LEVEL SECURITY;
CREATE POLICY refund_system ON giving_refund
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
