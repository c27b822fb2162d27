"""The workbench without its window: train, predict, export, samples.

Results go to standard output, progress and trouble to standard error. What the user can mend ends with one line
``error: …`` and status 2, what they cannot with status 1 and the details in a log file.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import platformdirs

from engine import commands
from engine.checkpoints import CheckpointError
from engine.commands.terminal import prepare_streams
from engine.config import CELLS, ConfigError, field_info, field_names
from engine.data import DataError
from engine.export.targets import ExportError, targets
from engine.median_rule import RULE
from engine.network import NetworkError
from engine.race_messages import STRATEGIES
from engine.rate_search import STEPS
from engine.run_folders import RunFolderError
from engine.sweep_values import swept_names
from engine.weights import WeightsFileError

_MENDABLE = (
    CheckpointError, ConfigError, DataError, ExportError, NetworkError, RunFolderError, WeightsFileError, OSError,
    commands.UsageError,
)  # fmt: skip

_TRAIN_EPILOG = """\
Without --config the settings are a sample's own, or what the file suggests, which is said.
Ctrl+C ends the run after the batch at hand and keeps the best weights (status 130).

A run folder holds experiment.toml, weights.safetensors (the best, in PyTorch's names), metrics.csv,
result.json, log.txt, and in checkpoints/ where it stood, for --resume. An experiment.toml can be given to
--config again.

With --json, each line of standard output is an event:
  {"event": "StepDone", "step": 1, "epoch": 1, "loss": 0.9, "gradient_norm": 1.2, "seconds": 0.01}
in the order Compiling (twice), RunStarted, then StepDone, Evaluated, Finding and CheckpointSaved as they come,
and last RunFinished with the scores of the test part, or RunFailed.

fields for --set:
"""


_CHOICE = re.compile(r"invalid choice: '(.*?)' \(choose from (.*)\)")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is a `--help` away."""

    def error(self, message: str) -> NoReturn:
        if choice := _CHOICE.search(message):
            message += _near(choice[1], re.findall(r"[\w.]+", choice[2]))
        raise commands.UsageError(f"{message}; see {self.prog} --help")


class _Command(_Parser):
    """One command: hears of a misspelt option before the one that is therefore missing."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As usual, after a look at the options."""
        options = [option for action in self._actions for option in action.option_strings]
        for word in args or ():
            name = word.partition("=")[0]
            if name.startswith("--") and not any(option.startswith(name) for option in options):
                self.error(f"there is no option {name}{_near(name, options)}")
        return super().parse_known_args(args, namespace)


def _parsed(argv: Sequence[str] | None) -> argparse.Namespace:
    """The arguments, or what is wrong with them in one line."""
    arguments, odd = parser().parse_known_args(argv)
    if odd:
        own: argparse.ArgumentParser = arguments.parser
        own.error(f"{'there is no option' if odd[0].startswith('-') else 'one word too many:'} {odd[0]}")
    return arguments


def _near(name: str, names: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]}" if close else ""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, 1, 2, or 128 and the signal that ended it."""
    prepare_streams()
    try:
        arguments = _parsed(argv)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except SystemExit as ended:  # --help
        return int(ended.code or 0)
    except KeyboardInterrupt:
        return _say("interrupted; nothing was written", 130)
    except BrokenPipeError:
        # Whoever read the output has gone; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except _MENDABLE as error:
        return _say(_words(error), 2)
    except MemoryError:
        return _say("out of memory; take fewer hidden units, a smaller batch or shorter sequences", 2)
    except Exception as error:
        where = _log(traceback.format_exc())
        return _say(f"unexpected {type(error).__name__}: {error}; the details are in {where}", 1)


