from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import pytest

from engine.data.texts.ngrams import ORDERS, bits_by_order, ngram_bits

History = tuple[int, ...]
Tables = dict[History, dict[int, int]]


def discounts(counts: Iterable[int]) -> list[float]:
    """Chen and Goodman's equation 26, with KenLM's values where it settles nothing."""
    n = Counter(counts)
    if not (n[1] and n[2] and n[3]):
        return [0, 0.5, 1, 1.5]
    share = n[1] / (n[1] + 2 * n[2])
    found = [
        1 - 2 * share * n[2] / n[1],
        2 - 3 * share * n[3] / n[2],
        3 - 4 * share * n[4] / n[3],
    ]
    return [0, *found] if min(found) > 0 else [0, 0.5, 1, 1.5]


def counted(train: list[int], order: int) -> Tables:
    table: Tables = defaultdict(Counter)
    for place in range(order, len(train)):
        table[tuple(train[place - order : place])][train[place]] += 1
    return table


def preceded(train: list[int], order: int) -> Tables:
    """How many different symbols stood before each; the one at the very beginning counts as well."""
    before: dict[tuple[History, int], set[int]] = defaultdict(set)
    for place in range(order, len(train)):
        found = before[tuple(train[place - order : place]), train[place]]
        if place > order:
            found.add(train[place - order - 1])
    table: Tables = defaultdict(dict)
    for (history, symbol), some in before.items():
        table[history][symbol] = max(len(some), 1)
    return table


def slow(train: list[int], text: list[int], first: int, symbols: int, order: int) -> float:
    """Modified Kneser–Ney smoothing, word for word."""
    tables = [*(preceded(train, k) for k in range(order)), counted(train, order)]
    taken = [discounts(count for some in table.values() for count in some.values()) for table in tables]

    def probability(k: int, history: History, symbol: int) -> float:
        if k < 0:
            return 1.0 / symbols
        lower = probability(k - 1, history[1:], symbol)
        followers = tables[k].get(history)
        if not followers:
            return lower
        count, off = followers.get(symbol, 0), taken[k]
        left = sum(off[min(other, 3)] for other in followers.values())
        return (count - off[min(count, 3)] + left * lower) / sum(followers.values())

    bits = 0.0
    for place in range(first, len(text)):
        bits -= math.log2(probability(order, tuple(text[place - order : place]), text[place]))
    return bits / (len(text) - first)


@pytest.mark.parametrize("symbols", [2, 9])
def test_fast_and_slow_agree(symbols: int) -> None:
    random = np.random.default_rng(symbols)
    train = np.minimum(random.geometric(0.3, 2000) - 1, symbols - 1).astype(np.int32)
    text = np.minimum(random.geometric(0.3, 80) - 1, symbols - 1).astype(np.int32)
    found = bits_by_order(train, text, [slice(8, None)], symbols)
    wanted = [slow(train.tolist(), text.tolist(), 8, symbols, order) for order in ORDERS]
    assert found[:, 0] == pytest.approx(wanted)


def test_probabilities_of_all_symbols_sum_to_one() -> None:
    train = np.random.default_rng(0).integers(0, 4, 200).astype(np.int32)
    past = train[60:68]
    bits = [bits_by_order(train, np.append(past, symbol), [slice(8, 9)], 4)[:, 0] for symbol in range(4)]
    assert np.exp2(-np.array(bits)).sum(axis=0) == pytest.approx(np.ones(len(ORDERS)))


def test_a_text_that_repeats_itself_costs_almost_nothing() -> None:
    tokens = np.tile(np.arange(5, dtype=np.int32), 400)
    assert bits_by_order(tokens, tokens[:100], [slice(8, None)], 6)[-1, 0] < 0.02


def test_symbols_never_seen_cost_bits_but_not_infinity() -> None:
    train, text = np.ones(50, np.int32), np.zeros(20, np.int32)
    assert all(1 < bits < 30 for bits in bits_by_order(train, text, [slice(8, None)], 3)[:, 0])


@pytest.mark.parametrize("length", [0, 1, 3])
def test_a_training_part_shorter_than_the_orders_is_no_trouble(length: int) -> None:
    found = bits_by_order(np.zeros(length, np.int32), np.zeros(4, np.int32), [slice(0, 4)], 2)
    assert np.isfinite(found).all()


def test_the_validation_part_chooses_the_order() -> None:
    train = np.random.default_rng(1).integers(0, 3, 400).astype(np.int32)
    copied, fresh = train[:50], np.random.default_rng(2).integers(0, 3, 50).astype(np.int32)
    parts = {"validation": slice(8, 50), "test": slice(50, 100)}
    for text, long in ((np.concatenate([copied, fresh]), True), (np.concatenate([fresh, copied]), False)):
        found = ngram_bits(train, text, parts, 3)
        every = bits_by_order(train, text, list(parts.values()), 3)
        best = ORDERS[int(every[:, 0].argmin())]
        assert (best > 4) == long
        assert set(found["test"]) == {2, best}
        assert found["test"][best] == pytest.approx(every[ORDERS.index(best), 1])


def test_without_a_validation_part_a_usual_order_is_taken() -> None:
    train = np.random.default_rng(3).integers(0, 3, 100).astype(np.int32)
    assert set(ngram_bits(train, train, {"validation": slice(0, 0), "test": slice(8, 100)}, 3)["test"]) == {2, 5}
