"""Scoring a part of the data with the weights of the moment, without learning from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.data import Batch, Dataset, PairBatch, WritingScorer
from engine.data.series.path_dataset import PathDataset
from engine.data.series.path_metrics import PathScorer
from engine.events import Event
from engine.forecasts.forecast_paths import scored_paths
from engine.inside_records import Floats
from engine.layers.passes import Examples, Output
from engine.losses import Loss
from engine.sequence_to_sequence.free_running import FreeRun, run_free
from engine.sequence_to_sequence.network import SequenceToSequence


class Answering(Protocol):
    """What gives an answer to every batch; a network does."""

    def answer(self, batch: Examples, state: Any = None) -> Output:
        """Values (B, O) or (T, B, O), and the state for a batch that continues this one."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a part came out."""

    loss: float = math.nan  # as training counts it, in the scaled world; NaN where nothing counts
    metrics: tuple[tuple[str, float], ...] = ()  # in real units, the dataset's own metric first
    free_running: float = math.nan  # the loss where a network that writes hears itself
    by_step: tuple[Mapping[str, float], ...] = ()  # of the test part's forecasts over several steps: see `PathScorer`

    @property
    def metric(self) -> float:
        """The main one; NaN where nothing was scored."""
        return self.metrics[0][1] if self.metrics else math.nan


def score(
    network: Answering, dataset: Dataset, part: str, batch_size: int, loss: Loss | None = None,
    changed: Callable[[Batch], Batch] | None = None, heard: Callable[[Batch, Floats], None] | None = None,
) -> Score:  # fmt: skip
    """Run the network over a whole part and compare with what was to be said; `loss` None: what the data suggests.

    It reads each batch as `changed` gives it; what it says to each is given to `heard`, to use or to copy at once.
    """
    steps = scoring(network, dataset, part, batch_size, loss, changed, heard)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            found: Score = done.value
            return found


def scoring(
    network: Answering, dataset: Dataset, part: str, batch_size: int, loss: Loss | None = None,
    changed: Callable[[Batch], Batch] | None = None, heard: Callable[[Batch, Floats], None] | None = None,
    between: Callable[[], Iterable[Event]] = tuple, *, whole: bool = True,
) -> Generator[Event, None, Score]:  # fmt: skip
    """`score` that says what `between` has to say after every batch; unless it is the `whole`, of the main metric."""
    scorer, measure = dataset.scorer(part), loss or Loss(dataset.loss)
    total = weight = 0.0
    free = 0.0 if isinstance(network, SequenceToSequence) else math.nan
    batches = dataset.batches(part, batch_size)
    for batch, values in answers(network, map(changed, batches) if changed else batches):
        mean, count = measure.mean(values, batch)
        total, weight = total + mean * count, weight + count
        if heard:
            heard(batch, values)
        if not isinstance(dataset, PathDataset):
            scorer.add(batch, measure.point(values))
        run = _run_free(network, dataset, batch, measure)  # which may overwrite the values
        if isinstance(dataset, PathDataset):
            said = run.values if run else values
            scorer.add(batch, scored_paths(network, dataset, measure, part, batch.positions, said)[..., measure.middle])
        if run:
            assert isinstance(scorer, WritingScorer)
            scorer.add_free(batch, measure.point(run.values), run.written)
            free += count * measure.mean(run.values, batch)[0]
        yield from between()
    if not weight:
        return Score()
    by_step = scorer.by_step() if isinstance(scorer, PathScorer) and part == "test" else ()
    metrics = scorer.result() if whole else ((dataset.metric, scorer.main()),)
    return Score(total / weight, metrics, free / weight, by_step)


def mean_loss(network: Answering, dataset: Dataset, part: str, batch_size: int, loss: Loss) -> float:
    """The loss of `score` alone, for less than its metrics take."""
    found = [loss.mean(values, batch) for batch, values in answers(network, dataset.batches(part, batch_size))]
    weight = math.fsum(count for _, count in found)
    return math.fsum(mean * count for mean, count in found) / weight if weight else math.nan


def _run_free(network: Answering, dataset: Dataset, batch: Batch, measure: Loss) -> FreeRun | None:
    """What a network that writes does without being told; None of one that does not."""
    if not isinstance(network, SequenceToSequence):
        return None
    assert isinstance(batch, PairBatch)
    return run_free(network, batch.inputs, batch.lengths, batch.before, dataset.limit, measure)


def answers(network: Answering, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Floats]]:
    """What the network says to each batch, the state carried over where one continues the one before.

    The values (B, O) or (T, B, O) may be overwritten by the next batch: use them or copy them.
    """
    state = None
    for batch in batches:
        output = network.answer(batch, state if batch.continues else None)
        state = output.state
        yield batch, output.values
