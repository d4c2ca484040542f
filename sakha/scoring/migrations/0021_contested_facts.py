"""Which facts a household objects to: told to every reader of its facts, so that all of them choose the same word.

An appeal's words are for few; that a fact is contested is not. Its beginning and its end ask for a new score.
"""

from typing import ClassVar

from django.db import migrations

CONTESTED = """
CREATE FUNCTION scoring_contested(household_ids bigint[], moment timestamptz)
RETURNS TABLE (household_id bigint, fact varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT a.household_id, a.fact FROM scoring_appeal a
     WHERE a.kind = 'DATUM' AND a.opened_at <= moment AND (a.decided_at IS NULL OR a.decided_at > moment)
       AND (a.household_id = ANY (household_ids) OR (household_ids IS NULL AND access_is_system()))
$$;
REVOKE ALL ON FUNCTION scoring_contested(bigint[], timestamptz) FROM PUBLIC;

CREATE FUNCTION scoring_ask_contested() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
    VALUES ('default', 'sakha.scoring.jobs.score_now', 10,
            jsonb_build_object('household_ids', ARRAY[NEW.household_id]));
    RETURN NULL;
END $$;
CREATE TRIGGER appeal_opened AFTER INSERT ON scoring_appeal
    FOR EACH ROW WHEN (NEW.kind = 'DATUM') EXECUTE FUNCTION scoring_ask_contested();
CREATE TRIGGER appeal_ended AFTER UPDATE ON scoring_appeal
    FOR EACH ROW WHEN (NEW.kind = 'DATUM' AND (OLD.state = 'CLOSED') <> (NEW.state = 'CLOSED'))
    EXECUTE FUNCTION scoring_ask_contested();
"""

DROP_CONTESTED = """
DROP TRIGGER appeal_ended ON scoring_appeal;
DROP TRIGGER appeal_opened ON scoring_appeal;
DROP FUNCTION scoring_ask_contested();
DROP FUNCTION scoring_contested(bigint[], timestamptz);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("scoring", "0020_guard_and_rescore")]

    operations: ClassVar = [migrations.RunSQL(CONTESTED, DROP_CONTESTED)]
