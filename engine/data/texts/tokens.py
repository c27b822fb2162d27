"""What a text is cut into: characters, words, what stands between spaces, or bytes; and how it is put together again.

Words keep what is needed for that: a mark that stands without a blank beside its neighbour carries a joiner on that
side, as in ``vingt ￭-￭ deux`` (the way of OpenNMT), and white space other than one blank between two words is a word
by itself, joined on both sides. So characters, words and bytes give the very text again. "spaces" makes one blank of
white space, and "plain words", for texts that are only told apart, are in small letters and lose it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

JOINER = "￭"
_AT_ONCE = 1 << 18  # symbols that are counted without letting another thread have the interpreter: some 10 ms
_WORD = re.compile(r"\w+|[^\w\s]|\s+")
_PLAIN = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


def cut(text: str, level: str) -> Sequence[str]:
    """The symbols of a text; `level` is "characters", "words", "spaces", "bytes" or "plain words".

    A byte is the character of its number.
    """
    if level == "words":
        return _words(text)
    if level == "plain words":
        return _PLAIN.findall(text.lower())
    if level == "spaces":
        return text.split()
    return text.encode("utf-8", "surrogatepass").decode("latin-1") if level == "bytes" else text


def counted(texts: Iterable[Sequence[str]]) -> Counter[str]:
    """How often each symbol comes in texts that are cut."""
    counts = Counter[str]()
    for symbols in texts:
        for first in range(0, len(symbols), _AT_ONCE):
            counts.update(symbols[first : first + _AT_ONCE])
    return counts


def put_together(symbols: Iterable[str], level: str) -> str:
    """The opposite of `cut`; bytes that are no UTF-8 read as the unknown character."""
    if level == "words":
        return "".join(spaced_words(symbols))
    if level in ("spaces", "plain words"):
        return " ".join(symbols)
    if level == "bytes":
        return b"".join(s.encode("latin-1" if s <= "\xff" else "utf-8") for s in symbols).decode("utf-8", "replace")
    return "".join(symbols)


def spaced_words(symbols: Iterable[str]) -> list[str]:
    """Each word with the blank before it, if there is one: one after the other they are the text."""
    found: list[str] = []
    joined = True  # to what comes before
    for symbol in symbols:
        word = bare(symbol)
        found.append(word if joined or (symbol.startswith(JOINER) and symbol != JOINER) else f" {word}")
        joined = symbol.endswith(JOINER) and symbol not in (JOINER, 2 * JOINER)
    return found


def bare(symbol: str) -> str:
    """A word without its joiners."""
    return symbol.strip(JOINER) or JOINER


def _words(text: str) -> list[str]:
    found: list[str] = []
    end = -1  # of a word or mark, to which the next one may be joined
    for match in _WORD.finditer(text):
        symbol = match.group()
        if symbol.isspace():
            if symbol != " " or match.start() == 0 or match.end() == len(text):
                found += [JOINER + blank + JOINER for blank in symbol]
            continue
        if match.start() == end:
            # A joiner that stands in the text itself carries none on its right, so that it can be told.
            if (symbol[0].isalnum() or symbol[0] == "_") and found[-1].strip(JOINER):
                found[-1] += JOINER
            else:
                symbol = JOINER + symbol
        found.append(symbol)
        end = match.end()
    return found
