"""What can be looked at while a network trains, by name; measured when asked for, and never more than it is worth.

A probe is measured anew only when the weights have changed, and from the second time on rests for a multiple of the
time it took, the longer the more probes are asked for, so that all together cost a run the share of its time that the
request allows; but no longer than the run is old. A measurement counts for a few times the one before at most: what
takes longer was held up by something else. While a run is paused nothing rests.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from engine.data import Batch, Dataset, PairBatch
from engine.events import Probe, Snapshot, SnapshotRequest
from engine.held_out.predictions import Predictions
from engine.inside.activations import pre_activations
from engine.inside.arrivals import joined
from engine.inside.batch_activations import Gathered
from engine.inside.class_paths import PathsByClass
from engine.inside.contributions import contributions
from engine.inside.reading import reading
from engine.inside.structure import structure
from engine.inside.weights import spectrum, weights
from engine.inside_records import (
    Arrived,
    BatchActivations,
    Contributions,
    GradientByTime,
    GradientNorms,
    HiddenTrace,
    frozen,
)
from engine.losses import Loss
from engine.networks import AnyNetwork
from engine.optimizers import Optimizer

_OFFERED_APART = 0.2  # seconds between two values that cost nothing: drawing them does
EAGER_REST = 20.0  # times what it took, where a run is younger than the rest: most changes in its first seconds
LONGEST_REST = 30.0  # seconds; what would have to rest for longer costs more, but no picture stands still for long
MOST_GROWTH = 3.0  # times what the last measurement took; a longer one was held up, unless the next takes as long
_FOR_FINDINGS = {"gradient_norms", "gradient_by_time"}
_OF_BATCHES = {*_FOR_FINDINGS, "contributions", "batch_activations"}  # tell of the last batch, not of weights alone
_ASKED_FOR = {  # which fields of a request a probe answers to
    "prediction": ("temperature",),
    "spectrum": ("spectrum",),
    "reading": ("character",),
    "contributions": ("parameter", "entry"),
}


@dataclass(slots=True)
class _Kept:
    """The last value of a probe, and what it was measured for."""

    value: Probe
    step: int
    asked: object  # what the request said of it
    took: float  # seconds of the measurement
    worth: float  # seconds that count; 0 after the first, which made ready for all later ones
    made: float  # time; it rests from then on
    offered: bool = False  # and not yet looked at


class Probes:
    """Answers snapshot requests of one run, in the training thread."""

    def __init__(
        self, network: AnyNetwork, optimizer: Optimizer, dataset: Dataset, loss: Loss,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:  # fmt: skip
        self.behind = False  # a batch was trained that nobody watched all of
        self.by_time: GradientByTime | None = None  # of the last batch that was watched
        self.activations: BatchActivations | None = None  # likewise
        self._arrived: list[tuple[int, Arrived]] = []  # first steps and gradients of the updates of the batch at hand
        self._ragged = False  # a batch had sequences that end at different steps: pictures of all others are alike
        self._norm = self._clip_norm = self._clipped_share = 0.0
        self._network, self._optimizer, self._dataset = network, optimizer, dataset
        self._clock, self._began = clock, clock()
        self._request = SnapshotRequest(0, frozenset())  # the last that is known of
        self._watched_for = self._request  # when the batch at hand, or the last one, was
        self.watched: set[str] = set()  # probes that the batch at hand is measured for
        self._contributions: Contributions | None = None  # of the last batch that was watched
        self._gathered = Gathered()  # of the updates of the batch at hand
        self._updates = 0  # of the batch at hand, so far
        self._spent: dict[str, float] = {}  # seconds that a probe took beside the answer to a request
        self.predictions = Predictions(network, dataset, loss)
        by_class = PathsByClass(network, dataset)
        self._kept: dict[str, _Kept] = {}
        self._measure: dict[str, Callable[[SnapshotRequest], Probe | None]] = {
            "hidden": self._hidden,
            "gradient_norms": self._gradient_norms,
            "gradient_by_time": lambda _: self.by_time,
            "prediction": self._prediction,
            "pre_activations": self._pre_activations,
            "batch_activations": lambda _: self.activations,
            "weights": lambda _: weights(self._network),
            "structure": lambda _: structure(self._network),
            "reading": lambda request: reading(self._network, self._dataset, request.character),
            "class_paths": lambda _: by_class.now(),
            "contributions": lambda _: self._contributions,
            "spectrum": lambda request: spectrum(self._network, request.spectrum),
        }

    def watch(
        self, request: SnapshotRequest | None, within: float = 0.0, *, scored: bool = False, last: bool = False
    ) -> None:
        """Have the next batch measured as far as `request` needs it and nothing rests, or as far as it goes.

        It goes all the way in the `last` batch before the run pauses or ends, whether anybody looks or not; before the
        network is `scored` it goes as far as findings need it. It is answered when the batch ends, `within` so many
        seconds.
        """
        by = self._clock() + within
        names = {name for name in self._measure if last or (request and self._is_due(name, request, by))}
        self.watched = names | (_FOR_FINDINGS if scored else set())
        self._network.watch_time = "gradient_by_time" in self.watched
        self._request = self._watched_for = request or self._request
        self._optimizer.watch_updates = "gradient_norms" in self.watched

    def note_part(self, first: int) -> None:
        """Take in what a pass there and back left, of a batch or of a part of one that begins with its step `first`.

        At once: the next sequence that runs through the network overwrites it, and the update its weights.
        """
        self._updates += 1
        if self._network.watch_time:
            self._arrived.append((first, self._network.gradient_by_time()))
        if "batch_activations" in self.watched:
            with self._counted("batch_activations"):
                self._gathered.add(self._network)
        if "contributions" in self.watched:
            with self._counted("contributions"):
                found = contributions(self._network, self._watched_for.parameter, self._watched_for.entry)
                self._contributions = replace(found, first=first, updates=self._updates)

    def note(self, step: int, norm: float, clip_norm: float, clipped_share: float, steps: int) -> None:
        """Take in of the batch that was the `step`-th its gradient norm before clipping, and its length in `steps`.

        Beside them the limit of the norm, and the share of the run's steps beyond it.
        """
        self._norm, self._clip_norm, self._clipped_share = norm, clip_norm, clipped_share
        self.behind, self._updates = not self.watched >= _OF_BATCHES, 0
        if self._arrived:
            read = steps if self._reads_in_steps else None
            self._ragged |= any(part.ragged for _, part in self._arrived)
            self.by_time = joined(self._arrived, steps, ragged=self._ragged, read=read)
            self._arrived = []
        if "batch_activations" in self.watched:
            with self._counted("batch_activations"):
                self.activations = self._gathered.record(step)
            self._gathered = Gathered()

    @contextlib.contextmanager
    def _counted(self, name: str) -> Iterator[None]:
        """Count what this takes among the costs of a probe."""
        start = self._clock()
        yield
        self._spent[name] = self._spent.get(name, 0.0) + self._clock() - start

    @property
    def of_weights(self) -> frozenset[str]:
        """What the weights alone show."""
        return frozenset(self._measure.keys() - _OF_BATCHES)

    @property
    def of_last_batch(self) -> frozenset[str]:
        """What is known of the last batch."""
        return frozenset(_OF_BATCHES & self.watched)

    def forget(self) -> None:
        """Drop what the weights showed: they were replaced without a step, or are shown with more, as intervals."""
        for name in self.of_weights:
            self._kept.pop(name, None)

    def takes(self, name: str, step: int) -> bool:
        """Whether to `offer` a value of this probe, measured after so many batches; showing it costs something."""
        kept = self._kept.get(name)
        return kept is None or (step > kept.step and self._clock() - kept.made > _OFFERED_APART)

    def offer(self, name: str, value: Probe, step: int) -> None:
        """Take in what was measured for another reason; it is shown like any other, while the probe itself rests."""
        kept, now = self._kept.get(name), self._clock()
        asked = kept.asked if kept else _asked(name, self._request)
        took, worth = (kept.took, kept.worth) if kept else (0.0, 0.0)
        self._kept[name] = _Kept(value, step, asked, took, worth, now, offered=True)

    def answer(
        self, request: SnapshotRequest, step: int, epoch: int, paused: bool,
        hurried: Callable[[], bool] = lambda: False,
    ) -> Snapshot | None:  # fmt: skip
        """The probes asked for, or None when nothing has changed or all still rest, or it is broken off as `hurried`.

        What was measured by then is not measured anew.
        """
        self._request = request  # what was chosen in a pause is measured with the next batch
        names, fresh = [name for name in self._measure if name in request.probes], False
        for name in names:
            if hurried():
                return None
            fresh |= self._refresh(name, request, step, paused)
        if not (fresh or paused):
            return None
        values = tuple((name, self._kept[name].value) for name in names if name in self._kept)
        return Snapshot(step, epoch, request.id, values)

    def lacks(self, request: SnapshotRequest) -> bool:
        """Whether `request` came while a batch was trained and asks for what only a batch that is watched shows."""
        return any(self._is_due(name, request) for name in _OF_BATCHES if not self._shows(name, request))

    def _shows(self, name: str, request: SnapshotRequest) -> bool:
        """Whether the last batch was watched for what `request` says of a probe."""
        return name in self.watched and _asked(name, self._watched_for) == _asked(name, request)

    def _is_due(self, name: str, request: SnapshotRequest, by: float = 0.0) -> bool:
        """Whether it does not rest now, or `by` then; what a person has chosen anew is not waited for."""
        kept = self._kept.get(name)
        if name not in request.probes or kept is None:
            return name in request.probes
        young = max(kept.worth * EAGER_REST, kept.made - self._began)
        rest = min(kept.worth * len(request.probes) / request.share, LONGEST_REST, young)
        return kept.asked != _asked(name, request) or max(self._clock(), by) >= kept.made + rest

    def _refresh(self, name: str, request: SnapshotRequest, step: int, paused: bool) -> bool:
        """Measure one probe anew where that is due; whether it was."""
        kept, start = self._kept.get(name), self._clock()
        meant = kept if kept and kept.asked == _asked(name, request) else None
        same = meant and meant.step == step
        unseen = name in _OF_BATCHES and name not in self.watched  # what it asks for came while the batch was trained
        if meant and meant.offered and (same or not paused):
            meant.offered = False
            return True
        if same or unseen or not (paused or self._is_due(name, request)):
            return False
        value = self._measure[name](request)
        if value is None:
            return False
        end = self._clock()
        took = end - start + self._spent.pop(name, 0.0)
        worth = min(took, MOST_GROWTH * kept.took) if kept else 0.0
        asked = _asked(name, self._watched_for if name in _OF_BATCHES else request)
        self._kept[name] = _Kept(value, step, asked, took, worth, end)
        return True

    @property
    def _reads_in_steps(self) -> bool:
        """Whether it reads a sequence before it writes one."""
        return "encoder" in self._network.stacks

    def _hidden(self, _: SnapshotRequest) -> Probe:
        pinned = self._dataset.pinned()
        read = len(pinned.inputs) if self._reads_in_steps else 0  # what goes in at once takes no step
        border = read if isinstance(pinned, PairBatch) else None
        layers, labels = self._network.trace_batch(pinned), self._dataset.pinned_labels()
        return HiddenTrace(layers, labels, border, self._classes_of(pinned))

    def _classes_of(self, pinned: Batch) -> tuple[str, ...]:
        """The class of every step of a sequence, where every step has one."""
        names, targets = self._dataset.classes, pinned.targets
        if not names or self._dataset.topology != "many_to_many" or isinstance(pinned, PairBatch):
            return ()
        steps = zip(targets[:, 0].tolist(), pinned.weights[:, 0].tolist(), strict=True)
        return tuple(names[target] if weight else "" for target, weight in steps)

    def _pre_activations(self, _: SnapshotRequest) -> Probe:
        return pre_activations(self._network, self._dataset.pinned(), self._dataset.pinned_labels())

    def _gradient_norms(self, _: SnapshotRequest) -> Probe:
        before, after = self._optimizer.gradient_norms()
        return GradientNorms(
            names=self._network.names,
            before=frozen(before),
            after=frozen(after),
            update_ratio=frozen(self._optimizer.update_ratios()),
            total_before=self._norm,
            clip_norm=self._clip_norm,
            clipped_share=self._clipped_share,
        )

    def _prediction(self, request: SnapshotRequest) -> Probe:
        return self.predictions.now(request.temperature)


def _asked(name: str, request: SnapshotRequest) -> tuple[object, ...]:
    """What a request says of one probe."""
    return tuple(getattr(request, field) for field in _ASKED_FOR.get(name, ()))
