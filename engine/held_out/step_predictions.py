"""What a network says of held-out sequences that have a value at every step: all steps, one behind the other."""

from __future__ import annotations

import numpy as np

from engine.data.batches import Ints
from engine.data.metrics import rmse
from engine.data.sequences.sequence_dataset import LabelledDataset, SequenceDataset
from engine.held_out.evaluation import Answering, answers
from engine.inside_records import Floats, frozen
from engine.prediction_records import SeriesPrediction

_BATCH = 256  # sequences at once


class StepPredictions:
    """The last steps of the held-out part, as many as a plot can show, and what is said of them."""

    def __init__(self, dataset: LabelledDataset, middle: int, most: int) -> None:
        """`middle` is the output that counts as the answer, `most` how many steps are shown."""
        self._dataset, self._middle, self._part = dataset, middle, dataset.pinned_part
        spans = dataset.spans(self._part)
        answered = dataset.answered(self._part)
        self._rows = answered[-most:]
        self._excerpt = last_of(len(self._rows), len(answered), "steps")
        self._positions = np.flatnonzero(spans.last > self._rows[:1]) if len(self._rows) else np.zeros(0, np.int64)
        self.labels = self._named(self._rows)
        self.truth = frozen(dataset.decode(dataset.targets[self._rows][:, None])[:, 0])
        simple = dataset.simple_values(self._part, self._rows)
        self.baselines = tuple((name, frozen(values)) for name, values in simple)

    def compare(self, name: str, network: Answering) -> None:
        """Show another network beside this one from now on."""
        self.baselines = (*self.baselines, (name, self._said_by(network)))

    def now(self, network: Answering) -> SeriesPrediction:
        """All of it, in the label's own unit."""
        forecast = self._said_by(network)
        return SeriesPrediction(
            part=self._part,
            target=str(self._dataset.metadata()["targets"][0]),
            labels=self.labels,
            truth=self.truth,
            forecast=forecast,
            baselines=self.baselines,
            rmse=rmse(self.truth, forecast),
            baseline_rmse=tuple((name, rmse(self.truth, values)) for name, values in self.baselines),
            excerpt=self._excerpt,
        )

    def _said_by(self, network: Answering) -> Floats:
        """(A,) answers to the steps that are shown."""
        dataset, spans = self._dataset, self._dataset.spans(self._part)
        said = np.full(len(dataset.targets), np.nan)
        parts = (self._positions[at : at + _BATCH] for at in range(0, len(self._positions), _BATCH))
        for batch, values in answers(network, (dataset.batch(self._part, own) for own in parts)):
            for column, position in enumerate(batch.positions.tolist()):
                own = slice(int(spans.first[position]), int(spans.last[position]))
                said[own] = values[: batch.lengths[column], column, self._middle]
        return frozen(dataset.decode(said[self._rows][:, None])[:, 0])

    def _named(self, rows: Ints) -> tuple[str, ...]:
        """Rows of a recording by their number; steps of sequences by both."""
        dataset, spans = self._dataset, self._dataset.spans(self._part)
        if isinstance(dataset, SequenceDataset) and dataset.sequences.recording:
            return tuple(str(row + 1) for row in rows.tolist())
        names, order = dataset.labels(self._part), np.argsort(spans.first)
        at = order[np.searchsorted(spans.first[order], rows, "right") - 1]
        steps = rows - spans.first[at] + 1
        return tuple(f"{names[k]} · {step}" for k, step in zip(at.tolist(), steps.tolist(), strict=True))


def last_of(shown: int, there: int, things: str) -> str:
    """How much is shown, where that is not all."""
    return f"the last {shown:,} of {there:,} {things}" if shown < there else ""
