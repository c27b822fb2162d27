"""A network taken apart for the exporters: its cell, its layers with their parameters, its ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import CellSpec, Value, trace
from engine.network import Network
from engine.networks import AnyNetwork
from engine.stack_config import StackConfig


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
class Description:
    """All that a program needs which computes the network elsewhere; dropout and the like do nothing there."""

    config: StackConfig
    levels: tuple[Level, ...]
    embedding: NDArray[Any] | None  # (V, E) where tokens come in
    inputs: int  # numbers a step, or the size of the vocabulary
    readout_weight: NDArray[Any]  # (O, ·)
    readout_bias: NDArray[Any]  # (O,)
    aligned: bool  # an answer at every step; otherwise one after the last

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

    def to_dict(self) -> dict[str, Any]:
        """What `numpy_network` and the exported Python files need beside the weights, in JSON's own types."""
        config = self.config
        return {
            "cell": self.spec.key,
            "layers": config.suffixes(),
            "initial": {suffix: config.initial_names(suffix) for level in config.suffixes() for suffix in level},
            "passes_by": [level.passes_by for level in self.levels],
            "summed": config.summed,
            "blocks": len(self.spec.input_blocks),
            "kept": list(config.zoneout_rates()),
            "states": len(self.spec.states),
            "biased": self.spec.biased,
            "gate": self.gate,
            "squash": self.squash,
            "aligned": self.aligned,
        }


def describe(network: AnyNetwork) -> Description:
    """Take a network apart; arrays are copies."""
    assert isinstance(network, Network)  # others are refused before
    config, state = network.stack.config, network.state_dict()
    levels = tuple(
        Level(tuple(_direction(config, state, level, suffix) for suffix in suffixes), config.passes_by(level))
        for level, suffixes in enumerate(config.suffixes())
    )
    return Description(
        config=config,
        levels=levels,
        embedding=state.get("embedding.weight"),
        inputs=network.input_size,
        readout_weight=state["readout.weight"],
        readout_bias=state["readout.bias"],
        aligned=network.aligned,
    )


def _direction(config: StackConfig, state: Mapping[str, NDArray[Any]], level: int, suffix: str) -> Direction:
    units = config.widths[level]
    names = config.spec.parameter_shapes(config.level_inputs(level), units)
    zero = np.zeros(units, state["readout.bias"].dtype)
    learned = tuple(state[name] for name in config.initial_names(suffix))
    return Direction(
        suffix=suffix,
        reverse=suffix.endswith("reverse"),
        units=units,
        weights={name: state[f"rnn.{name}_{suffix}"] for name in names},
        initial=learned or (zero,) * len(config.spec.states),
    )
