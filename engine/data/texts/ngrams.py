"""N-gram models of characters, words or bytes: what a network for text has to beat.

Order k looks at the k symbols before. Orders are interpolated by Kneser and Ney's smoothing (1995) as modified by Chen
and Goodman ("An Empirical Study of Smoothing Techniques for Language Modeling", 1999, Section 3):

    p_k(c | h) = (n(h, c) − D(n(h, c)) + Σ_c' D(n(h, c')) · p_{k-1}(c | h')) / n(h)

with n(h, c) how often c followed h, n(h) their sum, and h' the history h without its oldest symbol. Below the highest
order n is not how often (h, c) stood there, but how many different symbols stood before it. D takes off a little, by
itself for 1, 2 and more, as much as the counts of counts ask for; it goes to the order below, and from order 0 to the
uniform distribution. Histories that never came, or ended before the text began, leave the answer to the order below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Ints
from engine.data.scaling import Reals

ORDERS = tuple(range(1, 9))
_PLAIN = 2  # the order that is always shown: a network behind it has learned next to nothing
_USUAL = 5  # the order where no validation part can choose one
_MOST_TRAINED = 5_000_000  # symbols; the latest ones are kept
_DISCOUNTS = (0.5, 1.0, 1.5)  # where counts of counts settle nothing (Heafield and others 2013)


@dataclass(frozen=True, slots=True)
class _Level:
    """Every n-gram of one order in the training part, numbered, and where they come in the text."""

    counts: Ints
    before: Ints  # the number of its history: of the n-gram of the order below that it goes on from
    places: Ints  # where in the training part it ends, once
    ended: Ints  # which n-gram ends at each symbol of the training part; 0 where none does
    histories: Ints  # (N,) of the text; a number past all is one never seen
    wanted: Ints  # (N,) which n-gram ends at each symbol of the text; the number of n-grams where none does


def ngram_bits(
    train: NDArray[np.int32], text: NDArray[np.int32], parts: Mapping[str, slice], symbols: int
) -> dict[str, dict[int, float]]:
    """Bits per symbol of the parts of `text` by order: of order 2 and of the one that is best on "validation".

    `text` begins with at least `ORDERS[-1]` symbols of history before the first part, where there are that many.
    """
    found = bits_by_order(train, text, list(parts.values()), symbols)
    by_part = {name: dict(zip(ORDERS, bits, strict=True)) for name, bits in zip(parts, found.T.tolist(), strict=True)}
    judged = by_part.get("validation", {})
    best = _USUAL if np.isnan(list(judged.values()) or [np.nan]).any() else min(judged, key=lambda order: judged[order])
    return {name: {order: bits[order] for order in sorted({_PLAIN, best})} for name, bits in by_part.items()}


def bits_by_order(train: NDArray[np.int32], text: NDArray[np.int32], parts: list[slice], symbols: int) -> Reals:
    """Mean −log2 p (orders, parts) of each part of `text`, trained on the tokens `train`; NaN for an empty part."""
    bits = np.full((len(ORDERS), len(parts)), np.nan)
    lower, before = np.full(len(text), 1.0 / symbols), None
    for order, level in enumerate(_levels(train[-_MOST_TRAINED:], text, symbols)):
        if before is not None:
            lower = _interpolated(before, _followed(before, level), lower)
        if order in ORDERS:
            spent = -np.log2(_interpolated(level, level.counts, lower))
            bits[order - 1] = [spent[part].mean() if len(spent[part]) else np.nan for part in parts]
        before = level
    return bits


def _levels(train: NDArray[np.int32], text: NDArray[np.int32], symbols: int) -> Iterator[_Level]:
    """Orders 0, 1, …; the history of a symbol is the n-gram of the order below that ends one before it.

    Places that are sorted by the n-gram that ends there are, one further on, sorted by history; to sort them by symbol
    too takes one pass over them, without comparing.
    """
    small = train.astype(np.min_scalar_type(symbols))
    places, known = np.arange(len(train)), 1
    before, histories = (np.zeros(len(tokens), np.int64) for tokens in (train, text))
    for _ in (0, *ORDERS):
        places = places[np.argsort(small[places], kind="stable")]
        keys = small[places].astype(np.int64) * (known + 1) + before[places]
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        counts = np.diff(first, append=len(keys))
        ended = np.zeros(len(train), np.int64)
        ended[places] = np.repeat(np.arange(len(first)), counts)
        wanted = _found(keys[first], text.astype(np.int64) * (known + 1) + histories)
        yield _Level(counts, keys[first] % (known + 1), places[first], ended, histories, wanted)
        before, known = np.concatenate([[0], ended[:-1]]), len(first)
        histories = np.concatenate([[known], wanted[:-1]])
        places = places[places < len(train) - 1] + 1


def _found(keys: Ints, asked: Ints) -> Ints:
    """Where in the rising `keys` each of those asked for stands; their number where it is not there."""
    places = np.searchsorted(keys, asked)
    return np.where(np.append(keys, -1)[places] == asked, places, len(keys))


def _followed(level: _Level, longer: _Level) -> Ints:
    """How many different symbols stood before each n-gram; 1 for the one that nothing stood before."""
    return np.bincount(level.ended[longer.places], minlength=len(level.counts)).clip(min=1)


def _interpolated(level: _Level, counts: Ints, lower: Reals) -> Reals:
    """Probability (N,) of each symbol of the text at this order, given those of the order below."""
    taken = _discounts(counts)[counts.clip(max=3)]
    size = max(level.before.max(initial=0), level.histories.max(initial=0)) + 1
    totals = np.bincount(level.before, counts, size)[level.histories]
    left = np.bincount(level.before, taken, size)[level.histories]
    own = np.append(counts - taken, 0.0)[level.wanted]
    return np.where(totals > 0, (own + left * lower) / np.maximum(totals, 1), lower)


def _discounts(counts: Ints) -> Reals:
    """What is taken off a count of 0, 1, 2 and 3 or more (Chen and Goodman's equation 26)."""
    once, twice, thrice, often = (int((counts == count).sum()) for count in (1, 2, 3, 4))
    if min(once, twice, thrice):
        share = once / (once + 2 * twice)
        following = ((1, twice / once), (2, thrice / twice), (3, often / thrice))
        found = [count - (count + 1) * share * ratio for count, ratio in following]
        if min(found) > 0:
            return np.array([0.0, *found])
    return np.array([0.0, *_DISCOUNTS])
