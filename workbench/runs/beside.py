"""Other runs beside the one at hand, and which of their numbers can be drawn on its axes."""

from __future__ import annotations

from dataclasses import dataclass

from engine.events import RunStarted
from workbench.runs.history import History


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """Another run, whose scalars are drawn beside those of the run at hand."""

    number: int  # which gives its colour
    name: str
    metric: str  # what its series "metric" measures
    history: History
    loss: str = ""  # what its losses measure; "" where nobody told

    @property
    def title(self) -> str:
        """What its curves are called."""
        return f"{self.number} {self.name}"


class Company:
    """What the run at hand measures, and the runs beside it that measure the same; without one, the first of them."""

    def __init__(self, start: RunStarted | None, others: tuple[Beside, ...]) -> None:
        self._others = others
        leading = start or next(iter(others), None)
        self.metric, self._loss = (leading.metric, leading.loss) if leading else ("metric", "")

    @property
    def same_metric(self) -> tuple[Beside, ...]:
        """Those whose metric can be compared."""
        return tuple(run for run in self._others if run.metric == self.metric)

    @property
    def same_loss(self) -> tuple[Beside, ...]:
        """Those whose loss can be; where one never told which it was, one metric stands for one loss."""
        return tuple(run for run in self._others if self._fits(run))

    def _fits(self, run: Beside) -> bool:
        return run.loss == self._loss if run.loss and self._loss else run.metric == self.metric

    def left_out(self, drawn: tuple[Beside, ...]) -> str:
        """What those are called that are not among the drawn ones."""
        return ", ".join(run.title for run in self._others if run not in drawn)
