-- A transfer moves two balances and can't move one alone. The balances of a gift are locked in the order of their
-- numbers; the CHECK never_below_zero refuses money that isn't there.
CREATE FUNCTION giving_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO giving_balance (gift_id, account, rial)
  SELECT NEW.gift_id, one.account, 0
    FROM unnest(ARRAY[least(NEW.from_account, NEW.to_account), greatest(NEW.from_account, NEW.to_account)])
         AS one(account)
      ON CONFLICT (gift_id, account) DO NOTHING;
  PERFORM 1 FROM giving_balance b WHERE b.gift_id = NEW.gift_id AND b.account IN (NEW.from_account, NEW.to_account)
    ORDER BY b.account FOR NO KEY UPDATE;
  UPDATE giving_balance b SET rial = b.rial - NEW.amount_rial
   WHERE b.gift_id = NEW.gift_id AND b.account = NEW.from_account;
  UPDATE giving_balance b SET rial = b.rial + NEW.amount_rial
   WHERE b.gift_id = NEW.gift_id AND b.account = NEW.to_account;
  RETURN NEW;
END $$;
CREATE TRIGGER giving_transfer_moves AFTER INSERT ON giving_transfer
  FOR EACH ROW EXECUTE FUNCTION giving_move();

CREATE FUNCTION giving_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was booked stays booked' USING errcode = 'insufficient_privilege';
END $$;
CREATE TRIGGER giving_transfer_stays BEFORE UPDATE OR DELETE ON giving_transfer
  FOR EACH ROW EXECUTE FUNCTION giving_keep();

-- Balances that are not the sums of their transfers, and rials of the sum of all that are not zero. Repairs nothing.
CREATE FUNCTION giving_verify(OUT differing_count int, OUT sum_rial numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT access_is_system() THEN
    RAISE EXCEPTION 'only the system verifies' USING errcode = 'insufficient_privilege';
  END IF;
  WITH entries AS (
    SELECT t.gift_id, t.from_account AS account, -t.amount_rial AS rial FROM giving_transfer t
     UNION ALL SELECT t.gift_id, t.to_account, t.amount_rial FROM giving_transfer t),
  sums AS (SELECT e.gift_id, e.account, sum(e.rial) AS rial FROM entries e GROUP BY 1, 2)
  SELECT count(*) INTO differing_count FROM sums s FULL JOIN giving_balance b USING (gift_id, account)
   WHERE coalesce(s.rial, 0) <> coalesce(b.rial, 0);
  SELECT coalesce(sum(b.rial), 0) INTO sum_rial FROM giving_balance b;
END $$;
