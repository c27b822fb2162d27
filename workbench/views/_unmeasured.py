"""Why a view has nothing measured to show, and what to do that there is something."""

from __future__ import annotations

TOO_EARLY = "Nothing was measured for this view by then. Go to a later step of the run with the slider below."
_BEGINNING = "The run begins: what it measures appears here with the first batches."
_ENDED_BEFORE = "The run ended before this was measured. Run again (F5) and look at this view while it trains."
_FAILED = (
    "The run failed before this was measured.\n"
    "The pane Findings says why, and what to change before you run again (F5)."
)
_UNTRAINED = (
    "These weights were scored as they came; what this view shows is measured on batches, and none was trained. "
    "“Go on…” below the list of runs trains on from them."
)
_THEN = "Then press Run (F5): a single run is drawn here."
_WITH_NEXT_BATCH = "This is measured with the next batch. In a pause, go on (F5) or do one step (F10)."


class Unmeasured:
    """How the run stands, from its beginning to its end, as far as that says why there is nothing to see."""

    def __init__(self, waiting: str) -> None:
        """`waiting` is said before any run."""
        self._waiting = waiting
        self.over = False  # the run measures nothing any more
        self._beginning = self._begun = self._untrained = self._failed = False
        self._held_off = ""

    def reset(self, *, beginning: bool) -> None:
        """The last run is forgotten; `beginning` when a new one is on its way."""
        self._beginning, self._begun, self.over = beginning, False, False
        self._untrained = self._failed = False

    def begin(self) -> None:
        """The run has told what it will do."""
        self._beginning, self._begun, self.over = False, True, False
        self._failed = False

    def end(self, *, untrained: bool, failed: bool) -> None:
        """It measures nothing any more; `untrained` where it had no batches."""
        self._beginning, self.over = False, True
        self._untrained, self._failed = untrained, failed

    def hold_off(self, reason: str) -> None:
        """No run can begin now, and why; empty when one can."""
        self._held_off = reason

    def words(self, *, at_moment: bool) -> str:
        """What to do: begin a run, wait for it, go on with it, or mend it; or leave the moment that is shown."""
        if self._beginning:
            return _BEGINNING
        if at_moment:
            return TOO_EARLY
        if self._held_off:
            return f"{self._held_off}\n{_THEN}"
        if self._failed:
            return _FAILED
        if not self._begun:
            return self._waiting
        if self._untrained:
            return _UNTRAINED
        return _ENDED_BEFORE if self.over else _WITH_NEXT_BATCH
