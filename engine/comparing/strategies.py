"""The ways to forecast several steps ahead, as alternatives of one experiment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.config import Experiment
from engine.data import Dataset
from engine.data.series.path_dataset import PathDataset, path_sizes
from engine.networks import Ends


@dataclass(slots=True)
class _Ends:
    input_size: int
    output_size: int
    heard_size: int
    tokens: bool = False
    writes_tokens: bool = False


def strategy_of(experiment: Experiment) -> str:
    """The one that an experiment forecasts by, if it forecasts several steps ahead."""
    return "encoder_decoder" if experiment.model.topology == "encoder_decoder" else experiment.data.strategy


def strategy_changes(experiment: Experiment, strategy: str) -> dict[str, Any]:
    """The settings by which an experiment forecasts by another one; a network that answers once keeps its topology."""
    if strategy == "encoder_decoder":
        return {"model.topology": strategy}
    once = experiment.model.topology
    return {"model.topology": "many_to_one" if once == "encoder_decoder" else once, "data.strategy": strategy}


def ends_of(dataset: Dataset, experiment: Experiment) -> Ends:
    """What the network of an experiment has to know of its data; `dataset` may be loaded for another strategy."""
    if not isinstance(dataset, PathDataset):
        return dataset
    preparation = dataset.preparation
    output_size, heard_size = path_sizes(
        strategy_of(experiment), len(preparation.targets), dataset.steps, len(preparation.known)
    )
    return _Ends(dataset.input_size, output_size, heard_size)
