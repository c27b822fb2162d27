"""Cells that are lined up by blanks, as in many tables of the sciences."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from engine.data.files.copies import Copied, Row, copied, first_lines
from engine.data.files.odd_rows import Rejected
from engine.data.files.preface import REMARKS

LINED_UP = "cells lined up by blanks"  # what is said of them
_LONGEST = 20_000  # letters of a line
_MOST_ABOVE = 12  # lines of words above a table
_FEWEST = 10  # lines that show columns of a fixed width
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_LABEL = re.compile(r"\w[\w ]{0,30}:\s")
_DELIMITERS = '",;\t|'
_OUTSIDE = "above or below the columns"
_FIGURES = 0.6  # share of the words below names, beneath which they are no table
_SHARE = 0.9  # of the cells of a column of numbers
_REMARKS = ("#", *REMARKS)


def lined_up(plain: Path) -> Copied | None:
    """A copy with tabs, where cells are lined up by blanks; and lines above and below it. None where they are not.

    As many words in each line are its cells, but for a few lines of fewer words above and below; of others the columns
    are told by blanks that all lines have in the same place, if one of them holds numbers.
    """
    lines = [line.rstrip("\n") for line in first_lines(plain)]
    if max(map(len, lines), default=0) > _LONGEST:
        return None
    if begin := _described(lines):
        words = len(lines[begin].split())
        return _rewritten(plain, str.split, words, begin)
    lines = [line for line in itertools.dropwhile(_is_remark, lines) if line.strip()]
    if len(lines) < 3 or _marked(lines[_MOST_ABOVE:] or lines):
        return None
    counts = {len(line.split()) for line in lines}
    ragged = any("  " in line.strip() or line[0] == " " for line in lines)
    if len(counts) == 1 and not _marked(lines):
        return _rewritten(plain, str.split) if ragged and counts != {1} else None
    if not _marked(lines) and (fields := _fields(lines)):
        return _rewritten(plain, lambda line: _cut(line, fields))
    words = _usual(lines) if ragged else 0
    return _rewritten(plain, str.split, words) if words else None


def _marked(lines: list[str]) -> bool:
    """Whether something stands in lines that parts cells in other tables."""
    return any(mark in "".join(lines) for mark in _DELIMITERS)


def _described(lines: list[str]) -> int:
    """Lines above an empty one that say what a table is, a word and a colon first, as FRED writes; 0 without."""
    at = max((at for at, line in enumerate(lines) if not line.strip()), default=0)
    said = [line for line in lines[:at] if line.strip()]
    below = lines[at + 1 :]
    labelled = 2 * sum(bool(_LABEL.match(line)) for line in said) > len(said)
    counts = {len(line.split()) for line in below}
    alike = len(counts) == 1 and counts != {1} and len(below) >= _FEWEST
    return at + 1 if labelled and alike and not _marked(below) else 0


def _usual(lines: list[str]) -> int:
    """The words that nearly all lines have, most of them numbers below one of names, with lines of others outside.

    Where they are words too, those have half as many at most; 0 where lines are not so.
    """
    counts = [len(line.split()) for line in lines]
    usual = max(set(counts), key=counts.count)
    first, last = counts.index(usual), len(counts) - counts[::-1].index(usual)
    outside = [*counts[:first], *counts[last:]]
    units = counts[first + 1 : first + 2] != [usual] and usual > 2  # below the names, fewer than these
    alike = set(counts[first + 1 + units : last]) == {usual} and last - first >= max(_FEWEST, 2 * len(outside))
    figures = sum(bool(_NUMBER.fullmatch(word)) for line in lines[first + 1 + units :] for word in line.split())
    plain = figures >= _FIGURES * usual * (last - first) and not any(map(str.isdigit, lines[first]))
    return usual if alike and (plain or (not units and all(2 * count <= usual for count in outside))) else 0


def _is_remark(line: str) -> bool:
    return line.startswith(_REMARKS) or not line.strip()


def _fields(lines: list[str]) -> list[slice]:
    """Where cells stand in all lines; empty where they have no columns in common, or none of numbers."""
    width = max(map(len, lines))
    filled = [any(not line[at : at + 1].isspace() for line in lines if at < len(line)) for at in range(width)]
    groups = itertools.groupby(range(width), key=filled.__getitem__)
    fields = [slice(places[0], places[-1] + 1) for full, places in ((k, list(g)) for k, g in groups) if full]
    numbers = [sum(bool(_NUMBER.fullmatch(line[field].strip())) for line in lines[1:]) for field in fields]
    enough = len(lines) >= _FEWEST and len(fields) > 1
    return fields if enough and max(numbers) >= _SHARE * (len(lines) - 1) else []


def _cut(line: str, fields: list[slice]) -> list[str]:
    cells = [line[field].strip() for field in fields]
    if sum(len(cell) for cell in cells) < len(line.strip()) - sum(map(str.isspace, line.strip())):
        raise ValueError(line)  # something stands where all lines so far had a blank
    return cells


def _rewritten(plain: Path, cut: Callable[[str], list[str]], words: int = 0, begin: int = 0) -> Copied | None:
    """Write the cells that `cut` finds; the first ones, and those above and below so many `words`, are left out."""
    try:
        return copied(plain, partial(_rows, cut=cut, words=words, first=begin))
    except ValueError:
        return None


def _rows(lines: Iterable[str], cut: Callable[[str], list[str]], words: int, first: int) -> Iterator[Row]:
    begun, ended = 0, False
    for number, line in itertools.dropwhile(lambda pair: _is_remark(pair[1]), enumerate(lines, 1)):
        cells = cut(line.rstrip("\n")) if line.strip() else []
        if cells and number <= first:
            yield Rejected(number, _OUTSIDE, line.strip())
        elif words and cells and len(cells) != words:
            yield Rejected(number, _OUTSIDE, line.strip())
            ended = begun > 1  # the second may be units
        elif cells and ended:
            raise ValueError(line)  # such a line in the middle
        elif cells:
            begun += 1
            yield cells
