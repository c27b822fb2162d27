"""What it costs to spell a symbol that a vocabulary does not hold.

A network that may call everything unknown would seem to know all; so that bits per character of any vocabulary can be
compared, an unknown symbol costs its letters too: by how often each occurs in the training part, with room for those
that never did (Witten and Bell 1991, order 0, over all of Unicode), and of a word its end.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from engine.data.texts.tokens import bare, counted

_UNICODE = 0x110000  # code points that there are
_BITS_OF_A_BYTE = 8.0


class Spelling:
    """Bits of a symbol's letters."""

    def __init__(self, text: str, words: int, level: str) -> None:
        """Count the letters of the training part's `text`, which has so many `words`."""
        self._level = level
        self._counts = counted([text])
        ends = words if level == "words" else 0
        self._kinds = len(self._counts) + (ends > 0)
        self._total = len(text) + ends + self._kinds
        self._end = math.log2(self._total / ends) if ends else 0.0

    def bits(self, symbol: str) -> float:
        """−log2 of the probability of a symbol's letters."""
        if self._level == "bytes":
            return _BITS_OF_A_BYTE
        letters = bare(symbol) if self._level == "words" else symbol
        return self._end + sum(self._letter(letter) for letter in letters)

    def of_unknown(self, symbols: Sequence[str], known: Sequence[bool]) -> float:
        """Bits of all `symbols` that are not `known`."""
        counts = Counter(symbol for symbol, is_known in zip(symbols, known, strict=True) if not is_known)
        return sum(count * self.bits(symbol) for symbol, count in counts.items())

    def _letter(self, letter: str) -> float:
        return -math.log2((self._counts[letter] + self._kinds / _UNICODE) / self._total)
