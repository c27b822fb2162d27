"""A race between cells, or ways to forecast several steps, without the window."""

from __future__ import annotations

import json
import sys
from argparse import Action, ArgumentError, ArgumentParser, Namespace
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.cells import specification
from engine.commands.command import Commands, UsageError
from engine.commands.comparing import add_runs, begin_with, let_run, make_loader, undecided
from engine.commands.options import add_experiment, add_force, check_out, experiment_of, named
from engine.commands.stopping import stoppable
from engine.comparing.race import entrants, standings
from engine.comparing.race_messages import STRATEGIES, Arrival, Entrant, Place
from engine.comparing.strategies import ends_of
from engine.config import CELLS, Experiment
from engine.control import Control
from engine.data import Dataset
from engine.data.series.path_dataset import PathDataset
from engine.losses import loss_for
from engine.networks import parameter_count
from engine.runs import plain
from engine.storage.csv_tables import Cell, write_csv
from engine.wording.aligned import MEASURES, aligned, compared_by_step, number

_COLUMNS = (
    *("cell", "strategy", "hidden_units", "parameters", "runs", "failed", "metric"),
    *("validation_lowest", "validation_median", "validation_highest"),
    *("test_lowest", "test_median", "test_highest", "seconds"),
)


def add_race(commands: Commands) -> None:
    """`race`, its options and help."""
    text = (
        "Let several cells run on the same data, from the same seeds, each with as many hidden units as come nearest "
        "to the same number of parameters. The median over the seeds of the best validation loss decides. Where "
        "several steps are forecast, strategies can race too, by their error in real units. Data and settings as with "
        "train."
    )
    command = commands.add_parser("race", help="compare cells fairly", description=text)
    add_experiment(command)
    command.add_argument("--cells", known=CELLS, action=_Names, metavar="CELL", help=", ".join(CELLS))
    command.add_argument(
        "--strategies",
        known=STRATEGIES,
        action=_Names,
        metavar="STRATEGY",
        help=f"ways to forecast several steps ahead, with a table by step: {', '.join(STRATEGIES)}",
    )
    command.add_argument("--seeds", type=int, default=3, metavar="N", help="runs of each cell (3)")
    command.add_argument(
        "--budget", type=int, metavar="N", help="trainable numbers (those of the network that is set up)"
    )
    command.add_argument("--out", metavar="FILE.csv", help="the table")
    add_runs(command)
    add_force(command)
    command.add_argument("--json", action="store_true", help="a line for each run that ends, and the table as the last")
    command.set_defaults(run=run_race)


class _Names(Action):
    """Some of the `known` names, with blanks or, as `sweep` has its values, commas between."""

    def __init__(self, option_strings: Sequence[str], dest: str, known: Iterable[str], **others: Any) -> None:
        super().__init__(option_strings, dest, nargs="+", **others)
        self._known = tuple(known)

    def __call__(self, parser: ArgumentParser, namespace: Namespace, values: Any, option: str | None = None) -> None:
        """Keep them, or say which one is none of them."""
        names = [name for value in values for name in value.split(",") if name]
        for name in names:
            if name not in self._known:
                raise ArgumentError(self, f"invalid choice: {name!r} (choose from {', '.join(map(repr, self._known))})")
        setattr(namespace, self.dest, names)


