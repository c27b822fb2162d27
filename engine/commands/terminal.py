"""What the commands write to: a terminal, a pipe, a file, or nothing; in letters that it has."""

from __future__ import annotations

import codecs
import io
import sys

_NEAREST = {"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u00b7": "-", "\u00d7": "x", "\u2019": "'"}


class _Nowhere(io.TextIOBase):
    """Takes text and forgets it."""

    def write(self, text: str, /) -> int:
        return len(text)


def prepare_streams() -> None:
    """See that all text can be written: what the encoding lacks becomes the nearest letter, a minus above all.

    A stream that was closed before the start swallows what it is given.
    """
    codecs.register_error("nearest", _nearest)
    sys.stdout, sys.stderr = sys.stdout or _Nowhere(), sys.stderr or _Nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="nearest")


def _nearest(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    letters = error.object[error.start : error.end]
    return "".join(_NEAREST.get(letter, "?") for letter in letters), error.end
