"""What the symbols of a vocabulary that stand in no text are called, in the order of their numbers."""

from __future__ import annotations

UNKNOWN_NAME = "\ufffd"
SPECIAL_NAMES = (UNKNOWN_NAME, "▶", "■")  # where a text begins, and where it ends
