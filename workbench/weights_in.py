"""Weights from elsewhere on their way in: read, held against the data at hand, and only then taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from engine.config import ConfigError
from workbench.doors.answers import ForeignWeights
from workbench.draft import Draft
from workbench.errands import Errands, WeightsAnswer
from workbench.wording import for_people

_AS_THEY_ASK = "the transform of the series is what the file says, none where it says nothing: Data sets another"
_NO_DATA = "They are judged on data, and there is none that can be used. {} Then import them again"


class WeightsIn(QObject):
    """Sets up their network, or leaves everything as it is and says why; weights wait for data that is being read."""

    def __init__(self, draft: Draft, errands: Errands, busy: Callable[[], str], judge: Callable[[], object]) -> None:
        """`busy` says why no settings can be taken now, or nothing; `judge` makes a run of weights that answer."""
        super().__init__()
        self._draft, self._errands, self._busy, self._judge = draft, errands, busy, judge
        self._waiting: tuple[ForeignWeights, WeightsAnswer] | None = None
        draft.activity_changed.connect(self._hold_against_data)

    def bring(self, path: Path, answer: WeightsAnswer) -> None:
        """Read them in the background and do all that follows; `answer` hears what came of it."""

        def done(found: ForeignWeights) -> None:
            self._waiting = found, answer
            self._hold_against_data()

        def failed(error: Exception) -> None:
            from engine.importing import ElsewhereError

            if isinstance(error, ElsewhereError) and error.code:
                answer.show_way(error.why, error.code)
            else:
                answer.show_problem(str(error))

        self._waiting = None
        self._errands.import_weights(path, done, failed)

    @Slot()
    def _hold_against_data(self) -> None:
        """See whether they fit, once the data is there."""
        if self._waiting is None or self._draft.loading:
            return
        (found, answer), self._waiting = self._waiting, None
        changes = self._series_of(found) | found.settings
        try:
            experiment = self._draft.experiment.replace(changes)
        except ConfigError as error:
            answer.show_problem(for_people(str(error)))
            return
        if not self._draft.ready or self._draft.loaded_data is None:
            answer.show_problem(_NO_DATA.format(self._draft.problem or "Open some."))
            return
        loaded = self._draft.loaded_data
        self._errands.hold_against(found, experiment, loaded, lambda: self._take(found, changes, answer), answer)

    def _take(self, found: ForeignWeights, changes: dict[str, Any], answer: WeightsAnswer) -> None:
        if message := self._busy() or self._draft.change(changes):
            answer.show_problem(message)
            return
        asked = found.series.keys() & changes.keys()
        answer.show_taken((*found.notes, _AS_THEY_ASK) if asked else found.notes, found.answer)
        if found.answer:
            self._judge()

    def _series_of(self, found: ForeignWeights) -> dict[str, Any]:
        """How weights want a series prepared, of which a file only suggests it.

        Brought in again, they take the series as it was set since.
        """
        now = self._draft.experiment
        again = now.training.start_weights == found.settings["training.start_weights"]
        return {} if again or now.data.kind != "series" or not now.data.file else dict(found.series)
