"""What a run leaves on disk while it goes: the best weights now and then, all of it at the end."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from engine.config import Experiment
from engine.data import DataError
from engine.data.loading import data_path
from engine.events import CheckpointSaved, Evaluated, Event, Finding, RunFailed, RunFinished
from engine.measurements import Measurements
from engine.model import Model
from engine.runs import RunFolder, RunFolderError, check_folder

_SAVE_EVERY = 10.0  # seconds between two writings while the run goes on

Weights = Mapping[str, NDArray[np.floating]]


class Recorder:
    """Writes into a run folder, or nowhere when there is none. The folder is made with the first save.

    Trouble in writing never ends a run: it is handed back as a finding, and the next save tries again.
    """

    def __init__(
        self, folder: Path | None, experiment: Experiment, metric: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Look whether `folder` can take a run.

        Raises:
            RunFolderError: it holds a run already, or cannot be written.
        """
        if folder is not None:
            check_folder(folder)
        self.path, self.failure = folder, ""
        self._experiment, self._metric, self._clock = experiment, metric, clock
        self._folder: RunFolder | None = None
        self._evaluations: list[Evaluated] = []
        self._lines: list[str] = []
        self._saved = -_SAVE_EVERY
        self._unsaved = False

    def note(self, line: str) -> None:
        """Add a line to the log."""
        if self.path is not None:
            self._lines.append(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {line}")

    def evaluated(self, event: Evaluated) -> None:
        """Add a row to the table of evaluations."""
        self._evaluations.append(event)
        self._unsaved |= event.best

    def save(self, model: Model, weights: Weights, step: int) -> Event | None:
        """Write better weights, at most every few seconds; what to say about it."""
        if self.path is None or not self._unsaved or self._clock() - self._saved < _SAVE_EVERY:
            return None
        return self._guarded(lambda: self._write(model, weights, step))

    def finish(self, model: Model, weights: Weights, step: int, result: Mapping[str, Any]) -> Event | None:
        """Write everything, whatever the time; what to say about it."""
        if self.path is None:
            return None

        def write() -> CheckpointSaved:
            saved = self._write(model, weights, step)
            self._open().save_result({**result, "data": data_reference(self._experiment), "versions": versions()})
            return saved

        return self._guarded(write)

    def _write(self, model: Model, weights: Weights, step: int) -> CheckpointSaved:
        folder = self._open()
        path = folder.save_weights(weights, model.header())
        folder.save_progress(self._metric, self._evaluations, self._lines)
        self._saved, self._unsaved = self._clock(), False
        return CheckpointSaved(step, str(path))

    def _open(self) -> RunFolder:
        assert self.path is not None
        self._folder = self._folder or RunFolder(self.path, self._experiment)
        return self._folder

    def _guarded(self, write: Callable[[], CheckpointSaved]) -> Event:
        try:
            event = write()
        except (OSError, RunFolderError) as error:
            self._saved, self.failure = self._clock(), str(error)
            cure = "Make room or choose another folder; the best weights are kept in memory and can be exported."
            return Finding("saving", "problem", "The run cannot be saved", str(error), cure)
        self.failure = ""
        return event


def run_result(
    ended: RunFinished | RunFailed,
    measured: Measurements,
    parameters: int,
    seconds: float,
    changes: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """What `result.json` says of a run; `changes` are the settings changed while it ran."""
    fields = {item.name: getattr(ended, item.name) for item in dataclasses.fields(ended)}
    pairs = {name: dict(fields.pop(name, ())) for name in ("test_metrics", "test_baselines")}
    return {
        **fields,
        "metric": measured.metric,
        "validation_metric": measured.best.metric if measured.best else math.nan,
        "validation_baselines": dict(measured.baselines),
        **pairs,
        "parameters": parameters,
        "steps_per_second": ended.step / seconds if seconds else math.nan,
        "changes": list(changes),
    }


def versions() -> dict[str, str]:
    """Of what the numbers of a run depend on."""
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
        "system": f"{platform.system()} {platform.machine()}",
    }


def data_reference(experiment: Experiment) -> dict[str, str]:
    """Which data a run learned from: the sample's name or the file's path, and the SHA-256 of the file."""
    data = experiment.data
    named = {"file": data.file} if data.file else {"sample": data.sample}
    try:
        with data_path(data).open("rb") as file:
            return {**named, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    except (OSError, DataError):  # generated, or gone since it was read
        return named
