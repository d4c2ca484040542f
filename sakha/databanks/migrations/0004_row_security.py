"""Row-level security of questions, cases and events: who sees a household is asked above, the system reads here."""

from django.db import migrations

SYSTEM_ONLY = (
    "databanks_subject", "databanks_question", "databanks_life_event", "databanks_bank_message",
    "databanks_subscription",
)  # fmt: skip
SYSTEM_AND_NATION = ("databanks_inquiry", "databanks_case", "databanks_case_step")
# They name nobody: how a bank is doing is for offices and operators, as the page of the banks is.
FOR_OFFICES = ("databanks_bank_state", "databanks_exchange")
SYSTEM = "(SELECT access_is_system())"


def policies() -> str:
    lines = []
    for table in SYSTEM_ONLY + SYSTEM_AND_NATION + FOR_OFFICES:
        lines += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;",
            f"CREATE POLICY system_all ON {table} USING ({SYSTEM}) WITH CHECK ({SYSTEM});",
        ]
    lines += [
        f"CREATE POLICY nation_reads ON {table} FOR SELECT USING ((SELECT access_scope()) = 'NATION');"
        for table in SYSTEM_AND_NATION
    ]
    lines += [
        f"CREATE POLICY offices_read ON {table} FOR SELECT"
        " USING ((SELECT access_scope()) IN ('COUNTY', 'PROVINCE', 'NATION'));"
        for table in FOR_OFFICES
    ]
    return "\n".join(lines)


def undo() -> str:
    lines = [f"DROP POLICY nation_reads ON {table};" for table in SYSTEM_AND_NATION]
    lines += [f"DROP POLICY offices_read ON {table};" for table in FOR_OFFICES]
    for table in SYSTEM_ONLY + SYSTEM_AND_NATION + FOR_OFFICES:
        lines += [f"DROP POLICY system_all ON {table};", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"]
    return "\n".join(lines)


class Migration(migrations.Migration):
    dependencies = [("databanks", "0003_questions_cases_events"), ("access", "0001_initial")]
    operations = [migrations.RunSQL(policies(), undo())]