def run_race(arguments: Namespace) -> int:
    """Let several cells run with the same data, seeds and number of parameters; a table, best cell first."""
    begun = named(arguments)
    check_out(arguments, arguments.out)
    experiment, notes = experiment_of(arguments, begun)
    loader = make_loader()
    dataset = loader.load(experiment)
    field = _field(arguments, experiment, dataset)
    if not arguments.json:
        for note in dict.fromkeys((*notes, *dataset.notes())):
            print(f"  {note}", file=sys.stderr)

    def keep(arrivals: list[Arrival]) -> None:
        if arguments.out is not None:
            places = standings(field, arrivals)
            steps = _step_columns(places)
            write_csv(arguments.out, (*_COLUMNS, *steps), [[*_row(place), *_by_step(place, steps)] for place in places])

    control = Control()
    with stoppable(control) as caught:
        runs = begin_with(field, loader, control, arguments.runs)
        arrivals = let_run(field, runs, control, keep, as_json=arguments.json)
    if caught and not arrivals:
        raise KeyboardInterrupt
    places = standings(field, arrivals)
    if arguments.json:
        said = [dict(zip(_COLUMNS, _row(place), strict=True)) | {"by_step": place.by_step} for place in places]
        print(json.dumps({"standings": plain(said)}))
    else:
        print(
            "\n\n".join(
                [
                    _table(places),
                    *map(aligned, compared_by_step({place_title(place): place.by_step for place in places})),
                    *filter(None, [undecided(places)]),
                ]
            )
        )
    return 128 + caught[0] if caught else 0 if any(place.arrived for place in places) else 2


def _field(arguments: Namespace, experiment: Experiment, dataset: Dataset) -> list[Entrant]:
    """Every cell with every seed; without a budget each comes near to the network that the settings describe."""
    if not 1 <= arguments.seeds <= 50:
        raise UsageError(f"--seeds takes 1 to 50, got {arguments.seeds}")
    if not (arguments.cells or arguments.strategies):
        raise UsageError("a race compares --cells, --strategies, or both; name those that take part")
    if arguments.strategies and not (isinstance(dataset, PathDataset) and dataset.steps > 1):
        raise UsageError("--strategies race where several steps of a series are forecast; set data.steps to 2 or more")
    width = loss_for(experiment.training, dataset).width

    def count(experiment: Experiment) -> int:
        return parameter_count(experiment.model, ends_of(dataset, experiment), width)

    budget = count(experiment) if arguments.budget is None else arguments.budget
    if not 1 <= budget <= 100_000_000:
        raise UsageError(f"--budget takes 1 to 100000000, got {budget}")
    cells, strategies = (dict.fromkeys(names or ()) for names in (arguments.cells, arguments.strategies))
    return entrants(
        experiment, list(cells) or [experiment.model.cell], arguments.seeds, budget, count, list(strategies)
    )


def _row(place: Place) -> list[Cell]:
    return [
        place.cell, place.strategy, place.hidden_size, place.parameters, place.arrived, place.failed, place.metric,
        *place.validation, *place.test, place.seconds,
    ]  # fmt: skip


def place_title(place: Place) -> str:
    """Cell and strategy, as in "LSTM, direct"."""
    return ", ".join(filter(None, (specification(place.cell).title, STRATEGIES.get(place.strategy, ""))))


def _step_columns(places: Sequence[Place]) -> dict[str, tuple[int, str]]:
    """Heads of further columns, with the row and the name of the score."""
    rows = next((place.by_step for place in places if place.by_step), ())
    return {
        f"{name.lower()}_step_{row['step']:.0f}": (at, name)
        for name in MEASURES for at, row in enumerate(rows)
    }  # fmt: skip


def _by_step(place: Place, columns: Mapping[str, tuple[int, str]]) -> list[Cell]:
    return [place.by_step[at][name] if place.by_step else None for at, name in columns.values()]


def _table(places: Sequence[Place]) -> str:
    """The standings in aligned columns."""
    metric = next((place.metric for place in places if place.metric), "")
    head = [
        "",
        "Units",
        "Parameters",
        "Runs",
        f"Validation {metric if any(place.strategy for place in places) else 'loss'}".rstrip(),
        "lowest - highest",
        f"Test {metric}".rstrip(),
        "Seconds",
    ]
    return aligned([head, *map(_words, places)])


def _words(place: Place) -> list[str]:
    low, middle, high = (number(value) for value in place.validation)
    failed = f" ({place.failed} failed)" if place.failed else ""
    return [
        place_title(place), f"{place.hidden_size:,}", f"{place.parameters:,}", f"{place.arrived}{failed}",
        middle, f"{low} - {high}" if place.arrived else "", number(place.test[1]), number(place.seconds),
    ]  # fmt: skip
