"""Tunes as Standard MIDI Files (format 0), which every player reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.data.pairs.tunes import REST, Note
from engine.storage.atomic import write_atomically

_TICKS = 480  # to a quarter
_TEMPO = 600_000  # microseconds to a quarter: 100 quarters a minute
_LOUDNESS = 90


def write_midi(path: Path | str, notes: Sequence[Note]) -> None:
    """Write one voice, note after note.

    Raises:
        OSError: the folder cannot be written.
    """
    write_atomically(path, midi_bytes(notes))


def midi_bytes(notes: Sequence[Note]) -> bytes:
    """The file: a header chunk and one track with the tempo, each note's start and end, and the end of the track."""
    track = b"\x00\xff\x51\x03" + _TEMPO.to_bytes(3, "big")
    silence = 0
    for note in notes:
        if note.pitch == REST:
            silence += round(note.quarters * _TICKS)
            continue
        track += _length(silence) + bytes((0x90, note.pitch, _LOUDNESS))
        silence = 0
        track += _length(round(note.quarters * _TICKS)) + bytes((0x80, note.pitch, 0))
    track += b"\x00\xff\x2f\x00"
    head = (
        b"MThd" + (6).to_bytes(4, "big") + (0).to_bytes(2, "big") + (1).to_bytes(2, "big") + _TICKS.to_bytes(2, "big")
    )
    return head + b"MTrk" + len(track).to_bytes(4, "big") + track


def _length(ticks: int) -> bytes:
    """A variable-length quantity: seven bits a byte, the highest bit set on all but the last."""
    found = [ticks & 0x7F]
    while ticks := ticks >> 7:
        found.append(0x80 | (ticks & 0x7F))
    return bytes(reversed(found))
