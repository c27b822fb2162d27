"""What each command of the command line does. Each takes the parsed arguments and returns the exit status."""

from __future__ import annotations

import json
import signal
import sys
import textwrap
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from tqdm import tqdm

from engine import data
from engine.atomic import write_atomically
from engine.classification import classify
from engine.config import Experiment, read_experiment
from engine.control import Control
from engine.data.tunes import notes_of
from engine.evaluation import score
from engine.events import RunFailed
from engine.export import proof
from engine.export.midi import write_midi
from engine.export.particulars import exportable
from engine.export.tables import write_csv
from engine.export.targets import Target, target, targets
from engine.file_report import understood
from engine.importing import read_foreign
from engine.inference import forecast, generate
from engine.model import Model
from engine.rate_search import curve, try_rates, verdict
from engine.reporting import BarReporter, JsonReporter, Reporter
from engine.resuming import Saved, saved_run
from engine.runs import RunFolder, check_folder, load_run, plain
from engine.sequence_to_sequence.decoding import Decoding
from engine.training import TrainingRun
from engine.writing import write_texts

_READING = tuple(f"data.{name}" for name in ("encoding", "delimiter", "quotes", "decimal", "header"))


class UsageError(ValueError):
    """Options that do not go together, or lack something."""


def train(arguments: Namespace) -> int:
    """Train, show how it goes, and keep the run in `--out`, or in the folder of the run that goes on."""
    saved, notes = None, ()  # type: Saved | None, tuple[str, ...]
    if arguments.resume is not None:
        out = Path(arguments.resume)
        saved = _saved(out, arguments)
        experiment = saved.experiment
    else:
        out = _new_folder(arguments)
        experiment, notes = _experiment(arguments)
    dataset = data.load(experiment)
    control = Control()
    run = TrainingRun(experiment, dataset, control, out, saved)
    if not arguments.json:
        for note in dict.fromkeys((*notes, *dataset.notes())):
            print(f"  {note}", file=sys.stderr)
    reporter: Reporter = JsonReporter() if arguments.json else BarReporter(experiment)
    with _stoppable(control) as caught:
        status = _follow(run, reporter)
    if not arguments.json and status == 0:
        print(f"\nSaved in {out}")
    return 128 + caught[0] if caught and status == 0 else status


def _saved(folder: Path, arguments: Namespace) -> Saved:
    given = [name for name in ("data", "sample", "config", "seed", "out") if getattr(arguments, name) is not None]
    if given:
        raise UsageError(
            f"--{given[0]} does not go with --resume: a run goes on with its own data, settings and folder"
        )
    return saved_run(folder, _changes(arguments), changed_data=arguments.changed_data, mend=arguments.mend)


def _new_folder(arguments: Namespace) -> Path:
    if arguments.out is None:
        raise UsageError("a run goes into a folder; give --out DIR, or --resume DIR to go on with one")
    if arguments.mend or arguments.changed_data:
        raise UsageError("--mend and --changed-data go with --resume DIR")
    check_folder(arguments.out)
    return Path(arguments.out)


def import_weights(arguments: Namespace) -> int:
    """A run folder of weights that were trained elsewhere, with their scores on the data; nothing is trained."""
    out = Path(arguments.out)
    check_folder(out)
    experiment, notes = _experiment(arguments)
    if "readout.weight" not in read_foreign(arguments.weights).weights:
        raise UsageError(f"{arguments.weights} has no layer that answers; train one with train --weights")
    dataset = data.load(experiment)
    run = TrainingRun(experiment, dataset)
    scores = score(run.network, dataset, "test", experiment.training.batch_size).metrics
    folder = RunFolder(out, experiment)
    folder.save_weights(run.network.state_dict(), run.model().header())
    folder.save_result({"reason": "imported", "metric": dataset.metric, "test_metrics": dict(scores)})
    for note in (*notes, *(f"test part, {name}: {value:.6g}" for name, value in scores)):
        print(note)
    print(f"saved in {out}")
    return 0


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
        experiment = read_experiment(arguments.config)
        if source:
            experiment = experiment.replace({"data.file": arguments.data or "", "data.sample": arguments.sample or ""})
    elif arguments.sample:
        experiment = data.sample(arguments.sample).experiment
    elif arguments.data:
        experiment, notes = _suggested(Path(arguments.data), _changes(arguments))
    else:
        raise UsageError("nothing to learn from; give --data FILE, --sample NAME or --config FILE.toml")
    if getattr(arguments, "weights", None):
        found = read_foreign(arguments.weights)
        start = {"training.start_weights": str(Path(arguments.weights).expanduser().absolute())}
        experiment, notes = experiment.replace({**found.settings, **start}), (*notes, *found.notes)
    experiment = experiment.replace(_changes(arguments))
    if experiment.data.file:  # a run is found again from any folder
        experiment = experiment.replace({"data.file": str(Path(experiment.data.file).expanduser().absolute())})
    return experiment, notes


