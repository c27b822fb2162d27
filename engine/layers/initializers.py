"""Start values of the parameters, drawn from a counter-based generator: same seed, same bits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import CellSpec
from engine.layers.parameters import Parameters

_Draw = Callable[[np.random.Generator, int, int], NDArray[Any]]  # of (rows, columns): outputs, inputs
_IRNN_DEVIATION = 0.001  # of the weights that are not recurrent, Le et al. (2015), section 3

_RECURRENT = ("rnn.", "encoder.", "decoder.")  # what the names of recurrent layers begin with


def initialize(parameters: Parameters, spec: CellSpec, seed: int, how: str = "pytorch") -> None:
    """Fill all parameters; `how` is a value of `model.initializer`.

    PyTorch's own: recurrent layers uniform within ±1/√H, linear ones within ±1/√(inputs). The others draw the
    matrix of each gate by itself, so that its number of outputs is H, and begin with biases of zero. With all of
    them, the forget gate starts with the cell's bias (Jozefowicz et al. 2015), embeddings are standard normal,
    learned initial states zero, and parameters beyond matrices and biases as their cell declares.
    """
    random = np.random.Generator(np.random.Philox(key=seed))
    for name, shape in parameters.shapes.items():
        view = parameters.view(name)
        if name.startswith("embedding."):
            view[...] = random.standard_normal(shape)
        elif ".initial." in f".{name}":
            view[...] = 0
        elif name.startswith(_RECURRENT):
            units = _units(parameters, spec, name)
            _fill(view, how, random, name, units, units)
            _adjust(parameters, spec, name, units)
        else:
            _fill(view, how, random, name, len(view), parameters.shapes[_weight_beside(name)][1])


def _fill(view: NDArray[Any], how: str, random: np.random.Generator, name: str, block: int, fan_in: int) -> None:
    """Fill one parameter; of a matrix, each `block` rows by themselves, and recurrent ones in squares."""
    if how == "pytorch" or (view.ndim == 1 and ".bias" not in name):
        view[...] = random.uniform(-1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in), view.shape)
        return
    if view.ndim == 1:
        view[...] = 0
        return
    recurrent = name.startswith(_RECURRENT) and ".weight_ih" not in name
    draw, width = _DRAWS[how][recurrent], block if recurrent else view.shape[1]
    for row in range(0, view.shape[0], block):
        for column in range(0, view.shape[1], width):
            view[row : row + block, column : column + width] = draw(random, block, width)


def _xavier_uniform(random: np.random.Generator, rows: int, columns: int) -> NDArray[Any]:
    """Glorot & Bengio (2010), equation 16."""
    bound = math.sqrt(6 / (rows + columns))
    return random.uniform(-bound, bound, (rows, columns))


def _xavier_normal(random: np.random.Generator, rows: int, columns: int) -> NDArray[Any]:
    """The same variance, from a normal distribution."""
    return random.normal(0, math.sqrt(2 / (rows + columns)), (rows, columns))


def _he_uniform(random: np.random.Generator, rows: int, columns: int) -> NDArray[Any]:
    """He et al. (2015): the variance 2 / inputs, which rectifiers keep."""
    bound = math.sqrt(6 / columns)
    return random.uniform(-bound, bound, (rows, columns))


def _he_normal(random: np.random.Generator, rows: int, columns: int) -> NDArray[Any]:
    """The same variance, from a normal distribution (their equation 10)."""
    return random.normal(0, math.sqrt(2 / columns), (rows, columns))


def _orthogonal(random: np.random.Generator, rows: int, columns: int) -> NDArray[Any]:
    """Saxe et al. (2014): a random rotation, so that no length grows or shrinks. Square only."""
    q, r = np.linalg.qr(random.standard_normal((rows, columns)))
    return np.asarray(q * np.sign(np.diag(r)))


def _identity(_random: np.random.Generator, rows: int, columns: int) -> NDArray[Any]:
    """Le et al. (2015), the IRNN: the state stays what it is until something comes in."""
    return np.eye(rows, columns)


def _small(random: np.random.Generator, rows: int, columns: int) -> NDArray[Any]:
    return random.normal(0, _IRNN_DEVIATION, (rows, columns))


# How the weights of inputs and answers are drawn, and how the recurrent ones.
_DRAWS: dict[str, tuple[_Draw, _Draw]] = {
    "xavier_uniform": (_xavier_uniform, _xavier_uniform),
    "xavier_normal": (_xavier_normal, _xavier_normal),
    "he_uniform": (_he_uniform, _he_uniform),
    "he_normal": (_he_normal, _he_normal),
    "orthogonal": (_xavier_uniform, _orthogonal),
    "identity": (_small, _identity),
}


def _units(parameters: Parameters, spec: CellSpec, name: str) -> int:
    """Hidden units of the layer that a parameter ``rnn.…_l0[_reverse]`` belongs to."""
    stack, suffix = name.partition(".")[0], name[name.rindex("_l") :]
    return parameters.shapes[f"{stack}.weight_ih{suffix}"][0] // len(spec.input_blocks)


def _weight_beside(name: str) -> str:
    """The weight of the linear layer that a weight or a bias belongs to."""
    return f"{name.rpartition('.')[0]}.weight"


def _adjust(parameters: Parameters, spec: CellSpec, name: str, hidden: int) -> None:
    own = name.partition(".")[2]
    if spec.forget_block is not None and own.startswith("bias_"):
        block = slice(spec.forget_block * hidden, (spec.forget_block + 1) * hidden)
        parameters.view(name)[block] = spec.forget_bias if own.startswith("bias_ih") else 0.0
    for extra in spec.extras:
        if extra.initial is not None and own.startswith(f"{extra.name}_l"):
            parameters.view(name)[...] = extra.initial
