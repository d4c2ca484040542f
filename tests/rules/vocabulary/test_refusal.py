import pickle
import re
from collections.abc import Iterator

import pytest

from sakha.vocabulary import fact_values, identifiers, jalali, money
from sakha.vocabulary.refusal import Refusal

ROOM_MODULES = (fact_values, identifiers, jalali, money)
SAFE = re.compile(r"[A-Z][A-Z0-9_]*")


class TooManyDoors(Refusal):
    """For the tests."""

    code = "TOO_MANY_DOORS"
    sentence = "بیش از {limit} در نمی‌شود، {name}."


def refusals() -> Iterator[type[Refusal]]:
    for module in ROOM_MODULES:
        yield from (found for found in vars(module).values() if isinstance(found, type) and issubclass(found, Refusal))


def test_message_is_persian_with_its_facts_in_persian_digits() -> None:
    assert TooManyDoors(limit=1200, name="خانه").message == "بیش از ۱٬۲۰۰ در نمی‌شود، خانه."


def test_field_and_facts_are_readable_and_the_facts_are_a_copy() -> None:
    refusal = TooManyDoors(field="doors", limit=3, name="خانه")

    refusal.facts["limit"] = 9

    assert refusal.field == "doors"
    assert refusal.facts == {"limit": 3, "name": "خانه"}


def test_text_of_a_refusal_carries_no_facts_since_it_reaches_logs() -> None:
    refusal = TooManyDoors(field="doors", limit=3, name="مریم رضایی")

    assert str(refusal) == "TOO_MANY_DOORS (doors)"
    assert "مریم" not in repr(refusal)


def test_refusal_survives_a_process_boundary() -> None:
    refusal = pickle.loads(pickle.dumps(TooManyDoors(field="doors", limit=3, name="خانه")))  # noqa: S301 -- our own bytes

    assert (refusal.field, refusal.message) == ("doors", TooManyDoors(limit=3, name="خانه").message)


def test_a_code_that_programs_could_not_keep_is_refused_when_the_class_is_written() -> None:
    with pytest.raises(TypeError, match="UPPER_SNAKE"):
        type("Odd", (Refusal,), {"code": "too many"})


@pytest.mark.parametrize(
    "refusal", sorted(set(refusals()), key=lambda refusal: refusal.__name__), ids=lambda refusal: refusal.__name__
)
def test_every_refusal_of_the_room_has_a_stable_code_and_a_whole_persian_sentence(refusal: type[Refusal]) -> None:
    made = refusal(field="x")

    assert SAFE.fullmatch(made.code)
    assert made.message.endswith(".")
    assert not re.search(r"[{}a-zA-Z]", made.message)
