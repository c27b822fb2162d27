"""Use of a trained network: forecasts, answers, texts, tunes."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from engine.commands.command import Commands, UsageError
from engine.commands.options import add_force, check_out
from engine.data import LabelledTextPreparation, SequencePreparation, SeriesPreparation
from engine.data.pairs.tunes import notes_of
from engine.export.midi import write_midi
from engine.forecasts.intervals import interval_words
from engine.model import Model
from engine.runs import load_run
from engine.sequence_to_sequence.decoding import Decoding
from engine.storage.atomic import write_atomically
from engine.storage.csv_tables import write_csv
from engine.uses.classification import Answered, classify
from engine.uses.inference import forecast, generate
from engine.uses.writing import write_texts
from engine.wording.counting import counted

_LONGEST = 10_000_000  # symbols of a text
_DECODING = ("decoding", "width", "length_penalty", "top_k", "top_p")


def add_predict(commands: Commands) -> None:
    """`predict`, its options and help."""
    text = "Forecast a series with dates and in its units; classify or tag; write text; translate, caption, compose."
    command = commands.add_parser("predict", help="forecast a series, or write text", description=text)
    command.add_argument("dir", metavar="DIR", help="the folder of a run, or a weights file of the workbench")
    command.add_argument("--out", metavar="FILE", help="series: the table of forecasts (CSV); text: the text")
    add_force(command)
    series = command.add_argument_group("series", "columns of the table: date, the target, forecast, part")
    series.add_argument("--data", metavar="FILE", help="rows to forecast from; the run's own data by default")
    writing = command.add_argument_group("text")
    writing.add_argument("--prompt", metavar="TEXT", help="what to go on from, or to be answered or tagged")
    writing.add_argument("--length", type=int, metavar="N", help="characters, words or bytes to write (400)")
    writing.add_argument("--temperature", type=float, metavar="T", help="0 takes the likeliest; 1 as weighed (0.8)")
    writing.add_argument("--seed", type=int, metavar="N", help="the same seed writes the same text (0)")
    pairs = command.add_argument_group(
        "pairs", "--prompt TEXT is read, --data FILE row by row; --out tune.mid for tunes"
    )
    pairs.add_argument("--decoding", choices=("greedy", "sampled", "beam"), help="how each symbol is chosen (greedy)")
    pairs.add_argument("--width", type=int, metavar="N", help="beam: texts kept at each step (4)")
    pairs.add_argument("--length-penalty", type=float, metavar="A", help="beam: above 0 favours longer texts (0.6)")
    pairs.add_argument("--top-k", type=int, metavar="N", help="sampled: draw among the N likeliest only")
    pairs.add_argument(
        "--top-p", type=float, metavar="P", help="sampled: among the likeliest that share P of the chance"
    )
    command.set_defaults(run=predict)


def predict(arguments: Namespace) -> int:
    """A table of forecasts, or text."""
    check_out(arguments, arguments.out)
    model = load_run(arguments.dir)
    write = _WRITERS.get(model.preparation.kind, _write_forecast)
    return write(model, arguments)


def _write_forecast(model: Model, arguments: Namespace) -> int:
    if not isinstance(model.preparation, SeriesPreparation):
        raise UsageError(
            f"{arguments.dir} learned from generated sequences: there are no rows or texts to ask it about; "
            "`export` writes it for use elsewhere"
        )
    _refuse_prompt(arguments, "this one forecasts a series")
    if arguments.out is None:
        raise UsageError("a forecast goes into a file; give --out FILE.csv")
    found = forecast(model, arguments.data)
    _print_notes((*found.read, *found.assumed))
    write_csv(arguments.out, found.header, found.rows())
    ahead = [row for row in found.rows() if row[-1] == "ahead"]
    print(f"{counted(len(found.dates), 'row')} written to {arguments.out}")
    for interval in model.intervals:
        print(interval_words(interval))
    first = found.header.index("date")
    for row in ahead if model.preparation.strategy != "single" else ahead[:1]:
        values = ", ".join(f"{name} {row[first + 2 + 2 * k]:.6g}" for k, name in enumerate(found.targets))
        print(f"next, {' '.join(map(str, row[: first + 1]))}: {values}")
    return 0


def _write_text(model: Model, arguments: Namespace) -> int:
    if arguments.data is not None:
        raise UsageError("this model writes text; give --prompt TEXT instead of --data")
    length = 400 if arguments.length is None else arguments.length
    temperature = 0.8 if arguments.temperature is None else arguments.temperature
    _refuse(arguments, _DECODING, "is for models that write one text for another; this one goes on from a prompt")
    if not 1 <= length <= _LONGEST or not 0 <= temperature <= 100 or (arguments.seed or 0) < 0:
        raise UsageError(f"--length takes 1 to {_LONGEST}, --temperature 0 to 100, --seed 0 or more")
    written = generate(model, arguments.prompt or "", length, temperature, arguments.seed or 0)
    for note in written.notes:
        print(note, file=sys.stderr)
    if arguments.out is None:
        print(written.prompt + written.text)
    else:
        write_atomically(arguments.out, (written.prompt + written.text + "\n").encode("utf-8", "replace"))
    return 0


def _write_answers(model: Model, arguments: Namespace) -> int:
    """A table of classes with probabilities, or of values; or what is said of a text that was typed."""
    preparation = model.preparation
    tags = isinstance(preparation, SequencePreparation) and preparation.tags_words
    if arguments.prompt is not None and (tags or isinstance(preparation, LabelledTextPreparation)):
        return _write_typed(model, arguments, tags)
    _refuse_prompt(arguments, "this one answers with a class or a value")
    if arguments.out is None:
        raise UsageError("the answers go into a file; give --out FILE.csv")
    found = classify(model, arguments.data)
    write_csv(arguments.out, found.header, found.rows())
    print(f"{counted(len(found.names), 'row')} written to {arguments.out}")
    _print_notes(found.notes)
    for name, value in found.scores:
        print(f"{name} {value:.4g}")
    return 0


def _write_typed(model: Model, arguments: Namespace, tags: bool) -> int:
    """A word on each line, its tag, and how likely that is; or the answer to the whole, and each class or label."""
    if arguments.data is not None:
        raise UsageError("give --prompt or --data, not both")
    what = "tags it" if tags else "answers it"
    _refuse(arguments, ("length", "temperature", "seed", *_DECODING), f"is for models that write text; this one {what}")
    if not arguments.prompt.strip():
        raise UsageError("--prompt holds no word")
    found = classify(model, typed=arguments.prompt)
    _print_notes(found.notes)
    if arguments.out is not None:
        write_csv(arguments.out, found.header, found.rows())
        print(f"{counted(len(found.names), 'row')} written to {arguments.out}")
        return 0
    if not tags:
        return _print_answer(found)
    for word, values in zip(found.read[0][1], found.values, strict=True):
        print(f"{word}\t{found.classes[values.argmax()]}\t{values.max():.3f}")
    return 0


def _print_answer(found: Answered) -> int:
    """The answer to one text; below it every class, the likeliest first."""
    print(found.told(0) or "no label")
    chances = dict(zip(found.classes, found.values[0], strict=True)) if found.classes else {}
    for name in sorted(chances, key=chances.__getitem__, reverse=True):
        print(f"  {name}\t{chances[name]:.3f}")
    return 0


def _print_notes(notes: Iterable[str]) -> None:
    for note in notes:
        print(f"  {note}", file=sys.stderr)


def _write_pairs(model: Model, arguments: Namespace) -> int:
    """What was typed, translated; a table of sources with what was written; or a tune."""
    if arguments.length is not None:
        raise UsageError("--length is for models that go on from a prompt; this one stops by itself")
    if arguments.prompt is not None and arguments.data is not None:
        raise UsageError("give --prompt or --data, not both")
    found = write_texts(model, arguments.data, arguments.prompt, _decoding(arguments))
    _print_notes((*found.read, *found.notes))
    if arguments.out is None and arguments.prompt is None:
        raise UsageError("the answers go into a file; give --out FILE.csv, or --prompt TEXT for a single one")
    if arguments.out is None:
        print(found.written[0])
    elif Path(arguments.out).suffix in (".mid", ".midi"):
        _write_tune(found.written[0], arguments.out)
    else:
        write_csv(arguments.out, found.header, found.rows())
        print(f"{counted(len(found.written), 'row')} written to {arguments.out}")
    for name, value in found.scores:
        print(f"{name} {value:.4g}")
    return 0


def _write_tune(text: str, out: str) -> None:
    notes = notes_of(text)
    if not notes:
        raise UsageError(f"what was written is no tune ({text[:40]!r}); give --out FILE.csv")
    write_midi(out, notes)
    print(f"{counted(len(notes), 'note')} written to {out}")


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
    names = ("prompt", "length", "temperature", "seed", *_DECODING)
    _refuse(arguments, names, f"is for models that write text; {otherwise}")


def _refuse(arguments: Namespace, names: tuple[str, ...], why: str) -> None:
    given = [name.replace("_", "-") for name in names if getattr(arguments, name) is not None]
    if given:
        raise UsageError(f"--{given[0]} {why}")


_WRITERS = {
    "text": _write_text,
    "sequences": _write_answers,
    "labelled_text": _write_answers,
    "pairs": _write_pairs,
}
