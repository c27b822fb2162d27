"""Texts with their labels before them, as fastText reads them: a table of labels and texts."""

from __future__ import annotations

import re
from pathlib import Path

from engine.data.files.copies import Copied, copied_by_line, first_lines
from engine.data.files.odd_rows import Rejected

_MARK = "__label__"
_BETWEEN = ";"  # several labels of a line
_LINE = re.compile(rf"((?:{_MARK}\S+\s+)+)(.+)")


def prefixed(plain: Path) -> Copied | None:
    """A copy with the label of each line, or all that it has, and its text; None of other files."""
    lines = [line.strip() for line in first_lines(plain) if line.strip()]
    return copied_by_line(plain, _cut, ("label", "text")) if lines and all(map(_LINE.fullmatch, lines)) else None


def _cut(number: int, line: str) -> tuple[str, str] | Rejected | None:
    if found := _LINE.fullmatch(line):
        return _BETWEEN.join(found[1].replace(_MARK, "").split()), found[2]
    return Rejected(number, "no label before its text", line) if line else None