def parser() -> argparse.ArgumentParser:
    """Every command with its options and help."""
    top = _Parser(prog="main.py", description="Train and use recurrent networks without the window.")
    subparsers = top.add_subparsers(title="commands", required=True, metavar="command", parser_class=_Command)
    _add_inspect(subparsers)
    _add_train(subparsers)
    _add_range(subparsers)
    _add_race(subparsers)
    _add_sweep(subparsers)
    _add_import(subparsers)
    _add_predict(subparsers)
    _add_export(subparsers)
    listing = subparsers.add_parser("samples", help="list the samples", description="List the samples.")
    listing.set_defaults(run=commands.samples)
    _add_bench(subparsers)
    for command in subparsers.choices.values():
        command.set_defaults(parser=command)
    return top


def _add_inspect(subparsers: argparse._SubParsersAction[_Command]) -> None:
    text = (
        "Say what is understood of a file: encoding, delimiter, header, columns with type and role, rows read, rows "
        "rejected with line and reason. What is wrong is put right with --set data.encoding=…, data.delimiter=…, "
        "data.quotes=…, data.decimal=… or data.header=…, here as in train."
    )
    inspect = subparsers.add_parser("inspect", help="say what is understood of a file", description=text)
    inspect.add_argument("file", metavar="FILE", help="a table, a text, or a folder of sequences")
    inspect.add_argument(
        "--set", metavar="FIELD=VALUE", action="append", default=[], help="say how it is to be read; may be repeated"
    )
    inspect.add_argument("--json", action="store_true", help="one JSON object")
    inspect.set_defaults(run=commands.inspect)


