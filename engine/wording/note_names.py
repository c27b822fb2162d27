"""Notes as musicians write them."""

from __future__ import annotations

from collections.abc import Iterable

_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_PARTS = {0.25: "¼", 0.5: "½", 0.75: "¾"}


def pitch_name(pitch: int) -> str:
    """A MIDI pitch by its name and octave: 60 is C4."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


def notes_in_words(notes: Iterable[tuple[int, float]]) -> str:
    """Pitches, below 0 rests, with their lengths in quarters: C4 1, E♭4 ½, rest 1½."""
    return ", ".join(f"{pitch_name(pitch) if pitch >= 0 else 'rest'} {_length(long)}" for pitch, long in notes)


def _length(quarters: float) -> str:
    whole, part = divmod(quarters, 1)
    if part and part not in _PARTS:
        return f"{quarters:.3g}"
    return (f"{whole:.0f}" if whole or not part else "") + _PARTS.get(part, "")
