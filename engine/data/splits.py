"""Cutting a sequence into training, validation and test part, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass

from engine.data.errors import TooShortError

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Split:
    """Borders between the parts, as row numbers: training is [0, train_end), test [validation_end, end)."""

    train_end: int
    validation_end: int
    end: int

    def bounds(self, part: str) -> tuple[int, int]:
        """First row of `part`, and the row after its last."""
        borders = (0, self.train_end, self.validation_end, self.end)
        index = PARTS.index(part)
        return borders[index], borders[index + 1]


def split_by_time(count: int, validation: float, test: float, noun: str = "row") -> Split:
    """Borders of `count` steps; `validation` and `test` are shares below 1 and numbers of steps from 1 on.

    Raises:
        TooShortError: nothing is left to train on.
    """
    held_out = _steps(count, test)
    watched = _steps(count, validation)
    if count - held_out - watched < 1:
        raise TooShortError(
            f"validation ({watched:,}) and test ({held_out:,}) together take all {count:,} {noun}s, so nothing is left "
            "to train on; lower data.validation or data.test."
        )
    return Split(count - held_out - watched, count - held_out, count)


def _steps(count: int, part: float) -> int:
    return min(count, round(count * part) if part < 1 else int(part))
