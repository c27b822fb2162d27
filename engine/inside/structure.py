"""What a network is made of, for who draws or explains it."""

from __future__ import annotations

from engine.inside_records import LayerShape, Structure
from engine.networks import AnyNetwork


def structure(network: AnyNetwork) -> Structure:
    """The make of `network`; nothing of it changes while it learns."""
    first = next(iter(network.stacks.values()))
    config, stack = network.config, first.config
    spec = stack.spec
    return Structure(
        cell=spec.title,
        paper=spec.paper,
        equations=tuple((equation.latex, equation.meaning) for equation in spec.equations),
        gates=tuple((gate.name, gate.symbol) for gate in spec.gates),
        blocks=spec.blocks,
        states=spec.states,
        functions=stack.activations,
        topology=config.topology,
        layers=tuple(
            LayerShape(level, bool(reverse), layer.inputs, layer.units, stack.passes_by(level))
            for level, both in enumerate(first.levels)
            for reverse, layer in enumerate(both.directions)
        ),
        input_size=network.input_size,
        output_size=network.output_size,
        embedding_size=config.embedding_size if network.tokens else 0,
        learned_state=config.learned_state,
        parameters=tuple(network.parameters.shapes.items()),
    )
