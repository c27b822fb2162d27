"""What time steps and symbols are called where they are drawn and read out: what nobody could see is named."""

from __future__ import annotations

from collections.abc import Sequence

from engine.wording.special_symbols import UNKNOWN_NAME

_VISIBLE = str.maketrans({" ": "␣", "\n": "↵", "\t": "→", "\r": "←"})
_UNKNOWN = "(unknown)"
_BRACKETS = frozenset("()")  # which read-outs set around a name


def visible(label: str) -> str:
    """A label with white space that can be seen, when it is nothing else."""
    return label.translate(_VISIBLE) if label and not label.strip() else label


def named(label: str) -> str:
    """The same where there is room for a word on what the vocabulary does not hold.

    Its sign looks on a screen like a file that was read wrongly.
    """
    return _UNKNOWN if label == UNKNOWN_NAME else visible(label)


def quoted(label: str) -> str:
    """The same amid words: in quotes where it is a mark that would be read as one of theirs, such as a bracket."""
    name = named(label)
    word = any(letter.isalnum() or letter in _VISIBLE.values() for letter in name) and not _BRACKETS & set(name)
    return name if word or name in ("", _UNKNOWN) else f"“{name}”"


def step_name(labels: Sequence[str], step: int) -> str:
    """What a time step is called beside its number; "" where it has no name but that."""
    name = named(labels[step]) if 0 <= step < len(labels) else ""
    return "" if name == str(step + 1) else name


def step_in_brackets(labels: Sequence[str], step: int) -> str:
    """The same behind its number, with a blank before: " (1960-03)" or " (“)”)"; "" where it has no such name."""
    name = quoted(step_name(labels, step))
    return "" if not name else f" {name}" if name == _UNKNOWN else f" ({name})"
