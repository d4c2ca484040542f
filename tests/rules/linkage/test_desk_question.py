"""A typed line is read in every way in which people say a name, the father's among them."""

import pytest

from sakha.linkage.rules.desk_question import make_question, understand_question
from sakha.linkage.rules.desk_ranking import DeskJudge, DeskPerson

ZAHRA = DeskPerson(given_name="زهرا", family_name="کریمی", father_name="حسن")
OTHER = DeskPerson(given_name="زهرا", family_name="کریمی", father_name="جواد")


@pytest.mark.parametrize("line", ["زهرا کریمی حسن", "کریمی زهرا حسن", "زهرا کریمی حس", "زهرا حسن"])
def test_the_last_word_may_be_the_fathers_name_and_tells_two_of_one_name_apart(line: str) -> None:
    judge = DeskJudge(understand_question(line))

    named, other = judge.rank(ZAHRA), judge.rank(OTHER)

    assert named.points > other.points
    assert dict(named.features)["father_name"] > 0


def test_two_last_words_may_be_the_fathers_name() -> None:
    person = DeskPerson(given_name="زهرا", family_name="کریمی", father_name="محمد حسن")

    assert dict(DeskJudge(understand_question("زهرا کریمی محمد حسن")).rank(person).features)["father_name"] > 0


def test_a_line_without_the_father_is_read_as_before() -> None:
    question = understand_question("زهرا کریمی")

    assert question.names[:2] == (("زهرا", "کریمی"), ("کریمی", "زهرا"))
    assert DeskJudge(question).rank(ZAHRA).points == DeskJudge(question).rank(OTHER).points


def test_a_form_says_whose_name_is_whose() -> None:
    question = make_question(given_name="زهرا", family_name="کریمی", father_name="حسن")

    assert question.readings == (("زهرا", "کریمی", "حسن"),)
    assert question.father == "حسن"
    assert make_question(father_name="حسن").names == ()
