"""What is guessed of a file of which nothing is known: settings, the reasons, and how long to train."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.config import DataConfig, Experiment

_UPDATES = 2_000  # after which a small network has learned what it can from most small data sets
_FEWEST, _MOST = 3, 200  # epochs
_RATE = 0.003
_BATCHES = ((20_000, 32), (200_000, 128))  # examples up to which a batch is so large
_LARGEST = 512


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An experiment with data, model and training filled in, and the reasons in sentences."""

    experiment: Experiment
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """Settings by dotted name, why, and about how many examples all parts together hold."""

    changes: Mapping[str, Any]
    reasons: Sequence[str]
    examples: float

    def suggestion(self, base: Experiment, path: Path, read: Sequence[str] = ()) -> Suggestion:
        """The guess over the settings of `base`, whose training is kept where it is not the usual one.

        `read` is what was noted when the file was read.
        """
        experiment = base.replace({"data.file": str(path), "data.sample": "", **self.changes})
        training, usual = training_for(self.examples, experiment.data), Experiment().training
        untouched = {
            name: value for name, value in training.items() if getattr(base.training, name) == getattr(usual, name)
        }
        changed = {f"training.{name}": value for name, value in untouched.items()}
        return Suggestion(experiment.replace(changed), (*read, *self.reasons))


def training_for(examples: float, data: DataConfig) -> dict[str, Any]:
    """Batch, rate and epochs for so many examples, of which `data` says the parts: some thousand updates of any size.

    The best weights by the validation part are kept, so a run that is too long costs time alone.
    """
    held_out = sum(part if part < 1 else part / max(examples, 1.0) for part in (data.validation, data.test))
    training = max(1.0, examples * (1.0 - held_out))
    batch = next((size for most, size in _BATCHES if training <= most), _LARGEST)
    epochs = round(_UPDATES / max(1.0, training / batch))
    return {
        "batch_size": batch,
        "learning_rate": _RATE,
        "epochs": min(max(epochs, _FEWEST), _MOST),
    }
