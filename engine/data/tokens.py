"""What a text is cut into: characters, words, or bytes of UTF-8. Pieces put together again give the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.data.vocabulary import UNKNOWN

# A word with the blank before it, a sign likewise, or white space that is left over.
_PIECES = re.compile(r" ?\w+(?:['’]\w+)*| ?[^\w\s]|\s", re.UNICODE)


def pieces(text: str, unit: str) -> Sequence[str]:
    """`text` cut into "characters", "words" or "bytes" (each as the character of its number)."""
    if unit == "words":
        return _PIECES.findall(text)
    return text.encode("utf-8", "surrogatepass").decode("latin-1") if unit == "bytes" else text


def joined(symbols: Iterable[str], unit: str) -> str:
    """The opposite of `pieces`; bytes that are no UTF-8 read as the unknown character."""
    text = "".join(symbols)
    if unit != "bytes":
        return text
    return "".join(c for c in text if ord(c) < 256).encode("latin-1").decode("utf-8", "replace")


def plain_words(text: str) -> list[str]:
    """Words and signs of `text` in small letters and without the blanks between, for telling texts apart."""
    return [piece.strip() or piece for piece in _PIECES.findall(text.lower()) if piece.strip()]


class TokenVocabulary:
    """Symbols of any length by number; 0 stands for every other one."""

    def __init__(self, symbols: Iterable[str]) -> None:
        """`symbols` in the order of their numbers, without the unknown one."""
        self.symbols: tuple[str, ...] = (UNKNOWN, *symbols)
        self._numbers = {symbol: number for number, symbol in enumerate(self.symbols)}

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, found: Sequence[str]) -> NDArray[np.int32]:
        """Numbers (N,) of symbols."""
        get = self._numbers.get
        return np.fromiter((get(symbol, 0) for symbol in found), np.int32, len(found))


def fit_vocabulary(found: Iterable[Sequence[str]], size: int, minimum: int) -> TokenVocabulary:
    """The symbols that occur `minimum` times or more; of those the `size` commonest, 0 for all. Sorted."""
    counts = Counter[str]()
    for some in found:
        counts.update(some)
    for nothing in (UNKNOWN, ""):
        counts.pop(nothing, None)
    enough = sorted((symbol for symbol, count in counts.items() if count >= minimum), key=lambda s: (-counts[s], s))
    return TokenVocabulary(sorted(enough[: size or None]))
