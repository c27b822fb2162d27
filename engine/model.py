"""A trained network together with what its use needs: how inputs are prepared and answers read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import tomli_w

from engine.config import Experiment, experiment_from_toml
from engine.data import Preparation
from engine.forecasts.intervals import Interval
from engine.losses import Loss, configured
from engine.networks import AnyNetwork, make_network, parameter_count
from engine.sequence_to_sequence.network import SequenceToSequence
from engine.storage.format_version import other_version
from engine.storage.weights import WeightsFileError, read_weights

FORMAT = "rnn-workbench 1"


@dataclass(frozen=True, slots=True)
class Model:
    """What `predict` and the exporters work with."""

    experiment: Experiment
    network: AnyNetwork
    metadata: Mapping[str, Any]  # of the data set: scaler, vocabulary, window, columns, …
    intervals: tuple[Interval, ...] = ()  # around its forecasts of a series, widest last
    preparation: Preparation = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "preparation", Preparation.from_metadata(dict(self.metadata)))

    @property
    def loss(self) -> Loss:
        """What the network was trained by, which says how its outputs are read."""
        return configured(self.experiment.training)

    def header(self) -> dict[str, str]:
        """Everything but the weights, as text by key, for the head of a weights file.

        Of the paths of data and start weights only the files' names go in: weights are handed on, folders are private.
        """
        start = Path(self.experiment.training.start_weights).name
        named = self.experiment.replace(
            {"data.file": Path(self.experiment.data.file).name, "training.start_weights": start}
        )
        return {
            "format": "pt",
            "rnn_workbench": FORMAT,
            "experiment": tomli_w.dumps(named.to_dict()),
            "data": json.dumps(self.metadata, ensure_ascii=False, sort_keys=True),
            "network": json.dumps(self._ends()),
        } | self._around()

    def _around(self) -> dict[str, str]:
        return {"intervals": json.dumps([each.to_dict() for each in self.intervals])} if self.intervals else {}

    def _ends(self) -> dict[str, int]:
        ends = {"input_size": self.network.input_size, "output_size": self.network.output_size}
        heard = self.network.sizes.heard if isinstance(self.network, SequenceToSequence) else 0
        return ends | ({"heard_size": heard} if heard else {})


def load_model(path: Path | str, experiment: Experiment | None = None) -> Model:
    """The model that a weights file of this workbench holds; `experiment` replaces the settings in its header.

    Raises:
        WeightsFileError: not such a file, or one whose parts do not fit together.
        OSError: the file cannot be read.
    """
    weights, header = read_weights(path)
    if (mark := header.get("rnn_workbench")) != FORMAT:
        if words := other_version(mark, FORMAT):
            raise WeightsFileError(f"{path} {words}")
        raise WeightsFileError(
            f"{path} was not written by this workbench: its header lacks the settings and the scaler"
        )
    try:
        experiment = experiment or experiment_from_toml(header["experiment"])
        metadata, sizes = json.loads(header["data"]), json.loads(header["network"])
        ends = SimpleNamespace(
            **{"heard_size": 0} | sizes,
            tokens=bool({"embedding.weight", "embedding.source.weight"} & weights.keys()),
            writes_tokens="embedding.target.weight" in weights,
        )
        _check_size(parameter_count(experiment.model, ends), sum(array.size for array in weights.values()))
        network = make_network(experiment.model, ends, threads=experiment.training.threads)
        network.load_state_dict(weights)
        around = tuple(Interval.from_dict(each) for each in json.loads(header.get("intervals", "[]")))
        return Model(experiment, network, metadata, around)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise WeightsFileError(f"{path} cannot be used: {error}") from error


def _check_size(wanted: int, held: int) -> None:
    """Before memory is asked for: a header may name any size."""
    if wanted != held:
        raise ValueError(f"its header describes a network of {wanted:,} numbers, the file holds {held:,}")
