-- What of a need's holds counts, after households were joined: what was delivered first, then what is promised, the
-- oldest first, until the target is reached. The rest is surplus: given or promised twice, kept with the hold and never
-- counted against the need. The caller holds the need's lock.
CREATE FUNCTION ledger_recount(p_at timestamptz, p_need bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH line AS (
    SELECT h.id, h.quantity, n.target, sum(h.quantity) OVER (
             ORDER BY (h.status = 2) DESC, CASE WHEN h.status = 2 THEN h.settled_at ELSE h.created_at END, h.id) AS upto
      FROM ledger_hold h JOIN ledger_need n ON n.id = h.need_id
     WHERE h.need_id = p_need AND h.status IN (1, 2)),
  judged AS (
    SELECT l.id, l.quantity - greatest(0, least(l.quantity, l.target - (l.upto - l.quantity))) AS surplus FROM line l)
  UPDATE ledger_hold h SET surplus_quantity = j.surplus,
         found_at = CASE WHEN j.surplus > 0 THEN coalesce(h.found_at, p_at)
                         WHEN h.found_at IS NULL OR EXISTS (
                           SELECT 1 FROM ledger_hold o
                            WHERE o.household_id = h.household_id AND o.kind = h.kind AND o.id <> h.id
                              AND o.status IN (1, 2) AND o.found_at IS NULL AND NOT o.overrides_window
                              AND o.span && h.span) THEN h.found_at END
    FROM judged j
   WHERE h.id = j.id AND (j.surplus, h.found_at IS NULL) IS DISTINCT FROM (h.surplus_quantity, true);
  -- What no longer binds is no surplus of anything.
  UPDATE ledger_hold h SET surplus_quantity = 0
   WHERE h.need_id = p_need AND h.status NOT IN (1, 2) AND h.surplus_quantity > 0;
  UPDATE ledger_need n SET held = s.held, delivered = s.delivered
    FROM (SELECT coalesce(sum(h.quantity - h.surplus_quantity) FILTER (WHERE h.status = 1), 0)::bigint AS held,
                 coalesce(sum(h.quantity - h.surplus_quantity) FILTER (WHERE h.status = 2), 0)::bigint AS delivered
            FROM ledger_hold h WHERE h.need_id = p_need) s
   WHERE n.id = p_need AND (n.held, n.delivered) <> (s.held, s.delivered);
END $$;
