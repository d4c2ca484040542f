-- Keeps a place for a gift in a need that is shown: one conditional UPDATE, so that however many give at once, a need is
-- never given more than it lacks; and only where the household's leave stands this moment and the household isn't
-- protected, also between two refreshes. 1 kept, 2 less is missing, 3 not shown.
CREATE OR REPLACE FUNCTION giving_place(p_code text, p_amount bigint, OUT outcome smallint, OUT listing_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_listing bigint;
BEGIN
  IF NOT access_is_system() THEN
    RAISE EXCEPTION 'only the system places gifts' USING errcode = 'insufficient_privilege';
  END IF;
  SELECT l.id INTO v_listing FROM giving_listing l
    JOIN giving_publishing_leave p ON p.household_id = l.household_id AND p.withdrawn_at IS NULL
    JOIN registry_household h ON h.id = l.household_id AND NOT h.is_protected AND h.merged_into_id IS NULL
   WHERE l.code = p_code AND l.left_at IS NULL;
  UPDATE giving_listing l SET given_rial = l.given_rial + p_amount
   WHERE l.id = v_listing AND l.left_at IS NULL AND l.given_rial + l.elsewhere_rial + p_amount <= l.target_rial
  RETURNING l.id INTO listing_id;
  outcome := CASE WHEN listing_id IS NOT NULL THEN 1 WHEN v_listing IS NOT NULL THEN 2 ELSE 3 END;
END $$;

-- Gives a place back: a pledge that lapsed, a fee, a refund.
CREATE OR REPLACE FUNCTION giving_release(p_listing bigint, p_amount bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT access_is_system() THEN
    RAISE EXCEPTION 'only the system places gifts' USING errcode = 'insufficient_privilege';
  END IF;
  UPDATE giving_listing l SET given_rial = l.given_rial - p_amount WHERE l.id = p_listing;
END $$;

CREATE OR REPLACE FUNCTION giving_see(p_code text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT access_is_system() THEN
    RAISE EXCEPTION 'only the system counts' USING errcode = 'insufficient_privilege';
  END IF;
  UPDATE giving_listing l SET seen_count = l.seen_count + 1 WHERE l.code = p_code AND l.left_at IS NULL;
END $$;
