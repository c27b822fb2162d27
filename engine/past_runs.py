"""Runs that lie on disk, read again with settings, curves and result."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.config import Experiment, experiment_from_dict
from engine.events import Evaluated, RunFailed, RunFinished, RunStarted
from engine.runs import EXPERIMENT, METRICS, RESULT
from engine.storage.contest_file import CONTEST, Membership, membership, read_membership
from engine.storage.experiment_file import read_run_experiment
from engine.storage.run_folders import NOTES, WEIGHTS, RunFolderError
from engine.storage.run_index import RunIndex
from engine.storage.run_lock import is_live, was_left

_UNREADABLE = (
    *(OSError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError),
    *(RecursionError, csv.Error),
)
# What "auto" stood for, told by the metric of the data: `engine.losses.loss_for` takes what the data suggests.
_SUGGESTED = {
    **dict.fromkeys(("RMSE", "MSE"), "mse"),
    **dict.fromkeys(("accuracy", "balanced accuracy", "bits per character"), "cross_entropy"),
    **dict.fromkeys(("exact match", "symbol error rate", "BLEU", "bits per symbol"), "cross_entropy"),
    "micro F1": "binary_cross_entropy",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run folder. `ended` is None for a run that broke off without a result."""

    folder: Path
    experiment: Experiment
    began: float  # seconds since 1970, when its folder was made
    started: RunStarted
    ended: RunFinished | RunFailed | None
    evaluations: tuple[Evaluated, ...]
    notes: str
    has_weights: bool
    live: bool  # somebody trains it now
    broke_off: bool  # and nobody was asked yet whether it shall go on
    of: Membership | None  # the race or sweep that it was made for


def _nobody(_name: str) -> None:
    """Nobody wants to know."""


def past_runs(folder: Path, left_out: Callable[[str], object] = _nobody) -> tuple[PastRun, ...]:
    """All runs below `folder`, oldest first.

    What cannot be read is left out: the log says why, and `left_out` hears of its name.
    """
    index, found, read, names = RunIndex(folder), [], {}, set()
    for path in _run_folders(folder):
        names.add(path.name)
        try:
            stamp = _stamp(path)
            facts = index.facts(path.name, stamp)
            run = _known(path, facts) if facts is not None else None
            if run is None:
                facts = _facts(path)
                run, read[path.name] = _run(path, facts), (stamp, facts)
            found.append(run)
        except _UNREADABLE as error:
            _log.warning("a run is left out of the list: %s cannot be read: %s", path, error)
            left_out(path.name)
    index.update(read, names)
    return _by_age(found)


def read_run(folder: Path) -> PastRun:
    """One run folder, without its weights.

    Raises:
        RunFolderError: its settings or its tables cannot be read.
    """
    try:
        return _run(folder, _facts(folder))
    except _UNREADABLE as error:
        raise RunFolderError(f"{folder} cannot be read: {error}") from error


def no_longer_live(folders: Sequence[Path]) -> tuple[dict[Path, PastRun], list[Path]]:
    """Of runs that somebody trained: those that nobody does any more, as they are now, and those that are gone."""
    runs, gone = {}, []
    for folder in folders:
        try:
            if not is_live(folder):
                runs[folder] = read_run(folder)
        except RunFolderError:
            gone.append(folder)
    return runs, gone


def come_since(folder: Path, known: Collection[str]) -> tuple[tuple[PastRun, ...], list[str]]:
    """Runs below `folder` whose names are not `known` yet, oldest first, and the names of those that cannot be read.

    Quick where there are none.
    """
    return runs_in(_run_folders(folder, known))


def runs_in(folders: Iterable[Path]) -> tuple[tuple[PastRun, ...], list[str]]:
    """The runs in these folders, oldest first, and the names of those that cannot be read; no run, nothing."""
    found, left_out = [], []
    for path in filter(_holds_run, folders):
        try:
            found.append(read_run(path))
        except RunFolderError as error:
            _log.warning("a run is left out of the list: %s", error)
            left_out.append(path.name)
    return _by_age(found), left_out


def gone_since(folder: Path, known: Collection[str]) -> set[str]:
    """Which of the runs `known` below `folder` lie there no more; none where the folder itself is out of reach."""
    try:
        there = {path.name for path in folder.iterdir()}
    except OSError:
        return set()
    return set(known) - there


def _by_age(runs: Iterable[PastRun]) -> tuple[PastRun, ...]:
    return tuple(sorted(runs, key=lambda run: (run.began, run.folder.name)))


def _run_folders(folder: Path, known: Collection[str] = ()) -> list[Path]:
    with suppress(OSError):
        return [path for path in folder.iterdir() if path.name not in known and _holds_run(path)]
    return []


def _holds_run(folder: Path) -> bool:
    return (folder / EXPERIMENT).is_file()


def _stamp(folder: Path) -> str:
    """Changes with every file that is listed of a run: each is replaced as a whole, so it has another number then.

    With the usual settings too: only others are in the index.
    """
    parts = [_usual()[1]]
    for name in (EXPERIMENT, METRICS, RESULT, NOTES, WEIGHTS, CONTEST):
        try:
            found = (folder / name).stat()
            parts.append(f"{found.st_ino}.{found.st_mtime_ns}.{found.st_size}")
        except OSError:
            parts.append("")
    return " ".join(parts)


