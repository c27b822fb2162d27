"""Questions about files and trained models, each answered in the background to the dialog that asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from engine.config import Experiment
from workbench.doors.answers import Asked, Exported, ExportForm, ForeignWeights, Loaded, Usable, Used
from workbench.doors.backend import Backend
from workbench.doors.export_pace import ExportPace, UnderWay
from workbench.doors.reading_pace import HowFar
from workbench.jobs import Jobs
from workbench.runs.records import RunRecord
from workbench.wording import for_people

_EXPORT_LANE, _FORMS_LANE, _IMPORT_LANE, _INSPECTION_LANE, _USE_LANE = "export", "forms", "import", "inspection", "use"


class Troubled(Protocol):
    """Who asked, and hears why there is no answer."""

    def show_problem(self, text: str) -> None:
        """It could not be done."""


class ExportAnswer(Troubled, Protocol):
    """Who wants to know how an export went."""

    def show_forms(self, forms: tuple[ExportForm, ...]) -> None:
        """What there is to choose from."""

    def show_result(self, exported: Exported) -> None:
        """It was written."""


class WeightsAnswer(Troubled, Protocol):
    """Who wants to know what became of weights from elsewhere."""

    def show_taken(self, notes: Sequence[str], answer: bool) -> None:
        """They were read, and their network is set up; whether they `answer`, and so become a run as they are."""

    def show_way(self, why: str, code: Sequence[str]) -> None:
        """They cannot be read, but lines of Python make a file that can."""


class UseAnswer(Troubled, Protocol):
    """Who wants to know what a trained model answers."""

    def show_usable(self, usable: Usable) -> None:
        """What it can be asked."""

    def show_used(self, used: Used) -> None:
        """It has answered."""


class InspectionAnswer(Troubled, Protocol):
    """Who wants to know what is understood of a file."""

    def show_inspection(self, found: Any) -> None:
        """It was read."""


class Errands:
    """One at a time of each kind; a newer question takes the place of the one before."""

    def __init__(self, backend: Backend, jobs: Jobs) -> None:
        self._backend, self._jobs = backend, jobs
        self._pace = ExportPace()

    def inspect(self, path: Path, changes: Mapping[str, Any], answer: InspectionAnswer) -> None:
        """What is understood of a file that is read as `changes` say."""
        self._ask(_INSPECTION_LANE, lambda: self._backend.data.inspect(path, changes), answer.show_inspection, answer)

    def how_far_inspecting(self) -> HowFar | None:
        """Where the look into a file is."""
        return self._backend.data.how_far_inspecting()

    def leave_inspection(self, stop: bool) -> None:
        """Nobody wants to know any more; `stop` breaks off what is read, whoever reads it."""
        self._jobs.forget(_INSPECTION_LANE, self._backend.data.stop_reading if stop else None)

    def import_weights(
        self, path: Path, done: Callable[[ForeignWeights], None], failed: Callable[[Exception], None]
    ) -> None:
        """What weights from elsewhere ask for."""
        self._jobs.submit(_IMPORT_LANE, lambda: self._backend.import_weights(path), done, failed)

    def hold_against(
        self, found: ForeignWeights, experiment: Experiment, loaded: Loaded, fits: Callable[[], None], who: Troubled
    ) -> None:
        """See whether weights from elsewhere fit the network of `experiment`; `loaded` is the data at hand."""
        self._ask(_IMPORT_LANE, lambda: self._backend.fit(found, experiment, loaded), lambda _: fits(), who)

    def learn_export_forms(self, record: RunRecord, answer: ExportAnswer) -> None:
        """What a run's best weights can be exported to."""
        folder = _kept(record)
        self._jobs.forget(_EXPORT_LANE)  # who asked for an export before is gone
        self._ask(_FORMS_LANE, lambda: self._backend.export_forms(folder), answer.show_forms, answer)

    def export(self, record: RunRecord, key: str, target: Path, answer: ExportAnswer) -> UnderWay:
        """Write a run's best weights, and see by how much the file differs from the engine."""
        folder = _kept(record)
        under_way = UnderWay(self._pace, folder, key)

        def failed(error: Exception) -> None:
            if isinstance(error, OSError):
                why = f"{target} cannot be written: {error.strerror or error}. Choose another folder."
            else:
                why = for_people(str(error))
            answer.show_problem(why)

        def work() -> Exported:
            under_way.begin()
            exported = self._backend.export(folder, key, target, under_way.tell)
            under_way.end_step()
            return exported

        self._jobs.submit(_EXPORT_LANE, work, answer.show_result, failed)
        return under_way

    def cancel_export(self, under_way: UnderWay) -> None:
        """Write nothing after all; nobody hears of it any more."""
        self._jobs.forget(_EXPORT_LANE, under_way.stop)

    def learn_use(self, record: RunRecord, answer: UseAnswer) -> None:
        """What a run's best weights can be asked."""
        folder = _kept(record)
        self._ask(_USE_LANE, lambda: self._backend.usable(folder), answer.show_usable, answer)

    def use(self, record: RunRecord, asked: Asked, answer: UseAnswer) -> None:
        """What a run's best weights answer."""
        folder = _kept(record)
        self._ask(_USE_LANE, lambda: self._backend.use(folder, asked), answer.show_used, answer)

    def _ask(self, lane: str, work: Callable[[], Any], done: Callable[[Any], None], who: Troubled) -> None:
        self._jobs.submit(lane, work, done, lambda error: who.show_problem(for_people(str(error))))


def _kept(record: RunRecord) -> Path:
    assert record.folder is not None, "a run that was saved has a folder"
    return record.folder
