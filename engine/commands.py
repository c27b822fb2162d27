"""What each command of the command line does. Each takes the parsed arguments and returns the exit status."""

from __future__ import annotations

import signal
import sys
import textwrap
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from engine import data
from engine.atomic import write_atomically
from engine.config import Experiment, experiment_from_toml
from engine.control import Control
from engine.events import RunFailed
from engine.export import safetensors
from engine.export.tables import write_csv
from engine.inference import forecast, generate
from engine.model import Model
from engine.reporting import BarReporter, JsonReporter, Reporter
from engine.runs import check_folder, load_run
from engine.training import TrainingRun

_EXPORTERS: dict[str, Callable[[Model, Path], None]] = {".safetensors": safetensors.write}


class UsageError(ValueError):
    """Options that do not go together, or lack something."""


def train(arguments: Namespace) -> int:
    """Train, show how it goes, and keep the run in `--out`."""
    out = Path(arguments.out)
    check_folder(out)
    experiment, notes = _experiment(arguments)
    dataset = data.load(experiment)
    control = Control()
    run = TrainingRun(experiment, dataset, control, out)
    if not arguments.json:
        for note in dict.fromkeys((*notes, *dataset.notes())):
            print(f"  {note}", file=sys.stderr)
    reporter: Reporter = JsonReporter() if arguments.json else BarReporter(experiment)
    with _stoppable(control) as caught:
        status = _follow(run, reporter)
    if not arguments.json and status == 0:
        print(f"\nSaved in {out}")
    return 128 + caught[0] if caught and status == 0 else status


def _follow(run: TrainingRun, reporter: Reporter) -> int:
    """Show every event; 2 when the run failed, because other settings mend that."""
    failed = None
    try:
        for event in run:
            reporter.show(event)
            failed = event if isinstance(event, RunFailed) else failed
    finally:
        reporter.close()
    if failed is None:
        return 0
    print(f"error: {failed.title}. {failed.why} {failed.cure}", file=sys.stderr)
    return 2


@contextmanager
def _stoppable(control: Control) -> Iterator[list[int]]:
    """Let Ctrl+C and SIGTERM end the run after its batch, keeping the best; a second one ends at once."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, _frame: Any) -> None:
        caught.append(number)
        control.stop()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, stop)
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _experiment(arguments: Namespace) -> tuple[Experiment, tuple[str, ...]]:
    """The settings that the options ask for, and what was chosen without being asked."""
    notes: tuple[str, ...] = ()
    source = arguments.data or arguments.sample
    if arguments.config is not None:
        experiment = experiment_from_toml(Path(arguments.config).read_text(encoding="utf-8"))
        if source:
            experiment = experiment.replace({"data.file": arguments.data or "", "data.sample": arguments.sample or ""})
    elif arguments.sample:
        experiment = data.sample(arguments.sample).experiment
    elif arguments.data:
        experiment, notes = _suggested(Path(arguments.data))
    else:
        raise UsageError("nothing to learn from; give --data FILE, --sample NAME or --config FILE.toml")
    experiment = experiment.replace(_changes(arguments))
    if experiment.data.file:  # a run is found again from any folder
        experiment = experiment.replace({"data.file": str(Path(experiment.data.file).expanduser().absolute())})
    return experiment, notes


def _suggested(path: Path) -> tuple[Experiment, tuple[str, ...]]:
    found = data.suggest(path)
    return found.experiment, found.notes


def _changes(arguments: Namespace) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for item in arguments.set:
        name, equals, value = item.partition("=")
        if not equals:
            raise UsageError(f"--set takes FIELD=VALUE, got {item!r}")
        changes[name.strip()] = value.strip()
    return changes | ({} if arguments.seed is None else {"training.seed": arguments.seed})


def predict(arguments: Namespace) -> int:
    """A table of forecasts, or text."""
    model = load_run(arguments.dir)
    return _write_text(model, arguments) if model.experiment.data.kind == "text" else _write_forecast(model, arguments)


def _write_forecast(model: Model, arguments: Namespace) -> int:
    given = [name for name in ("prompt", "length", "temperature", "seed") if getattr(arguments, name) is not None]
    if given:
        raise UsageError(f"--{given[0]} is for models that write text; this one forecasts a series")
    if arguments.out is None:
        raise UsageError("a forecast goes into a file; give --out FILE.csv")
    found = forecast(model, arguments.data)
    write_csv(arguments.out, found.header, found.rows())
    ahead = [row for row in found.rows() if row[-1] == "ahead"]
    print(f"{len(found.dates):,} rows written to {arguments.out}")
    for row in ahead[:1]:
        values = ", ".join(f"{name} {row[2 + 2 * k]:.6g}" for k, name in enumerate(found.targets))
        print(f"next, {row[0]}: {values}")
    return 0


def _write_text(model: Model, arguments: Namespace) -> int:
    if arguments.data is not None:
        raise UsageError("this model writes text; give --prompt TEXT instead of --data")
    length = 400 if arguments.length is None else arguments.length
    temperature = 0.8 if arguments.temperature is None else arguments.temperature
    if length < 1 or not 0 <= temperature <= 100 or (arguments.seed or 0) < 0:
        raise UsageError("--length takes 1 or more, --temperature 0 to 100, --seed 0 or more")
    written = generate(model, arguments.prompt or "", length, temperature, arguments.seed or 0)
    for note in written.notes:
        print(note, file=sys.stderr)
    if arguments.out is None:
        print(written.prompt + written.text)
    else:
        write_atomically(arguments.out, (written.prompt + written.text + "\n").encode("utf-8", "replace"))
    return 0


def export(arguments: Namespace) -> int:
    """The best weights in the form that the suffix names."""
    target = Path(arguments.to)
    if target.suffix not in _EXPORTERS:
        raise UsageError(f"{target.name}: the suffix chooses the form; there is {', '.join(_EXPORTERS)}")
    _EXPORTERS[target.suffix](load_run(arguments.dir), target)
    print(f"written to {target}")
    return 0


def samples(_arguments: Namespace) -> int:
    """What ships with the workbench."""
    for sample in data.samples():
        print(f"{sample.key}: {sample.title} ({sample.kind})")
        print(textwrap.fill(sample.description, 100, initial_indent="    ", subsequent_indent="    "))
    return 0


def bench(arguments: Namespace) -> int:
    """Time training steps beside another library. The benchmark lives with the tests, in a checkout."""
    try:
        benchmark = import_module("tests.benchmarks.training_steps")
    except ModuleNotFoundError as error:
        raise UsageError(f"bench runs from a checkout of the sources, where tests/ lies: {error}") from error
    status: int = benchmark.run(arguments.against, arguments.threads, arguments.cell, arguments.json)
    return status
