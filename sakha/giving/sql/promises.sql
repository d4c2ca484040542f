-- Marks belong to the system alone.
ALTER TABLE giving_promise_mark ENABLE ROW LEVEL SECURITY;
CREATE POLICY promise_mark_system ON giving_promise_mark
  USING ((SELECT access_is_system())) WITH CHECK ((SELECT access_is_system()));
