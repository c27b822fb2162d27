"""N-gram models of characters, words or bytes: what a network for text has to beat.

Order k looks at the k symbols before. Orders are interpolated after Witten and Bell (1991):

    p_k(c | h) = (n(h, c) + T(h) · p_{k-1}(c | h')) / (n(h) + T(h))

with n(h, c) how often c followed h, n(h) their sum, T(h) how many different symbols followed h, and h' the
history h without its oldest symbol. Below order 0 stands the uniform distribution.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Ints
from engine.data.scaling import Reals

MOST_TRAINED = 5_000_000  # symbols; the latest ones are kept
ORDERS = (1, 2, 3, 4)


def bits_per_symbol(train: NDArray[np.int32], text: NDArray[np.int32], first: int, symbols: int) -> list[float]:
    """Mean −log2 p of ``text[first:]`` under orders 1 to 4, trained on the tokens `train`.

    `text` starts with at least `ORDERS[-1]` symbols of history before `first`, where there are that many.
    """
    train = train[-MOST_TRAINED:]
    uniform = np.full(len(text), 1.0 / symbols)
    answers, bits = uniform, []
    train_codes, text_codes = np.zeros(len(train), np.int64), np.zeros(len(text), np.int64)
    for order in (0, *ORDERS):
        answers = _interpolated(train_codes, text_codes, train, text, order, symbols, answers)
        if order in ORDERS:
            bits.append(float(-np.log2(answers[first:]).mean()))
        train_codes, text_codes = _longer(train_codes, text_codes, train, text, order + 1, symbols)
    return bits


def _longer(
    train_codes: Ints, text_codes: Ints, train: NDArray[np.int32], text: NDArray[np.int32], order: int, symbols: int
) -> tuple[Ints, Ints]:
    """Histories one symbol longer, numbered densely so that the numbers stay small."""
    grown = [_grow(codes, tokens, order, symbols) for codes, tokens in ((train_codes, train), (text_codes, text))]
    known, numbers = np.unique(grown[0], return_inverse=True)
    places = np.searchsorted(known, grown[1]).clip(max=len(known) - 1)
    return numbers.astype(np.int64), np.where(known[places] == grown[1], places, len(known)).astype(np.int64)


def _grow(codes: Ints, tokens: NDArray[np.int32], order: int, symbols: int) -> Ints:
    older = np.concatenate([np.full(order, symbols, np.int64), tokens[:-order].astype(np.int64)])[: len(tokens)]
    return np.asarray(codes * (symbols + 1) + older)


def _interpolated(
    train_codes: Ints,
    text_codes: Ints,
    train: NDArray[np.int32],
    text: NDArray[np.int32],
    order: int,
    symbols: int,
    lower: Reals,
) -> Reals:
    """Probability of each symbol of `text` at this order, given those of the order below."""
    known, pair_counts = np.unique(train_codes[order:] * symbols + train[order:], return_counts=True)
    size = int(max(train_codes.max(initial=0), text_codes.max(initial=0))) + 1
    totals = np.bincount(train_codes[order:], minlength=size)
    kinds = np.bincount(known // symbols, minlength=size)
    wanted = text_codes * symbols + text
    places = np.searchsorted(known, wanted).clip(max=len(known) - 1)
    counts = np.where(known[places] == wanted, pair_counts[places], 0)
    total, kind = totals[text_codes], kinds[text_codes]
    return np.where(total > 0, (counts + kind * lower) / np.maximum(total + kind, 1), lower)
