"""What a cell's file declares; everything else is derived from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.cells._formula import Blocks, Formula, Step, Value
from engine.kernels.routines import Routine

GATE_ACTIVATIONS = ("sigmoid", "hard_sigmoid")
CANDIDATE_ACTIVATIONS = ("tanh", "sigmoid", "relu", "softsign", "hard_sigmoid", "elu", "identity")
STATE_ACTIVATIONS = (*CANDIDATE_ACTIVATIONS, "gelu")  # of cells that keep the pre-activation, not its image


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that can be looked at: its name and the slot where its activation lies after the forward pass."""

    name: str
    slot: int
    symbol: str
    squashed: bool = True  # False: its sum is used as it is
    peephole: str = ""  # the extra parameter through which it sees the new cell state

    @property
    def is_candidate(self) -> bool:
        """Whether it takes the candidate's activation function, not the gates'."""
        return self.name == "candidate"


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of the cell's definition, in LaTeX, and what it says."""

    latex: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Extra:
    """A parameter of shape (blocks · H,) beyond the matrices and biases; ``rnn.{name}_l0`` in the state dict."""

    name: str
    initial: float | None  # None: drawn like the weights
    meaning: str
    blocks: int = 1


@dataclass(frozen=True, slots=True)
class SecondProduct:
    """A product inside the step with what a first stage computed, of a cell of the second family (`two_stage`).

    It feeds the slots from `first_slot` on with the `blocks` of ``weight_hh``; `forward` and `backward` are the
    steps that follow it, while the cell's own lead up to it.
    """

    first_slot: int
    blocks: tuple[int, ...]
    forward: Routine
    backward: Routine
    of_state: bool = True  # what the product reads is made of the state before: recurrent dropout reaches it


@dataclass(frozen=True, slots=True)
class OnnxOperator:
    """The operator of ONNX that computes the cell, where there is one: "RNN", "LSTM" or "GRU", and its attributes."""

    name: str
    attributes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CellSpec:
    """Declaration of a recurrent cell.

    The weights hold `blocks` of H rows, in PyTorch's order where PyTorch has the cell. Pre-activations lie in
    `slots`; `input_blocks[s]` names the block of ``weight_ih`` that feeds slot s, and `recurrent_blocks` the blocks
    of ``weight_hh`` that feed the slots from `recurrent_from` on. The product reads the first `recurrent_states` of
    the state vectors; where these are more than the hidden state, `feedback_blocks` names the blocks that read the
    others too, with ``weight_gg``. Slots that no product feeds keep what the backward step needs. `formula` says the
    same as `forward`, for exported files.
    """

    key: str
    title: str
    order: int
    summary: str
    when_to_use: str
    paper: str
    equations: tuple[Equation, ...]
    blocks: tuple[str, ...]  # names of the weights' blocks, in their order
    slots: int
    input_blocks: tuple[int, ...]
    recurrent_from: int
    recurrent_blocks: tuple[int, ...]
    states: tuple[str, ...]
    gates: tuple[Gate, ...]
    forward: Routine
    backward: Routine
    formula: Formula
    recurrent_states: int = 1
    recurrent: bool = True  # a step depends on the one before
    feedback_blocks: tuple[int, ...] = ()
    second: SecondProduct | None = None
    biased: bool = True  # bias_ih and bias_hh are added to the products
    extras: tuple[Extra, ...] = ()
    forget_block: int | None = None  # whose bias starts at `forget_bias` (Jozefowicz et al. 2015)
    forget_bias: float = 1.0
    activations: tuple[str, ...] = ("tanh",)  # of candidate and output, the usual one first
    gate_activations: tuple[str, ...] = ("sigmoid",)
    torch_module: str = ""  # "RNN", "LSTM", "GRU" where PyTorch computes the same
    onnx: OnnxOperator | None = None

    @property
    def hidden_blocks(self) -> int:
        """Blocks of ``weight_hh``; 0 for a cell without recurrent product."""
        return len(self.recurrent_blocks) + (len(self.second.blocks) if self.second else 0)

    def parameter_shapes(self, inputs: int, hidden: int) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the parameters of one direction of one layer, in the order of the state dict."""
        inward, inner = len(self.input_blocks) * hidden, self.hidden_blocks * hidden
        fed = len(self.feedback_blocks) * hidden
        shapes: dict[str, tuple[int, ...]] = {"weight_ih": (inward, inputs)}
        shapes |= {"weight_hh": (inner, hidden)} if inner else {}
        shapes |= {"weight_gg": (fed, (self.recurrent_states - 1) * hidden)} if fed else {}
        if self.biased:
            shapes |= {"bias_ih": (inward,)} | ({"bias_hh": (inner,)} if inner else {})
        return shapes | {extra.name: (extra.blocks * hidden,) for extra in self.extras}

    def parameter_count(self, inputs: int, hidden: int) -> int:
        """Trainable numbers of one direction of one layer."""
        return sum(math.prod(shape) for shape in self.parameter_shapes(inputs, hidden).values())


def trace(spec: CellSpec, gate: str, squash: str, kept: Sequence[float] = ()) -> tuple[Value, ...]:
    """The state vectors after a step, as expressions of those before and of the input.

    `kept` is the share of each old state vector that stays, as zoneout has it outside training.
    """
    step = Step(_blocks(spec), gate, squash)
    results = spec.formula(step)
    if not any(kept):
        return results
    return tuple(
        old * share + new * (1.0 - share) if share else new
        for old, new, share in zip(step.state, results, kept, strict=True)
    )


def _blocks(spec: CellSpec) -> Blocks:
    own = {extra.name: extra.blocks for extra in spec.extras}
    return Blocks(len(spec.states), len(spec.input_blocks), spec.hidden_blocks, len(spec.feedback_blocks), own)
