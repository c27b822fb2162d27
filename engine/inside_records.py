"""Frozen records of what goes on inside a network. A leaf: standard library and NumPy only; arrays are read-only.

Letters in shapes: T time steps, H hidden units, L layers, D directions, P parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """What one layer and direction did on a sequence, in the order of the sequence's own time."""

    layer: int
    reverse: bool
    hidden: Floats  # (T, H)
    cell: Floats | None  # (T, H), None for cells without a second state
    gates: tuple[tuple[str, Floats], ...]  # name and (T, H), after their activation


@dataclass(frozen=True, slots=True)
class HiddenTrace:
    """Probe "hidden": every layer on the pinned validation sequence."""

    layers: tuple[LayerTrace, ...]
    labels: tuple[str, ...]  # one per time step: dates or symbols
    written_from: int | None = None  # the first step that is written, not read, of networks that write a sequence
    classes: tuple[str, ...] = ()  # in truth, one per time step where each has one; "" where none is asked for


@dataclass(frozen=True, slots=True)
class ClassPaths:
    """Probe "class_paths", where each sequence has one class: hidden states of some held-out ones of every class."""

    layers: tuple[str, ...]  # names, one for each layer and direction
    states: tuple[tuple[Floats, ...], ...]  # of each layer, of each of the N sequences (T, H), in its own time
    classes: tuple[str, ...]  # (N,) in truth
    answers: tuple[str, ...]  # (N,)


@dataclass(frozen=True, slots=True)
class GradientNorms:
    """Probe "gradient_norms": by parameter, of the last batch, before and after clipping."""

    names: tuple[str, ...]  # PyTorch names, in the order of the state dict
    before: Floats  # (P,) L2 norm of each parameter's gradient
    after: Floats  # (P,)
    update_ratio: Floats  # (P,) norm of the step over norm of the parameter
    total_before: float
    clip_norm: float  # 0 when clipping is off
    clipped_share: float  # share of the steps of this run in which the gradient was shortened


@dataclass(frozen=True, slots=True)
class Arrived:
    """What one pass there and back left: how much of the loss's gradient reached the states, (L*D, T)."""

    names: tuple[str, ...]  # one per layer and direction: "layer 1", "layer 1 reverse"
    by_time: Floats  # ‖∂L/∂h_t‖ over the batch
    by_distance: Floats  # that of one sequence, by steps back from where the layer ends in it
    ragged: bool  # sequences end at different steps
    left: tuple[float, ...] = ()  # share that is left at the far end of a sequence; empty of networks that write one
    written: tuple[int, int] | None = None  # fewest and most steps that are written behind an encoder


@dataclass(frozen=True, slots=True)
class GradientByTime:
    """Probe "gradient_by_time": how much of the loss's gradient reaches each time step's state."""

    names: tuple[str, ...]  # one per layer and direction: "layer 1", "layer 1 reverse"
    norms: Floats  # (L*D, T): ‖∂L/∂h_t‖ of the last batch, root of the sum over batch and units; NaN: not looked at
    half_life: tuple[float, ...]  # steps back in time over which that of one sequence halves; inf: it does not shrink,
    # 0: nothing goes one step back
    cuts: tuple[int, ...] = ()  # steps from 0 that begin a part, truncated: its gradient goes no further back
    written_from: int | None = None  # the first step that is written, not read, behind an encoder
    together: int = 1  # updates that look back over one and the same step, at most: the norm is of all of them
    left: tuple[float, ...] = ()  # share of that beside the answer that is left at the far end of one sequence
    by_distance: Floats | None = None  # (L*D, N): of one sequence by steps back from where the layer ends in it,
    # 0 first, where lengths differ; NaN: no sequence goes so far
    written: tuple[int, int] | None = None  # fewest and most of these steps that are written, behind an encoder


@dataclass(frozen=True, slots=True)
class SlotTrace:
    """What goes into one activation function of one layer and direction, in the sequence's own time."""

    layer: int
    reverse: bool
    name: str  # a gate's name, or a block's where the cell has no gates
    function: str  # as `model.activation` names it
    before: Floats  # (T, H)


@dataclass(frozen=True, slots=True)
class PreActivations:
    """Probe "pre_activations": every activation function's arguments on the pinned sequence."""

    slots: tuple[SlotTrace, ...]
    labels: tuple[str, ...]  # one per time step
    layers: tuple[LayerTrace, ...] = ()  # what came of them


