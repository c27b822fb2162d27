"""The symbols that a network reads or writes, by number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.texts.tokens import bare, counted, cut, put_together
from engine.wording.special_symbols import SPECIAL_NAMES, UNKNOWN_NAME

UNKNOWN, START, STOP = 0, 1, 2  # numbers; the last two are there where texts begin and end
_AT_ONCE = 1 << 20  # letters that are numbered at a time, since that takes several arrays of their size


class Vocabulary:
    """Number 0 stands for every symbol that is not known. Where texts end, start and stop come next."""

    def __init__(self, level: str, symbols: Iterable[str], *, ends: bool = False) -> None:
        """`symbols` in the order of their numbers, without the special ones; `level` as `cut` takes it.

        `ends`: every text ends with a stop, and runs of white space between its words are one blank.
        """
        self.level, self.ends = level, ends
        self.special = 3 if ends else 1
        self.symbols: tuple[str, ...] = (*SPECIAL_NAMES[: self.special], *symbols)
        self._numbers = {symbol: number for number, symbol in enumerate(self.symbols) if number >= self.special}
        self._points: NDArray[np.uint32] | None = None  # code points, where each symbol is one
        if level in ("characters", "bytes"):
            points = np.array([ord(symbol) for symbol in self._numbers], np.uint32)
            order = np.argsort(points)
            self._points = points[order]
            self._ordered = np.array(list(self._numbers.values()), np.int32)[order]

    @classmethod
    def learned(
        cls, cells: Iterable[Sequence[str]], level: str, *, size: int = 0, minimum: int = 1, ends: bool = False
    ) -> Vocabulary:
        """Of texts that are cut, the symbols that occur `minimum` times; of those the `size` commonest, 0 for all."""
        counts = counted(cells)
        for nothing in (UNKNOWN_NAME, ""):
            counts.pop(nothing, None)
        enough = sorted((symbol for symbol, count in counts.items() if count >= minimum), key=lambda s: (-counts[s], s))
        return cls(level, sorted(enough[: size or None]), ends=ends)

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._numbers

    @property
    def known(self) -> tuple[str, ...]:
        """The symbols without the special ones."""
        return self.symbols[self.special :]

    def cut(self, text: str) -> Sequence[str]:
        """The symbols of a text."""
        return cut(" ".join(text.split()) if self.ends and self.level == "words" else text, self.level)

    def numbers(self, symbols: Sequence[str]) -> NDArray[np.int32]:
        """Numbers (N,) of symbols; 0 where one is unknown."""
        if self._points is None or not isinstance(symbols, str):
            get = self._numbers.get
            return np.fromiter((get(symbol, UNKNOWN) for symbol in symbols), np.int32, len(symbols))
        found = np.zeros(len(symbols), np.int32)
        for first in range(0, len(symbols) if len(self._points) else 0, _AT_ONCE):
            piece = symbols[first : first + _AT_ONCE]
            points = np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), np.uint32)
            places = np.searchsorted(self._points, points).clip(max=len(self._points) - 1)
            known = self._points[places] == points
            found[first : first + _AT_ONCE] = np.where(known, self._ordered[places], UNKNOWN)
        return found

    def encode(self, text: str) -> NDArray[np.int32]:
        """Numbers of a text's symbols (N,); where texts end, and of the stop that ends it (N + 1,)."""
        numbers = self.numbers(self.cut(text))
        return np.append(numbers, np.int32(STOP)) if self.ends else numbers

    def decode(self, numbers: Iterable[int]) -> str:
        """The text of numbers, up to the first stop where texts end; a number out of range is unknown."""
        found = until_stop(numbers) if self.ends else [int(number) for number in numbers]
        return put_together((self._name(number) for number in found), self.level)

    def shown(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """What each number is called in a view; a byte that is no letter by its two hexadecimal digits."""
        return tuple(self._shown(self._name(int(number))) for number in numbers)

    def unknown_in(self, text: str) -> tuple[str, ...]:
        """Symbols of a text that are not known, as they are shown, sorted."""
        return tuple(sorted({self._shown(symbol) for symbol in self.cut(text) if symbol not in self._numbers}))

    def metadata(self) -> dict[str, Any]:
        """The opposite of `read`, in JSON's own types."""
        return {"level": self.level, "ends": self.ends, "symbols": list(self.known)}

    @classmethod
    def read(cls, values: dict[str, Any]) -> Vocabulary:
        """A vocabulary from its `metadata`."""
        return cls(values["level"], values["symbols"], ends=values["ends"])

    def _name(self, number: int) -> str:
        return self.symbols[number] if 0 <= number < len(self.symbols) else UNKNOWN_NAME

    def _shown(self, symbol: str) -> str:
        if self.level == "bytes" and "\x7f" <= symbol <= "\xff":
            return f"{ord(symbol):02X}"
        symbol = bare(symbol) if self.level == "words" else symbol
        return "␣" if self.ends and symbol == " " else symbol


def until_stop(numbers: Iterable[int]) -> list[int]:
    """What stands before the first stop."""
    found = [int(number) for number in numbers]
    return found[: found.index(STOP)] if STOP in found else found
