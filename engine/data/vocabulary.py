"""Characters as numbers and back."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

UNKNOWN = "\ufffd"


class Vocabulary:
    """The characters a network knows. Number 0 stands for every character it does not."""

    def __init__(self, symbols: Iterable[str]) -> None:
        """`symbols` are sorted and made unique; the unknown one comes first whatever they are."""
        self.symbols: tuple[str, ...] = (UNKNOWN, *sorted(set(symbols) - {UNKNOWN}))
        self._codes = np.array([ord(symbol) for symbol in self.symbols[1:]], np.uint32)

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: str) -> bool:
        return symbol in self.symbols[1:]

    def encode(self, text: str) -> NDArray[np.int32]:
        """Numbers of the characters of `text`, (N,); 0 where one is unknown."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        places = np.searchsorted(self._codes, codes).clip(max=max(len(self._codes) - 1, 0))
        if len(self._codes) == 0:
            return np.zeros(len(codes), np.int32)
        return np.where(self._codes[places] == codes, places + 1, 0).astype(np.int32)

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of `tokens`; a number out of range reads as the unknown character."""
        return "".join(self.symbols[t] if 0 <= t < len(self.symbols) else UNKNOWN for t in map(int, tokens))

    def unknown_in(self, text: str) -> tuple[str, ...]:
        """Characters of `text` that this vocabulary does not hold, sorted."""
        return tuple(sorted(set(text) - set(self.symbols[1:])))
