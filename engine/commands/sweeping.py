"""A sweep over settings, without the window."""

from __future__ import annotations

import argparse
import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from engine.commands.command import Commands, UsageError
from engine.commands.comparing import add_runs, begin_with, let_run, make_loader, undecided
from engine.commands.options import add_experiment, add_force, check_out, experiment_of, fields_help, named
from engine.commands.stopping import stoppable
from engine.comparing.median_rule import RULE, MedianRule
from engine.comparing.race_messages import Arrival, LeftOut, Place, settings_title, value_words
from engine.comparing.sweep import Sweep, drawn_settings, forgiving, grid, results, sweep
from engine.comparing.sweep_values import read_varied, swept_names
from engine.config import Experiment, field_info
from engine.control import Control
from engine.runs import plain
from engine.storage.csv_tables import Cell, write_csv
from engine.wording.aligned import aligned, number

_COLUMNS = (
    *("parameters", "runs", "failed", "decided_by"),
    *("validation_lowest", "validation_median", "validation_highest", "seconds"),
)


def add_sweep(commands: Commands) -> None:
    """`sweep`, its options and help."""
    text = (
        "Try several values of one or more settings, on the same data and from the same seeds: every combination, or "
        "with --random as many as are asked for, drawn by chance. The median over the seeds of the best validation "
        "score decides, never the test part; settings that cannot be run are told and left out. Data and other "
        "settings as with train."
    )
    command = commands.add_parser(
        "sweep", help="try several values of settings", description=text,
        epilog="fields for --vary:\n" + fields_help(swept_names()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_experiment(command)
    command.add_argument(
        "--vary",
        metavar="FIELD=VALUES",
        action="append",
        required=True,
        help="values with commas between, LOW..HIGH:N for N numbers between, LOW..HIGH to draw from with --random; "
        "the field alone takes what is usual around its present value; may be repeated",
    )
    command.add_argument("--random", type=int, metavar="N", help="trials, each with values drawn by chance")
    command.add_argument("--seeds", type=int, default=3, metavar="N", help="runs of each trial (3)")
    command.add_argument("--stop-early", action="store_true", help=f"do not wait for what is hopeless. {RULE}")
    command.add_argument("--out", metavar="FILE.csv", help="the table, written anew after each run")
    add_runs(command)
    add_force(command)
    command.add_argument("--json", action="store_true", help="a line for each run that ends, and the table as the last")
    command.set_defaults(run=run_sweep)


def run_sweep(arguments: Namespace) -> int:
    """Let settings run with each of several values; a table, best first, and the best scored on the test part."""
    begun = named(arguments)
    check_out(arguments, arguments.out)
    experiment, notes = experiment_of(arguments, begun)
    found = _sweep(arguments, experiment)
    loader = make_loader()
    dataset = loader.load(experiment)
    if not arguments.json:
        for note in dict.fromkeys((*notes, *dataset.notes(), *map(_left_out_words, found.left_out))):
            print(f"  {note}", file=sys.stderr)

    def keep(arrivals: list[Arrival]) -> None:
        if arguments.out is not None:
            places, _ = results(found.field, arrivals)
            names = [name for name, _ in found.field[0].settings]
            write_csv(arguments.out, (*names, *_COLUMNS), [[*_values(place), *_row(place)] for place in places])

    control = Control()
    with stoppable(control) as caught:
        runs = forgiving(begin_with(found.field, loader, control, arguments.runs))
        rule = MedianRule(found.field) if arguments.stop_early else None
        arrivals = let_run(found.field, runs, control, keep, as_json=arguments.json, rule=rule)
    if caught and not arrivals:
        raise KeyboardInterrupt
    places, failed = results(found.field, arrivals)
    _show(places, [*found.left_out, *failed], as_json=arguments.json)
    return 128 + caught[0] if caught else 0 if places else 2


def _sweep(arguments: Namespace, experiment: Experiment) -> Sweep:
    if not 1 <= arguments.seeds <= 50:
        raise UsageError(f"--seeds takes 1 to 50, got {arguments.seeds}")
    draws = arguments.random is not None
    varied = [read_varied(experiment, text, draws=draws) for text in arguments.vary]
    names = [each.name for each in varied]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise UsageError(f"--vary {twice} is given twice; name all its values in one, with commas between")
    trials = drawn_settings(varied, arguments.random, experiment.training.seed) if draws else grid(varied)
    return sweep(experiment, trials, arguments.seeds)


def _show(places: Sequence[Place], left_out: Sequence[LeftOut], *, as_json: bool) -> None:
    if as_json:
        said: dict[str, Any] = {
            "standings": [
                {"settings": dict(place.settings)} | dict(zip(_COLUMNS, _row(place), strict=True)) for place in places
            ],
            "left_out": [{"settings": dict(each.settings), "reason": each.reason} for each in left_out],
        }
        if places and not undecided(places):
            said["best"] = {"settings": dict(places[0].settings), "test": {places[0].metric: places[0].test[1]}}
        print(json.dumps(plain(said)))
    elif places:
        print(f"{_table(places)}\n\n{undecided(places) or best_words(places[0])}")
    if left_out and not places:
        print(f"error: no run came to a result; {_left_out_words(left_out[-1])}", file=sys.stderr)


def best_words(place: Place) -> str:
    """What was decided, by what, and what the best says to the test part, which nothing was chosen by."""
    told = f" On the test part, which decided nothing: {place.metric} {number(place.test[1])}."
    tested = told if place.metric else ""
    return f"Best on the validation part: {settings_title(place.settings)}.{tested}"


def _left_out_words(left_out: LeftOut) -> str:
    return f"left out: {settings_title(left_out.settings)}: {left_out.reason}"


def decided_by(place: Place) -> str:
    """What places are compared by."""
    return place.metric if place.by_metric and place.metric else "loss"


def _values(place: Place) -> list[Cell]:
    return [str(value).lower() if isinstance(value, bool) else value for _, value in place.settings]


def _row(place: Place) -> list[Cell]:
    return [
        place.parameters, place.arrived, place.failed, decided_by(place), *place.validation, place.seconds,
    ]  # fmt: skip


def _table(places: Sequence[Place]) -> str:
    """The standings in aligned columns."""
    heads = [field_info(*name.split(".")).label for name, _ in places[0].settings]
    head = [
        *heads, "Parameters", "Runs", f"Validation {decided_by(places[0])}", "lowest - highest", "Seconds a run",
    ]  # fmt: skip
    return aligned([head, *map(_words, places)])


def _words(place: Place) -> list[str]:
    low, middle, high = (number(value) for value in place.validation)
    failed = f" ({place.failed} failed)" if place.failed else ""
    return [
        *(value_words(value) for _, value in place.settings), f"{place.parameters:,}", f"{place.arrived}{failed}",
        middle, f"{low} - {high}", number(place.seconds),
    ]  # fmt: skip
