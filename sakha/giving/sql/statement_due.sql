-- As the days that were compared: the system's; offices of the nation read it through `queries`.
ALTER TABLE giving_statement_due ENABLE ROW LEVEL SECURITY;
CREATE POLICY statement_due_system ON giving_statement_due
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
