"""What goes into the activation functions, which the kernels overwrite with what comes out.

Steps are computed again from their own true states with the identity in place of the gates' function, and once more in
place of the candidate's: what the kernels then keep is what the function would have got.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import Gate
from engine.inside_records import PreActivations, SlotTrace, frozen
from engine.layers.layer import Layer
from engine.layers.passes import Examples
from engine.layers.replay import replay
from engine.layers.stack import Stack
from engine.networks import AnyNetwork


def pre_activations(network: AnyNetwork, pinned: Examples, labels: tuple[str, ...] = ()) -> PreActivations:
    """Arguments of every activation function on one sequence (B = 1), whose steps have `labels`."""
    layers = network.trace_batch(pinned)
    found = [_of_stack(stack) for stack in network.stacks.values()]
    if len(found) == 1:
        return PreActivations(tuple(found[0]), labels, layers)
    read, written = found
    after = {(slot.layer, slot.name): slot.before for slot in written}
    return PreActivations(tuple(_gone_on(slot, after[slot.layer, slot.name]) for slot in read), labels, layers)


def _of_stack(stack: Stack) -> list[SlotTrace]:
    found = list[SlotTrace]()
    for level, directions in enumerate(each.directions for each in stack.levels):
        for reverse, layer in enumerate(directions):
            length = int(layer.lengths[0])
            order = slice(None, None, -1 if reverse else 1)
            named = arguments_of(layer, stack.config.activations, np.arange(length))
            found += [SlotTrace(level, bool(reverse), *head, frozen(values[order])) for head, values in named]
    return found


def _gone_on(read: SlotTrace, written: NDArray[Any]) -> SlotTrace:
    """An encoder's steps with those of the decoder's layer after them; NaN after those of a reverse layer."""
    further = np.full_like(written, np.nan) if read.reverse else written
    return replace(read, before=frozen(np.concatenate([read.before, further])))


def arguments_of(
    layer: Layer, activations: tuple[str, str], places: NDArray[np.int64]
) -> list[tuple[tuple[str, str], NDArray[Any]]]:
    """Name and function, and the arguments (N, H), of every function of a layer at N `places` of the last pass."""
    spec, (gate, candidate) = layer.spec, activations
    choices = [activations, ("identity", candidate), (gate, "identity")]
    true, open_gates, open_candidate = replay(layer, choices, places)
    if not spec.gates:  # such cells keep what goes in
        return [((name, candidate), true[0][:, slot]) for slot, name in enumerate(spec.blocks[: spec.slots])]
    result = []
    for place in spec.gates:
        slots, then = open_candidate if place.is_candidate else open_gates
        before = slots[:, place.slot]
        if place.peephole:  # it sees the new cell state, which was another one without the gates' function
            memory = spec.states.index("cell")
            before = before + layer.parameter(place.peephole) * (true[1] - then)[:, memory]
        result.append(((place.name, _function(place, activations)), before))
    return result


def _function(gate: Gate, activations: tuple[str, str]) -> str:
    return (activations[1] if gate.is_candidate else activations[0]) if gate.squashed else "identity"
