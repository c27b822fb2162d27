"""What exported weights say, by the cell's formula in NumPy: for files that bring no runtime of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import specification
from engine.data import PairsPreparation, Preparation, SeriesPreparation
from engine.data.texts.vocabulary import START, STOP
from engine.export.given import Given
from engine.export.held_out import HeldOut, Texts, lead_of, read_by, real_units
from engine.export.numpy_network import run_network
from engine.export.numpy_writing import begin_writing, scores_when_told, write_step, written_numbers, written_tokens
from engine.export.particulars import Exportable
from engine.export.targets._target import Answers
from engine.export.writing_description import network_dict
from engine.model import Model

_Weights = Mapping[str, NDArray[Any]]


def runner() -> str:
    """What computes the answers."""
    return f"NumPy {np.__version__}, by the cell's formula"


def answers(weights: _Weights, particulars: Mapping[str, Any], data: HeldOut) -> Answers:
    """From nothing but what was read back from exported files: weights by name, and `Exportable.particulars`."""
    config, preparation = particulars["network"], Preparation.from_metadata(particulars["data"])
    given = read_by(preparation, data.given) if isinstance(preparation, SeriesPreparation) else data.given
    scaled = _said(config, weights, given)
    if isinstance(preparation, PairsPreparation):
        own = (specification(config["cell"]).formula, config, dict(weights), given.inputs)
        return Answers(scaled, tokens=written_tokens(*own, preparation.limit))
    point = scaled[..., config["middle"] :: config["width"]]
    return Answers(scaled, real_units(data.given.prepared_by(preparation), data.rows, point))


def in_float64(model: Model, given: Given) -> NDArray[np.float64]:
    """The answers as they would be without rounding."""
    weights = {name: values.astype(np.float64) for name, values in model.network.state_dict().items()}
    return np.asarray(_said(network_dict(model.network) | Exportable(model).point(), weights, given))


def leads_in_float64(model: Model, given: Given, texts: Texts) -> NDArray[np.float64]:
    """`Texts.lead` of the same tokens as it would be without rounding."""
    weights = {name: values.astype(np.float64) for name, values in model.network.state_dict().items()}
    config, inputs = network_dict(model.network), given.inputs if model.network.tokens else given.inputs.astype(float)
    own = (specification(config["cell"]).formula, config, weights)
    at, before, leads = begin_writing(*own, inputs), np.full(inputs.shape[1], START, np.int32), texts.lead.copy()
    for step, tokens in enumerate(texts.tokens):
        running = before != STOP
        if not running.any():
            break
        scores, at = write_step(*own, before, at)
        leads[step, running] = lead_of(tokens, scores)[running]
        before = tokens
    return leads


def _said(config: Mapping[str, Any], weights: _Weights, given: Given) -> NDArray[Any]:
    """Answers in the precision of the weights."""
    floats = next(iter(weights.values())).dtype
    inputs, told = (x if x is None or x.dtype == np.int32 else x.astype(floats) for x in (given.inputs, given.told))
    own = (specification(config["cell"]).formula, dict(config), dict(weights), inputs)
    if told is None:
        return np.asarray(run_network(*own)[0])
    return np.asarray(scores_when_told(*own, told) if told.ndim == 2 else written_numbers(*own, told))
