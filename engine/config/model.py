"""Settings of the network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.config.fields import ConfigError, Section, option

TOPOLOGIES = ("one_to_one", "one_to_many", "many_to_one", "many_to_many", "encoder_decoder")
INITIALIZERS = ("pytorch", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal", "orthogonal", "identity")
_SEVERAL_LAYERS = (("num_layers", range(2, 17)),)
CELLS = tuple(sorted(p.stem for p in (Path(__file__).parents[1] / "cells").glob("[a-z]*.py")))


@dataclass(frozen=True, slots=True)
class ModelConfig(Section):
    """The network: what goes in and out, which cell, how wide, how deep."""

    SECTION = "model"

    topology: str = option(
        "many_to_one", "Topology", "How a sequence goes in and an answer comes out.", choices=TOPOLOGIES
    )
    cell: str = option(
        "lstm", "Cell", "What computes the next state from the input and the state before.", choices=CELLS
    )
    activation: str = option(
        "tanh",
        "Activation",
        "Squashes the state, or a gated cell's candidate and output: decides how strongly a unit fires.",
        choices=("tanh", "sigmoid", "relu", "softsign", "hard_sigmoid", "elu", "gelu", "identity"),
    )
    gate_activation: str = option(
        "sigmoid",
        "Gate activation",
        "Opens and shuts the gates, from 0 to 1; the hard sigmoid is straight in between.",
        choices=("sigmoid", "hard_sigmoid"),
        advanced=True,
    )
    hidden_size: int = option(
        32,
        "Hidden units",
        "Numbers the network remembers per layer and direction.",
        unit="units",
        minimum=1,
        maximum=8192,
        scale="log",
    )
    num_layers: int = option(1, "Layers", "Recurrent layers, one upon the other.", minimum=1, maximum=16)
    hidden_sizes: tuple[int, ...] = option(
        (),
        "Units by layer",
        "Units of single layers, from the first on, as in 64, 32; layers that are not named have the units above.",
        minimum=1,
        maximum=8192,
        advanced=True,
        needs=_SEVERAL_LAYERS,
    )
    bidirectional: bool = option(
        False, "Both directions", "Reads the sequence backward too, so every step knows its future."
    )
    merge: str = option(
        "concatenate",
        "Join directions",
        "How a layer hands both directions' hidden states on: side by side, or added.",
        choices=("concatenate", "sum"),
        advanced=True,
        needs=(("bidirectional", (True,)),),
    )
    residual: bool = option(
        False,
        "Residual",
        "From the second layer on, adds what goes into a layer to what comes out, where both are as wide: "
        "deep stacks learn faster.",
        advanced=True,
        needs=_SEVERAL_LAYERS,
    )
    initializer: str = option(
        "pytorch",
        "Start values",
        "What the weights are drawn from. Xavier suits tanh and sigmoid, He suits ReLU; orthogonal and identity make "
        "recurrent weights that carry gradients far.",
        choices=INITIALIZERS,
        advanced=True,
    )
    learned_state: bool = option(
        False,
        "Learn first state",
        "Every sequence begins with a state that is trained like a weight, instead of zeros.",
        advanced=True,
    )
    dropout: float = option(
        0.0,
        "Layer dropout",
        "Share of the numbers between layers that each training step sets to zero; none after the last layer.",
        minimum=0.0,
        maximum=0.95,
        advanced=True,
        needs=_SEVERAL_LAYERS,
    )
    recurrent_dropout: float = option(
        0.0,
        "Recurrent dropout",
        "Share of the hidden units that the recurrent weights do not see in training; the same throughout a sequence "
        "(Gal and Ghahramani 2016).",
        minimum=0.0,
        maximum=0.95,
        advanced=True,
    )
    zoneout: float = option(
        0.0,
        "Zoneout",
        "Share of the hidden units that keep their value at each training step (Krueger et al. 2017).",
        minimum=0.0,
        maximum=0.95,
        advanced=True,
    )
    zoneout_cell: float = option(
        0.0,
        "Cell zoneout",
        "Share of the cell states that keep their value at each training step.",
        minimum=0.0,
        maximum=0.95,
        advanced=True,
    )
    embedding_size: int = option(
        32, "Embedding", "Numbers that stand for one token.", unit="numbers", minimum=1, maximum=4096, scale="log"
    )
    attention: str = option(
        "multiplicative",
        "Attention",
        "Encoder–decoder: lets each step written look back at all steps read. Multiplicative after Luong et al. 2015, "
        "additive after Bahdanau et al. 2015.",
        choices=("none", "multiplicative", "additive"),
    )
    repeat_input: bool = option(
        False,
        "Input at every step",
        "One-to-many: what is read goes not only into the first state but also in at every step written.",
    )

    def __post_init__(self) -> None:
        """Check each field, and that no more layers are named than there are."""
        Section.__post_init__(self)
        if len(self.hidden_sizes) > self.num_layers:
            raise ConfigError(
                f"model.hidden_sizes names {len(self.hidden_sizes)} layers; model.num_layers is {self.num_layers}"
            )

    @property
    def widths(self) -> tuple[int, ...]:
        """Hidden units of each layer, per direction."""
        return self.hidden_sizes + (self.hidden_size,) * (self.num_layers - len(self.hidden_sizes))
