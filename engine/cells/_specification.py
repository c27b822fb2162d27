"""What a cell's file declares; everything else is derived from it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.kernels.routines import Routine


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that can be looked at: its name and the slot where its activation lies after the forward pass."""

    name: str
    slot: int
    symbol: str


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of the cell's definition, in LaTeX, and what it says."""

    latex: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Extra:
    """A parameter of shape (H,) beyond the matrices and biases; ``rnn.{name}_l0`` in the state dict."""

    name: str
    initial: float | None  # None: drawn like the weights
    meaning: str


@dataclass(frozen=True, slots=True)
class CellSpec:
    """Declaration of a recurrent cell.

    The weights hold `gates_in_weights` blocks of H rows, in PyTorch's order where PyTorch has the cell.
    Pre-activations lie in `slots`; `input_blocks[s]` names the block of ``weight_ih`` that feeds slot s, and
    `recurrent_blocks` the blocks of ``weight_hh`` that feed the slots from `recurrent_from` on.
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
    recurrent_states: int = 1
    extras: tuple[Extra, ...] = ()
    forget_block: int | None = None  # whose bias starts at 1 (Jozefowicz et al. 2015)
    activations: tuple[str, ...] = ("tanh",)
    gate_activations: tuple[str, ...] = ("sigmoid",)
    torch_module: str = ""  # "RNN", "LSTM", "GRU" where PyTorch computes the same

    def parameter_count(self, inputs: int, hidden: int) -> int:
        """Trainable numbers of one direction of one layer with two bias vectors, as PyTorch counts them."""
        recurrent = len(self.recurrent_blocks) * hidden * (self.recurrent_states * hidden + 1)
        return len(self.input_blocks) * hidden * (inputs + 1) + recurrent + len(self.extras) * hidden