def _add_train(subparsers: argparse._SubParsersAction[_Command]) -> None:
    train = subparsers.add_parser(
        "train", help="train a network", description="Train a network and keep its best weights.",
        epilog=_TRAIN_EPILOG + _fields(field_names()), formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    _add_experiment(train)
    train.add_argument(
        "--weights", metavar="FILE", help="begin from these (safetensors, ONNX, NPZ), with the network they are for"
    )
    train.add_argument("--out", metavar="DIR", help="folder for the run; must not hold one yet")
    _add_resume(train)
    train.add_argument("--json", action="store_true", help="one event a line on standard output, no progress bar")
    train.set_defaults(run=commands.train)


def _add_import(subparsers: argparse._SubParsersAction[_Command]) -> None:
    text = (
        "Take weights that were trained elsewhere (a plain RNN, LSTM or GRU stack: safetensors, ONNX, or NPZ under "
        "PyTorch's names) as a run: scored on the data, ready for predict and "
        "export. Training goes on with train --weights."
    )
    taken = subparsers.add_parser("import", help="use weights that were trained elsewhere", description=text)
    _add_experiment(taken)
    taken.add_argument("--weights", required=True, metavar="FILE", help="the weights")
    taken.add_argument("--out", required=True, metavar="DIR", help="folder for the run; must not hold one yet")
    taken.set_defaults(run=commands.import_weights)


def _add_experiment(command: _Parser) -> None:
    """Where data and settings come from."""
    source = command.add_mutually_exclusive_group()
    source.add_argument("--data", metavar="FILE", help="a table, a text, or a folder with a file for each sequence")
    source.add_argument("--sample", metavar="NAME", help="a sample that ships with the workbench; see `samples`")
    command.add_argument(
        "--config", metavar="FILE.toml", help="settings, as experiment.toml of a run folder holds them"
    )
    command.add_argument(
        "--set", metavar="FIELD=VALUE", action="append", default=[], help="change one setting; may be repeated"
    )
    command.add_argument("--seed", type=int, metavar="N", help="the same as --set training.seed=N")


def _add_range(subparsers: argparse._SubParsersAction[_Command]) -> None:
    text = (
        "Find a learning rate (Smith 2017): train a network, to be thrown away, with a rate that grows with every "
        "batch, and say where the loss falls most steeply. Data and settings as with train."
    )
    search = subparsers.add_parser("range", help="find a learning rate", description=text)
    _add_experiment(search)
    search.add_argument("--steps", type=int, default=STEPS, metavar="N", help=f"batches to train ({STEPS})")
    search.add_argument("--out", metavar="FILE.csv", help="the curve: rate, loss, and the loss smoothed")
    _add_force(search)
    search.add_argument("--json", action="store_true", help="curve and suggestion as one JSON object")
    search.set_defaults(run=commands.find_rate)


def _add_race(subparsers: argparse._SubParsersAction[_Command]) -> None:
    text = (
        "Let several cells run on the same data, from the same seeds, each with as many hidden units as come nearest "
        "to the same number of parameters. The median over the seeds of the best validation loss decides. Where "
        "several steps are forecast, strategies can race too, by their error in real units. Data and settings as with "
        "train."
    )
    race = subparsers.add_parser("race", help="compare cells fairly", description=text)
    _add_experiment(race)
    race.add_argument("--cells", choices=CELLS, nargs="+", metavar="CELL", help=", ".join(CELLS))
    race.add_argument(
        "--strategies",
        choices=[*STRATEGIES],
        nargs="+",
        metavar="STRATEGY",
        help=f"ways to forecast several steps ahead, with a table by step: {', '.join(STRATEGIES)}",
    )
    race.add_argument("--seeds", type=int, default=3, metavar="N", help="runs of each cell (3)")
    race.add_argument("--budget", type=int, metavar="N", help="trainable numbers (those of the network that is set up)")
    race.add_argument("--out", metavar="FILE.csv", help="the table")
    _add_force(race)
    race.add_argument("--json", action="store_true", help="a line for each run that ends, and the table as the last")
    race.set_defaults(run=commands.run_race)


def _add_sweep(subparsers: argparse._SubParsersAction[_Command]) -> None:
    text = (
        "Try several values of one or more settings, on the same data and from the same seeds: every combination, or "
        "with --random as many as are asked for, drawn by chance. The median over the seeds of the best validation "
        "score decides, never the test part; settings that cannot be run are told and left out. Data and other "
        "settings as with train."
    )
    swept = subparsers.add_parser(
        "sweep", help="try several values of settings", description=text,
        epilog="fields for --vary:\n" + _fields(swept_names()), formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    _add_experiment(swept)
    swept.add_argument(
        "--vary",
        metavar="FIELD=VALUES",
        action="append",
        required=True,
        help="values with commas between, LOW..HIGH:N for N numbers between, LOW..HIGH to draw from with --random; "
        "the field alone takes what is usual around its present value; may be repeated",
    )
    swept.add_argument("--random", type=int, metavar="N", help="trials, each with values drawn by chance")
    swept.add_argument("--seeds", type=int, default=3, metavar="N", help="runs of each trial (3)")
    swept.add_argument("--stop-early", action="store_true", help=f"do not wait for what is hopeless. {RULE}")
    swept.add_argument("--out", metavar="FILE.csv", help="the table, written anew after each run")
    _add_force(swept)
    swept.add_argument("--json", action="store_true", help="a line for each run that ends, and the table as the last")
    swept.set_defaults(run=commands.run_sweep)


def _add_resume(train: _Parser) -> None:
    text = "with live settings, epochs, threads and saving free to change (--set); the same bits as without a break"
    resume = train.add_argument_group("going on with a run that was stopped, killed or finished", text)
    resume.add_argument("--resume", metavar="DIR", help="the run's folder; takes the place of --out and of the data")
    resume.add_argument(
        "--mend", action="store_true", help="after a NaN: from the last good weights, at a tenth of the rate, clipped"
    )
    resume.add_argument("--changed-data", action="store_true", help="although the data is no longer the same")


def _add_predict(subparsers: argparse._SubParsersAction[_Command]) -> None:
    text = "Forecast a series with dates and in its units; classify or tag; write text; translate, caption, compose."
    predict = subparsers.add_parser("predict", help="forecast a series, or write text", description=text)
    predict.add_argument("dir", metavar="DIR", help="the folder of a run, or a weights file of the workbench")
    predict.add_argument("--out", metavar="FILE", help="series: the table of forecasts (CSV); text: the text")
    _add_force(predict)
    series = predict.add_argument_group("series", "columns of the table: date, the target, forecast, part")
    series.add_argument("--data", metavar="FILE", help="rows to forecast from; the run's own data by default")
    writing = predict.add_argument_group("text")
    writing.add_argument("--prompt", metavar="TEXT", help="what to go on from")
    writing.add_argument("--length", type=int, metavar="N", help="characters, words or bytes to write (400)")
    writing.add_argument("--temperature", type=float, metavar="T", help="0 takes the likeliest; 1 as weighed (0.8)")
    writing.add_argument("--seed", type=int, metavar="N", help="the same seed writes the same text (0)")
    pairs = predict.add_argument_group(
        "pairs", "--prompt TEXT is read, --data FILE row by row; --out tune.mid for tunes"
    )
    pairs.add_argument("--decoding", choices=("greedy", "sampled", "beam"), help="how each symbol is chosen (greedy)")
    pairs.add_argument("--width", type=int, metavar="N", help="beam: texts kept at each step (4)")
    pairs.add_argument("--length-penalty", type=float, metavar="A", help="beam: above 0 favours longer texts (0.6)")
    pairs.add_argument("--top-k", type=int, metavar="N", help="sampled: draw among the N likeliest only")
    pairs.add_argument(
        "--top-p", type=float, metavar="P", help="sampled: among the likeliest that share P of the chance"
    )
    predict.set_defaults(run=commands.predict)


def _add_export(subparsers: argparse._SubParsersAction[_Command]) -> None:
    text = (
        "Write the best weights of a run for use elsewhere, run the file on held-out data, and say by how much it "
        "differs from the engine; the same is kept beside the file as FILE.proof.json."
    )
    listed = "\n".join(f"  {item.key:<14} {item.suffix:<13} {item.summary}" for item in targets())
    export = subparsers.add_parser(
        "export", help="write the weights for use elsewhere", description=text, epilog=f"targets:\n{listed}\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    export.add_argument("dir", metavar="DIR", help="the folder of a run, or a weights file of the workbench")
    export.add_argument("--to", required=True, metavar="FILE", help="where to; the suffix chooses the target")
    export.add_argument(
        "--target", choices=[item.key for item in targets()], help="what to write, if the suffix leaves it open"
    )
    _add_force(export)
    export.set_defaults(run=commands.export)


def _add_force(command: _Parser) -> None:
    command.add_argument("--force", action="store_true", help="write over a file that is there already")


def _add_bench(subparsers: argparse._SubParsersAction[_Command]) -> None:
    text = (
        "Time whole training steps, or the forward pass alone, beside another library; the last line is the verdict "
        "against the goals."
    )
    bench = subparsers.add_parser("bench", help="time training beside another library", description=text)
    bench.add_argument("--against", choices=("torch", "jax"), default="torch", help="the library to compare with")
    bench.add_argument("--threads", type=int, nargs="+", metavar="N", help="numbers of threads (1 2; JAX takes one: 2)")
    bench.add_argument("--inference", action="store_true", help="the forward pass alone")
    bench.add_argument("--cell", choices=CELLS, help="only the points of this cell")
    bench.add_argument("--json", action="store_true", help="one JSON object a line")
    bench.set_defaults(run=commands.bench)


def _fields(names: Sequence[str]) -> str:
    """Fields of the schema with what they mean, for the help text."""
    lines = []
    for name in names:
        info = field_info(*name.split("."))
        choices = f" ({', '.join(info.choices)})" if info.choices else ""
        lines.append(f"  {name:<26} {info.help}{choices}".replace("%", "%%"))
    return "\n".join(lines)


def _say(text: str, status: int) -> int:
    line = " ".join(text.split())
    print(f"error: {line}", file=sys.stderr)
    return status


def _words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def _log(text: str) -> Path:
    folder = platformdirs.user_log_path("rnn-workbench", appauthor=False)
    path = folder / "command-line-error.log"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path
