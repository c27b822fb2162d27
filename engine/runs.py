"""The run folder: everything about one run, in files that people and other programs can read.

    experiment.toml      every setting, ready for `train --config`
    weights.safetensors  the best weights, and in the header what their use needs
    metrics.csv          one row per evaluation
    result.json          how it ended: scores, baselines, versions, the data's hash
    log.txt              what was said while it ran
    contest.json         only of a run that was made for a race or a sweep: which one
    checkpoints/         where the run stood at the last saves, to go on from
    run.lock             only while a run writes here, and after one that broke off

Each file is written whole or not at all.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import Experiment
from engine.events import Evaluated
from engine.model import Model, load_model
from engine.storage.atomic import remove_leftovers, write_atomically
from engine.storage.checkpoints import Checkpoint, Checkpoints
from engine.storage.contest_file import CONTEST, Membership
from engine.storage.csv_tables import GrowingTable
from engine.storage.experiment_file import experiment_text, read_run_experiment
from engine.storage.run_folders import WEIGHTS, RunFolderError
from engine.storage.run_lock import RunLock
from engine.storage.weights import WeightsFileError, write_weights

EXPERIMENT, METRICS, RESULT, LOG = (
    "experiment.toml",
    "metrics.csv",
    "result.json",
    "log.txt",
)


def check_folder(folder: Path | str) -> None:
    """Make sure that a run can be written into `folder`, and leave nothing behind.

    Raises:
        RunFolderError: it holds a run already, or cannot be written.
    """
    folder = Path(folder)
    _check_empty(folder)
    made = _make(folder)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise RunFolderError(f"{folder} cannot be written: {error.strerror}; choose another folder") from error
    finally:
        _remove(made)


def _check_empty(folder: Path) -> None:
    held = [name for name in (EXPERIMENT, WEIGHTS, RESULT) if os.path.exists(folder / name)]
    if held:
        raise RunFolderError(f"{folder} already holds a run ({held[0]}); choose another folder, or delete it first")


def load_run(folder: Path | str) -> Model:
    """The best weights of a run, ready for use. A weights file of this workbench will do as well.

    Raises:
        RunFolderError: no run there, or one that never came to weights.
        WeightsFileError: the weights are damaged.
    """
    path = Path(folder)
    if path.is_file():
        return _of_file(path)
    settings = path / EXPERIMENT
    if not settings.is_file():
        raise RunFolderError(f"{path} holds no run; give the folder that `train --out` made")
    return _loaded(path, path / WEIGHTS, read_run_experiment(settings))


def _of_file(path: Path) -> Model:
    try:
        return _loaded(path, path, None)
    except WeightsFileError as error:
        if path.suffix == Path(WEIGHTS).suffix:
            raise
        raise RunFolderError(f"{path} is no run; give the folder that `train --out` made, or its {WEIGHTS}") from error


def _loaded(path: Path, weights: Path, experiment: Experiment | None) -> Model:
    try:
        return load_model(weights, experiment)
    except OSError as error:
        raise RunFolderError(f"{path} holds no weights that can be read ({error.strerror})") from error


class RunFolder:
    """A folder that a run writes into; made with its first file."""

    def __init__(
        self, folder: Path | str, experiment: Experiment, resumes: bool = False, of: Membership | None = None
    ) -> None:
        """Make the folder and put the experiment there, and what the run is `of`; where one goes on, its result is no
        longer one.

        Raises:
            RunFolderError: it holds another run, is being written by one, or cannot be written.
        """
        self.path = Path(folder)
        if not resumes:
            check_folder(self.path)
        _make(self.path)
        self._lock = RunLock(self.path)
        if not self._lock.take():
            raise RunFolderError(f"{self.path} is being written by another run; wait for its end, or stop it")
        if not resumes:
            self._check_again()
        else:
            remove_leftovers(self.path)
            (self.path / RESULT).unlink(missing_ok=True)
        self._checkpoints = Checkpoints(self.path)
        self._table: GrowingTable | None = None  # of evaluations
        self._experiment = experiment_text(experiment)
        if of is not None:
            self._write(CONTEST, of.text())
        self._write(EXPERIMENT, self._experiment)

    def _check_again(self) -> None:
        """Another run may have come and gone between the look and the lock."""
        try:
            _check_empty(self.path)
        except RunFolderError:
            self._lock.let_go()
            raise

    @property
    def weights(self) -> Path:
        """Where the best weights go."""
        return self.path / WEIGHTS

    def in_place(self) -> bool:
        """Whether it still is the folder that was made, and not deleted, moved or another run's."""
        return self._lock.in_place()

    def let_go(self, *, over: bool) -> None:
        """Write here no more; whether the run is `over`, or broke off and may go on."""
        self._lock.let_go(over=over)

    def save_weights(self, weights: Mapping[str, NDArray[np.floating]], header: Mapping[str, str]) -> None:
        """Write `weights`, with what their use needs in the header."""
        write_weights(self.weights, weights, header)

    def save_checkpoint(self, checkpoint: Checkpoint, keep: int) -> None:
        """Add a checkpoint, and drop all but the `keep` newest."""
        self._checkpoints.write(checkpoint, keep)

    def save_progress(self, metric: str, evaluations: Sequence[Evaluated], log: Sequence[str]) -> None:
        """Write the table of `evaluations`, which only grow, and the log; and the experiment where that was deleted."""
        if not (self.path / EXPERIMENT).is_file():
            self._write(EXPERIMENT, self._experiment)
        table = self._table = self._table or GrowingTable(
            ("step", "epoch", "training_loss", "validation_loss", metric, "best")
        )
        table.extend(
            (e.step, e.epoch, e.training_loss, e.validation_loss, e.metric, int(e.best))
            for e in evaluations[table.rows :]
        )
        self._write(METRICS, table.text())
        self._write(LOG, "\n".join([*log, ""]))

    def save_result(self, result: Mapping[str, Any]) -> None:
        """Write how the run ended; numbers that are not finite become null."""
        self._write(RESULT, json.dumps(plain(result), indent=2, ensure_ascii=False) + "\n")

    def _write(self, name: str, text: str) -> None:
        write_atomically(self.path / name, text.encode("utf-8"))


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: NaN and infinity become None, pairs of name and value a mapping."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _make(folder: Path) -> list[Path]:
    """Make `folder` and the missing ones above it; those that were made, innermost first."""
    line = (folder, *folder.parents)
    missing = [path for path in line if not os.path.exists(path)]  # a Path would raise where one may not look
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _remove(missing)
        in_the_way = next((path for path in line if os.path.lexists(path) and not os.path.isdir(path)), None)
        reason = f"{in_the_way} is no folder" if in_the_way else error.strerror or str(error)
        raise RunFolderError(f"{folder} cannot be made: {reason}; choose another folder") from error
    return missing


def _remove(folders: Sequence[Path]) -> None:
    """Remove folders that were made here, as far as they are empty."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()
