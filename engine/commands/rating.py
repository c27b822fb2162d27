"""The learning-rate range test."""

from __future__ import annotations

import json
import sys
from argparse import Namespace

from tqdm import tqdm

from engine import data
from engine.commands.options import UsageError, check_out, experiment_of
from engine.export.tables import write_csv
from engine.rate_search import curve, try_rates, verdict
from engine.runs import plain


def find_rate(arguments: Namespace) -> int:
    """The learning-rate range test: what it suggests, and the curve."""
    if not 4 <= arguments.steps <= 1_000_000:
        raise UsageError(f"--steps takes 4 to 1000000, got {arguments.steps}")
    check_out(arguments, arguments.out)
    experiment, _ = experiment_of(arguments)
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
