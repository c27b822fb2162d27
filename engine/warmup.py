"""Compiling what a run needs before it runs."""

from __future__ import annotations

from dataclasses import replace

from engine.config import Experiment
from engine.data import Dataset
from engine.network import Network
from engine.optimizers import Optimizer


def warm_up(experiment: Experiment, dataset: Dataset) -> None:
    """Compile every kernel of a run of `experiment`, or take it from the cache; may be called from any thread.

    One batch goes through a network of two units that is then thrown away.
    """
    model = replace(experiment.model, hidden_size=2, embedding_size=2)
    network = Network(model, dataset.input_size, dataset.output_size, tokens=dataset.tokens, threads=1)
    network.watch_time = True
    network.loss_and_gradients(dataset.pinned(), dataset.loss)
    optimizer = Optimizer(network, experiment.training)
    optimizer.watch_updates = True
    optimizer.step(learning_rate=0.0, clip_norm=1.0)
    optimizer.update_ratios()
