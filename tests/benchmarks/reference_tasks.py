"""What `reference_figures` trains, and the figures of others that ours are held against.

PyTorch's figures are of version 2.13 on one thread and one seed; published ones name their source.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.config import Experiment
from engine.data import Batch, Dataset, load, sample
from engine.data.synthetic.memory_dataset import MemoryDataset
from engine.held_out.evaluation import answers
from engine.training import TrainingRun

Measure = Callable[[TrainingRun, Mapping[str, float]], float]  # of a run that has ended, and its test scores


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a task; `measure` is the name of a test score, or finds the figure itself."""

    what: str
    measure: str | Measure
    goal: float
    rising: bool  # whether more is better
    beside: str  # the figures of others

    def of(self, run: TrainingRun, scores: Mapping[str, float]) -> float:
        """The figure of a run that has ended."""
        return scores[self.measure] if isinstance(self.measure, str) else self.measure(run, scores)

    def reached(self, figure: float) -> bool:
        """Whether it is as good as the goal."""
        return figure >= self.goal if self.rising else figure <= self.goal


@dataclass(frozen=True, slots=True)
class Task:
    """An experiment: a sample with some settings changed."""

    name: str
    sample: str
    lines: tuple[Line, ...]
    changes: Mapping[str, Any] = field(default_factory=dict)
    open: Callable[[Experiment], Dataset] = load

    def experiment(self, seed: int) -> Experiment:
        """Settings of one run."""
        return sample(self.sample).experiment.replace({**self.changes, "training.seed": seed})


class FixedStrings(MemoryDataset):
    """Memory sequences that are drawn once for a seed, not anew in every epoch."""

    def batches(self, part: str, batch_size: int, seed: int = 0, epoch: int = 0) -> Iterator[Batch]:
        """See `Dataset.batches`."""
        return super().batches(part, batch_size, seed, 0)


def _fixed_strings(experiment: Experiment) -> Dataset:
    return FixedStrings("embedded_reber", experiment.data, experiment.model.topology)


def _all_steps(run: TrainingRun, _: Mapping[str, float]) -> float:
    """Cross-entropy of every step of the test part, nats, as the copying formula counts it."""
    total = count = 0.0
    for batch, values in answers(run.network, run.dataset.batches("test", 64)):
        shifted = values.astype(np.float64) - values.max(axis=-1, keepdims=True)
        chosen = np.take_along_axis(shifted, batch.targets[..., None].astype(np.int64), axis=-1)[..., 0]
        nats = np.log(np.exp(shifted).sum(axis=-1)) - chosen
        total, count = total + float(nats.sum()), count + nats.size
    return total / count


# The grammar a second time, apart from the one that made the strings: state → letter → next state.
_GRAMMAR: dict[int, dict[str, int]] = {
    0: {"T": 1, "P": 2}, 1: {"S": 1, "X": 3}, 2: {"T": 2, "V": 4}, 3: {"X": 2, "S": 5}, 4: {"P": 3, "V": 5},
}  # fmt: skip


def _allowed(string: str) -> Iterator[set[str]]:
    """What may follow each letter of an embedded Reber string without its last E."""
    state, branch = -3, ""  # B, branch, inner B, then the states of the grammar, inner E, branch
    for letter in string:
        if state == -2:
            branch = letter
        state = state + 1 if state < 0 or state >= 5 else _GRAMMAR[state][letter]
        outside = {-2: {"T", "P"}, -1: {"B"}, 5: {"E"}, 6: {branch}, 7: {"E"}}
        yield outside[state] if state in outside else set(_GRAMMAR[state])


def _legal(run: TrainingRun, _: Mapping[str, float]) -> float:
    """Share of test strings at whose every step the likeliest letter is one that the grammar allows."""
    assert isinstance(run.dataset, MemoryDataset)
    letters, right, count = run.dataset.task.symbols, 0, 0
    for batch, values in answers(run.network, run.dataset.batches("test", 64)):
        said = values.argmax(axis=-1)
        for column, length in enumerate(batch.lengths.tolist()):
            string = "".join(letters[token] for token in batch.inputs[:length, column])
            steps = zip(said[:length, column], _allowed(string), strict=True)
            right += all(letters[token] in allowed for token, allowed in steps)
            count += 1
    return right / count


def _weigend(first: int, last: int) -> Measure:
    """Mean squared error of these test years over 1535, as forecasters of the sunspots count it."""

    def measure(run: TrainingRun, _: Mapping[str, float]) -> float:
        size, begin = run.experiment.training.batch_size, int(run.dataset.labels("test")[0][:4])
        outputs = np.concatenate([v.copy() for _, v in answers(run.network, run.dataset.batches("test", size))])
        missed = run.dataset.decode(outputs, "test")[:, 0] - run.dataset.truth("test")
        return float(np.mean(missed[first - begin : last - begin + 1] ** 2)) / 1535

    return measure


