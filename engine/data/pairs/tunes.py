"""Tunes written as text, one note after the other: ``74:1 R:0.5``.

Each is a MIDI pitch, or R for a rest, and a length in quarters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from engine.wording.note_names import notes_in_words

_NOTE = re.compile(r"(\d{1,3}|R):(\d{1,4}(?:\.\d{1,9})?)", re.ASCII)  # what is longer is no note, but a mistake
REST = -1


class Note(NamedTuple):
    """One note, or a rest."""

    pitch: int  # MIDI number, 60 is middle C; REST for silence
    quarters: float


def notes_of(text: str) -> tuple[Note, ...]:
    """The notes of a text; what is no note is left out."""
    found = (_NOTE.fullmatch(word) for word in text.split())
    notes = (Note(REST if match[1] == "R" else int(match[1]), float(match[2])) for match in found if match)
    return tuple(note for note in notes if note.pitch < 128 and note.quarters > 0)


def as_musicians_write(symbols: Iterable[str]) -> tuple[str, ...]:
    """Notes by name and length, as in "D5 1" for ``74:1``; what is none stays as it is."""
    return tuple(notes_in_words(notes_of(symbol)) or symbol for symbol in symbols)


def are_notes(symbols: Iterable[str]) -> bool:
    """Whether all symbols are notes or rests, and there are any."""
    found = [bool(_NOTE.fullmatch(symbol)) for symbol in symbols]
    return bool(found) and all(found)
