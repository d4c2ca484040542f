"""Who confirms is for the offices alone, what came of it for whoever sees the household; the system alone writes."""

from typing import ClassVar

from django.db import migrations

_SYSTEM = "(SELECT access_is_system())"
_OFFICE = "access_sees_area(province::text, county::text)"
_SEEN = "EXISTS (SELECT 1 FROM registry_household h WHERE h.id = household_id)"
_OWN = "(SELECT access_scope()) = 'ORGANISATION' AND {column} = (SELECT access_organisation_id())"
# An objection in a household's own words: the body that brought it, the body that must answer, the offices.
_APPEAL = f"{_OFFICE} OR {_OWN.format(column='organisation_id')} OR {_OWN.format(column='answering_id')}"
_OF_APPEAL = "EXISTS (SELECT 1 FROM scoring_appeal a WHERE a.id = appeal_id)"

READERS = {
    "confirmer": _OFFICE,
    # A colleague of another charity who is asked in the site sees what he is asked.
    "confirmation_request": f"{_OFFICE} OR user_id = (SELECT access_user_id())",
    "confirmation_answer": _OFFICE,
    "confirmation": _SEEN,
    "link_miss": "false",
    "appeal": _APPEAL,
    "appeal_step": _OF_APPEAL,
    "override": _SEEN,
    "notice": "false",
}


def _policies(name: str, readers: str) -> str:
    table = f"scoring_{name}"
    return f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {name}_system ON {table} USING ({_SYSTEM}) WITH CHECK ({_SYSTEM});
CREATE POLICY {name}_read ON {table} FOR SELECT USING ({readers});
"""


def _drop(name: str) -> str:
    table = f"scoring_{name}"
    return f"""
DROP POLICY {name}_system ON {table};
DROP POLICY {name}_read ON {table};
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("scoring", "0010_confirmations_and_appeals")]

    operations: ClassVar = [
        migrations.RunSQL(_policies(name, readers), _drop(name)) for name, readers in READERS.items()
    ]
