-- Closed without a scope. Nobody but the functions writes, so there are policies for reading alone.
ALTER TABLE ledger_need ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_event ENABLE ROW LEVEL SECURITY;

-- A need is seen by whoever sees the household: the register's own policies answer the inner question.
CREATE POLICY need_seen ON ledger_need FOR SELECT USING (
  access_sees_area(province, county)
  OR EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id)
);
CREATE POLICY hold_seen ON ledger_hold FOR SELECT USING (
  ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id()))
  OR access_sees_area(province, county)
);
CREATE POLICY event_seen ON ledger_event FOR SELECT USING (
  ((SELECT access_scope()) = 'ORGANISATION' AND organisation_id = (SELECT access_organisation_id()))
  OR access_sees_area(province, county)
);
