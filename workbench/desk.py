"""What a person does at the workbench, without widgets: set up, run, mend, export, close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject

from engine.config import Experiment
from engine.control import Control
from engine.events import Event
from workbench.backend import Backend
from workbench.draft import Draft
from workbench.jobs import Jobs
from workbench.mailbox import Mailbox
from workbench.records import RunRecord
from workbench.session import RunMaker, Session

_EXPORT_LANE = "export"
_JOBS_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Counts:
    """What the settings come to; zeros where it is not known yet."""

    parameters: int = 0
    steps_per_epoch: int = 0
    tokens: bool = False


class ExportAnswer(Protocol):
    """Who wants to know how an export went."""

    def show_result(self, target: Path, tensors: dict[str, tuple[int, ...]]) -> None:
        """It was written."""

    def show_problem(self, text: str) -> None:
        """It was not."""


class Desk(QObject):
    """Holds the draft, the session and the threads between them."""

    def __init__(self, backend: Backend, runs: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend, self._runs = backend, runs
        self.jobs, self.mailbox = Jobs(), Mailbox()
        self.draft = Draft(backend, self.jobs)
        self.session = Session(self.mailbox, self._new_folder)

    def run(self) -> None:
        """Start, pause or go on."""
        if self.session.alive or self.draft.ready:
            self.session.run(self.draft.experiment, self._run_maker())

    def step(self) -> None:
        """Train one batch."""
        if self.session.alive or self.draft.ready:
            self.session.step_once(self.draft.experiment, self._run_maker())

    def change(self, name: str, value: object) -> str:
        """Change one setting, and the run under way where it may be; returns why not, or nothing."""
        return self.apply({name: value})

    def apply(self, changes: Mapping[str, Any]) -> str:
        """Change settings; returns why not, or nothing."""
        message = self.draft.change(self._with_activations(changes))
        if message:
            return message
        return next(filter(None, (self.session.set_live(name, value) for name, value in changes.items())), "")

    def _with_activations(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """A newly chosen cell brings its usual activations, unless a person chose others that it knows too."""
        cells = {spec.key: spec for spec in self.draft.facts.cells} if self.draft.facts else {}
        model = self.draft.experiment.model
        before, after = cells.get(model.cell), cells.get(str(changes.get("model.cell", "")))
        if before is None or after is None:
            return dict(changes)
        own = {
            "model.activation": _kept(model.activation, before.activations, after.activations),
            "model.gate_activation": _kept(model.gate_activation, before.gate_activations, after.gate_activations),
        }
        return own | dict(changes)

    def counts(self) -> Counts:
        """Parameters and steps of the draft."""
        loaded, experiment = self.draft.loaded_data, self.draft.experiment
        if loaded is None:
            return Counts()
        dataset = loaded.dataset
        known = self.draft.facts is not None
        parameters = self._backend.parameter_count(experiment.model, dataset) if known else 0
        return Counts(parameters, dataset.batch_count("train", experiment.training.batch_size), dataset.tokens)

    def export(self, record: RunRecord, target: Path, answer: ExportAnswer) -> None:
        """Write a run's best weights in the background."""
        folder = record.folder
        assert folder is not None
        self.jobs.submit(
            _EXPORT_LANE,
            lambda: self._backend.export(folder, target),
            lambda tensors: answer.show_result(target, tensors),
            lambda error: answer.show_problem(_export_words(target, error)),
        )

    def close(self, seconds: float) -> bool:
        """Stop everything and wait at most so long; True when nothing runs any more."""
        self.session.stop()
        ended = self.session.join(seconds)
        return self.jobs.close(_JOBS_SECONDS) and ended

    def _run_maker(self) -> RunMaker:
        loaded = self.draft.loaded_data

        def make(experiment: Experiment, control: Control, folder: Path | None) -> Iterable[Event]:
            assert loaded is not None
            return self._backend.run(experiment, loaded.dataset, control, folder)

        return make

    def _new_folder(self, name: str) -> Path:
        stem = f"{datetime.now():%Y-%m-%d_%H%M%S}_{name}"
        number = 1
        while (folder := self._runs / (stem if number == 1 else f"{stem}_{number}")).exists():
            number += 1
        return folder


def _kept(value: str, before: Sequence[str], after: Sequence[str]) -> str:
    """`value` if it was chosen on purpose and the new cell knows it, else what is usual there, which is the first."""
    chosen = bool(before) and value != before[0]
    return value if not after or (chosen and value in after) else after[0]


def _export_words(target: Path, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{target} cannot be written: {error.strerror or error}. Choose another folder."
    return f"{error}"
