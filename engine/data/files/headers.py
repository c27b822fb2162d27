"""Whether the first line of a table of words alone names its columns, or is a row like all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.data.files.odd_rows import is_figure, of_figures

_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")
_LONG = 30  # letters, more than a name has
_FEWEST = 20  # rows below that tell so
_MOST = 0.5  # share of the rows below that look alike


def first_line_is_data(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bool:
    """Whether a first line, taken for `names`, is one of the `rows` below it, all of them words.

    It is where one of its cells comes again in its own column, as a label does; or where it is a sentence, or as long
    as one, and most cells below are so too.
    """
    for name, column in zip(names, zip(*rows, strict=True), strict=bool(rows)):
        cells = [str(cell or "").strip() for cell in column]
        if name in cells:
            return True
        for looks_so in (_ends_a_sentence, _is_long):
            if looks_so(name) and sum(map(looks_so, cells)) > _MOST * len(cells):
                return True
    return False


def first_line_names(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether the first of rows of words names columns: one of a few words that come again has another word there.

    Where it has nothing, nothing is below either, as where commas end every line.
    """
    first, *others = ([str(cell or "").strip() for cell in row] for row in rows)
    columns = list(zip(first, zip(*others, strict=True), strict=True)) if len(others) >= _FEWEST else []
    told = (name not in cells and 2 * len(set(cells)) <= len(cells) and all(cells) for name, cells in columns if name)
    return any(told) and not any(any(cells) for name, cells in columns if not name)


def heads_figures(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bool:
    """Whether a name stands above numbers or dates, so that a row of all names is the header again."""
    others = [[str(cell or "") for cell in row] for row in rows if list(row) != list(names)]
    columns = zip(names, zip(*others, strict=True), strict=True) if others else ()
    return any(of_figures(cells) and not is_figure(name) for name, cells in columns)


def _ends_a_sentence(cell: str) -> bool:
    return cell.endswith(_SENTENCE_ENDS)


def _is_long(cell: str) -> bool:
    return len(cell) > _LONG
