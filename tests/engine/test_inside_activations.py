"""What goes into the activation functions: the function of it is what the gates show, whatever the cell."""

from __future__ import annotations

import numpy as np
import pytest

from engine.cells import specification
from engine.inside.activations import pre_activations
from tests.engine.examples import activation_choices, example, network
from tests.reference import ACTIVATIONS


@pytest.mark.parametrize(("cell", "activations"), activation_choices())
def test_the_function_of_what_went_in_is_what_came_out(cell: str, activations: tuple[str, str]) -> None:
    made = network(cell, bidirectional=True, num_layers=2, activations=activations)
    sequence = example(aligned=True, tokens=False, lengths=(6,))
    seen = pre_activations(made, sequence)
    found, expected = seen.slots, seen.layers  # which come of the same pass
    for layer, alone in zip(expected, made.trace(sequence.inputs, sequence.lengths), strict=True):
        np.testing.assert_array_equal(layer.hidden, alone.hidden)
    last = specification(cell).blocks[-1]
    assert {(slot.layer, slot.reverse) for slot in found} == {(layer.layer, layer.reverse) for layer in expected}
    for layer in expected:
        slots = {slot.name: slot for slot in found if (slot.layer, slot.reverse) == (layer.layer, layer.reverse)}
        for name, after in layer.gates or ((last, layer.hidden),):
            function = ACTIVATIONS[slots[name].function]
            np.testing.assert_allclose(function(slots[name].before.astype(np.float64)), after, atol=1e-6)
