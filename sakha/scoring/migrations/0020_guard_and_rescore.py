"""A document in use is changed by nobody, not even the owner; what changes about a household is scored at once.

The trigger only queues a job, with the change and in its transaction; the worker wakes by the queue's own notice.
"""

from typing import ClassVar

from django.db import migrations

GUARD = """
CREATE FUNCTION scoring_document_stands() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a model document in use never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER document_stands BEFORE UPDATE OR DELETE ON scoring_model
    FOR EACH STATEMENT EXECUTE FUNCTION scoring_document_stands();
CREATE TRIGGER place_stands BEFORE UPDATE OR DELETE ON scoring_place
    FOR EACH STATEMENT EXECUTE FUNCTION scoring_document_stands();

-- A few households are named in the job; a whole load asks for one run over all that changed, and asks once.
CREATE FUNCTION scoring_ask_rescore() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    changed bigint[];
BEGIN
    SELECT array_agg(id) INTO changed FROM (SELECT id FROM told LIMIT 201) AS few;
    IF changed IS NULL THEN
        RETURN NULL;
    END IF;
    IF cardinality(changed) <= 200 THEN
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
        VALUES ('default', 'sakha.scoring.jobs.score_now', 10, jsonb_build_object('household_ids', changed));
    ELSIF NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'sakha.scoring.jobs.score_loaded'
    ) THEN
        INSERT INTO procrastinate_jobs (queue_name, task_name, args)
        VALUES ('default', 'sakha.scoring.jobs.score_loaded', '{}');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER household_added AFTER INSERT ON registry_household
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION scoring_ask_rescore();
CREATE TRIGGER household_changed AFTER UPDATE ON registry_household
    REFERENCING NEW TABLE AS told FOR EACH STATEMENT EXECUTE FUNCTION scoring_ask_rescore();
"""

DROP_GUARD = """
DROP TRIGGER household_changed ON registry_household;
DROP TRIGGER household_added ON registry_household;
DROP FUNCTION scoring_ask_rescore();
DROP TRIGGER place_stands ON scoring_place;
DROP TRIGGER document_stands ON scoring_model;
DROP FUNCTION scoring_document_stands();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("scoring", "0011_confirmations_row_security"),
        ("registry", "0002_row_security"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations: ClassVar = [migrations.RunSQL(GUARD, DROP_GUARD)]
