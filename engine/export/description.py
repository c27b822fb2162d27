"""A network taken apart for the exporters: its cell, its layers with their parameters, its ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import CellSpec, Value, trace
from engine.layers.stack_config import StackConfig
from engine.network import Network
from engine.networks import AnyNetwork


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """One direction of one layer. `weights` are named as in the cell's declaration: ``weight_ih``, ``bias_hh``, …"""

    suffix: str  # "l0", "l0_reverse", …
    reverse: bool
    units: int
    weights: Mapping[str, NDArray[Any]]
    initial: tuple[NDArray[Any], ...]  # (H,) for each state vector: what every sequence begins with


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One layer; with `passes_by` what goes in is added to what comes out."""

    directions: tuple[Direction, ...]
    passes_by: bool


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """A stack of layers with its parameters. `part` is what their names begin with: "rnn", "encoder" or "decoder"."""

    part: str
    config: StackConfig
    levels: tuple[Level, ...]

    @property
    def spec(self) -> CellSpec:
        """The cell."""
        return self.config.spec

    @property
    def gate(self) -> str:
        """The gates' activation function."""
        return self.config.activations[0]

    @property
    def squash(self) -> str:
        """The activation function of candidate and output."""
        return self.config.activations[1]

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Every direction of every layer, in the order of the state dict."""
        return tuple(direction for level in self.levels for direction in level.directions)

    def trace(self) -> tuple[Value, ...]:
        """The state vectors after a step of any direction; see `engine.cells.trace`."""
        return trace(self.spec, self.gate, self.squash, self.config.zoneout_rates())

    def state_names(self) -> list[str]:
        """A name for each state vector of each direction: ``hidden_l0``, ``cell_l0``, …"""
        return [f"{kind}_{direction.suffix}" for direction in self.directions for kind in self.spec.states]

    def initial_names(self, suffix: str) -> list[str]:
        """Names of the parameters that a direction's states begin with; none where those are zero."""
        return [initial_name(self.part, name) for name in self.config.initial_names(suffix)]

    def to_dict(self) -> dict[str, Any]:
        """What `numpy_network` and the exported Python files need beside the weights, in JSON's own types."""
        config = self.config
        return {
            "part": self.part,
            "cell": self.spec.key,
            "layers": config.suffixes(),
            "initial": {suffix: self.initial_names(suffix) for level in config.suffixes() for suffix in level},
            "passes_by": [level.passes_by for level in self.levels],
            "summed": config.summed,
            "blocks": len(self.spec.input_blocks),
            "kept": list(config.zoneout_rates()),
            "states": len(self.spec.states),
            "biased": self.spec.biased,
            "gate": self.gate,
            "squash": self.squash,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Description(Layers):
    """All that a program needs which computes the network elsewhere; dropout and the like do nothing there."""

    embedding: NDArray[Any] | None  # (V, E) where tokens come in
    inputs: int  # numbers a step, or the size of the vocabulary
    readout_weight: NDArray[Any]  # (O, ·)
    readout_bias: NDArray[Any]  # (O,)
    aligned: bool  # an answer at every step; otherwise one after the last

    def to_dict(self) -> dict[str, Any]:
        """See `Layers.to_dict`."""
        return Layers.to_dict(self) | {"aligned": self.aligned}


def describe(network: AnyNetwork) -> Description:
    """Take a network apart that answers where it reads; arrays are copies."""
    assert isinstance(network, Network)  # see `describe_writing` for others
    config, state = network.stack.config, network.state_dict()
    return Description(
        part="rnn",
        config=config,
        levels=describe_levels("rnn", config, state),
        embedding=state.get("embedding.weight"),
        inputs=network.input_size,
        readout_weight=state["readout.weight"],
        readout_bias=state["readout.bias"],
        aligned=network.aligned,
    )


def describe_levels(part: str, config: StackConfig, state: Mapping[str, NDArray[Any]]) -> tuple[Level, ...]:
    """The layers of a stack with their parameters, whose names begin with `part`."""
    return tuple(
        Level(tuple(_direction(part, config, state, level, suffix) for suffix in suffixes), config.passes_by(level))
        for level, suffixes in enumerate(config.suffixes())
    )


def initial_name(part: str, name: str) -> str:
    """``initial.h_l0`` as the state dict has it, where a network's only stack needs no name."""
    return name if part == "rnn" else f"{part}.{name}"


def _direction(part: str, config: StackConfig, state: Mapping[str, NDArray[Any]], level: int, suffix: str) -> Direction:
    units = config.widths[level]
    names = config.spec.parameter_shapes(config.level_inputs(level), units)
    zero = np.zeros(units, state["readout.bias"].dtype)
    learned = tuple(state[initial_name(part, name)] for name in config.initial_names(suffix))
    return Direction(
        suffix=suffix,
        reverse=suffix.endswith("reverse"),
        units=units,
        weights={name: state[f"{part}.{name}_{suffix}"] for name in names},
        initial=learned or (zero,) * len(config.spec.states),
    )
