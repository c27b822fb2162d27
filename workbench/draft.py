"""The experiment that is being set up, and the data that was read for it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.config import ConfigError, Experiment
from engine.events import Compiling, Event
from engine.loading import stamp
from engine.topologies import default_topology, fit, topology
from workbench.doors.answers import Facts, Loaded
from workbench.doors.backend import Backend
from workbench.doors.engine_process import EngineGoneError
from workbench.doors.worker import SEE_LOG
from workbench.jobs import Jobs
from workbench.wording import for_people

FIRST_SAMPLE = "airline_passengers"
_DATA_LANE, _KERNEL_LANE, _FACTS_LANE = "data", "kernels", "facts"


class Draft(QObject):
    """What the next run will do. Panels show it and change it; files and samples come in through `open`.

    Reading happens in the background. When it fails, `problem` says why; a source that could not be opened leaves
    everything as it was, while settings that do not fit the data stay as they are until they are mended.
    """

    changed = Signal()  # the experiment
    loaded = Signal()  # dataset, preview and notes
    activity_changed = Signal()  # loading, preparing or problem
    facts_known = Signal()

    def __init__(self, backend: Backend, jobs: Jobs) -> None:
        super().__init__()
        self.experiment = Experiment()
        self.loaded_data: Loaded | None = None
        self.facts: Facts | None = None
        self.problem = ""  # why the last source or setting could not be used
        self.blocked = False  # the settings do not fit the data: nothing can be run
        self.loading = ""  # what is being read
        self.preparing = False  # kernels are being compiled
        self.compiling: Compiling | None = None  # how far that is, as was told last
        self.engine_problem = ""  # why the engine was not there when it was asked last
        self.threads = 0  # for what is opened without a number of threads of its own
        self._meanwhile: dict[str, Any] = {}  # chosen while a source is being opened, for it
        self._backend, self._jobs = backend, jobs

    def learn_facts(self) -> None:
        """Find out, in the background, what the engine offers."""
        self._jobs.submit(_FACTS_LANE, self._backend.facts, self._on_facts, self._on_no_facts)

    @property
    def ready(self) -> bool:
        """Whether a run can start."""
        return self.loaded_data is not None and not self.loading and not self.blocked

    def open(self, source: Path | str, problem: str = "", changes: Mapping[str, Any] | None = None) -> None:
        """Read a file, or the sample of that name, and take what suits it for all settings.

        `problem` is what went wrong before and goes on being shown; `changes` are settings that were decided before.
        """
        name = source.name if isinstance(source, Path) else source.replace("_", " ")
        self._meanwhile = {}
        self._set_activity(problem, name)
        self._read(
            lambda: self._backend.data.open(source, changes),
            lambda loaded: self._on_opened(loaded, problem),
            lambda error: self._on_not_opened(error, source),
        )

    def change(self, changes: Mapping[str, Any]) -> str:
        """Change settings by dotted name; returns why not, or nothing. Data is read anew where it has to be."""
        try:
            experiment = self.experiment.replace(changes)
        except ConfigError as error:
            return for_people(str(error))
        if experiment == self.experiment:
            return ""
        if experiment.data.kind != self.experiment.data.kind:
            experiment = _fitting(experiment)
        self.adopt(experiment)
        if self.loading:
            self._meanwhile |= changes
        return ""

    def adopt(self, experiment: Experiment) -> None:
        """Take all settings, as those of an earlier run. Data is read anew where it has to be."""
        before, self.experiment = self.experiment, experiment
        self.changed.emit()
        if experiment.data != before.data or experiment.model.topology != before.model.topology:
            self.problem = ""
            self._reload()
        elif experiment.model != before.model:
            self._prepare_kernels()

    def cancel(self) -> None:
        """Leave what is being read, and go on with what was read before."""
        if not self.loading or self.loaded_data is None:
            return
        self._jobs.forget(_DATA_LANE, self._backend.data.stop_reading)
        kept = self.loaded_data.experiment
        self.experiment = self.experiment.replace({"model.topology": kept.model.topology})
        self.experiment = dataclasses.replace(self.experiment, data=kept.data)
        self.blocked = False
        self._set_activity()
        self.changed.emit()

    def read_again(self) -> bool:
        """Read the file anew where another lies there than was read; whether it does."""
        loaded, experiment = self.loaded_data, self.experiment
        now = stamp(experiment.data.file)
        if loaded is None or now in (loaded.stamp, (0, 0)):
            return False
        self._set_activity(loading=source_name(experiment))
        self._read(
            lambda: self._backend.data.load(experiment),
            self._on_reloaded,
            lambda error: self._set_activity(problem=_words(error)),
        )
        return True

    def dismiss(self) -> None:
        """The message has been read."""
        if not self.blocked:
            self._set_activity(problem="", loading=self.loading)

    def _reload(self, problem: str = "") -> None:
        experiment = self.experiment
        if not (experiment.data.file or experiment.data.sample):
            return
        self._set_activity(problem, source_name(experiment))
        self._read(lambda: self._backend.data.load(experiment), self._on_reloaded, self._on_misfit)

    def _read(
        self, work: Callable[[], Loaded], done: Callable[[Loaded], None], failed: Callable[[Exception], None]
    ) -> None:
        """In place of what is being read, which is broken off: nobody wants it any more."""
        self._jobs.forget(_DATA_LANE, self._backend.data.stop_reading)
        self._jobs.submit(_DATA_LANE, work, done, failed)

    def _on_opened(self, loaded: Loaded, problem: str) -> None:
        own = loaded.experiment.training.threads
        self.experiment = loaded.experiment.replace({"training.threads": own or self.threads})
        with contextlib.suppress(ConfigError):  # what was chosen does not go with what came
            self.experiment = self.experiment.replace(self._meanwhile)
        self.problem, self.blocked = problem, False
        self._take(loaded)
        self.changed.emit()

    def _on_reloaded(self, loaded: Loaded) -> None:
        self._take(loaded)

    def _take(self, loaded: Loaded) -> None:
        self.loaded_data = loaded
        self._set_activity(self.problem if not self.blocked else "")
        self.blocked = False
        self.loaded.emit()
        self._prepare_kernels()

    def _on_not_opened(self, error: Exception, source: Path | str) -> None:
        words, name = _words(error), source.name if isinstance(source, Path) else source.replace("_", " ")
        if name not in words:  # other data goes on being shown, which the words are not about
            words = f"{name} was not opened. {words}"
        if self.loaded_data is not None:
            there = self.loaded_data.title or source_name(self.loaded_data.experiment)
            words = f"{words.rstrip('.')}. {there} stays open."
        self._set_activity(problem=words)
        if self.loaded_data is None and source != FIRST_SAMPLE:
            self.open(FIRST_SAMPLE, self.problem)  # so that there is something to work with
        overtaken = self.loaded_data is not None and self.loaded_data.experiment.data != self.experiment.data
        if overtaken and not self.blocked:
            self._reload(self.problem)

    def _on_misfit(self, error: Exception) -> None:
        self.blocked = True
        self._set_activity(problem=_words(error))

    def _prepare_kernels(self) -> None:
        if self.loaded_data is None:
            return
        experiment = self.experiment
        self.preparing, self.compiling = True, None
        self.activity_changed.emit()

        def tell(event: Event) -> None:  # in the job's thread; the window looks at it in its own time
            if isinstance(event, Compiling) and experiment is self.experiment:
                self.compiling = event

        self._jobs.submit(
            _KERNEL_LANE, lambda: self._backend.warm_up(experiment, tell), self._on_prepared, self._on_unprepared
        )

    def _on_prepared(self, _result: object) -> None:
        self.preparing, self.engine_problem = False, ""
        self.activity_changed.emit()

    def _on_unprepared(self, error: Exception) -> None:
        """An engine that is not there has to be told now; what else failed, the run will say in its own words."""
        self.preparing = False
        self.engine_problem = str(error) if isinstance(error, EngineGoneError) else ""
        self.activity_changed.emit()

    @Slot()
    def forget_engine_problem(self) -> None:
        """A run has begun: it says by itself whether the engine is there."""
        self.engine_problem = ""

    def _on_facts(self, facts: Facts) -> None:
        self.facts = facts
        self.facts_known.emit()

    def _on_no_facts(self, error: Exception) -> None:
        self._set_activity(problem=f"The engine could not be started: {_words(error)}", loading=self.loading)

    def _set_activity(self, problem: str = "", loading: str = "") -> None:
        self.problem, self.loading = problem, loading
        self.activity_changed.emit()


def _fitting(experiment: Experiment) -> Experiment:
    """With a topology that the kind of data has."""
    kind = experiment.data.kind
    if fit(topology(experiment.model.topology), kind).usable:
        return experiment
    return experiment.replace({"model.topology": default_topology(kind).key})


def source_name(experiment: Experiment) -> str:
    """What the data at hand is called: the file's name or the sample's."""
    return Path(experiment.data.file).name if experiment.data.file else experiment.data.sample


def _words(error: Exception) -> str:
    if isinstance(error, ValueError | OSError):
        return for_people(str(error))
    return f"{type(error).__name__}: {error}. {SEE_LOG}"
