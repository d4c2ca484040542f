"""An objection, and its end, count as a change of the household.

A night's run reads the facts as of its beginning: an objection of a moment later would be undone by it until the next
night. Changed since that beginning, the household is scored again by the clock; at once too, by the trigger of changed
households (migration 0020). The owner touches it: households are written by the system alone.
"""

from typing import ClassVar

from django.db import migrations

TOUCHES = """
CREATE OR REPLACE FUNCTION scoring_ask_contested() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE registry_household h
       SET changed_at = greatest(h.changed_at, NEW.opened_at, NEW.decided_at)
     WHERE h.id = NEW.household_id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION scoring_ask_contested() FROM PUBLIC;
"""

TOUCHES_NOT = """
CREATE OR REPLACE FUNCTION scoring_ask_contested() RETURNS trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
    VALUES ('default', 'sakha.scoring.jobs.score_now', 10,
            jsonb_build_object('household_ids', ARRAY[NEW.household_id]));
    RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION scoring_ask_contested() TO PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("scoring", "0023_who_decides_for_whom")]

    operations: ClassVar = [migrations.RunSQL(TOUCHES, TOUCHES_NOT)]