@dataclass(frozen=True, slots=True)
class BatchSlot:
    """What went into one activation function of one layer and direction over a whole batch."""

    layer: int
    reverse: bool
    name: str  # as in `SlotTrace`
    function: str
    values: Floats  # (N,) rising: all that are finite, or some thousand of them at even distances in that order


@dataclass(frozen=True, slots=True)
class BatchActivations:
    """Probe "batch_activations": every activation function's arguments in the last batch, to each sequence's end."""

    slots: tuple[BatchSlot, ...]
    step: int  # of the run: the batch was the step-th
    places: int  # time steps of all its sequences; in several updates, of each of them
    looked_at: int  # of these; fewer in a large batch, spread evenly over it
    updates: int = 1  # that the batch led to, truncated


@dataclass(frozen=True, slots=True)
class ParameterPicture:
    """One parameter, small enough for a screen."""

    name: str  # PyTorch's name
    shape: tuple[int, ...]  # of the parameter itself
    values: Floats  # (rows, columns); each the strongest of `pool` neighbours, with its sign
    pool: tuple[int, int]
    blocks: tuple[str, ...]  # names of equally high bands of rows, from the top; empty where there is one
    quantiles: Floats  # (Q,) rising: minimum, evenly spaced shares, maximum, of all values


@dataclass(frozen=True, slots=True)
class Weights:
    """Probe "weights": every parameter."""

    parameters: tuple[ParameterPicture, ...]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Probe "spectrum": eigenvalues of one block of one recurrent matrix."""

    available: tuple[str, ...]  # what can be asked for: "layer 1 · forget"; empty for a cell without such a matrix
    name: str  # which it is
    eigenvalues: NDArray[np.complex64]  # (N,) the largest first
    units: int
    exact: bool  # False: the outermost that are known, by Arnoldi's method


@dataclass(frozen=True, slots=True)
class Contributions:
    """Probe "contributions": what every time step of the last batch added to one gradient, before clipping.

    Of a single weight, its gradient is the sum of the steps. Of a whole parameter, a step counts by how far it goes
    along the whole gradient G, ⟨G_t, G⟩ / ‖G‖, so that the steps add up to ‖G‖; those that go against it are negative.
    """

    available: tuple[str, ...]  # parameters that can be asked for
    name: str  # which it is
    entry: tuple[int, int] | None  # row and column of the single weight; None for the whole parameter
    shape: tuple[int, ...]  # of the parameter
    steps: NDArray[np.float64]  # (T,)
    total: float
    first: int = 0  # step of the batch that the first of `steps` is
    updates: int = 1  # that the batch led to, truncated: this is the last of them


@dataclass(frozen=True, slots=True)
class LayerShape:
    """One direction of one layer."""

    layer: int
    reverse: bool
    inputs: int
    units: int
    residual: bool  # what goes in is added to what comes out


@dataclass(frozen=True, slots=True)
class Structure:
    """Probe "structure": what the network is made of. The same throughout a run."""

    cell: str  # its title
    paper: str
    equations: tuple[tuple[str, str], ...]  # LaTeX, and what it says
    gates: tuple[tuple[str, str], ...]  # name and symbol
    blocks: tuple[str, ...]  # of the weights
    states: tuple[str, ...]
    functions: tuple[str, str]  # of the gates, and of candidate and output
    topology: str  # as `model.topology` names it
    layers: tuple[LayerShape, ...]
    input_size: int  # numbers a step, or the size of the vocabulary
    output_size: int
    embedding_size: int  # 0 where numbers go in
    learned_state: bool  # sequences do not begin with zeros
    parameters: tuple[tuple[str, tuple[int, ...]], ...]  # names and shapes


@dataclass(frozen=True, slots=True)
class Influence:
    """How much the best guess at one step hangs on what was read before."""

    step: int
    guess: str
    norms: Floats  # (T,): ‖∂ log p(guess) / ∂(embedding read at each step)‖


@dataclass(frozen=True, slots=True)
class Reading:
    """Probe "reading", for running text: what the network makes of every symbol of a passage, and expects next."""

    labels: tuple[str, ...]  # (T,) what was read; it begins like the pinned sequence
    following: tuple[str, ...]  # (T,) what came next in truth
    guesses: tuple[tuple[str, ...], ...]  # (T, up to 5) the best first
    chances: Floats  # (T, up to 5)
    layers: tuple[LayerTrace, ...]
    influence: Influence | None  # of the character that was asked for


def frozen(values: NDArray[np.floating]) -> Floats:
    """A copy that nobody can change."""
    kept = np.array(values, np.float32)
    kept.flags.writeable = False
    return kept
