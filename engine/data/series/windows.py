"""Windows that slide over a series, and the rule that keeps the parts apart.

A window starts at row `s`, reads rows `s` … `s + look_back - 1` and is answered by row
`s + look_back - 1 + horizon`.

- A training window lies wholly inside the training part, its answer too: it never straddles a border.
- A validation or test window has its answer wholly inside its part. Its look-back may reach over the border
  into the past, as it would when the forecast is made in earnest; it never reaches into the future.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.data.errors import TooShortError
from engine.data.splits import Split


@dataclass(frozen=True, slots=True)
class WindowShape:
    """How windows are cut: `look_back` steps read, answer `horizon` steps on, `lead` rows before for differences.

    Of several answers, in rows next to one another, the last lies `horizon` steps on.
    """

    look_back: int
    horizon: int
    stride: int = 1
    lead: int = 0
    answers: int = 1

    @property
    def rows(self) -> int:
        """Rows that one window with its answer takes."""
        return self.lead + self.look_back + self.horizon

    def answer(self, start: int) -> int:
        """Row that answers the window starting at row `start`."""
        return start + self.look_back - 1 + self.horizon

    def starts(self, part: str, split: Split) -> range:
        """First rows of all windows of a part, in order of time."""
        first, last = split.bounds(part)
        offset = self.answer(0)
        if part == "train":
            return range(self.lead, last - offset, self.stride)
        return range(max(self.lead, first - offset + self.answers - 1), max(self.lead, last - offset))


def check_windows(shape: WindowShape, split: Split, dropped: int = 0) -> None:
    """Refuse a split whose training part cannot hold one window.

    Raises:
        TooShortError: with the numbers, and which settings make it fit.
    """
    if len(shape.starts("train", split)) > 0:
        return
    lost = f" ({dropped:,} before the first value are left out)" if dropped else ""
    raise TooShortError(
        f"one window takes {shape.rows:,} rows (look-back {shape.look_back:,}, horizon {shape.horizon:,}"
        f"{f', {shape.lead:,} for differences' if shape.lead else ''}), but the training part has "
        f"{split.train_end:,} of the {split.end:,} rows{lost}; {_cure(shape, split.end)}."
    )


def _cure(shape: WindowShape, rows: int) -> str:
    if shape.rows - shape.look_back < rows:  # enough for a window of one step
        return "choose a shorter data.look_back or smaller data.validation and data.test"
    nearer = "choose a smaller data.horizon or data.steps, or " if shape.horizon > 1 else ""
    return f"{nearer}give it more rows"
