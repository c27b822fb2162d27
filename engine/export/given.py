"""Sequences that a network was not trained on, as they go in: of the test part, or made up where the data are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import DataError, Preparation, SeriesPreparation, load
from engine.data.pairs.pairs_dataset import PairsDataset
from engine.data.series.forecast_dataset import ForecastDataset
from engine.data.series.panel_dataset import PanelDataset
from engine.data.series.series_dataset import SeriesDataset
from engine.data.texts.vocabulary import START
from engine.export.meaning import several
from engine.export.writing_description import writes
from engine.model import Model
from engine.networks import AnyNetwork
from engine.sequence_to_sequence.network import SequenceToSequence

_SEQUENCES = 256
_TEXTS = 128  # to be written; each takes many steps
_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What goes in.

    Attributes:
        words: which data, as in "48 windows of the test part".
        rows: series: values in their own units, (lead + T, B, C) float64, what comes before the scaler; None otherwise.
        inputs: what the network reads, (T, B, I) float32 or (T, B) int32 tokens.
        told: what a network that writes is told before each step: tokens (U, B), or numbers (U, B, ·) of which it
            hears the first step and what is known ahead; None of networks that answer where they read.
        future: series: what is known ahead of the steps written, (U, B, K) float64 in its own units; None otherwise.
        series: whose windows these are, where each of several series has scalers of its own; "" otherwise.
    """

    words: str
    rows: NDArray[np.float64] | None
    inputs: NDArray[Any]
    told: NDArray[Any] | None = None
    future: NDArray[np.float64] | None = None
    series: str = ""

    def prepared_by(self, preparation: Preparation) -> Preparation:
        """`preparation` with the scalers of the series whose windows these are."""
        if not self.series or not isinstance(preparation, SeriesPreparation):
            return preparation
        return preparation.of_series(self.series)


def given_to(model: Model) -> Given:
    """Sequences of the test part, or of the last part that has any; made-up ones where the data are not here."""
    try:
        return _loaded(model)
    except DataError:
        return _made_up(model)


def windows(
    preparation: SeriesPreparation, words: str, rows: NDArray[np.float64], future: Any, series: str = ""
) -> Given:
    """Windows of a series as `preparation` reads them; `future` is None unless a decoder writes the forecast."""
    own = preparation.of_series(series) if series else preparation
    inputs, told = own.inputs_of(rows), None
    if future is not None:
        unknown = np.zeros((own.steps, rows.shape[1], len(own.targets)), np.float32)
        told = own.told(unknown, rows, future)
    return Given(words, rows, inputs, told, future, series)


def _loaded(model: Model) -> Given:
    dataset, series = load(model.experiment), _first_series(model.preparation)
    if isinstance(dataset, PanelDataset):
        dataset = dataset.members[series] if series else next(iter(dataset.members.values()))
    part = next(part for part in ("test", "validation", "train") if dataset.count(part))
    if isinstance(dataset, SeriesDataset):
        count = min(dataset.count(part), _SEQUENCES)
        written = isinstance(dataset, ForecastDataset) and dataset.preparation.strategy == "encoder_decoder"
        future = dataset.future(part, np.arange(count)) if isinstance(dataset, ForecastDataset) and written else None
        words = f"{count} windows of the {part} part" + (f" of {series!r}" if series else "")
        assert isinstance(model.preparation, SeriesPreparation)
        return windows(model.preparation, words, dataset.windows(part, np.arange(count)), future, series)
    if isinstance(dataset, PairsDataset):
        return _pairs(dataset, part)
    batch = next(dataset.batches(part, _SEQUENCES))
    alike, length = _alike(batch.lengths)
    alike = alike[: max(1, _CHARACTERS // length)]
    words = f"{len(alike)} sequences of {length} steps of the {part} part"
    return Given(words, None, np.ascontiguousarray(batch.inputs[:length, alike]))


def _pairs(dataset: PairsDataset, part: str) -> Given:
    batch = dataset.batch(part, np.arange(min(dataset.count(part), 8 * _TEXTS)))
    alike, length = _alike(batch.lengths)
    alike = alike[:_TEXTS]
    steps = int(batch.written[alike].max())
    words = f"{len(alike)} pairs of the {part} part" + (f" with {length} symbols read" if dataset.tokens else "")
    inputs, told = batch.inputs[:length, alike], batch.before[:steps, alike]
    return Given(words, None, np.ascontiguousarray(inputs), np.ascontiguousarray(told))


def _alike(lengths: NDArray[np.int64]) -> tuple[NDArray[np.intp], int]:
    """Places of the commonest length, and that: not every program takes sequences of several lengths at once."""
    found, counts = np.unique(lengths, return_counts=True)
    length = int(found[counts.argmax()])
    return np.flatnonzero(lengths == length), length


def _made_up(model: Model) -> Given:
    """Random sequences in the range of the training data."""
    random, network, preparation = np.random.default_rng(0), model.network, model.preparation
    words = "64 made-up sequences, as the data are not here"
    if not isinstance(preparation, SeriesPreparation):
        steps = 1 if model.experiment.model.topology == "one_to_many" else 64 if network.tokens else 32
        inputs = _random_inputs(random, network, steps)
        return Given(words, None, inputs, _random_told(random, network))
    length = preparation.lead + preparation.look_back
    rows = preparation.input_scaler.inverse(random.standard_normal((length, 64, network.input_size)))
    own = rows[..., : len(preparation.targets)]
    own[...] = np.cumsum(own, axis=0) if preparation.transform.difference else own
    own[...] = np.exp(own) if preparation.transform.logarithm else own
    future = rows[-1:, :, preparation.known_columns].repeat(preparation.steps, axis=0) if writes(network) else None
    return windows(preparation, words, rows, future, _first_series(preparation))


def _first_series(preparation: Preparation) -> str:
    """Of several with scalers of their own, which differ in nothing else; "" of others."""
    return next(iter(several(preparation)), "")


def _random_inputs(random: np.random.Generator, network: AnyNetwork, steps: int) -> NDArray[Any]:
    if network.tokens:
        return random.integers(0, network.input_size, (steps, 64)).astype(np.int32)
    return random.standard_normal((steps, 64, network.input_size)).astype(np.float32)


def _random_told(random: np.random.Generator, network: AnyNetwork) -> NDArray[np.int32] | None:
    if not isinstance(network, SequenceToSequence):
        return None
    told = random.integers(0, network.output_size, (16, 64)).astype(np.int32)
    told[0] = START
    return told
