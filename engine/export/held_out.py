"""Data that a network was not trained on, with what the engine says to it: what exported files are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import DataError, Preparation, SeriesPreparation, load
from engine.data.panel_dataset import PanelDataset
from engine.data.series_dataset import SeriesDataset
from engine.export.description import describe
from engine.export.numpy_network import run_network
from engine.model import Model

_SEQUENCES = 256
_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Sequences that go in, and the engine's answers.

    Attributes:
        words: which data, as in "48 windows of the test part".
        rows: series: values in their own units, (lead + T, B, C) float64, what comes before the scaler; None otherwise.
        inputs: what the network reads, (T, B, I) float32 or (T, B) int32 tokens.
        scaled: the network's answers, (B, O) or (T, B, O) float32.
        real: what the answers come to in real units, (…, targets) float64, of several steps at once (…, steps ×
            targets); None where there are none.
    """

    words: str
    rows: NDArray[np.float64] | None
    inputs: NDArray[Any]
    scaled: NDArray[Any]
    real: NDArray[np.float64] | None


def held_out(model: Model) -> HeldOut:
    """Windows of the test part, or of the last part that has any; made-up ones where the data are not here."""
    try:
        words, rows, inputs = _loaded(model)
    except DataError:
        words, rows, inputs = _made_up(model)
    scaled = model.network.forward(inputs).values
    return HeldOut(words, rows, inputs, scaled, real_units(model.preparation, rows, model.loss.point(scaled)))


def in_float64(model: Model, data: HeldOut) -> NDArray[np.float64]:
    """The answers as they would be without rounding, by the cell's formula in NumPy."""
    network = describe(model.network)
    weights = {name: values.astype(np.float64) for name, values in model.network.state_dict().items()}
    x = data.inputs if model.network.tokens else data.inputs.astype(np.float64)
    values, _ = run_network(network.spec.formula, network.to_dict(), weights, x)
    return np.asarray(values)


def real_units(
    preparation: Preparation, rows: NDArray[np.float64] | None, scaled: NDArray[Any]
) -> NDArray[np.float64] | None:
    """Answers (B, O) or (T, B, O) to windows `rows`, one a target, in real units; None where the data have none."""
    if rows is None or not isinstance(preparation, SeriesPreparation):
        return None
    known = rows[..., : len(preparation.targets)]
    if scaled.ndim == 3:
        return preparation.decode(scaled, known[preparation.lead :])
    ahead = scaled.shape[-1] // len(preparation.targets)  # steps that are answered at once
    return preparation.decode(scaled, np.tile(known[-1], ahead))


def _loaded(model: Model) -> tuple[str, NDArray[np.float64] | None, NDArray[Any]]:
    dataset = load(model.experiment)
    if isinstance(dataset, PanelDataset):
        dataset = next(iter(dataset.members.values()))  # all have one scaler; others are refused before
    part = next(part for part in ("test", "validation", "train") if dataset.count(part))
    if isinstance(dataset, SeriesDataset):
        preparation = dataset.preparation
        count = min(dataset.count(part), _SEQUENCES)
        rows = dataset.windows(part, np.arange(count))
        return f"{count} windows of the {part} part", rows, preparation.inputs_of(rows)
    batch = next(dataset.batches(part, _SEQUENCES))
    lengths, counts = np.unique(batch.lengths, return_counts=True)
    length = int(lengths[counts.argmax()])  # not every program takes sequences of several lengths at once
    alike = np.flatnonzero(batch.lengths == length)[: max(1, _CHARACTERS // length)]
    words = f"{len(alike)} sequences of {length} steps of the {part} part"
    return words, None, np.ascontiguousarray(batch.inputs[:length, alike])


def _made_up(model: Model) -> tuple[str, NDArray[np.float64] | None, NDArray[Any]]:
    """Random sequences in the range of the training data."""
    random, network, preparation = np.random.default_rng(0), model.network, model.preparation
    words = "64 made-up sequences, as the data are not here"
    if network.tokens:
        return words, None, random.integers(0, network.input_size, (64, 64)).astype(np.int32)
    if not isinstance(preparation, SeriesPreparation):
        return words, None, random.standard_normal((32, 64, network.input_size)).astype(np.float32)
    steps = preparation.lead + preparation.look_back
    rows = preparation.input_scaler.inverse(random.standard_normal((steps, 64, network.input_size)))
    own = rows[..., : len(preparation.targets)]
    own[...] = np.cumsum(own, axis=0) if preparation.transform.difference else own
    own[...] = np.exp(own) if preparation.transform.logarithm else own
    return words, rows, preparation.inputs_of(rows)
