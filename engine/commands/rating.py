"""The learning-rate range test."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from tqdm import tqdm

from engine import data
from engine.commands.command import Commands, UsageError
from engine.commands.options import add_experiment, add_force, check_out, experiment_of, named
from engine.rate_search import STEPS, curve, try_rates, verdict
from engine.runs import plain
from engine.storage.csv_tables import write_csv


def add_range(commands: Commands) -> None:
    """`range`, its options and help."""
    text = (
        "Find a learning rate (Smith 2017): train a network, to be thrown away, with a rate that grows with every "
        "batch, and say where the loss falls most steeply. Data and settings as with train."
    )
    command = commands.add_parser("range", help="find a learning rate", description=text)
    add_experiment(command)
    command.add_argument("--steps", type=int, default=STEPS, metavar="N", help=f"batches to train ({STEPS})")
    command.add_argument("--out", metavar="FILE.csv", help="the curve: rate, loss, and the loss smoothed")
    add_force(command)
    command.add_argument("--json", action="store_true", help="curve and suggestion as one JSON object")
    command.set_defaults(run=find_rate)


def find_rate(arguments: Namespace) -> int:
    """The learning-rate range test: what it suggests, and the curve."""
    if not 4 <= arguments.steps <= 1_000_000:
        raise UsageError(f"--steps takes 4 to 1000000, got {arguments.steps}")
    begun = named(arguments)
    check_out(arguments, arguments.out)
    experiment, _ = experiment_of(arguments, begun)
    dataset = data.load(experiment)
    tried = []
    with tqdm(total=arguments.steps, unit=" steps", file=sys.stderr, disable=arguments.json or None) as bar:
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
