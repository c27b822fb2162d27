"""Texts as rows of symbols: characters, words, what stands between spaces, or bytes; and numbers for them.

Words keep what is needed to put the text together again: a mark that stands without a space beside its neighbour
carries a joiner on that side, as in ``vingt ￭-￭ deux``. Runs of white space become one space.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

UNKNOWN, START, STOP = 0, 1, 2  # numbers that every vocabulary has
SPECIAL = ("\ufffd", "▶", "■")
JOINER = "￭"
_WORD = re.compile(r"\w+|[^\w\s]")


def cut(text: str, level: str) -> list[str]:
    """The symbols of a text; `level` is one of `engine.config`'s choices for `data.source_symbols`."""
    if level == "words":
        return _words(text)
    if level == "spaces":
        return text.split()
    if level == "bytes":
        return list(text.encode("utf-8", "surrogatepass").decode("latin-1"))
    return list(text)


def put_together(symbols: Iterable[str], level: str) -> str:
    """The opposite of `cut`."""
    if level == "words":
        return " ".join(symbols).replace(f" {JOINER}", "").replace(f"{JOINER} ", "").replace(JOINER, "")
    if level == "spaces":
        return " ".join(symbols)
    text = "".join(symbols)
    return text.encode("latin-1", "replace").decode("utf-8", "replace") if level == "bytes" else text


def _words(text: str) -> list[str]:
    found: list[str] = []
    end = -1
    for match in _WORD.finditer(text):
        symbol = match.group()
        if match.start() == end:
            if symbol[0].isalnum() or symbol[0] == "_":
                found[-1] += JOINER
            else:
                symbol = JOINER + symbol
        found.append(symbol)
        end = match.end()
    return found


class Symbols:
    """The symbols that a network reads or writes, by number: unknown, start and stop first."""

    def __init__(self, level: str, symbols: Iterable[str]) -> None:
        """`symbols` in the order of their numbers, from 3 on."""
        self.level = level
        self.names: tuple[str, ...] = (*SPECIAL, *symbols)
        self._numbers = {name: number for number, name in enumerate(self.names) if number >= len(SPECIAL)}

    @classmethod
    def learned(cls, texts: Iterable[str], level: str) -> Symbols:
        """Those of the training part."""
        counts = Counter(symbol for text in texts for symbol in cut(text, level))
        return cls(level, sorted(counts))

    def __len__(self) -> int:
        return len(self.names)

    def encode(self, text: str) -> NDArray[np.int32]:
        """Numbers of a text's symbols and of the stop that ends it, (N + 1,)."""
        numbers = [self._numbers.get(symbol, UNKNOWN) for symbol in cut(text, self.level)]
        return np.array([*numbers, STOP], np.int32)

    def decode(self, numbers: Sequence[int] | NDArray[np.int32]) -> str:
        """The text of numbers, up to the first stop."""
        return put_together((self.names[number] for number in until_stop(numbers)), self.level)

    def shown(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """What each number is called in a view; a space is made visible."""
        return tuple({" ": "␣"}.get(name, name.replace(JOINER, "")) for name in (self.names[int(n)] for n in numbers))

    def unknown_in(self, text: str) -> tuple[str, ...]:
        """Symbols of a text that are not known, sorted."""
        return tuple(sorted({symbol for symbol in cut(text, self.level) if symbol not in self._numbers}))


def until_stop(numbers: Sequence[int] | NDArray[np.int32]) -> list[int]:
    """What stands before the first stop."""
    found = [int(number) for number in numbers]
    return found[: found.index(STOP)] if STOP in found else found
