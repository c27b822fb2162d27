"""The independently recurrent network of Li et al.: each unit remembers only itself."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._specification import STATE_ACTIVATIONS, CellSpec, Equation, Extra
from engine.kernels.activations import activate, slope_at
from engine.kernels.jit import LANES
from engine.kernels.steps import backward_step, forward_step
from engine.kernels.vectors import load, store


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """h = f(z + u h); the whole pre-activation stays in z."""
    for row in range(rows):
        for unit in range(0, width, LANES):
            at = row * width + unit
            total = load(z, at) + load(extra, unit) * load(previous, at)
            store(z, at, total)
            store(following, at, activate(candidate, total))


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """Back to the unit itself, by its own weight."""
    for row in range(rows):
        for unit in range(0, width, LANES):
            at = row * width + unit
            dz = load(d, at) * slope_at(candidate, load(z, at))
            store(z, at, dz)
            store(d_extra, at, load(d_extra, at) + dz * load(previous, at))
            store(d, at, dz * load(extra, unit))


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    (h,) = cell.state
    return (cell.squash(cell.from_input() + cell.own("weight_hh") * h),)


SPECIFICATION = CellSpec(
    key="indrnn",
    title="IndRNN",
    order=51,
    summary="Every unit feeds back only to itself, by one weight that says how long it remembers.",
    when_to_use="Very long sequences, deep stacks, with relu; cheap, since no matrix lies in the loop.",
    paper="S. Li et al. (2018), Independently recurrent neural network (IndRNN), CVPR",
    equations=(
        Equation(
            r"h_t = f(W_{ih} x_t + b_{ih} + u \odot h_{t-1})",
            "the new state; u is one weight for each unit, 1 at first",
        ),
    ),
    blocks=("hidden",),
    slots=1,
    input_blocks=(0,),
    recurrent_from=0,
    recurrent_blocks=(),
    states=("hidden",),
    gates=(),
    forward=forward,
    backward=backward,
    formula=formula,
    extras=(Extra("weight_hh", 1.0, "how much of its own state each unit keeps"),),
    activations=STATE_ACTIVATIONS,
    gate_activations=(),
)