def _facts(folder: Path) -> dict[str, Any]:
    """What is listed of a run, in JSON's own types."""
    settings = folder / EXPERIMENT
    metric, rows = _evaluations(folder)
    return {
        "experiment": _chosen(read_run_experiment(settings)),
        "began": settings.stat().st_mtime,
        "result": _result(folder),
        "metric": metric,
        "rows": rows,
        "notes": _notes(folder),
        "weights": (folder / WEIGHTS).is_file(),
        "of": read_membership(folder),
    }


@cache
def _usual() -> tuple[dict[str, dict[str, Any]], str]:
    """The usual settings, and a few letters that change with any of them."""
    usual = Experiment().to_dict()
    return usual, hashlib.blake2b(json.dumps(usual, sort_keys=True).encode(), digest_size=8).hexdigest()


def _chosen(experiment: Experiment) -> dict[str, dict[str, Any]]:
    """The settings that are not the usual ones: there are few, and each is checked when it is read."""
    usual, found = _usual()[0], experiment.to_dict()
    return {section: {k: v for k, v in found[section].items() if v != usual[section][k]} for section in found}


def _known(folder: Path, facts: Any) -> PastRun | None:
    """The run that the index knows; None where it makes no sense any more, as after an update of the program."""
    with suppress(*_UNREADABLE):
        return _run(folder, facts)
    return None


def _run(folder: Path, facts: Mapping[str, Any]) -> PastRun:
    experiment, result = experiment_from_dict(facts["experiment"]), facts["result"]
    return PastRun(
        folder=folder,
        experiment=experiment,
        began=float(facts["began"]),
        started=_started(folder, experiment, result, facts["metric"]),
        ended=_ended(result),
        evaluations=tuple(Evaluated(*row) for row in facts["rows"]),
        notes=facts["notes"],
        has_weights=facts["weights"],
        live=is_live(folder),
        broke_off=not result and was_left(folder),
        of=membership(facts["of"]),
    )


def _result(folder: Path) -> Mapping[str, Any]:
    path = folder / RESULT
    if not path.is_file():
        return {}
    result = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(result, dict):
        raise ValueError(f"{RESULT} holds no result")
    return result


def _evaluations(folder: Path) -> tuple[str, list[list[Any]]]:
    """What the metric is called, and the rows, each with the fields of an `Evaluated`."""
    path = folder / METRICS
    if not path.is_file():
        return "metric", []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows, [])
        columns = {name: place for place, name in enumerate(header)}
        metric = header[4] if len(header) > 4 else "metric"
        return metric, [_evaluated(row, columns, metric) for row in rows]


def _evaluated(row: list[str], columns: Mapping[str, int], metric: str) -> list[Any]:
    counts = [int(row[columns[name]]) for name in ("step", "epoch")]
    numbers = [_number(row[columns[name]]) for name in ("training_loss", "validation_loss", metric)]
    return [*counts, *numbers, row[columns["best"]] == "1"]


def _started(folder: Path, experiment: Experiment, result: Mapping[str, Any], metric: str) -> RunStarted:
    metric = str(result.get("metric") or metric)
    return RunStarted(
        parameters=int(result.get("parameters") or 0),
        steps_per_epoch=0,  # nobody wrote it down
        epochs=experiment.training.epochs,
        metric=metric,
        baselines=_pairs(result.get("validation_baselines")),
        folder=str(folder),
        loss=str(result.get("loss") or _chosen_loss(experiment, metric)),
    )


def _chosen_loss(experiment: Experiment, metric: str) -> str:
    """What the settings say, of a run whose result does not; "" where neither they nor the metric tell."""
    chosen = experiment.training.loss
    return _SUGGESTED.get(metric, "") if chosen == "auto" else chosen


def _ended(result: Mapping[str, Any]) -> RunFinished | RunFailed | None:
    step = int(result.get("step") or 0)
    if "title" in result:
        return RunFailed(str(result["title"]), str(result.get("why") or ""), str(result.get("cure") or ""), step)
    if "reason" not in result:
        return None
    return RunFinished(
        reason=str(result["reason"]),
        step=step,
        epoch=int(result.get("epoch") or 0),
        best_epoch=int(result.get("best_epoch") or 0),
        best_validation_loss=_number(result.get("best_validation_loss")),
        test_metrics=_pairs(result.get("test_metrics")),
        test_baselines=_pairs(result.get("test_baselines")),
        seconds=_number(result.get("seconds")),
        shuffled=_number(result.get("shuffled")),
        intervals=tuple(result.get("intervals") or ()),
        by_step=tuple(
            {name: _number(value) for name, value in row.items()}
            for row in result.get("by_step") or ()
            if isinstance(row, dict)
        ),
        validation_metric=_number(result.get("validation_metric")),
        test_examples=int(result.get("test_examples") or 0),
        validation_baselines=_pairs(result.get("validation_baselines")),
    )


def _pairs(values: Any) -> tuple[tuple[str, float], ...]:
    return tuple((str(name), _number(value)) for name, value in values.items()) if isinstance(values, dict) else ()


def _number(value: Any) -> float:
    return float(value) if value not in (None, "") else math.nan


def _notes(folder: Path) -> str:
    with suppress(OSError):
        return (folder / NOTES).read_text(encoding="utf-8", errors="replace").strip()
    return ""
