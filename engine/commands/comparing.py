"""What a race and a sweep have in common on the command line: run after run, with a bar, told as they end."""

from __future__ import annotations

import json
import math
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from engine.commands.reporting import event_to_dict
from engine.comparing.kept import memberships
from engine.comparing.median_rule import MedianRule
from engine.comparing.race import race
from engine.comparing.race_messages import Arrival, Entrant, Place, settings_title, why_failed
from engine.control import Control
from engine.events import Event, Finding, RunFailed
from engine.loading import Loader
from engine.training import TrainingRun

_UNDECIDED = (
    "Nothing decides which is best: the validation part is empty. Give it more data, or a larger share of it to the "
    "validation part (data.validation)."
)
_DATA_KEPT = 4  # read with other settings; more at once may be more than memory holds
_BAR = "{desc}: {percentage:3.0f}%|{bar}| {n:.1f}/{total} runs, {elapsed}<{remaining}"


def undecided(places: Sequence[Place]) -> str:
    """That the one that stands first is so by no score, in words; "" where it is the best."""
    return _UNDECIDED if places and places[0].arrived and math.isnan(places[0].validation[1]) else ""


def make_loader() -> Loader:
    """What reads the data of all runs."""
    return Loader(_DATA_KEPT)


def add_runs(command: ArgumentParser) -> None:
    """`--runs`, the folder that all runs are kept in."""
    text = "keep every run, in a folder of its own in DIR, as train --out does (else the table is all that is kept)"
    command.add_argument("--runs", metavar="DIR", help=text)


def begin_with(
    field: Sequence[Entrant], loader: Loader, control: Control, runs: str | None
) -> Callable[[Entrant], Iterable[Event]]:
    """How a run of an entrant is made, and kept in `runs`; none any more once the person wants to end."""
    now = datetime.now()
    of = dict(zip(field, memberships(field, now.timestamp()), strict=True))
    numbers = {entrant: number for number, entrant in enumerate(field, 1)}

    def begin(entrant: Entrant) -> Iterator[Event]:
        if control.ending:
            return
        own, dataset = entrant.experiment, loader.load(entrant.experiment)
        if runs is None:
            yield from TrainingRun(own, dataset, control)
        else:
            folder = Path(runs) / f"{now:%Y-%m-%d_%H%M%S}_{numbers[entrant]:03d}_{entrant.cell}"
            yield from _in_order(TrainingRun(own, dataset, Control(), folder, of=of[entrant]), control)

    return begin


def _in_order(run: TrainingRun, control: Control) -> Iterator[Event]:
    """A run that is kept: it ends when `control` does, and is kept as it stands where it is given up."""
    try:
        for event in run:
            if control.ending:
                run.control.stop()
            _tell_trouble(event)
            yield event
    except GeneratorExit:
        run.control.stop()
        for event in run:
            _tell_trouble(event)
        raise


def _tell_trouble(event: Event) -> None:
    """Say that a run cannot be kept; its score counts all the same."""
    if isinstance(event, Finding) and event.key == "saving" and event.level == "problem":
        print(f"  {event.title}. {event.why} {event.cure}", file=sys.stderr)


def let_run(
    field: Sequence[Entrant],
    make_run: Callable[[Entrant], Iterable[Event]],
    control: Control,
    keep: Callable[[list[Arrival]], None],
    *,
    as_json: bool,
    rule: MedianRule | None = None,
) -> list[Arrival]:
    """What arrived; a run that was stopped is no result. `keep` is told after each, so that nothing is lost."""
    arrivals: list[Arrival] = []
    with tqdm(total=len(field), unit=" runs", file=sys.stderr, disable=as_json or None, bar_format=_BAR) as bar:
        try:
            for news in race(field, make_run, rule):
                entrant = field[news.entrant]
                bar.n = news.entrant + (1.0 if isinstance(news, Arrival) else news.share)
                bar.set_description_str(f"{_named(entrant)}, seed {entrant.seed}", refresh=False)
                bar.update(0)
                if isinstance(news, Arrival) and not control.ending:
                    arrivals.append(news)
                    _tell(entrant, news, as_json)
                    keep(arrivals)
        except KeyboardInterrupt:  # the second, for somebody who does not wait for the batch at hand
            if not arrivals:
                raise
    return arrivals


def _tell(entrant: Entrant, news: Arrival, as_json: bool) -> None:
    if as_json:
        said = _terms(entrant) | {"seed": entrant.seed, "parameters": news.parameters or entrant.parameters}
        print(json.dumps(said | event_to_dict(news.ended), ensure_ascii=False, allow_nan=False), flush=True)
    elif isinstance(news.ended, RunFailed):
        print(f"  {_named(entrant)}, seed {entrant.seed}: {why_failed(news.ended)}", file=sys.stderr)


def _terms(entrant: Entrant) -> dict[str, Any]:
    if entrant.settings:
        return {"settings": dict(entrant.settings)}
    return {"cell": entrant.cell, "strategy": entrant.strategy}


def _named(entrant: Entrant) -> str:
    return settings_title(entrant.settings) or ", ".join(filter(None, (entrant.cell, entrant.strategy)))
