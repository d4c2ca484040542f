-- Two households were found to be one: their needs and holds come together in the transaction that merges them, whoever
-- merges. The guard stands: what was given or promised twice becomes surplus of its hold and an event «found double aid».
-- Locks: the merge holds both households (FOR UPDATE), so nobody opens a need beside it; then all their needs in the order
-- of everywhere. Whoever waits for one of these needs finds it moved or closed (target 0) and asks for the household anew.
CREATE FUNCTION ledger_join_households(p_at timestamptz, p_kept bigint, p_gone bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_hold record;
BEGIN
  PERFORM 1 FROM ledger_need n WHERE n.household_id IN (p_kept, p_gone)
    ORDER BY n.household_id, n.kind, n.period FOR NO KEY UPDATE;
  INSERT INTO ledger_join (household_id, gone_household_id, needs, holds, joined_at, province, county)
  SELECT p_kept, p_gone,
         (SELECT coalesce(jsonb_agg(jsonb_build_array(n.id, n.household_id, n.target) ORDER BY n.id), '[]')
            FROM ledger_need n WHERE n.household_id IN (p_kept, p_gone)),
         (SELECT coalesce(jsonb_agg(jsonb_build_array(h.id, h.need_id, h.household_id, h.surplus_quantity, h.found_at)
                                    ORDER BY h.id), '[]')
            FROM ledger_hold h WHERE h.household_id IN (p_kept, p_gone)),
         p_at, k.province, k.county
    FROM registry_household k WHERE k.id = p_kept;

  -- Similar help inside a window, from both sides: the later one stands beside the window's guard from now on.
  FOR v_hold IN
    SELECT h.id, h.kind, h.span, h.household_id FROM ledger_hold h
     WHERE h.household_id IN (p_kept, p_gone) AND h.status IN (1, 2) AND h.span IS NOT NULL
       AND h.found_at IS NULL AND NOT h.overrides_window
     ORDER BY (h.status = 2), h.created_at DESC, h.id DESC
  LOOP
    UPDATE ledger_hold h SET found_at = p_at
     WHERE h.id = v_hold.id AND EXISTS (
       SELECT 1 FROM ledger_hold o
        WHERE o.household_id IN (p_kept, p_gone) AND o.household_id <> v_hold.household_id AND o.kind = v_hold.kind
          AND o.status IN (1, 2) AND o.found_at IS NULL AND NOT o.overrides_window AND o.span && v_hold.span);
  END LOOP;

  UPDATE ledger_need n SET target = greatest(n.target, g.target)
    FROM ledger_need g
   WHERE n.household_id = p_kept AND g.household_id = p_gone AND (g.kind, g.period) = (n.kind, n.period)
     AND g.target > n.target;
  -- By household and by need: what was held while they were joined before may stand on a need that went back since.
  UPDATE ledger_hold h SET household_id = p_kept, need_id = coalesce(n.id, h.need_id)
    FROM ledger_hold same LEFT JOIN ledger_need n
      ON n.household_id = p_kept AND (n.kind, n.period) = (same.kind, same.period)
   WHERE same.id = h.id AND (h.household_id = p_gone OR h.need_id IN (
           SELECT g.id FROM ledger_need g WHERE g.household_id = p_gone));
  -- What the other has too is closed: nothing can be held on it, and no figure counts it.
  UPDATE ledger_need g SET target = 0, held = 0, delivered = 0
   WHERE g.household_id = p_gone AND EXISTS (
     SELECT 1 FROM ledger_need n WHERE n.household_id = p_kept AND (n.kind, n.period) = (g.kind, g.period));
  UPDATE ledger_need g SET household_id = p_kept
   WHERE g.household_id = p_gone AND NOT EXISTS (
     SELECT 1 FROM ledger_need n WHERE n.household_id = p_kept AND (n.kind, n.period) = (g.kind, g.period));
  PERFORM ledger_recount(p_at, n.id) FROM ledger_need n WHERE n.household_id = p_kept;

  INSERT INTO ledger_event (at, action, outcome, organisation_id, household_id, hold_id, kind, period, quantity,
                            worth_rial, reason, province, county)
  SELECT p_at, 8, 12, h.organisation_id, p_kept, h.id, h.kind, h.period, double.quantity,
         coalesce((SELECT e.worth_rial / e.quantity * double.quantity FROM ledger_event e
                    WHERE e.hold_id = h.id AND e.household_id IN (p_kept, p_gone) AND e.action = 2 AND e.outcome = 1
                    LIMIT 1), 0),
         '', h.province, h.county
    FROM ledger_hold h
    CROSS JOIN LATERAL (
      SELECT CASE WHEN h.surplus_quantity > 0 THEN h.surplus_quantity ELSE h.quantity END AS quantity) double
   WHERE h.household_id = p_kept AND h.status IN (1, 2) AND h.found_at = p_at
   ORDER BY h.id;
END $$;

-- The merge was wrong: every need and hold goes back to where it was, with its target. Counters are made anew of the
-- holds, for some may have been delivered, released or made since; what is new stays where it was asked for.
CREATE FUNCTION ledger_part_households(p_at timestamptz, p_kept bigint, p_gone bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_join ledger_join%ROWTYPE;
BEGIN
  SELECT * INTO v_join FROM ledger_join j
   WHERE j.household_id = p_kept AND j.gone_household_id = p_gone AND j.parted_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM 1 FROM ledger_need n WHERE n.household_id IN (p_kept, p_gone)
    ORDER BY n.household_id, n.kind, n.period FOR NO KEY UPDATE;
  UPDATE ledger_need n SET household_id = (b.value->>1)::bigint, target = (b.value->>2)::bigint, held = 0, delivered = 0
    FROM jsonb_array_elements(v_join.needs) b WHERE n.id = (b.value->>0)::bigint;
  -- First those that go back, then those that stayed: the window's guard looks at every row as it is written.
  UPDATE ledger_hold h SET need_id = (b.value->>1)::bigint, household_id = p_gone,
         surplus_quantity = (b.value->>3)::bigint, found_at = (b.value->>4)::timestamptz
    FROM jsonb_array_elements(v_join.holds) b
   WHERE h.id = (b.value->>0)::bigint AND (b.value->>2)::bigint = p_gone;
  UPDATE ledger_hold h SET need_id = (b.value->>1)::bigint, surplus_quantity = (b.value->>3)::bigint,
         found_at = (b.value->>4)::timestamptz
    FROM jsonb_array_elements(v_join.holds) b
   WHERE h.id = (b.value->>0)::bigint AND (b.value->>2)::bigint = p_kept;
  PERFORM ledger_recount(p_at, n.id) FROM ledger_need n WHERE n.household_id IN (p_kept, p_gone);
  UPDATE ledger_join j SET parted_at = p_at WHERE j.id = v_join.id;
END $$;

-- The register merges and parts households; the ledger follows in the same transaction and can't be forgotten.
CREATE FUNCTION ledger_follow_merge() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.merged_into_id IS NULL THEN
    PERFORM ledger_join_households(NEW.changed_at, NEW.merged_into_id, NEW.id);
  ELSIF NEW.merged_into_id IS NULL THEN
    PERFORM ledger_part_households(greatest(OLD.changed_at, NEW.changed_at), OLD.merged_into_id, NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_follow_merge AFTER UPDATE OF merged_into_id ON registry_household
  FOR EACH ROW WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id) EXECUTE FUNCTION ledger_follow_merge();

-- No need opens for a household that is another. The lock makes a merge of the same moment visible: it waits for it.
CREATE FUNCTION ledger_open_no_merged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_merged bigint;
BEGIN
  SELECT h.merged_into_id INTO v_merged FROM registry_household h WHERE h.id = NEW.household_id FOR KEY SHARE;
  RETURN CASE WHEN v_merged IS NULL THEN NEW END;
END $$;
CREATE TRIGGER ledger_open_no_merged BEFORE INSERT ON ledger_need
  FOR EACH ROW EXECUTE FUNCTION ledger_open_no_merged();
