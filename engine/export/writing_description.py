"""A network that writes taken apart for the exporters: encoder, bridge, decoder, attention, ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from engine.export.description import Layers, describe, describe_levels
from engine.layers.stack_config import StackConfig
from engine.networks import AnyNetwork
from engine.sequence_to_sequence.encoder import RecurrentEncoder
from engine.sequence_to_sequence.network import SequenceToSequence
from engine.sequence_to_sequence.sizes import Sizes


@dataclass(frozen=True, slots=True, eq=False)
class WritingDescription:
    """All that a program needs which lets the network write elsewhere. Weights have the state dict's names."""

    encoder: Layers | None  # None where a vector is read
    decoder: Layers
    weights: Mapping[str, NDArray[Any]]
    sizes: Sizes
    attention: str  # "none", "multiplicative" or "additive"
    repeat_input: bool  # the vector that is read stands beside the input of every step written

    @property
    def bridged(self) -> bool:
        """Whether linear layers make the decoder's first states; otherwise they are the encoder's last."""
        return self.encoder is None or self.encoder.config.bidirectional

    def to_dict(self) -> dict[str, Any]:
        """What `numpy_writing` and the exported Python files need beside the weights, in JSON's own types."""
        return {
            "cell": self.decoder.spec.key,
            "encoder": self.encoder.to_dict() if self.encoder else None,
            "decoder": self.decoder.to_dict(),
            "states": list(self.decoder.spec.states),
            "bridged": self.bridged,
            "attention": self.attention,
            "repeat_input": self.repeat_input,
        }


def writes(network: AnyNetwork) -> bool:
    """Whether a network reads first and then writes a sequence."""
    return isinstance(network, SequenceToSequence)


def describe_writing(network: AnyNetwork) -> WritingDescription:
    """Take a network that writes apart; arrays are copies."""
    assert isinstance(network, SequenceToSequence)  # see `describe` for others
    state, recurrent = network.state_dict(), isinstance(network.encoder, RecurrentEncoder)

    def layers(part: str, config: StackConfig) -> Layers:
        return Layers(part, config, describe_levels(part, config, state))

    return WritingDescription(
        encoder=layers("encoder", network.stacks["encoder"].config) if recurrent else None,
        decoder=layers("decoder", network.decoder.stack.config),
        weights=state,
        sizes=network.sizes,
        attention=network.config.attention if recurrent else "none",
        repeat_input=network.config.repeat_input and not recurrent,
    )


def network_dict(network: AnyNetwork) -> dict[str, Any]:
    """What the formula of the cell needs beside the weights to compute any network, in JSON's own types."""
    return describe_writing(network).to_dict() if writes(network) else describe(network).to_dict()
