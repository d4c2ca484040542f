"""Where people have changed, what still waits to be asked of the banks is asked about them as they are now."""

from collections.abc import Collection
from datetime import datetime

from sakha.databanks.actions import Followed, renew_waiting_questions
from sakha.databanks.queries import households_that_wait
from sakha.registry.queries.bank_evidence import people_to_ask


def follow_people(*, at: datetime, household_ids: Collection[int]) -> Followed:
    """Renew the waiting questions of these households, in the caller's transaction; where nothing waits, nothing."""
    waiting = households_that_wait(household_ids=sorted(household_ids))
    if not waiting:
        return Followed()
    # All of them, not only those that wait: somebody may have moved from one of them to another.
    people = people_to_ask(household_ids=sorted(household_ids), at=at)
    return renew_waiting_questions(household_ids=waiting, people=people)
