"""How close a text that was written comes to the one that was wanted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

_ORDERS = 4


def edit_distance(first: Sequence[str], second: Sequence[str]) -> int:
    """Fewest symbols to insert, delete or replace to make one of the other (Levenshtein 1966)."""
    if first == second:
        return 0
    numbers: dict[str, int] = {}
    a, b = (np.array([numbers.setdefault(s, len(numbers)) for s in text], np.int64) for text in (first, second))
    steps = np.arange(len(b) + 1)
    row = steps.copy()
    for place, symbol in enumerate(a.tolist(), 1):
        best = np.minimum(row[1:] + 1, row[:-1] + (b != symbol))
        # A run of insertions costs its length: the running minimum of (cost - place) finds them all at once.
        row = np.minimum.accumulate(np.concatenate([[place], best]) - steps) + steps
    return int(row[-1])


def exact_match(written: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> float:
    """Share of texts that are right to the last symbol; NaN without any."""
    same = sum(own == other for own, other in zip(written, wanted, strict=True))
    return same / len(wanted) if wanted else math.nan


def error_rate(written: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> float:
    """Edit distances over the symbols wanted; above 1 where far too much was written, NaN without any."""
    total = sum(len(text) for text in wanted)
    pairs = zip(written, wanted, strict=True)
    return sum(edit_distance(own, other) for own, other in pairs) / total if total else math.nan


def bleu(written: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> float:
    """BLEU of a whole part with one reference each, 0 to 100 (Papineni et al. 2002), n-grams up to 4.

    Orders of which a part holds no n-gram are left out; an order with none right gives 0.
    """
    right, total = [0] * _ORDERS, [0] * _ORDERS
    for own, other in zip(written, wanted, strict=True):
        for order in range(1, _ORDERS + 1):
            counts, known = _ngrams(own, order), _ngrams(other, order)
            right[order - 1] += sum((counts & known).values())
            total[order - 1] += max(0, len(own) - order + 1)
    shares = [r / t for r, t in zip(right, total, strict=True) if t]
    if not shares or min(shares) == 0:
        return 0.0
    length, reference = (sum(len(text) for text in texts) for texts in (written, wanted))
    brevity = min(1.0, math.exp(1 - reference / length))
    return 100 * brevity * math.exp(sum(math.log(share) for share in shares) / len(shares))


def _ngrams(text: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(text[k : k + order]) for k in range(len(text) - order + 1))
