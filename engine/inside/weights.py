"""The weights as pictures: matrices, how their values are spread, and the spectrum of what feeds the state back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import ParameterPicture, Spectrum, Weights, frozen
from engine.layers.layer import Layer
from engine.networks import AnyNetwork

CELLS_OF_A_PICTURE = 32_768  # more cannot be told apart on a screen
QUANTILES = 65
WHOLE_UP_TO = 256  # units: all eigenvalues of more take too long while a network trains
_KRYLOV = 64  # vectors of Arnoldi's method
_REST = 0.03  # of the spectral radius: with no more an eigenvalue lies where it is drawn, to a few pixels


def weights(network: AnyNetwork) -> Weights:
    """Every parameter of the network."""
    blocks = _blocks(network)
    return Weights(tuple(_picture(name, network.parameters.view(name), blocks) for name in network.names))


def _blocks(network: AnyNetwork) -> dict[str, tuple[str, ...]]:
    """Names of the bands of rows, by parameter."""
    result: dict[str, tuple[str, ...]] = {}
    for part, layer in _layers(network):
        spec = layer.spec
        fed = tuple(spec.blocks[block] for block in spec.feedback_blocks)
        named = {"weight_ih": len(spec.input_blocks), "weight_hh": spec.hidden_blocks}
        for name, count in named.items():
            bands = spec.blocks[:count] if count > 1 else ()
            result |= {f"{part}.{kind}_{layer.suffix}": bands for kind in (name, name.replace("weight", "bias"))}
        result[f"{part}.weight_gg_{layer.suffix}"] = fed
    return result


def _picture(name: str, values: NDArray[Any], blocks: dict[str, tuple[str, ...]]) -> ParameterPicture:
    matrix = values.reshape(len(values), -1)
    bands = blocks.get(name, ())
    pool = _pool(matrix.shape, len(bands) or 1)
    levels = np.linspace(0, 1, QUANTILES)
    spread = np.quantile(matrix, levels) if np.isfinite(matrix).all() else np.full(QUANTILES, np.nan)
    return ParameterPicture(name, values.shape, frozen(strongest(matrix, pool)), pool, bands, frozen(spread))


def _pool(shape: tuple[int, ...], bands: int) -> tuple[int, int]:
    """The smallest square of neighbours, as far as it divides a band, with which the picture is small enough."""
    rows, columns = shape
    side = 1
    while -(-rows // side) * -(-columns // side) > CELLS_OF_A_PICTURE:
        side += 1
    down = side
    while (rows // bands) % down:  # no cell belongs to two bands
        down += 1
    return (down if rows > 1 else 1), (side if columns > 1 else 1)


def strongest(matrix: NDArray[Any], pool: tuple[int, int]) -> NDArray[Any]:
    """Of every `pool` of neighbours the one of the largest size, with its sign."""
    if pool == (1, 1):
        return matrix
    down, across = pool
    rows, columns = -(-matrix.shape[0] // down), -(-matrix.shape[1] // across)
    padded = np.zeros((rows * down, columns * across), matrix.dtype)
    padded[: matrix.shape[0], : matrix.shape[1]] = matrix
    pools = padded.reshape(rows, down, columns, across).transpose(0, 2, 1, 3).reshape(rows, columns, -1)
    best = np.abs(pools).argmax(axis=2)
    return np.take_along_axis(pools, best[:, :, None], axis=2)[:, :, 0]


# --- what feeds the state back --------------------------------------------------------------------------


def spectrum(network: AnyNetwork, wanted: str) -> Spectrum:
    """Eigenvalues of one block of a recurrent matrix; of the first layer's candidate unless another is `wanted`."""
    found = {
        name: (layer, block)
        for part, layer in _layers(network)
        for name, block in _recurrent(layer, "" if part == "rnn" else f"{part} · ")
    }
    if not found:
        return Spectrum((), "", np.zeros(0, np.complex64), next(_layers(network))[1].units, True)
    name = wanted if wanted in found else _usual(list(found))
    layer, block = found[name]
    matrix = _block_of(layer, block)
    exact = len(matrix) <= WHOLE_UP_TO
    values = np.linalg.eigvals(matrix) if exact else _outermost(matrix)
    values = values[np.argsort(-np.abs(values), kind="stable")].astype(np.complex64)
    values.flags.writeable = False
    return Spectrum(tuple(found), name, values, len(matrix), exact)


def _layers(network: AnyNetwork) -> Iterator[tuple[str, Layer]]:
    """Every direction of every layer, and what its parameters' names begin with."""
    for part, stack in network.stacks.items():
        yield from ((part, layer) for layer in stack.layers)


def _usual(names: list[str]) -> str:
    """The matrix of the first layer that proposes a new state: the candidate's, where there is one."""
    first = names[0].rpartition(" · ")[0]
    names = [name for name in names if name.rpartition(" · ")[0] == first]
    return next((name for name in names if name.endswith("candidate")), names[0])


def _recurrent(layer: Layer, part: str) -> list[tuple[str, int]]:
    """Name and block of every square matrix through which a layer reads its own state."""
    level, _, reverse = layer.suffix.removeprefix("l").partition("_")
    place = f"{part}layer {int(level) + 1}" + (" reverse" if reverse else "")
    if layer.spec.hidden_blocks:
        return [(f"{place} · {layer.spec.blocks[block]}", block) for block in range(layer.spec.hidden_blocks)]
    own = [extra for extra in layer.spec.extras if extra.name == "weight_hh"]
    return [(f"{place} · each unit's own", 0) for _ in own]


def _block_of(layer: Layer, block: int) -> NDArray[np.float64]:
    values, units = layer.parameter("weight_hh").astype(np.float64), layer.units
    return np.diag(values) if values.ndim == 1 else values[block * units : (block + 1) * units]


def _outermost(matrix: NDArray[np.float64]) -> NDArray[Any]:
    """The outermost eigenvalues by Arnoldi's method (1951): those of the matrix seen from a Krylov space.

    Further in, these are none of the matrix's. So only those are kept of which the rest, ‖A v - λ v‖, is small; and
    the largest, which is the best that is known of the spectral radius.
    """
    basis = np.zeros((len(matrix), _KRYLOV + 1))
    small = np.zeros((_KRYLOV + 1, _KRYLOV))
    start = np.random.default_rng(0).standard_normal(len(matrix))
    basis[:, 0] = start / np.linalg.norm(start)
    for step in range(_KRYLOV):
        vector = matrix @ basis[:, step]
        for _ in range(2):  # once more, for what rounding left
            share = basis[:, : step + 1].T @ vector
            small[: step + 1, step] += share
            vector -= basis[:, : step + 1] @ share
        small[step + 1, step] = np.linalg.norm(vector)
        if small[step + 1, step] < 1e-12:  # the space holds all that the matrix does
            return np.linalg.eigvals(small[: step + 1, : step + 1])
        basis[:, step + 1] = vector / small[step + 1, step]
    values, vectors = np.linalg.eig(small[:-1])
    rests, sizes = small[-1, -1] * np.abs(vectors[-1]), np.abs(values)
    known: NDArray[Any] = values[(rests <= _REST * sizes.max()) | (sizes >= (1 - 1e-9) * sizes.max())]
    return known
