"""What a run leaves on disk while it goes: checkpoints, best weights and metrics now and then, all of it at the end."""

from __future__ import annotations

import dataclasses
import math
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numba
import numpy as np

from engine.config import Experiment
from engine.events import CheckpointSaved, Evaluated, Event, Finding, RunFailed, RunFinished
from engine.findings.measurements import Measurements
from engine.model import Model
from engine.resuming import Saved, data_reference
from engine.runs import RunFolder, check_folder
from engine.storage.checkpoints import Checkpoint, CheckpointError
from engine.storage.contest_file import Membership
from engine.storage.run_folders import RunFolderError
from engine.training_loop.progress import Weights

_REST = 50.0  # multiples of the time a save took before the next one by time: two per cent of a run at most


class Recorder:
    """Writes into a run folder, or nowhere when there is none. The folder is made after the first batch.

    Trouble in writing never ends a run: it is handed back as a finding, and the next save tries again. A folder that is
    gone is made anew; where nothing can be written at the end, the run goes into a folder for what is temporary.
    """

    def __init__(
        self, folder: Path | None, experiment: Experiment, metric: str, saved: Saved | None = None,
        of: Membership | None = None, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """Look whether `folder` can take a run; `saved` is what it holds of the run that goes on, `of` is the race or
        sweep that a new one belongs to.

        Raises:
            RunFolderError: it holds another run, or cannot be written.
        """
        if folder is not None and saved is None:
            check_folder(folder)
        self.path, self._trouble = folder, None  # type: Path | None, Finding | None
        self.rescued: Path | None = None  # where the run lies instead, when its own folder could not take it
        self._experiment, self._metric, self.of, self._clock = experiment, metric, of, clock
        self._resumes = saved is not None
        self._evaluations: list[Evaluated] = []
        self._lines = list(saved.log) if saved else []
        self._folder: RunFolder | None = None
        self._data: dict[str, str] = {}
        self._due, self._due_epoch = clock() + experiment.saving.seconds, 0
        self._better = False  # than what the weights file holds
        self._weights_saved = False

    @property
    def misplaced(self) -> Finding | None:
        """Of a run that is over and not in its folder: where else it lies, if anywhere; no longer what to do."""
        if self._trouble is None:
            return None
        cure = "Nor could it be saved elsewhere. Make room, or choose another folder, and run again."
        if self.rescued:
            cure = f"It was saved in {self.rescued} instead, whole; move it where there is room."
        title = "The run could not be saved where it belongs"
        return dataclasses.replace(self._trouble, title=title, cure=cure)

    def note(self, line: str) -> None:
        """Add a line to the log."""
        if self.path is not None:
            self._lines.append(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {line}")

    def found(self, step: int, finding: Finding) -> None:
        """Add a line on a finding."""
        self.note(f"step {step}, {finding.level}: {finding.title}. {finding.why} {finding.cure}".rstrip())

    def resume(self, evaluations: Sequence[Evaluated]) -> None:
        """The rows of the table that were there before."""
        self._evaluations.extend(evaluations)

    def evaluated(self, event: Evaluated) -> None:
        """Add a row to the table of evaluations."""
        self._evaluations.append(event)
        self._better |= event.best

    def begin(self) -> tuple[Event, ...]:
        """Make the folder ours, once; what to say where that fails."""
        if self.path is None or self._folder is not None or self._trouble:  # the next save tries again
            return ()
        try:
            self._open()
        except (OSError, RunFolderError) as error:
            return (self._failed(error),)
        return ()

    def is_due(self, epochs: int) -> bool:
        """Whether it is time to save, after so many whole epochs."""
        if self.path is None:
            return False
        every = self._experiment.saving.epochs
        return self._clock() >= self._due or (every > 0 and epochs >= self._due_epoch + every)

    def save(self, model: Model, best: Weights, checkpoint: Checkpoint, epochs: int) -> tuple[Event, ...]:
        """Write where the run stands after so many whole epochs; what to say about it."""
        if self.path is None:
            return ()
        start = self._clock()
        said = self._guarded(lambda: self._write(model, best, checkpoint))
        took = self._clock() - start
        pause = self._experiment.saving.seconds
        self._due, self._due_epoch = start + took + (max(pause, _REST * took) if pause else 0.0), epochs
        return said

    def finish(
        self, model: Model, weights: Weights, checkpoint: Checkpoint, result: Mapping[str, Any]
    ) -> tuple[Event, ...]:
        """Write everything, whatever the time, and elsewhere where it cannot be here; what to say about it."""
        if self.path is None:
            return ()

        def write() -> CheckpointSaved | None:
            self._better = True
            saved = self._write(model, weights, checkpoint)
            self._open().save_result({**result, "data": self._data, "versions": versions()})
            return saved

        said = self._guarded(write)
        rescued = self._rescue(write) if self._trouble else None
        self.close(over=self._trouble is None or self.rescued is not None)
        return (*said, rescued) if rescued else said

    def _rescue(self, write: Callable[[], CheckpointSaved | None]) -> CheckpointSaved | None:
        """Write everything elsewhere; where that fails too, its trouble is what was said."""
        own = self.path
        self._forget_folder()
        try:
            self.path = refuge = Path(tempfile.mkdtemp(prefix="rnn-run-"))
        except OSError:
            return None
        try:
            self.note(f"it lies here, since {own} could not take it")
            saved = write()
            self.rescued = refuge
            return saved
        except (OSError, RunFolderError, CheckpointError):
            self._forget_folder()
            shutil.rmtree(refuge, ignore_errors=True)  # nobody would know of what is in it
            self.path = own
            return None

    def _forget_folder(self) -> None:
        """Begin with an empty folder at the next save."""
        self.close()
        self._folder, self._resumes = None, False
        self._better, self._weights_saved = True, False

    def close(self, *, over: bool = False) -> None:
        """Leave the folder to others; unless the run is `over`, it broke off, and the next start offers to go on."""
        if self._folder is not None:
            self._folder.let_go(over=over)

    def _write(self, model: Model, best: Weights, checkpoint: Checkpoint) -> CheckpointSaved | None:
        """Weights and metrics first: a checkpoint refers to the metrics, never the other way round."""
        if self._folder is not None and not self._folder.in_place():
            self.note(f"{self._folder.path} was gone and is made anew")
            self._forget_folder()
        folder = self._open()
        if best and (self._better or (self._weights_saved and not folder.weights.is_file())):
            folder.save_weights(best, model.header())
            self._better, self._weights_saved = False, True
        folder.save_progress(self._metric, self._evaluations, self._lines)
        folder.save_checkpoint(
            dataclasses.replace(checkpoint, facts={**checkpoint.facts, "data": self._data}),
            self._experiment.saving.keep,
        )
        return CheckpointSaved(checkpoint.step, str(folder.weights)) if self._weights_saved else None

    def _open(self) -> RunFolder:
        assert self.path is not None
        if self._folder is None:
            self._folder = RunFolder(self.path, self._experiment, self._resumes, self.of)
            self._weights_saved = self._folder.weights.exists()
            self._data = self._data or data_reference(self._experiment)  # the file may have changed since
        return self._folder

    def _guarded(self, write: Callable[[], CheckpointSaved | None]) -> tuple[Event, ...]:
        try:
            saved = write()
        except (OSError, RunFolderError, CheckpointError) as error:
            return (self._failed(error),)
        before, self._trouble = self._trouble, None
        over = before.withdrawn("The last save holds all of the run so far.") if before else None
        return tuple(event for event in (saved, over) if event)

    def _failed(self, error: Exception) -> Finding:
        named = isinstance(error, OSError) and error.filename is not None
        why = f"{error.filename}: {error.strerror}" if named and isinstance(error, OSError) else str(error)
        if self._trouble is None:
            self.note(f"could not be saved: {why}")
        cure = (
            "Make room, or put the folder right: every save tries again, and until then the best weights are kept in "
            "memory."
        )
        self._trouble = Finding("saving", "problem", "The run cannot be saved", f"{why}.", cure)
        return self._trouble


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
        "loss": measured.loss,
        "metric": measured.metric,
        "validation_metric": measured.best.metric if measured.best else math.nan,
        "validation_baselines": dict(measured.baselines),  # of a run that failed, too
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
