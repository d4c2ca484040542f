"""Pairs become people; what can't be one person never does, however heavy the pairs are."""

import numpy as np
import pytest

from sakha.linkage.rules.accuracy import measure
from sakha.linkage.rules.clustering import Facts, Pairs, cluster, with_known
from sakha.linkage.rules.estimation import learn_model
from sakha.linkage.rules.levels import COMPARISONS
from sakha.linkage.rules.model import product_model


def grouped(count, edges, *, file=None, own_id=None, person=None, threshold=0.0):
    rows = [np.array(column) for column in zip(*edges, strict=True)]
    zero = np.zeros(count, dtype=np.int64)
    facts = Facts(*(zero if given is None else np.array(given) for given in (file, own_id, person)))
    pairs = with_known(Pairs(rows[0], rows[1], rows[2].astype(float)), facts.person)
    return cluster(count, pairs, facts, threshold).tolist()


def test_heavy_pairs_join_and_light_ones_do_not():
    assert grouped(4, [(0, 1, 9.0), (2, 3, -1.0)]) == [0, 0, 2, 3]


def test_two_right_ids_are_never_one_person():
    assert grouped(2, [(0, 1, 30.0)], own_id=[5, 6]) == [0, 1]
    assert grouped(2, [(0, 1, 30.0)], own_id=[5, 5]) == [0, 0]
    assert grouped(3, [(0, 1, 30.0), (1, 2, 20.0)], own_id=[5, 0, 6]) == [0, 0, 2]


def test_two_people_of_one_case_file_are_not_one_unless_hardly_anything_else_is_possible():
    assert grouped(2, [(0, 1, 5.0)], file=[7, 7]) == [0, 1]
    assert grouped(2, [(0, 1, 15.0)], file=[7, 7]) == [0, 0]
    assert grouped(3, [(0, 1, 5.0), (1, 2, 4.0)], file=[7, 8, 7]) == [0, 0, 2]


def test_a_chain_of_weak_links_breaks_where_its_ends_differ():
    edges = [(0, 1, 3.0), (1, 2, 2.0), (2, 3, 3.0), (0, 2, -8.0), (1, 3, -8.0), (0, 3, -8.0)]
    assert grouped(4, edges) == [0, 0, 2, 2]
    assert grouped(4, edges[:3]) == [0, 0, 0, 0]  # without what speaks against it the chain holds


def test_what_speaks_against_counts_half_for_it_is_one_damaged_record_again_and_again():
    edges = [(0, 1, 9.0), (1, 2, 6.0), (0, 2, -8.0)]
    assert grouped(3, edges) == [0, 0, 0]
    assert grouped(3, [*edges[:2], (0, 2, -13.0)]) == [0, 0, 2]


def test_two_people_known_before_are_not_merged_by_a_new_record():
    edges = [(0, 4, 9.0), (2, 4, 8.0)]
    assert grouped(5, edges, person=[1, 1, 2, 2, 0]) == [0, 0, 2, 2, 0]


def test_a_group_of_more_records_than_usual_needs_more_proof():
    star = [(0, row, 3.0) for row in range(1, 12)]
    assert np.bincount(grouped(12, star)).max() == 8


def test_accuracy_counts_pairs_and_exact_clusters():
    found, truth = np.array([0, 0, 0, 3, 4, 5]), np.array([1, 1, 2, 3, 3, 4])
    figures = measure(found, truth)
    assert (figures.pair_precision, figures.pair_recall) == (pytest.approx(1 / 3), pytest.approx(1 / 2))
    assert figures.cluster_f1 == 0
    perfect = measure(truth, truth)
    assert perfect.pair_f1 == perfect.cluster_f1 == 1


def test_a_few_pairs_hardly_move_the_shipped_model():
    levels = np.array([[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]] * 3)
    learnt = learn_model(levels, np.array([1, 1, 1]), product_model())
    known = product_model().tables < 1
    assert np.abs(learnt.model.tables - product_model().tables)[known].max() < 0.1


def test_people_of_one_file_teach_nothing_of_phones_and_homes_in_two_files():
    # brothers and sisters of one file have one phone; a person's two files have one in half of all cases
    in_one_file = [8, 1, 1, 6, 8, 1, 2, 1, 1, 2, 0]
    in_two_files = [[1, 1, 1, 1, 1, phone, 6, 1, 1, 1, 0] for phone in (1, 4)]
    learnt = learn_model(np.array([in_one_file, *in_two_files]), np.array([20_000, 1_000, 1_000]), product_model())
    same_phone = learnt.model.tables[0, list(COMPARISONS).index("mobile"), 1]
    assert learnt.is_learnt
    assert same_phone == pytest.approx(0.5, abs=0.05)


def test_a_model_with_far_more_people_than_equal_ids_is_refused():
    # everything equal but the ID, which is known and different: no start may call these one person
    levels = np.array([[1, 1, 1, 6, 1, 1, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]])
    learnt = learn_model(levels, np.array([50_000, 100]), product_model())
    assert not learnt.is_learnt or learnt.anchor_ratio <= 1.6
