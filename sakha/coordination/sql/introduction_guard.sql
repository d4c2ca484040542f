-- By which ways an introduction goes from state to state, and who may close one. rules.introductions draws the same ways.
CREATE OR REPLACE FUNCTION coordination_guard_introduction() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    may_close bool;
BEGIN
    IF NOT (OLD.state, NEW.state) IN (
        ('OFFERED', 'TAKEN'), ('OFFERED', 'CLOSED'), ('TAKEN', 'OFFERED'), ('TAKEN', 'SERVED'), ('TAKEN', 'CLOSED'),
        ('SERVED', 'OFFERED'), ('SERVED', 'CLOSED')
    ) THEN
        RAISE EXCEPTION 'no way from % to %', OLD.state, NEW.state USING errcode = 'check_violation';
    END IF;
    IF NEW.state_at < OLD.state_at THEN
        RAISE EXCEPTION 'a state can not be older than the one before' USING errcode = 'check_violation';
    END IF;
    IF NEW.state = 'CLOSED' THEN
        may_close := CASE NEW.closed_because
            WHEN 'BOTH' THEN OLD.body_agreed_at IS NOT NULL AND NEW.household_agreed_at IS NOT NULL
                             AND NEW.disputed_at IS NULL
            WHEN 'DEADLINE' THEN OLD.body_agreed_at IS NOT NULL AND OLD.closes_at <= NEW.closed_at
                                 AND OLD.disputed_at IS NULL AND NEW.disputed_at IS NULL
            WHEN 'OFFICE' THEN OLD.disputed_at IS NOT NULL AND NEW.settled_at IS NOT NULL
                OR OLD.state = 'OFFERED' AND EXISTS (
                   SELECT FROM registry_household h WHERE h.id = NEW.household_id AND h.is_protected)
            WHEN 'CONSENT_WITHDRAWN' THEN NOT EXISTS (
                SELECT FROM coordination_introduction_consent c
                 WHERE c.household_id = NEW.household_id AND c.withdrawn_at IS NULL)
            WHEN 'NEED_GONE' THEN OLD.state = 'OFFERED' AND NOT EXISTS (
                SELECT FROM scoring_need n WHERE n.household_id = NEW.household_id AND n.kind = NEW.kind
                   AND n.state IN (2, 3, 4) AND n.target > n.delivered)
            WHEN 'JOINED' THEN EXISTS (
                SELECT FROM registry_household h WHERE h.id = NEW.household_id AND h.merged_into_id IS NOT NULL)
            ELSE false END;
        IF NOT may_close THEN
            RAISE EXCEPTION 'one side alone does not close an introduction' USING errcode = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
