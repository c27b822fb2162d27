from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from engine.data.ngrams import ORDERS, bits_per_symbol


def slow(train: list[int], text: list[int], first: int, symbols: int, order: int) -> float:
    """Witten and Bell's interpolation, word for word."""
    tables: list[dict[tuple[int, ...], Counter[int]]] = []
    for k in range(order + 1):
        table: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
        for place in range(k, len(train)):
            table[tuple(train[place - k : place])][train[place]] += 1
        tables.append(table)

    def probability(k: int, history: tuple[int, ...], symbol: int) -> float:
        if k < 0:
            return 1.0 / symbols
        lower = probability(k - 1, history[1:], symbol)
        followers = tables[k].get(history)
        if not followers:
            return lower
        return (followers[symbol] + len(followers) * lower) / (sum(followers.values()) + len(followers))

    bits = 0.0
    for place in range(first, len(text)):
        bits -= math.log2(probability(order, tuple(text[place - order : place]), text[place]))
    return bits / (len(text) - first)


@pytest.mark.parametrize("symbols", [2, 9])
def test_fast_and_slow_agree(symbols: int) -> None:
    random = np.random.default_rng(symbols)
    train = random.integers(0, symbols, 300).astype(np.int32)
    text = random.integers(0, symbols, 80).astype(np.int32)
    found = bits_per_symbol(train, text, 4, symbols)
    wanted = [slow(train.tolist(), text.tolist(), 4, symbols, order) for order in ORDERS]
    assert found == pytest.approx(wanted)


def test_a_text_that_repeats_itself_costs_almost_nothing() -> None:
    tokens = np.tile(np.arange(5, dtype=np.int32), 400)
    assert bits_per_symbol(tokens, tokens[:100], 4, 6)[-1] < 0.02


def test_characters_never_seen_cost_bits_but_not_infinity() -> None:
    train, text = np.ones(50, np.int32), np.zeros(20, np.int32)
    assert all(1 < bits < 20 for bits in bits_per_symbol(train, text, 4, 3))
