"""Where a number that is not finite came from: looked for only once a loss, a gradient or a parameter is at fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.events import Finding

if TYPE_CHECKING:
    from engine.layers.layer import Layer
    from engine.layers.passes import Examples
    from engine.networks import AnyNetwork


class NonFiniteError(ArithmeticError):
    """A number that is not finite appeared; the text names it.

    Attributes:
        tensor: Name of the parameter concerned; empty for the loss.
        place: Where in it.
        given: Whether it came in with the data.
    """

    def __init__(self, text: str, tensor: str = "", place: tuple[int, ...] = (), given: bool = False) -> None:
        super().__init__(text)
        self.tensor, self.place, self.given = tensor, place, given


@dataclass(frozen=True, slots=True)
class _Place:
    """One direction of one recurrent layer: what it is called, and how its time runs."""

    layer: Layer
    stack: str  # what the names of its parameters begin with
    name: str
    reverse: bool
    first: int

    def step(self, step: int, row: int) -> str:
        """A step of the layer in the sequence's own time; a backward layer runs through sequences turned around."""
        own = int(self.layer.lengths[row]) - step if self.reverse else self.first + step + 1
        of = "" if self.stack == "decoder" else f" of sequence {row + 1}"  # a decoder sorts them anew
        return f"time step {own}{of}"


def explained(error: NonFiniteError, network: AnyNetwork, batch: Examples, first: int = 0) -> NonFiniteError:
    """`error` with layer, direction, gate and time step, as far as the batch that was just trained shows them.

    States and the gradients by time step are still in the network's work arrays. Time steps count from 1, in each
    sequence's own time, and sequences in the order of the batch; `first` is the step that a part of one begins with.
    """
    places = list(_places(network, first))
    part = _part(error.tensor, error.place, network, places)
    given = _given_number(batch, first)
    origin = given or _weight(error, network, places) or _state(places) or _gradient(places)
    text = f"{error}{f', {part}' if part else ''}{f': {origin}' if origin else ''}"
    return NonFiniteError(text, error.tensor, error.place, bool(given))


def finding_of(error: NonFiniteError, step: int, rate: float, kept: str) -> Finding:
    """What happened in `step`, and what helps: a tenth of the learning rate, and shorter steps.

    `kept` says which weights are left. Where the number came with the data, no other way of training helps.
    """
    less = f"{rate / 10:.2g}"
    why = "The steps were too long and the numbers grew beyond what a float holds."
    cure = f"Lower training.learning_rate to {less} and set training.clip_norm to 1."
    changes: tuple[tuple[str, str], ...] = (("training.learning_rate", less), ("training.clip_norm", "1"))
    if error.given:
        why, changes = "The data itself holds it, after transform and scaling.", ()
        cure = "Look for zeros and extreme values in the columns, or take another transform or scaler."
    title = f"Step {step}: {error}"
    return Finding("not-finite", "problem", title, f"{why} {kept}", cure, changes, goes_on=not error.given)


def _places(network: AnyNetwork, first: int) -> Iterator[_Place]:
    """Every recurrent layer and direction, in the order of the forward pass."""
    for prefix, stack in network.stacks.items():
        both = stack.config.directions > 1
        for number, layer in enumerate(stack.layers):
            level, reverse = divmod(number, stack.config.directions)
            whose = "" if prefix == "rnn" else f"the {prefix}'s "
            way = "" if not both else ", backward direction" if reverse else ", forward direction"
            yield _Place(layer, prefix, f"{whose}layer {level + 1}{way}", bool(reverse), first)


def _part(tensor: str, place: tuple[int, ...], network: AnyNetwork, places: list[_Place]) -> str:
    """Layer, direction and gate of a recurrent parameter."""
    for at in places:
        if not (tensor.startswith(f"{at.stack}.") and tensor.endswith(f"_{at.layer.suffix}")):
            continue
        names, blocks = at.layer.spec.blocks, network.parameters.shapes[tensor][0] // at.layer.units
        named = place and blocks == len(names) > 1
        return f"in {at.name}" + (f", block “{names[place[0] // at.layer.units]}”" if named else "")
    return ""


def _given_number(batch: Examples, first: int) -> str:
    """The first input, target or weight of an answer that is not finite, of those that count."""
    running = np.arange(len(batch.inputs))[:, None] < batch.lengths
    answered = np.asarray(batch.weights) != 0
    return (
        _given("input", batch.inputs, running, first)
        or _given("target", batch.targets, answered, first)
        or _given("weight of the answer", batch.weights, answered, first)
    )


def _given(what: str, values: NDArray[Any], counts: NDArray[np.bool_], first: int) -> str:
    """The first number of (T, B, …) or (B, …) that is not finite where `counts`, (T, B) or (B,), is true."""
    found = np.argwhere(~np.isfinite(values).reshape(*counts.shape, -1).all(axis=-1) & counts)
    if not found.size:
        return ""
    *steps, sequence = found[0] + 1
    when = f" at time step {first + steps[0]}" if steps else ""
    return f"the {what} of sequence {sequence}{when} is not finite"


def _weight(error: NonFiniteError, network: AnyNetwork, places: list[_Place]) -> str:
    """The first parameter that is not finite, where it is a loss that says so."""
    if error.tensor or not (found := network.parameters.not_finite(network.parameters.values)):
        return ""
    part = _part(*found, network, places)
    return f"{found[0]} is not finite at {found[1]}{f', {part}' if part else ''}"


def _state(places: list[_Place]) -> str:
    """The first state that is not finite, of the lowest layer that has one."""
    for at in places:
        layer = at.layer
        first = layer.batch * layer.state_row
        shape = (layer.steps, layer.batch, layer.kinds, layer.width)
        states = layer.states[first : first * (layer.steps + 1)].reshape(shape)
        if found := _first(states[..., : layer.units], layer, last=False):
            step, row, kind = found
            return f"the {layer.spec.states[kind]} state of {at.name} is not finite from {at.step(step, row)} on"
    return ""


def _gradient(places: list[_Place]) -> str:
    """The first gradient that is not finite on the way back, of the highest layer that has one."""
    for at in reversed(places):
        layer = at.layer
        shape = (layer.steps, layer.batch, layer.spec.slots, layer.width)
        d = layer.z[: layer.steps * layer.batch * layer.z_row].reshape(shape)
        if found := _first(d[..., : layer.units], layer, last=True):
            step, row, _ = found
            where = f"{at.name} is not finite from {at.step(step, row)} on"
            return f"going back in time, the gradient in {where}"
    return ""


def _first(values: NDArray[Any], layer: Layer, last: bool) -> tuple[int, int, int] | None:
    """Step, row and kind of the first (or `last`) step with a number that is not finite, of (T, B, kinds, H)."""
    wrong = ~np.isfinite(values).all(axis=-1)
    wrong &= (np.arange(layer.steps)[:, None] < layer.lengths)[..., None]  # what lies past an end is nobody's
    if not wrong.any():
        return None
    found = np.argwhere(wrong)
    step, row, _ = found[found[:, 0] == found[-1, 0]][0] if last else found[0]
    kind = np.flatnonzero(wrong[step, row])[-1]  # the hidden state is made from those that follow it
    return int(step), int(row), int(kind)