def _suggested(path: Path, changes: dict[str, Any]) -> tuple[Experiment, tuple[str, ...]]:
    """What fits a file, read in the way that `changes` say."""
    reading = {name: value for name, value in changes.items() if name in _READING}
    found = data.suggest(path, Experiment().replace(reading))
    return found.experiment, found.notes


def inspect(arguments: Namespace) -> int:
    """What is understood of a file."""
    path, changes = Path(arguments.file), _assigned(arguments.set)
    experiment = Experiment().replace(changes)
    found = data.inspect_file(path, data.Reading.of(experiment.data))
    try:
        suggestion = data.suggest(path, experiment)
        found, notes = data.with_roles(found, suggestion.experiment.replace(changes).data), suggestion.notes
    except data.DataError as error:  # it can be read, but there is nothing in it to predict
        notes = (str(error),)
    if arguments.json:
        print(json.dumps(found.to_json() | {"notes": notes}, ensure_ascii=False))
    else:
        print("\n".join(understood(found, notes)))
    return 0


def _changes(arguments: Namespace) -> dict[str, Any]:
    changes = _assigned(arguments.set)
    return changes | ({} if arguments.seed is None else {"training.seed": arguments.seed})


def _assigned(assignments: list[str]) -> dict[str, Any]:
    """FIELD=VALUE, taken apart."""
    changes: dict[str, Any] = {}
    for item in assignments:
        name, equals, value = item.partition("=")
        if not equals:
            raise UsageError(f"--set takes FIELD=VALUE, got {item!r}")
        changes[name.strip()] = value.strip()
    return changes


def find_rate(arguments: Namespace) -> int:
    """The learning-rate range test: what it suggests, and the curve."""
    if not 4 <= arguments.steps <= 1_000_000:
        raise UsageError(f"--steps takes 4 to 1000000, got {arguments.steps}")
    experiment, _ = _experiment(arguments)
    dataset = data.load(experiment)
    tried = []
    with tqdm(total=arguments.steps, unit=" steps", file=sys.stderr, disable=arguments.json) as bar:
        for each in try_rates(experiment, dataset, arguments.steps):
            tried.append(each)
            bar.update()
    found = curve(tried)
    columns = [found.rates.tolist(), found.losses.tolist(), found.smooth.tolist()]
    if arguments.out is not None:
        write_csv(arguments.out, ("learning_rate", "loss", "smoothed_loss"), zip(*columns, strict=True))
    if arguments.json:
        values = dict(zip(("rates", "losses", "smoothed"), columns, strict=True))
        print(json.dumps(plain({"suggestion": found.suggestion, "lowest": found.lowest, **values})))
    else:
        print(verdict(found))
    return 0


def predict(arguments: Namespace) -> int:
    """A table of forecasts, or text."""
    model = load_run(arguments.dir)
    write = _WRITERS.get(model.preparation.kind, _write_forecast)
    return write(model, arguments)


def _write_forecast(model: Model, arguments: Namespace) -> int:
    _refuse_prompt(arguments, "this one forecasts a series")
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


def _write_answers(model: Model, arguments: Namespace) -> int:
    """A table of classes with probabilities, or of values."""
    _refuse_prompt(arguments, "this one answers with a class or a value")
    if arguments.out is None:
        raise UsageError("the answers go into a file; give --out FILE.csv")
    found = classify(model, arguments.data)
    write_csv(arguments.out, found.header, found.rows())
    print(f"{len(found.names):,} rows written to {arguments.out}")
    for name, value in found.scores:
        print(f"{name} {value:.4g}")
    return 0


