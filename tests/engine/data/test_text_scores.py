import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.pairs.text_scores import bleu, edit_distance, error_rate

WORDS = st.lists(st.sampled_from("abc"), max_size=8)


def plain_distance(a: Sequence[str], b: Sequence[str]) -> int:
    if not a or not b:
        return len(a) + len(b)
    rest = plain_distance(a[1:], b[1:]) + (a[0] != b[0])
    return min(rest, plain_distance(a[1:], b) + 1, plain_distance(a, b[1:]) + 1)


@given(a=st.lists(st.sampled_from("abc"), max_size=5), b=st.lists(st.sampled_from("abc"), max_size=5))
def test_the_edit_distance_is_the_fewest_changes(a: list[str], b: list[str]) -> None:
    assert edit_distance(a, b) == plain_distance(a, b)


def test_the_error_rate_counts_over_all_symbols() -> None:
    assert error_rate(["kitten", "ab"], ["sitting", "ab"]) == pytest.approx(3 / 9)
    assert error_rate(["aaaa"], ["b"]) == 4.0
    assert math.isnan(error_rate([[]], [[]]))


def test_bleu_is_what_the_paper_says() -> None:
    # Shares of 1- to 4-grams: 5/6, 3/5, 1/4, 0/3 as in "the cat the cat on the mat".
    wanted = [["the", "cat", "is", "on", "the", "mat"]]
    assert bleu(wanted, wanted) == pytest.approx(100)
    assert bleu([["the", "cat", "sat", "on", "the", "mat"]], wanted) == 0.0
    own = [["the", "cat", "is", "on", "a", "mat"]]
    shares = [5 / 6, 3 / 5, 2 / 4, 1 / 3]
    assert bleu(own, wanted) == pytest.approx(100 * math.prod(shares) ** 0.25)
    short = [["the", "cat", "is", "on"]]
    assert bleu(short, wanted) == pytest.approx(100 * math.exp(1 - 6 / 4))


@given(texts=st.lists(WORDS, min_size=1, max_size=4))
def test_bleu_is_between_nothing_and_all(texts: list[list[str]]) -> None:
    assert 0 <= bleu(texts, list(reversed(texts))) <= 100 + 1e-9
