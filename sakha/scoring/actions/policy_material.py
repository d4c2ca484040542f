"""Makes the material of simulations: every household's numbers in one row, by the same pipeline as the scores."""

from datetime import datetime
from typing import Final

from sakha.access.queries import acting
from sakha.access.rules import Actor
from sakha.scoring.actions.policy_prices import adopt_prices
from sakha.scoring.actions.scoring import adopt_model, require_system
from sakha.scoring.queries.assessment import run_assessment
from sakha.scoring.queries.documents import card_on
from sakha.scoring.queries.facts import TEHRAN
from sakha.scoring.queries.policy import policies_on
from sakha.scoring.rules.needs import age_column
from sakha.scoring.rules.policy_simulation import MATERIAL_NAMES, MATERIAL_SHA
from sakha.vocabulary.need_kinds import NeedKind

_WRITE: Final = """
INSERT INTO scoring_material (household_id, province, county, numbers, names_sha, made_at)
SELECT w.household_id, h.province, CASE WHEN h.is_protected THEN '' ELSE h.county END, ARRAY[{numbers}]::bigint[],
    '{sha}', %(at)s
FROM weighed w JOIN registry_household h ON h.id = w.household_id
ORDER BY w.household_id
ON CONFLICT (household_id) DO UPDATE SET province = EXCLUDED.province, county = EXCLUDED.county,
    numbers = EXCLUDED.numbers, names_sha = EXCLUDED.names_sha, made_at = EXCLUDED.made_at"""


def make_material(*, actor: Actor, at: datetime) -> int:
    """Make the material of all households anew, in one statement; tells of how many."""
    require_system(actor)
    on = at.astimezone(TEHRAN).date()
    with acting(actor):
        adopt_model(card_on(on), at)
        adopt_prices(at=at)
        aged = {age_column(kind) for kind in policies_on(on).needs.kinds}
        unaged = {age_column(kind) for kind in NeedKind} - aged
        values = {"score_at_place": "w.placed_score"} | dict.fromkeys(unaged, "NULL")
        numbers = ", ".join(values.get(name, f"w.{name}") for name in MATERIAL_NAMES)
        return run_assessment(_WRITE.format(numbers=numbers, sha=MATERIAL_SHA), at=at, household_ids=None).row_count
