"""Weights that were trained elsewhere, as a run: judged, shown and kept, so that they can be used and exported."""

from __future__ import annotations

from collections.abc import Iterator

from engine.events import Event
from engine.training import TrainingRun


class ImportedRun(TrainingRun):
    """A run that trains nothing: the weights that `training.start_weights` names are its best ones.

    It ends as soon as they are scored. Who goes on with it trains them, from the checkpoint in its folder: the file
    that they came from may be gone by then.
    """

    completed = "scored"

    def _train(self) -> Iterator[Event]:
        if not self.control.ending:
            self._progress.best = self.network.state_dict()
            yield from self._validation.evaluate(epoch=0)
