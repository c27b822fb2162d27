"""What a stack of recurrent layers looks like, and which parameters that takes."""

from __future__ import annotations

from dataclasses import dataclass

from engine.cells import CellSpec, specification
from engine.config import ModelConfig

Shapes = dict[str, tuple[int, ...]]
_LETTERS = {"hidden": "h", "cell": "c"}  # as PyTorch calls what a layer begins with


@dataclass(frozen=True, slots=True)
class StackConfig:
    """Shape of a stack: what goes in, how wide each layer is, which way it reads, how layers are joined."""

    spec: CellSpec
    inputs: int
    widths: tuple[int, ...]  # hidden units of each layer, per direction
    bidirectional: bool
    activations: tuple[str, str]  # gate, candidate
    summed: bool = False  # both directions' hidden states are added, not put side by side
    residual: bool = False
    learned_state: bool = False  # the initial state is a parameter
    dropout: float = 0.0  # of what one layer hands to the next
    recurrent_dropout: float = 0.0  # of the hidden state that the recurrent product reads
    zoneout: float = 0.0  # share of hidden states that stay as they are
    zoneout_cell: float = 0.0  # and of cell states

    @property
    def directions(self) -> int:
        """1 or 2."""
        return 2 if self.bidirectional else 1

    @property
    def depth(self) -> int:
        """Layers."""
        return len(self.widths)

    @property
    def outputs(self) -> int:
        """Numbers a step hands upward from the top layer."""
        return self.level_outputs(self.depth - 1)

    def level_outputs(self, level: int) -> int:
        """Numbers a step hands upward from a layer: hidden states of both directions, or their sum."""
        return self.widths[level] * (1 if self.summed else self.directions)

    def level_inputs(self, level: int) -> int:
        """Numbers that go into each step of a layer."""
        return self.inputs if level == 0 else self.level_outputs(level - 1)

    def passes_by(self, level: int) -> bool:
        """Whether what goes into a layer is added to what comes out (He et al. 2016): where both are as wide.

        Never in the first layer, where being as wide as the data would be chance.
        """
        return self.residual and level > 0 and self.level_inputs(level) == self.level_outputs(level)

    def zoneout_rates(self) -> tuple[float, ...]:
        """The rate of each kind of state; a cell without recurrence has nothing to keep."""
        rates = {"hidden": self.zoneout, "cell": self.zoneout_cell} if self.spec.recurrent else {}
        return tuple(rates.get(kind, 0.0) for kind in self.spec.states)

    def suffixes(self) -> list[list[str]]:
        """Parameter-name endings by layer and direction."""
        return [[f"l{level}", f"l{level}_reverse"][: self.directions] for level in range(self.depth)]

    def initial_names(self, suffix: str) -> list[str]:
        """Names of the parameters that a layer's states begin with, ``initial.h_l0``, …; none where it is zero."""
        if not self.learned_state:
            return []
        return [f"initial.{_LETTERS.get(kind, kind)}_{suffix}" for kind in self.spec.states]

    def shapes(self) -> Shapes:
        """Names and shapes of all parameters, in PyTorch's order; what PyTorch does not have comes last."""
        shapes: Shapes = {}
        initial: Shapes = {}
        for level, (units, suffixes) in enumerate(zip(self.widths, self.suffixes(), strict=True)):
            for suffix in suffixes:
                own = self.spec.parameter_shapes(self.level_inputs(level), units)
                shapes |= {f"rnn.{name}_{suffix}": shape for name, shape in own.items()}
                initial |= dict.fromkeys(self.initial_names(suffix), (units,))
        return shapes | initial


def stack_config(model: ModelConfig, inputs: int) -> StackConfig:
    """The stack that `model` asks for, over `inputs` numbers a step."""
    spec = specification(model.cell)
    gate = _chosen(model.gate_activation, spec.gate_activations or ("identity",))
    return StackConfig(
        spec=spec,
        inputs=inputs,
        widths=model.widths,
        bidirectional=model.bidirectional,
        activations=(gate, _chosen(model.activation, spec.activations)),
        summed=model.bidirectional and model.merge == "sum",
        residual=model.residual,
        learned_state=model.learned_state,
        dropout=model.dropout,
        recurrent_dropout=model.recurrent_dropout if spec.hidden_blocks else 0.0,
        zoneout=model.zoneout,
        zoneout_cell=model.zoneout_cell,
    )


def _chosen(wanted: str, allowed: tuple[str, ...]) -> str:
    """What is set, where the cell leaves a choice; a cell that is defined with one function keeps it."""
    return wanted if wanted in allowed else allowed[0]
