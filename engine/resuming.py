"""From a run's folder back to the run: where it stood, and whether it may go on from there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.config import Experiment, field_info
from engine.data import DataError
from engine.data.files.folders import files_of
from engine.data.loading import data_path
from engine.runs import EXPERIMENT, LOG
from engine.storage.checkpoints import Checkpoint, CheckpointError, Checkpoints
from engine.storage.experiment_file import read_run_experiment
from engine.storage.run_folders import RunFolderError
from engine.storage.run_lock import is_live

_FREE = ("training.epochs", "training.threads", "saving.seconds", "saving.epochs", "saving.keep", "data.file")


@dataclass(frozen=True, slots=True)
class Saved:
    """What a run's folder holds of it; `checkpoint` is None where it was broken off before the first save."""

    experiment: Experiment
    checkpoint: Checkpoint | None
    log: tuple[str, ...]
    changes: Mapping[str, Any]  # of live settings, to be made before the next batch


@dataclass(frozen=True, slots=True)
class WayOn:
    """Whether the run in a folder can go on, and what somebody has to agree to before."""

    step: int = 0  # of the save that it goes on from; 0 begins anew
    problem: str = ""  # why it cannot go on at all
    data: str = ""  # "changed" since, "gone", or as it was
    failed: str = ""  # the number that was not finite
    cure: Mapping[str, str] = field(default_factory=dict)  # settings that the run advised then


def way_on(folder: Path | str, changes: Mapping[str, Any] | None = None) -> WayOn:
    """Look whether the run in `folder` can go on, with `changes` as for `saved_run`; nothing is written."""
    try:
        saved = saved_run(folder, changes, changed_data=True, mend=True)
    except ValueError as error:
        return WayOn(problem=str(error))
    if saved.checkpoint is None:
        return WayOn()
    facts = saved.checkpoint.facts
    cure = {str(name): str(value) for name, value in facts.get("cure", {}).items()}
    data = _data_since(saved.experiment, facts)
    return WayOn(saved.checkpoint.step, "", data, str(facts.get("failed", "")), cure)


def saved_run(
    folder: Path | str, changes: Mapping[str, Any] | None = None, *, changed_data: bool = False, mend: bool = False
) -> Saved:
    """Where the run in `folder` stood.

    Args:
        folder: What `train --out` or the window made.
        changes: Settings to go on with: live ones, epochs, threads, those of saving, and where the data lies now.
        changed_data: Go on although the data is no longer what the run learned from.
        mend: After a number that was not finite, go on with the settings that the run advised.

    Raises:
        RunFolderError: no run there, one that is under way, or one that cannot go on like this; the text says what
            to do.
        ConfigError: a change out of its range.
    """
    folder = Path(folder)
    if not (folder / EXPERIMENT).is_file():
        raise RunFolderError(f"{folder} holds no run; give the folder that `train --out` made")
    if is_live(folder):
        raise RunFolderError(f"the run in {folder} is still under way; wait for its end, or stop it first")
    try:
        experiment = read_run_experiment(folder / EXPERIMENT)
        checkpoint = Checkpoints(folder).newest()
        facts = checkpoint.facts if checkpoint else {}
        changes = ({str(k): str(v) for k, v in facts["cure"].items()} if mend and facts else {}) | dict(changes or {})
    except (CheckpointError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunFolderError(f"the run in {folder} cannot go on: {error}") from error
    live = _allowed(changes, experiment.replace(changes))
    if facts and not changed_data:
        _check_data(folder, experiment.replace(changes), facts)
    if facts.get("failed") and not live:
        raise RunFolderError(_failed(folder, facts))
    others = {name: value for name, value in changes.items() if name not in live or checkpoint is None}
    return Saved(experiment.replace(others), checkpoint, _log(folder), live if checkpoint else {})


def _failed(folder: Path, facts: Mapping[str, Any]) -> str:
    cure = ", ".join(f"{name} = {value}" for name, value in facts["cure"].items())
    if not cure:
        return (
            f"the run in {folder} ended in numbers that are not finite ({facts['failed']}), which the data itself "
            "holds; mend the data and begin a new run"
        )
    return (
        f"the run in {folder} ended in numbers that are not finite ({facts['failed']}); going on the same way leads "
        f"there again: add --mend ({cure}), or --set training.learning_rate to a smaller one"
    )


def _allowed(changes: Mapping[str, Any], changed: Experiment) -> dict[str, Any]:
    """Those of the changes that are of live settings, with their checked values."""
    live: dict[str, Any] = {}
    for name in changes:
        section, _, item = name.partition(".")
        if field_info(section, item).live:
            live[name] = getattr(getattr(changed, section), item)
        elif name not in _FREE:
            raise RunFolderError(
                f"{name} cannot be changed in a run that goes on; begin a new one with it, in another folder"
            )
    return live


def _data_since(experiment: Experiment, facts: Mapping[str, Any]) -> str:
    """Whether the data is "changed" or "gone" since the checkpoint; the same bytes at another place are no change."""
    then, now = facts.get("data"), data_reference(experiment)
    if not isinstance(then, Mapping) or then.get("sha256") != now.get("sha256"):
        return "changed" if "sha256" in now else "gone"
    return ""


def _check_data(folder: Path, experiment: Experiment, facts: Mapping[str, Any]) -> None:
    since = _data_since(experiment, facts)
    if not since:
        return
    what = {"changed": "has changed since", "gone": "is gone"}[since]
    raise RunFolderError(
        f"the data that the run in {folder} learned from {what} ({experiment.data.file or experiment.data.sample}); "
        f"put the old one back (or say where it lies with --set data.file=…), begin a new run with --config "
        f"{folder / EXPERIMENT}, or go on nevertheless with --changed-data"
    )


def data_reference(experiment: Experiment) -> dict[str, str]:
    """Which data a run learned from: the sample's name or the file's path, and the SHA-256 of the file."""
    data = experiment.data
    named = {"file": data.file} if data.file else {"sample": data.sample}
    try:
        path = data_path(data)
        return {**named, "sha256": _digest(path) if path.is_file() else _folder_digest(path)}
    except (OSError, DataError):  # generated, or gone since it was read
        return named


def _log(folder: Path) -> tuple[str, ...]:
    with suppress(OSError, UnicodeDecodeError):
        return tuple((folder / LOG).read_text(encoding="utf-8").splitlines())
    return ()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder_digest(folder: Path) -> str:
    """Of a folder of sequences: of the names of its files and what is in them."""
    whole = hashlib.sha256()
    for path in files_of(folder):
        whole.update(f"{path.relative_to(folder).as_posix()}\0{_digest(path)}\n".encode())
    return whole.hexdigest()
