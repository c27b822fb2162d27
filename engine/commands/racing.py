"""A race between cells, without the window."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import Any

from tqdm import tqdm

from engine import data
from engine.aligned import aligned, number
from engine.cells import specification
from engine.commands.options import UsageError, experiment_of
from engine.commands.training import stoppable
from engine.config import Experiment, ModelConfig
from engine.control import Control
from engine.data import Dataset
from engine.events import Event, RunFailed
from engine.export.tables import Cell, write_csv
from engine.losses import loss_for
from engine.networks import parameter_count
from engine.race import entrants, race, standings
from engine.race_messages import Arrival, Entrant, Place
from engine.reporting import event_to_dict
from engine.runs import plain
from engine.training import TrainingRun

_COLUMNS = (
    *("cell", "hidden_units", "parameters", "runs", "failed", "metric"),
    *("validation_lowest", "validation_median", "validation_highest"),
    *("test_lowest", "test_median", "test_highest", "seconds"),
)


def run_race(arguments: Namespace) -> int:
    """Let several cells run with the same data, seeds and number of parameters; a table, best cell first."""
    experiment, notes = experiment_of(arguments)
    dataset = data.load(experiment)
    field = _field(arguments, experiment, dataset)
    if not arguments.json:
        for note in dict.fromkeys((*notes, *dataset.notes())):
            print(f"  {note}", file=sys.stderr)
    control = Control()
    with stoppable(control) as caught:
        arrivals = _run(field, dataset, control, arguments.json)
    places = standings(field, arrivals)
    if arguments.out is not None:
        write_csv(arguments.out, _COLUMNS, map(_row, places))
    if arguments.json:
        print(json.dumps({"standings": [plain(dict(zip(_COLUMNS, _row(place), strict=True))) for place in places]}))
    else:
        print(_table(places))
    return 128 + caught[0] if caught else 0 if any(place.arrived for place in places) else 2


def _field(arguments: Namespace, experiment: Experiment, dataset: Dataset) -> list[Entrant]:
    """Every cell with every seed; without a budget each comes near to the network that the settings describe."""
    if not 1 <= arguments.seeds <= 50:
        raise UsageError(f"--seeds takes 1 to 50, got {arguments.seeds}")
    width = loss_for(experiment.training, dataset).width

    def count(model: ModelConfig) -> int:
        return parameter_count(model, dataset, width)

    budget = count(experiment.model) if arguments.budget is None else arguments.budget
    if not 1 <= budget <= 100_000_000:
        raise UsageError(f"--budget takes 1 to 100000000, got {budget}")
    return entrants(experiment, list(dict.fromkeys(arguments.cells)), arguments.seeds, budget, count)


def _run(field: Sequence[Entrant], dataset: Dataset, control: Control, as_json: bool) -> list[Arrival]:
    """What arrived; a run that was stopped is no result."""

    def begin(experiment: Experiment) -> Iterator[Event]:
        return iter(() if control.ending else TrainingRun(experiment, dataset, control))

    arrivals: list[Arrival] = []
    with tqdm(total=len(field), unit=" runs", file=sys.stderr, disable=as_json, bar_format=_BAR) as bar:
        for news in race(field, begin):
            entrant = field[news.entrant]
            bar.n = news.entrant + (1.0 if isinstance(news, Arrival) else news.share)
            bar.set_description_str(f"{entrant.cell}, seed {entrant.seed}", refresh=False)
            bar.update(0)
            if isinstance(news, Arrival) and not control.ending:
                arrivals.append(news)
                _tell(entrant, news, as_json)
    return arrivals


_BAR = "{desc}: {percentage:3.0f}%|{bar}| {n:.1f}/{total} runs, {elapsed}<{remaining}"


def _tell(entrant: Entrant, news: Arrival, as_json: bool) -> None:
    if as_json:
        said: dict[str, Any] = {"cell": entrant.cell, "seed": entrant.seed, "parameters": entrant.parameters}
        print(json.dumps(said | event_to_dict(news.ended), ensure_ascii=False, allow_nan=False), flush=True)
    elif isinstance(news.ended, RunFailed):
        print(f"  {entrant.cell}, seed {entrant.seed}: {news.ended.title}. {news.ended.cure}", file=sys.stderr)


def _row(place: Place) -> list[Cell]:
    return [
        place.cell, place.hidden_size, place.parameters, place.arrived, place.failed, place.metric,
        *place.validation, *place.test, place.seconds,
    ]  # fmt: skip


def _table(places: Sequence[Place]) -> str:
    """The standings in aligned columns."""
    metric = next((place.metric for place in places if place.metric), "")
    head = [
        "",
        "Units",
        "Parameters",
        "Runs",
        "Validation loss",
        "lowest - highest",
        f"Test {metric}".rstrip(),
        "Seconds",
    ]
    return aligned([head, *map(_words, places)])


def _words(place: Place) -> list[str]:
    low, middle, high = (number(value) for value in place.validation)
    failed = f" ({place.failed} failed)" if place.failed else ""
    return [
        specification(place.cell).title, f"{place.hidden_size:,}", f"{place.parameters:,}", f"{place.arrived}{failed}",
        middle, f"{low} - {high}" if place.arrived else "", number(place.test[1]), number(place.seconds),
    ]  # fmt: skip