def _write_pairs(model: Model, arguments: Namespace) -> int:
    """What was typed, translated; a table of sources with what was written; or a tune."""
    if arguments.length is not None:
        raise UsageError("--length is for models that go on from a prompt; this one stops by itself")
    if arguments.prompt is not None and arguments.data is not None:
        raise UsageError("give --prompt or --data, not both")
    found = write_texts(model, arguments.data, arguments.prompt, _decoding(arguments))
    for note in found.notes:
        print(note, file=sys.stderr)
    if arguments.out is None and arguments.prompt is None:
        raise UsageError("the answers go into a file; give --out FILE.csv, or --prompt TEXT for a single one")
    if arguments.out is None:
        print(found.written[0])
    elif Path(arguments.out).suffix in (".mid", ".midi"):
        _write_tune(found.written[0], arguments.out)
    else:
        write_csv(arguments.out, found.header, found.rows())
        print(f"{len(found.written):,} rows written to {arguments.out}")
    for name, value in found.scores:
        print(f"{name} {value:.4g}")
    return 0


def _write_tune(text: str, out: str) -> None:
    notes = notes_of(text)
    if not notes:
        raise UsageError(f"what was written is no tune ({text[:40]!r}); give --out FILE.csv")
    write_midi(out, notes)
    print(f"{len(notes):,} notes written to {out}")


def _decoding(arguments: Namespace) -> Decoding:
    """How symbols are chosen; a temperature, a top-k or a top-p mean that they are drawn."""
    drawn = any(getattr(arguments, name) is not None for name in ("temperature", "top_k", "top_p"))
    method = arguments.decoding or ("sampled" if drawn else "beam" if arguments.width is not None else "greedy")
    given = {
        name: getattr(arguments, name) for name in ("temperature", "top_k", "top_p", "width", "length_penalty", "seed")
    }
    found = Decoding(method, **{name: value for name, value in given.items() if value is not None})
    if not (0 <= found.temperature <= 100 and found.top_k >= 0 and 0 < found.top_p <= 1):
        raise UsageError("--temperature takes 0 to 100, --top-k 0 or more, --top-p above 0 and up to 1")
    if not (1 <= found.width <= 1000 and 0 <= found.length_penalty <= 10 and found.seed >= 0):
        raise UsageError("--width takes 1 to 1000, --length-penalty 0 to 10, --seed 0 or more")
    return found


def _refuse_prompt(arguments: Namespace, otherwise: str) -> None:
    names = ("prompt", "length", "temperature", "seed", "decoding", "width", "length_penalty", "top_k", "top_p")
    given = [name.replace("_", "-") for name in names if getattr(arguments, name) is not None]
    if given:
        raise UsageError(f"--{given[0]} is for models that write text; {otherwise}")


_WRITERS = {
    "text": _write_text,
    "sequences": _write_answers,
    "labelled_text": _write_answers,
    "pairs": _write_pairs,
}


def export(arguments: Namespace) -> int:
    """The best weights in the form asked for, run once and held against the engine; 1 where they differ."""
    path = Path(arguments.to)
    chosen = _target(path, arguments.target)
    shown = proof.export(exportable(arguments.dir), chosen, path)
    for name in shown.files:
        print(f"written to {path.with_name(name)}")
    print(shown.sentence(), file=sys.stdout if shown.passed else sys.stderr)
    return 0 if shown.passed else 1


def _target(path: Path, key: str | None) -> Target:
    """The target that is named, or that the suffix names."""
    if key is not None:
        found = target(key)
        if path.suffix != found.suffix:
            raise UsageError(f"{path.name}: {found.title} goes into a file that ends in {found.suffix}")
        return found
    fitting = [item for item in targets() if item.suffix == path.suffix]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        keys = " or ".join(item.key for item in fitting)
        raise UsageError(f"{path.name}: {path.suffix} may be several things; say which with --target {keys}")
    suffixes = ", ".join(dict.fromkeys(item.suffix for item in targets()))
    raise UsageError(f"{path.name}: the suffix chooses the form; there is {suffixes}")


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
