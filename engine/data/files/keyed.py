"""Lines that name each of their values, as temp=20.5 hum=40: serial ports, and logs of services."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from engine.data.files.copies import Copied, Row, copied_by_line, first_lines
from engine.data.files.odd_rows import Rejected, is_figure

_FEWEST, _MOST = 5, 0.9  # lines with the same names, and their share
_REST = 0.3  # share of a line's letters that may stand beside its values, as units
_NUMBER = r"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?"
_PAIR = re.compile(rf'(?<![\w".%/-])([A-Za-z_][\w.]*)\s?[=:]\s?({_NUMBER}(?![\w.:-])|"[^"]*"|[^\s,;:="]+)')
_BETWEEN = " \t,;|>-"
_OTHER = "without the values that the other lines name"


class _Line(NamedTuple):
    before: str  # the first value, as a time
    names: tuple[str, ...]
    values: tuple[str, ...]
    rest: int  # letters of it that are none of these


def keyed(plain: Path) -> Copied | None:
    """A copy with tabs, where nearly all of the first lines name the same values; and the lines that do not."""
    lines = [_read(line) for line in first_lines(plain) if line.strip()]
    names = [line.names for line in lines]
    usual = max(set(names), key=names.count, default=())
    alike = [line for line in lines if line.names == usual]
    if len(alike) < max(_FEWEST, _MOST * len(lines)) or len(set(usual)) < max(len(usual), 1) or not _are_values(alike):
        return None
    timed = sum(is_figure(line.before) for line in alike) > len(alike) / 2
    first = ["said" if "time" in usual or not timed else "time"] if alike[0].before else []

    def cells(number: int, text: str) -> Row | None:
        if (line := _read(text)).names == usual:
            return (*([line.before] if first else []), *line.values)
        return Rejected(number, _OTHER, text) if text else None

    return copied_by_line(plain, cells, (*first, *usual))


def _read(line: str) -> _Line:
    found = list(_PAIR.finditer(line))
    before = line[: found[0].start()] if found else line
    rest = _PAIR.sub("", line[len(before) :])
    names, values = (tuple(pair[at].strip('"') for pair in found) for at in (1, 2))
    return _Line(before.strip(_BETWEEN + "\n\r"), names, values, sum(map(str.isalpha, rest)))


def _are_values(lines: list[_Line]) -> bool:
    """Whether one of the values is always a number, and little else stands in the lines."""
    numbers = any(
        all(re.fullmatch(_NUMBER, value) for value in own) for own in zip(*(x.values for x in lines), strict=True)
    )
    letters = sum(len("".join((*line.names, *line.values))) for line in lines)
    return numbers and sum(line.rest for line in lines) <= _REST * letters
