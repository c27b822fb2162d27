"""Data that a network was not trained on, with what the engine says to it: what exported files are held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import PairsPreparation, Preparation, SeriesPreparation
from engine.data.texts.vocabulary import START, STOP, UNKNOWN
from engine.export.given import Given, given_to, windows
from engine.forecasts.forecast_paths import written_numbers
from engine.model import Model
from engine.sequence_to_sequence.decoding import log_probabilities
from engine.sequence_to_sequence.network import SequenceToSequence


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """What the engine writes by itself, the likeliest token each time.

    Attributes:
        tokens: (limit, B) int32, stops behind the end of each text.
        lead: (limit, B) how far the score of each token is ahead of the next best one's; enormous behind the end.
    """

    tokens: NDArray[np.int32]
    lead: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Sequences that go in, and the engine's answers.

    Attributes:
        model: whose answers these are.
        given: what goes in.
        scaled: the network's answers, (B, O) or (T, B, O) float32; of a network that writes (U, B, O), of tokens where
            it is told what came before, of numbers where it hears itself.
        real: what the answers come to in real units, (…, targets) float64, of several steps at once (…, steps ×
            targets); None where there are none.
        texts: of a network that writes tokens; None of others.
    """

    model: Model
    given: Given
    scaled: NDArray[Any]
    real: NDArray[np.float64] | None
    texts: Texts | None = None

    @property
    def words(self) -> str:
        """Which data, as in "48 windows of the test part"."""
        return self.given.words

    @property
    def series(self) -> str:
        """Of several; see `Given`."""
        return self.given.series

    @property
    def rows(self) -> NDArray[np.float64] | None:
        """Of a series; see `Given`."""
        return self.given.rows

    @property
    def inputs(self) -> NDArray[Any]:
        """What the network reads; see `Given`."""
        return self.given.inputs


def held_out(model: Model) -> HeldOut:
    """What `given_to` finds, and what the engine says to it."""
    return answered(model, given_to(model))


def answered(model: Model, given: Given) -> HeldOut:
    """What goes in, and what the engine says to it."""
    scaled = _engine(model, given)
    real = real_units(given.prepared_by(model.preparation), given.rows, model.loss.point(scaled))
    return HeldOut(model, given, scaled, real, _texts(model, given))


def read_by(preparation: SeriesPreparation, given: Given) -> Given:
    """The same rows as another preparation reads them."""
    if given.rows is None:
        return given
    return windows(preparation, given.words, given.rows, given.future, given.series)


def _engine(model: Model, given: Given) -> NDArray[Any]:
    network = model.network
    if not isinstance(network, SequenceToSequence) or given.told is None:
        return network.forward(given.inputs).values
    if network.sizes.writes_tokens:
        return network.forward(given.inputs, None, given.told).values
    return written_numbers(network, model.loss, given.inputs, given.told)


def _texts(model: Model, given: Given) -> Texts | None:
    network, preparation = model.network, model.preparation
    if not isinstance(network, SequenceToSequence) or not isinstance(preparation, PairsPreparation):
        return None
    at, before = network.begin(given.inputs), np.full(given.inputs.shape[1], START, np.int32)
    tokens = np.full((preparation.limit, len(before)), STOP, np.int32)
    lead = np.full(tokens.shape, np.finfo(np.float64).max)
    for step in range(preparation.limit):
        answers, at = network.write_step(before, at)
        running = before != STOP
        chosen = log_probabilities(answers).argmax(axis=1)
        before = tokens[step] = np.where(running, chosen, STOP)
        lead[step, running] = lead_of(tokens[step], answers)[running]
        if (before == STOP).all():
            break
    return Texts(tokens, lead)


def lead_of(tokens: NDArray[np.int32], scores: NDArray[Any]) -> NDArray[np.float64]:
    """How far the score of each token (B,) is ahead of the best of the others that may be written, (B,)."""
    rows, others = np.arange(len(tokens)), scores.astype(np.float64)
    own = others[rows, tokens]
    others[:, [UNKNOWN, START]] = -np.inf
    others[rows, tokens] = -np.inf
    return np.asarray(own - others.max(axis=1))


def real_units(
    preparation: Preparation, rows: NDArray[np.float64] | None, scaled: NDArray[Any]
) -> NDArray[np.float64] | None:
    """Answers (B, O) or (T, B, O) to windows `rows`, one a target, in real units; None where the data have none."""
    if rows is None or not isinstance(preparation, SeriesPreparation):
        return None
    if preparation.strategy == "encoder_decoder":
        return preparation.path_values(scaled, rows)
    if scaled.ndim == 3:
        return preparation.decode(scaled, preparation.bases_by_step(rows))
    ahead = scaled.shape[-1] // len(preparation.targets)  # steps that are answered at once
    return preparation.decode(scaled, np.concatenate(list(preparation.bases(rows, ahead)), axis=-1))