_VOWELS = {
    "model.hidden_size": 100, "model.bidirectional": False, "training.learning_rate": 1e-3, "training.batch_size": 27,
    "training.epochs": 60, "training.clip_norm": 0.0, "data.validation": 0.0,
}  # fmt: skip
_REBER = {
    "model.hidden_size": 12, "data.length": 50, "data.sequences": 256, "training.batch_size": 8, "training.epochs": 120,
}  # fmt: skip


def _adding(cell: str, goal: float, beside: str) -> Task:
    line = Line("MSE", "MSE", goal, False, beside)
    return Task(f"adding_{cell}", "adding", (line,), {"model.cell": cell})


def _reber(cell: str, goal: float, beside: str) -> Task:
    lines = (
        Line("long-range symbol", "accuracy", goal, True, beside),
        Line("legal strings", _legal, 0.95 if cell == "lstm" else 0.0, True, "PyTorch LSTM .996"),
    )
    return Task(f"reber_{cell}", "embedded_reber", lines, {**_REBER, "model.cell": cell}, _fixed_strings)


def _vowels(name: str, cell: str, goal: float, beside: str, *, both: bool = False) -> Task:
    changes = {**_VOWELS, "model.cell": cell, "model.bidirectional": both}
    return Task(f"vowels_{name}", "japanese_vowels", (Line("accuracy", "accuracy", goal, True, beside),), changes)


def _plain(name: str, what: str, goal: float, beside: str, *, rising: bool = True, **changes: Any) -> Task:
    settings = {key.replace("__", "."): value for key, value in changes.items()}
    return Task(name, name, (Line(what, what, goal, rising, beside),), settings)


_FORMULA = 10 * math.log(8) / 30  # of a pause of ten steps, when nothing is remembered
TASKS = (
    _adding("elman", math.inf, "constant .1767 (Bai et al. 2018); PyTorch .172"),
    _adding("gru", 0.02, "constant .1767 (Bai et al. 2018); PyTorch 3e-4"),
    _adding("lstm", 0.02, "constant .1767 (Bai et al. 2018); PyTorch 5e-3"),
    Task(
        "copying", "copying",
        (Line("cross-entropy", _all_steps, 0.9 * _FORMULA, False, f"nothing remembered {_FORMULA:.3f}"),),
    ),
    _reber("elman", 0.0, "PyTorch: chance"),
    _reber("gru", 0.0, "PyTorch: chance"),
    _reber("lstm", 0.95, "97-100 % of runs (Hochreiter, Schmidhuber 1997); PyTorch 1.000"),
    _vowels("elman", "elman", 0.92, "PyTorch .930"),
    _vowels("gru", "gru", 0.92, "PyTorch .962"),
    _vowels("lstm", "lstm", 0.92, "PyTorch .951"),
    _vowels("bilstm", "lstm", 0.954, "published .954, eleven LSTMs .989; PyTorch .976", both=True),
    _plain("handwritten_digits_by_rows", "accuracy", 0.90, "PyTorch .92-.94", data__validation=0.0),
    _plain("alice", "bits per character", 2.2, "n-grams 2.07 (order 8), 2.70 (order 2)", rising=False),
    _plain("as_you_like_it", "bits per character", 2.55, "n-grams 2.28 (order 5), 2.75 (order 2)", rising=False),
    _plain("japanese_vowels", "accuracy", 0.96, "published .954 (BiLSTM)"),
    _plain("spoken_digits", "accuracy", 0.93, "PyTorch, on all 3000: .985-.990"),
    _plain("handwritten_digits", "exact match", 0.93, "nearest picture .981"),
    _plain("number_words", "exact match", 0.95, "nearest source 0"),
    _plain("dates", "exact match", 0.97, "nearest source .003"),
    _plain("pronunciations", "symbol error rate", 0.20, "nearest source .480", rising=False),
    _plain("product_reviews", "accuracy", 0.74, "naive Bayes .759, majority .599"),
    _plain("airline_passengers", "RMSE", 20.0, "naive 48.0, seasonal 41.9, AR(12) 13.98", rising=False),
    Task(
        "sunspots", "sunspots",
        (
            Line("MSE/1535 1921-55", _weigend(1921, 1955), 0.126, False, "AR(12) .126; Weigend's net .086"),
            Line("MSE/1535 1956-79", _weigend(1956, 1979), 0.358, False, "AR(12) .358; Weigend's net .35"),
        ),
    ),
)  # fmt: skip
