"""A trained network together with what its use needs: how inputs are prepared and answers read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from engine.config import Experiment, experiment_from_toml
from engine.data import Preparation
from engine.network import Network
from engine.weights import WeightsFileError, read_weights

FORMAT = "rnn-workbench 1"


@dataclass(frozen=True, slots=True)
class Model:
    """What `predict` and the exporters work with."""

    experiment: Experiment
    network: Network
    metadata: Mapping[str, Any]  # of the data set: scaler, vocabulary, window, columns, …
    preparation: Preparation = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "preparation", Preparation.from_metadata(dict(self.metadata)))

    def header(self) -> dict[str, str]:
        """Everything but the weights, as text by key, for the head of a weights file.

        Of the path of the data only the file's name goes in: weights are handed on, folders are private.
        """
        named = self.experiment.replace({"data.file": Path(self.experiment.data.file).name})
        return {
            "format": "pt",
            "rnn_workbench": FORMAT,
            "experiment": tomli_w.dumps(named.to_dict()),
            "data": json.dumps(self.metadata, ensure_ascii=False, sort_keys=True),
            "network": json.dumps({"input_size": self.network.input_size, "output_size": self.network.output_size}),
        }


def load_model(path: Path | str, experiment: Experiment | None = None) -> Model:
    """The model that a weights file of this workbench holds; `experiment` replaces the settings in its header.

    Raises:
        WeightsFileError: not such a file, or one whose parts do not fit together.
        OSError: the file cannot be read.
    """
    weights, header = read_weights(path)
    if header.get("rnn_workbench") != FORMAT:
        raise WeightsFileError(
            f"{path} was not written by this workbench: its header lacks the settings and the scaler"
        )
    try:
        experiment = experiment or experiment_from_toml(header["experiment"])
        metadata, sizes = json.loads(header["data"]), json.loads(header["network"])
        tokens, threads = "embedding.weight" in weights, experiment.training.threads
        network = Network(experiment.model, sizes["input_size"], sizes["output_size"], tokens=tokens, threads=threads)
        network.load_state_dict(weights)
        return Model(experiment, network, metadata)
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsFileError(f"{path} cannot be used: {error}") from error
