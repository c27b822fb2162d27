"""What back-propagation through time sums up: the share of every time step in a gradient."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import Contributions
from engine.layers import looking
from engine.layers.layer import Layer
from engine.layers.two_stage_layer import TwoStageLayer
from engine.network import Network
from engine.networks import AnyNetwork


@dataclass(frozen=True, slots=True)
class _Factors:
    """The gradient of the rows from `row` on is the sum over steps and batch of ``d ⊗ x``."""

    row: int
    d: NDArray[Any]  # (T, B, R): ∂L/∂(what the rows add up to)
    x: NDArray[Any]  # (T, B, C): what the weights were multiplied by


def contributions(network: AnyNetwork, wanted: str, entry: tuple[int, int] | None) -> Contributions:
    """The shares of all time steps in the gradient of a parameter, or of one of its entries, before it is clipped.

    Matrices and biases of the recurrent layers, and of a readout that answers at every step; the first recurrent
    matrix, unless another is `wanted`. An `entry` that the parameter does not have is left out.
    """
    places = {
        name: (layer, kind)
        for part, stack in network.stacks.items()
        for layer in stack.layers
        for name, kind in _names(layer, part)
    }
    aligned = isinstance(network, Network) and network.aligned
    available = (*places, *(("readout.weight", "readout.bias") if aligned else ()))
    usual = next((name for name in available if "weight_hh" in name), available[0])
    name = wanted if wanted in available else usual
    shape = network.parameters.shapes[name]
    fits = entry and 0 <= entry[0] < shape[0] and 0 <= entry[1] < math.prod(shape[1:])
    chosen = entry if fits else None
    gradient = network.parameters.gradient(name).reshape(shape[0], -1)
    if name in places:
        layer, kind = places[name]
        by_row = _summed(list(_of_layer(layer, kind)), gradient, chosen)
        steps = _in_own_time(by_row, layer.lengths, layer.suffix.endswith("reverse"))
    else:
        assert isinstance(network, Network)
        by_row = _summed([_of_readout(network, name)], gradient, chosen)
        steps = by_row.sum(axis=1)
    steps.flags.writeable = False
    return Contributions(available, name, chosen, shape, steps, float(steps.sum()))


def _names(layer: Layer, part: str) -> list[tuple[str, str]]:
    """Parameters of a layer that are sums of products, with their short names."""
    inward = ("weight_ih", "bias_ih") if layer.spec.biased else ("weight_ih",)
    inner = ("weight_hh", "bias_hh") if layer.spec.biased else ("weight_hh",)
    kinds = (*inward, *(inner if layer.spec.hidden_blocks else ()))
    return [(f"{part}.{kind}_{layer.suffix}", kind) for kind in kinds]


def _of_layer(layer: Layer, kind: str) -> Iterator[_Factors]:
    ones = np.ones((layer.steps, layer.batch, 1))
    spec, bias = layer.spec, kind.startswith("bias")
    if kind.endswith("ih"):
        for slot, block in enumerate(spec.input_blocks):
            yield _Factors(block * layer.units, looking.slot(layer, slot), ones if bias else looking.inputs_read(layer))
        return
    for slot, block in enumerate(spec.recurrent_blocks, spec.recurrent_from):
        yield _Factors(block * layer.units, looking.slot(layer, slot), ones if bias else looking.hidden_before(layer))
    if isinstance(layer, TwoStageLayer) and spec.second:
        for slot, block in enumerate(spec.second.blocks, spec.second.first_slot):
            yield _Factors(block * layer.units, looking.slot(layer, slot), ones if bias else layer.inner_read())


def _of_readout(network: Network, name: str) -> _Factors:
    layer = network.stack.levels[-1].directions[0]
    hidden, shape = network.stack.output, (layer.steps, layer.batch)
    d = network.readout.answers(*shape)[..., : network.output_size]
    if name.endswith("bias"):
        return _Factors(0, d, np.ones((*shape, 1)))
    rows = hidden.array[hidden.start :][: math.prod(shape) * hidden.stride].reshape(*shape, hidden.stride)
    return _Factors(0, d, rows[..., : network.readout.inputs])


def _summed(factors: list[_Factors], gradient: NDArray[Any], entry: tuple[int, int] | None) -> NDArray[Any]:
    """Shares (T, B) of every step and sequence in the whole `gradient`, or in an entry of it."""
    if entry is not None:
        row, column = entry
        part = next(part for part in factors if part.row <= row < part.row + part.d.shape[2])
        share: NDArray[Any] = part.d[:, :, row - part.row].astype(np.float64) * part.x[:, :, column]
        return share
    along = np.zeros(factors[0].d.shape[:2])
    for part in factors:
        d, x = (values.reshape(-1, values.shape[2]) for values in (part.d, part.x))
        whole = gradient[part.row : part.row + d.shape[1]]
        along += np.einsum("nc,nc->n", d @ whole, x, dtype=np.float64).reshape(along.shape)
    length = math.sqrt(np.square(gradient, dtype=np.float64).sum())
    return along / length if length else along


def _in_own_time(by_row: NDArray[Any], lengths: NDArray[np.int64], reverse: bool) -> NDArray[Any]:
    """Shares (T,), summed over the batch, in the sequences' own time."""
    result = np.zeros(len(by_row))
    if not reverse:
        result += by_row.sum(axis=1)
        return result
    for row, length in enumerate(lengths):
        result[:length] += by_row[:length, row][::-1]
    return result
