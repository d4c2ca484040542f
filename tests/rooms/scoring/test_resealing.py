"""After a rotation nothing of this room needs the old keys."""

from __future__ import annotations

import os

import pytest

from sakha.access.rules import SYSTEM
from sakha.access.rules.sealing import add_keys, parse_key_ring
from sakha.scoring.actions.appeals import NewAppeal, open_appeal
from sakha.scoring.actions.confirming import ask_confirmations
from sakha.scoring.actions.resealing import reseal_batch
from sakha.scoring.rules.appeals import AppealKind
from sakha.scoring.rules.confirming import ConfirmerKind
from sakha.scoring.rules.confirming_questions import QuestionCode
from tests.rooms.scoring.people import AT, given_confirmer, make_people, national_id, rows

pytestmark = pytest.mark.django_db


def test_everything_sealed_is_renewed_and_then_nothing_is_left() -> None:
    people = make_people()
    given_confirmer(people.karaj, ConfirmerKind.NEIGHBOUR, national_id=national_id(900))
    ask_confirmations(actor=people.karaj, at=AT, household_id=people.household_id, topics=[QuestionCode.TENURE])
    words = NewAppeal(household_id=people.household_id, kind=AppealKind.VISIT, statement="به دیدن ما بیایید.")
    open_appeal(actor=people.mehr, at=AT, appeal=words)
    before = rows("SELECT mobile_index FROM scoring_confirmer")

    ring = parse_key_ring(add_keys(os.environ["SAKHA_KEYS"]))
    assert sum(iter(lambda: reseal_batch(actor=SYSTEM, ring=ring, limit=10), 0)) >= 5
    assert reseal_batch(actor=SYSTEM, ring=ring, limit=10) == 0
    assert rows("SELECT mobile_index FROM scoring_confirmer") != before
