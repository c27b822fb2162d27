"""Texts to be answered that come without what is said of them: typed, a line each, or the column of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.config import DataConfig
from engine.data.errors import DataError
from engine.data.sequences.labelled_text import Texts, read_texts

_LONGEST_NAME = 4096  # bytes of a first line that is looked at
_IN_NO_TEXT = "\x1f"  # a delimiter that leaves a table one column


def texts_of(texts: Sequence[str]) -> Texts:
    """Those that are not blank.

    Raises:
        DataError: all are.
    """
    found = [text.strip() for text in texts if text.strip()]
    if not found:
        raise DataError("there is no text to be answered; give one on each line.")
    return Texts(np.array(found, object), np.full(len(found), "", object), "", None, ())


def column_of(path: Path, data: DataConfig) -> Texts:
    """The column of texts in a table, also where it stands alone and blanks in its texts look like delimiters.

    Raises:
        DataError: the file cannot be read, or has no such column.
    """
    if not data.delimiter and _first_line(path) == data.text_column:
        data = replace(data, delimiter=_IN_NO_TEXT, header="yes")
    return read_texts(path, data, labelled=False)


def _first_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            line = file.readline(_LONGEST_NAME)
    except OSError:
        return ""  # which is said when it is read
    return line.decode("utf-8-sig", "replace").strip().strip('"')
