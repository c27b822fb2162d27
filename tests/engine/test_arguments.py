"""The engine's public functions as a stranger misuses them: taken rightly, or refused in one sentence."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.config import ModelConfig, TrainingConfig
from engine.losses import Loss
from engine.network import Network, NetworkError
from engine.non_finite import NonFiniteError
from engine.optimizers import Optimizer
from engine.sequence_to_sequence.network import SequenceToSequence
from engine.sequence_to_sequence.sizes import Sizes
from tests.engine.examples import Example, example, network
from tests.engine.writing_examples import pair_batch, writer

NAN = float("nan")
Given = tuple[bool, bool, dict[str, Any], str]  # aligned, tokens, what is other than it should be, what is said


def of(shape: tuple[int, ...], dtype: Any = np.float32, value: float = 0) -> NDArray[Any]:
    return np.full(shape, value, dtype)


# The batch is T = 6, B = 4, I = 3, O = 4, lengths 6, 4, 4, 1; the vocabulary is 7.
BATCHES: list[Given] = [
    (True, False, {"inputs": of((6, 4))}, r"inputs have shape \(6, 4\); the network takes \(T, B, 3\) numbers"),
    (True, False, {"inputs": of((6, 4, 2))}, r"inputs have shape \(6, 4, 2\)"),
    (True, False, {"inputs": of((0, 4, 3))}, "at least one of each"),
    (True, False, {"inputs": of((6, 0, 3))}, "at least one of each"),
    (True, False, {"inputs": of((6, 4, 3), np.complex64)}, "inputs must be numbers, got an array of complex64"),
    (True, False, {"inputs": of((6, 4, 3), object)}, "inputs must be numbers, got an array of object"),
    (True, False, {"inputs": np.full((6, 4, 3), "1")}, "inputs must be numbers"),
    (True, False, {"inputs": [[[1.0], [1.0, 2.0]]]}, "inputs cannot be read as an array"),
    (True, False, {"inputs": None}, "inputs must be numbers, got an array of object"),
    (True, False, {"inputs": of((5, 4, 3))}, "lengths must be 4 numbers from 1 to 5"),
    (True, False, {"inputs": of((6, 5, 3))}, "lengths must be 5 numbers from 1 to 6"),
    (True, True, {"inputs": of((6, 4), np.int32, 7)}, "tokens run from 7 to 7; the vocabulary has 7"),
    (True, True, {"inputs": of((6, 4), np.int64, -1)}, "tokens run from -1 to -1"),
    (True, True, {"inputs": of((6, 4), np.int64, 2**32)}, "tokens run from 4294967296"),
    (True, True, {"inputs": of((6, 4), np.uint64, 2**63)}, "tokens run from"),
    (True, True, {"inputs": of((6, 4), np.float32, 1.5)}, "tokens must be integers, got an array of float32"),
    (True, True, {"inputs": of((6, 4, 3), np.int32)}, r"the network takes \(T, B\) tokens"),
    (True, False, {"lengths": np.array([4, 6, 4, 1])}, "lengths must fall"),
    (True, False, {"lengths": np.array([6, 4, 4, 0])}, "from 1 to 6"),
    (True, False, {"lengths": np.array([7, 4, 4, 1])}, "from 1 to 6"),
    (True, False, {"lengths": np.array([6, 4, -4, 1])}, "from 1 to 6"),
    (True, False, {"lengths": np.array([6, 4, 4])}, "lengths must be 4 numbers"),
    (True, False, {"lengths": np.array([[6, 4, 4, 1]])}, "lengths must be 4 numbers"),
    (True, False, {"lengths": 6}, r"lengths must be 4 numbers from 1 to 6, got \[6\]"),
    (True, False, {"lengths": np.array([6.0, 4.0, 4.0, 1.0])}, "lengths must be integers, got an array of float64"),
    (True, False, {"lengths": np.array([2**64 - 1, 4, 4, 1], np.uint64)}, "from 1 to 6"),
    (True, False, {"targets": of((6, 3, 4))}, r"targets have shape \(6, 3, 4\); the network and its loss take"),
    (True, False, {"targets": of((4, 4))}, r"take \(6, 4, 4\)"),
    (True, False, {"targets": of((6, 4, 3))}, r"take \(6, 4, 4\)"),
    (True, False, {"targets": None}, "targets must be numbers"),
    (True, False, {"weights": of((6, 3))}, r"weights have shape \(6, 3\), the answers \(6, 4\)"),
    (True, False, {"weights": of((4, 6))}, r"weights have shape \(4, 6\)"),
    (True, False, {"weights": of((6, 4), np.complex128)}, "weights must be numbers"),
    (True, False, {"weights": of((6, 4), value=-1)}, "weights go down to -1.0; an answer counts 0 or more"),
    (False, False, {"targets": of((6, 4, 4))}, r"take \(4, 4\)"),
    (False, False, {"weights": of((6, 4))}, r"the answers \(4,\)"),
    (False, False, {"targets": of((4,))}, r"take \(4, 4\)"),
    (True, True, {"targets": of((6, 4), np.int32, 4), "weights": of((6, 4), value=1)}, "classes run from 0 to 4"),
    (True, True, {"targets": of((6, 4), np.int64, -1), "weights": of((6, 4), value=1)}, "classes run from -1 to 0"),
    (True, True, {"targets": of((6, 4), np.int64, 2**32), "weights": of((6, 4), value=1)}, "classes run from"),
    (True, True, {"targets": of((6, 4))}, "targets must be integers"),
    (True, True, {"targets": of((4,), np.int32)}, "one class for each of"),
    (False, True, {"targets": of((3,), np.int32)}, "one class for each of"),
    (False, True, {"targets": of((4, 4), np.int32)}, "one class for each of"),
]  # fmt: skip


@pytest.mark.parametrize(("aligned", "tokens", "changes", "said"), BATCHES)
def test_a_batch_that_does_not_fit_is_refused_and_the_next_one_is_learned(
    aligned: bool, tokens: bool, changes: dict[str, Any], said: str
) -> None:
    made, good = network("lstm", aligned, tokens, bidirectional=True), example(aligned, tokens)
    wanted = made.loss_and_gradients(good, good.loss).loss
    with pytest.raises(NetworkError, match=said):
        made.loss_and_gradients(dataclasses.replace(good, **changes), good.loss)
    if not changes.keys() & {"targets", "weights"}:
        with pytest.raises(NetworkError, match=said):
            made.forward(changes.get("inputs", good.inputs), changes.get("lengths", good.lengths))
    assert made.loss_and_gradients(good, good.loss).loss == wanted


@pytest.mark.parametrize("loss", ["mse", "mae", "huber", "quantile", "binary_cross_entropy", "cross_entropy", "none"])
@pytest.mark.parametrize("network_tokens", [False, True])
@pytest.mark.parametrize("batch_tokens", [False, True])
@pytest.mark.parametrize("outputs", [1, 4, 6])
def test_any_batch_under_any_loss_is_learned_or_refused(
    loss: str, network_tokens: bool, batch_tokens: bool, outputs: int
) -> None:
    """Networks that batches, losses and numbers of outputs were not made for."""
    for aligned in (False, True):
        made = network("gru", aligned, network_tokens, outputs=outputs)
        for batch_aligned in (False, True):
            batch = example(batch_aligned, batch_tokens)
            with contextlib.suppress(NetworkError):
                assert np.isfinite(made.loss_and_gradients(batch, loss).loss)


@pytest.mark.parametrize("what", ["inputs", "targets", "weights"])
def test_numbers_beyond_what_the_network_computes_with_are_refused(what: str) -> None:
    made, good = network("gru", dtype=np.float32), example(True, False)
    huge: dict[str, Any] = {what: np.full(np.shape(getattr(good, what)), 1e300)}
    with pytest.raises(NetworkError, match=f"{what}: there are numbers too large for float32"):
        made.loss_and_gradients(dataclasses.replace(good, **huge), "mse")


def test_states_and_gradients_beyond_what_the_network_computes_with_are_refused() -> None:
    made, good = network("gru", dtype=np.float32), example(True, False)
    huge = [np.full((1, 4, 5), 1e300)]
    with pytest.raises(NetworkError, match="the state to begin with: there are numbers too large for float32"):
        made.forward(good.inputs, good.lengths, huge)
    with pytest.raises(NetworkError, match="the gradient of the last state: there are numbers too large"):
        made.loss_and_gradients(good, "mse", d_final=huge)
    made.forward(good.inputs, good.lengths)
    with pytest.raises(NetworkError, match="the gradient: there are numbers too large"):
        made.backward(np.full((6, 4, 4), 1e300))


def _read_only(given: NDArray[Any]) -> NDArray[Any]:
    given = given.copy()
    given.flags.writeable = False
    return given


def _unaligned(given: NDArray[Any]) -> NDArray[Any]:
    raw = np.frombuffer(b"\0" + given.tobytes(), np.uint8)[1:]
    return raw.view(given.dtype).reshape(given.shape)


LAYOUTS: dict[str, Callable[[NDArray[Any]], Any]] = {
    "Fortran order": np.asfortranarray,
    "read-only": _read_only,
    "unaligned": _unaligned,
    "big-endian": lambda given: given.astype(given.dtype.newbyteorder(">")),
    "strided": lambda given: np.repeat(given, 2, axis=-1)[..., ::2],
    "backward": lambda given: given[::-1].copy()[::-1],
    "wider": lambda given: given.astype(np.float64 if given.dtype.kind == "f" else np.int64),
    "lists": lambda given: given.tolist(),
}


def signatures() -> int:
    """Specialisations of all kernels that have been asked for so far."""
    modules = [module for name, module in sys.modules.items() if name.startswith(("engine.kernels", "engine.cells"))]
    kernels = {
        id(found): found for module in modules for found in vars(module).values() if hasattr(found, "signatures")
    }
    return sum(len(value.signatures) for value in kernels.values())


@pytest.mark.parametrize("tokens", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_arrays_of_any_layout_say_the_same_and_compile_nothing(tokens: bool, layout: str) -> None:
    made, good = network("lstm", True, tokens, num_layers=2, dtype=np.float32), example(True, tokens).cast(np.float32)
    state = [np.full((2, 4, 5), 0.3, np.float32) for _ in range(2)]
    wanted = made.forward(good.inputs, good.lengths, state).values
    loss = made.loss_and_gradients(good, good.loss, state, d_final=state).loss
    gradients, before = made.parameters.gradients.copy(), signatures()
    other = LAYOUTS[layout]
    given = Example(other(good.inputs), other(good.lengths), other(good.targets), other(good.weights), good.loss)
    begun = [other(part) for part in state]
    np.testing.assert_array_equal(made.forward(given.inputs, given.lengths, begun).values, wanted)
    assert made.loss_and_gradients(given, good.loss, begun, d_final=begun).loss == loss
    np.testing.assert_array_equal(made.parameters.gradients, gradients)
    assert signatures() == before


@pytest.mark.parametrize("where", ["inputs", "targets", "weights"])
def test_a_nan_is_learned_from_as_one_and_named_by_the_optimizer(where: str) -> None:
    made, good = network("gru"), example(True, False)
    getattr(good, where)[0, 0] = NAN
    kept = made.state_dict()
    assert np.isnan(made.loss_and_gradients(good, good.loss).loss)
    with pytest.raises(NonFiniteError, match=r"the gradient of .* is not finite"):
        Optimizer(made, TrainingConfig()).step(0.1, 1.0)
    for name, value in made.state_dict().items():
        np.testing.assert_array_equal(value, kept[name])


@pytest.mark.parametrize(
    "state",
    [
        [], [None], 3, of((2, 4, 5)), [of((2, 4, 5))], [of((2, 4, 5)), of((2, 3, 5))], [of((2, 4, 5)), of((1, 4, 5))],
        [of((2, 4, 5)), of((2, 4, 6))], [of((2, 4, 5))] * 3, [of((2, 4, 5), complex)] * 2, [[[1.0], [1.0, 2.0]], 3],
    ],
    ids=range(11),
)  # fmt: skip
def test_a_state_that_does_not_fit_is_refused(state: Any) -> None:
    made, good = network("lstm", num_layers=2), example(True, False)
    for call in (
        lambda: made.forward(good.inputs, good.lengths, state),
        lambda: made.loss_and_gradients(good, "mse", state),
        lambda: made.loss_and_gradients(good, "mse", d_final=state),
    ):
        with pytest.raises(NetworkError, match="state"):
            call()


def test_one_goes_back_only_through_what_went_forward() -> None:
    made, good = network("lstm"), example(True, False)
    with pytest.raises(NetworkError, match="call forward before each backward"):
        made.backward(None)
    values = made.forward(good.inputs, good.lengths).values
    wrong: Any
    for wrong in (values[:, :2], values[..., 0], values.astype(complex), "no"):
        with pytest.raises(NetworkError, match="the gradient"):
            made.backward(wrong)
    made.backward(values)
    with pytest.raises(NetworkError, match="call forward before each backward"):
        made.backward(values)
    made.forward(good.inputs, good.lengths)
    with pytest.raises(NetworkError):
        made.forward(good.inputs[:2], good.lengths)
    with pytest.raises(NetworkError, match="call forward before each backward"):
        made.backward(values)


@pytest.mark.parametrize("tokens", [False, True])
def test_what_becomes_of_lengths_and_tokens_after_the_pass_forward_does_not_lead_the_way_back(tokens: bool) -> None:
    made, good = network("lstm", True, tokens, bidirectional=True), example(True, tokens)
    values = made.forward(good.inputs, good.lengths).values
    made.backward(values)
    wanted = made.parameters.gradients.copy()
    inputs, lengths = good.inputs.copy(), good.lengths.copy()
    made.forward(inputs, lengths)
    lengths[:] = 10**6
    if tokens:
        inputs[:] = 10**6
    made.backward(values)
    np.testing.assert_array_equal(made.parameters.gradients, wanted)


def test_a_look_at_a_sequence_is_nothing_to_go_back_through() -> None:
    made, good = network("lstm"), example(True, False, (6,))
    made.forward(good.inputs, good.lengths)
    made.trace(good.inputs, good.lengths)
    with pytest.raises(NetworkError, match="call forward before each backward"):
        made.backward(None)


@pytest.mark.parametrize("after", [-1, 7, 2.5, "2", True])
def test_a_state_is_handed_over_within_the_batch(after: Any) -> None:
    with pytest.raises(NetworkError, match="it takes a whole number from 0 to 6"):
        network("gru").loss_and_gradients(example(True, False), "mse", hand_over=after)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w: w.pop("readout.bias") is None, "missing"),
        (lambda w: w.update(more=of((2,))), "unknown"),
        (lambda w: w.update({3: of((2,)), "x": of((2,))}), "unknown"),
        (lambda w: w.update({"readout.bias": of((5,))}), r"weight readout.bias has shape \(5,\)"),
        (lambda w: w.update({"readout.bias": of((4,), value=NAN)}), "not finite"),
        (lambda w: w.update({"readout.bias": of((4,), np.float64, 1e300)}), "not finite"),
        (lambda w: w.update({"readout.bias": of((4,), complex)}), "must be numbers"),
        (lambda w: w.update({"readout.bias": np.full(4, "1")}), "must be numbers"),
        (lambda w: w.update({"readout.bias": [[1.0], [1.0, 2.0]]}), "weight readout.bias cannot be read as an array"),
    ],
    ids=range(9),
)
def test_weights_that_do_not_fit_change_nothing(change: Callable[[dict[Any, Any]], Any], said: str) -> None:
    made = network("gru", dtype=np.float32)
    kept = made.parameters.values.copy()
    weights = {name: value + 1 for name, value in made.state_dict().items()}
    change(weights)
    with pytest.raises(NetworkError, match=said):
        made.load_state_dict(weights)
    np.testing.assert_array_equal(made.parameters.values, kept)


def test_weights_are_a_mapping() -> None:
    with pytest.raises(NetworkError, match="mapping"):
        network("gru").load_state_dict([1, 2])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"input_size": 0}, "input_size is 0; it takes a whole number from 1"),
        ({"output_size": -2}, "output_size is -2"),
        ({"output_size": 2.0}, "output_size is 2.0"),
        ({"dtype": np.float16}, "takes float32 or float64"),
        ({"dtype": int}, "takes float32 or float64"),
        ({"dtype": "numbers"}, "takes float32 or float64"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**32}, "it takes a whole number from 0 to 4294967295"),
        ({"threads": -1}, "threads is -1"),
        ({"threads": 257}, "it takes a whole number from 0 to 256"),
        ({"input_size": True}, "input_size is True"),
        ({"output_size": 10**12}, "output_size is 1000000000000"),
        ({"model": ModelConfig(topology="encoder_decoder")}, "topology is encoder_decoder"),
        ({"model": "gru"}, "the model is 'gru'; it takes a ModelConfig"),
    ],
    ids=range(14),
)
def test_a_network_that_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    usual: dict[str, Any] = {"model": ModelConfig(cell="gru"), "input_size": 3, "output_size": 2}
    with pytest.raises(NetworkError, match=said):
        Network(**usual | changes)


WRITTEN: list[tuple[bool, dict[str, Any], str]] = [
    (False, {"inputs": of((6,))}, r"inputs have shape \(6,\)"),
    (False, {"inputs": of((6, 4, 2))}, r"the network takes \(S, B, 3\)"),
    (True, {"inputs": of((6, 4), np.int64, 9)}, "tokens run from 9"),
    (False, {"lengths": np.array([1, 4, 4, 6])}, "lengths must fall"),
    (False, {"before": of((5, 4, 2))}, "what was written before has shape"),
    (False, {"before": of((5, 3, 6))}, "for 4 sequences"),
    (False, {"before": of((5, 4, 6), complex)}, "must be numbers"),
    (True, {"before": of((5, 4), np.int32, 6)}, "tokens run from 6 to 6"),
    (True, {"before": of((5, 4), np.float32)}, "tokens must be integers"),
    (False, {"written": np.array([2, 5, 1, 6])}, "steps written must be 4 numbers from 1 to 5"),
    (False, {"written": np.array([2, 5, 1, 0])}, "steps written must be 4 numbers"),
    (False, {"targets": of((5, 3, 6))}, "targets have shape"),
    (False, {"targets": of((4, 4, 6))}, "targets have shape"),
    (False, {"targets": of((5, 4, 7))}, "targets have shape"),
    (False, {"weights": of((4,))}, "weights"),
    (True, {"targets": of((5, 4), np.int32, 6)}, "classes run from 0 to 6"),
    (True, {"targets": of((5, 4))}, "targets must be integers"),
]  # fmt: skip


@pytest.mark.parametrize(("tokens", "changes", "said"), WRITTEN)
@pytest.mark.parametrize("attention", ["none", "additive"])
def test_pairs_that_do_not_fit_are_refused_and_the_next_ones_are_learned(
    tokens: bool, changes: dict[str, Any], said: str, attention: str
) -> None:
    made, good = writer("lstm", tokens, attention=attention), pair_batch(tokens)
    kind = "cross_entropy" if tokens else "mse"
    wanted = made.loss_and_gradients(good, kind).loss
    with pytest.raises(NetworkError, match=said):
        made.loss_and_gradients(dataclasses.replace(good, **changes), kind)
    assert made.loss_and_gradients(good, kind).loss == wanted


def test_what_is_written_step_by_step_fits_what_was_begun() -> None:
    made, good = writer("lstm", False), pair_batch(False)
    at = made.begin(good.inputs, good.lengths)
    for wrong in (of((3, 6)), of((4, 5)), of((4,)), of((4, 6), complex)):
        with pytest.raises(NetworkError, match="what was written before"):
            made.write_step(wrong, at)
    assert made.write_step(of((4, 6)), at)[0].shape == (4, 6)
    with pytest.raises(NetworkError, match="outputs is 0"):
        SequenceToSequence(ModelConfig(topology="encoder_decoder"), Sizes(3, 0, False, False))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"name": "huber", "delta": 0.0}, "delta is 0.0; it takes a number between 0 and inf"),
        ({"name": "huber", "delta": (1.0, 2.0)}, "delta is .*; it takes a number between"),
        ({"name": "quantile", "quantiles": 0.5}, "quantiles is 0.5; it takes numbers between 0 and 1"),
        ({"name": "huber", "delta": NAN}, "delta is nan"),
        ({"name": "huber", "delta": "1"}, "delta must be numbers"),
        ({"name": "quantile", "quantiles": (0.5, 1.0)}, "between 0 and 1"),
        ({"name": "quantile", "quantiles": ("a",)}, "quantiles must be numbers"),
        ({"name": "mse", "class_weights": of((4,))}, "class weights are for cross_entropy; the loss is 'mse'"),
        ({"name": "cross_entropy", "class_weights": [1.0, -1.0]}, "they take finite numbers from 0"),
        ({"name": "cross_entropy", "class_weights": [1.0, NAN]}, "they take finite numbers from 0"),
        ({"name": "cross_entropy", "class_weights": ["a"]}, "class weights must be numbers"),
    ],
    ids=range(11),
)
def test_a_loss_that_cannot_be_is_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        Loss(**settings)


@pytest.mark.parametrize(
    ("batch", "loss", "said"),
    [
        (3, "mse", "a batch has inputs, lengths, targets and weights; got a int"),
        ((of((6, 4, 3)), of((6, 4, 4))), "mse", "got a tuple"),
        (None, None, "the loss is None; it takes a name"),
        (None, lambda values, targets: 0, "the loss is <function"),
    ],
    ids=range(4),
)
def test_what_is_no_batch_and_no_loss_is_refused(batch: Any, loss: Any, said: str) -> None:
    with pytest.raises(NetworkError, match=said):
        network("gru").loss_and_gradients(batch, loss)


def behind(batch: Any, value: float) -> Any:
    """The same batch with `value` behind the end of every sequence, whatever stands there."""
    changed = {}
    for name, ends in (("inputs", batch.lengths), ("before", getattr(batch, "written", None))):
        if ends is not None:
            changed[name] = getattr(batch, name).copy()
            changed[name][np.arange(len(changed[name]))[:, None] >= ends] = value
    ends = getattr(batch, "written", batch.lengths)
    for name in ("targets", "weights"):
        changed[name] = getattr(batch, name).copy()
        if changed[name].ndim > 1:
            changed[name][np.arange(len(changed[name]))[:, None] >= ends] = value
    return dataclasses.replace(batch, **changed)


@pytest.mark.parametrize("value", [NAN, np.inf, 1e30, 1.0])
@pytest.mark.parametrize("cell", ["elman", "lstm", "gru_reset_before", "mingru"])
@pytest.mark.parametrize("writes", [False, True])
def test_what_lies_behind_an_end_counts_nothing(value: float, cell: str, writes: bool) -> None:
    made: Any = writer(cell, False) if writes else network(cell, num_layers=2, bidirectional=True)
    good: Any = pair_batch(False) if writes else example(True, False)
    wanted, exact = made.loss_and_gradients(good, "mse").loss, made.parameters.gradients.copy()
    assert made.loss_and_gradients(behind(good, value), "mse").loss == wanted
    np.testing.assert_array_equal(made.parameters.gradients, exact)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: None, "the state of the optimiser is None; it takes a Mapping"),
        (lambda state: {}, "it holds nothing; adam takes mean, square, steps"),
        (lambda state: state | {"mean": 3}, "does not fit"),
        (lambda state: state | {"mean": state["mean"][1:]}, "of this network's size"),
        (lambda state: state | {"mean": state["mean"] * NAN}, "mean of the optimiser holds numbers that are not"),
        (lambda state: state | {"steps": np.array([-5])}, "steps is -5"),
        (lambda state: state | {"steps": np.array(["a"])}, "steps of the optimiser must be numbers"),
    ],
    ids=range(7),
)
def test_a_state_of_the_optimizer_that_does_not_fit_is_refused(change: Callable[[Any], Any], said: str) -> None:
    optimizer = Optimizer(network("gru"), TrainingConfig())
    kept = optimizer.state_dict()
    with pytest.raises(NetworkError, match=said):
        optimizer.load_state_dict(change(optimizer.state_dict()))
    assert all(np.array_equal(value, optimizer.state_dict()[name]) for name, value in kept.items())


def test_one_looks_at_one_sequence_and_at_gradients_that_were_watched() -> None:
    made, good = network("gru"), example(True, False)
    with pytest.raises(NetworkError, match="trace looks at one sequence, got a batch of 4"):
        made.trace(good.inputs)
    made.loss_and_gradients(good, "mse")
    with pytest.raises(NetworkError, match="set watch_time before loss_and_gradients"):
        made.gradient_by_time()


def test_class_weights_are_one_for_each_class() -> None:
    with pytest.raises(NetworkError, match=r"class weights have shape \(3,\); the network has 4 classes"):
        network("gru", True, True).loss_and_gradients(
            example(True, True), Loss("cross_entropy", class_weights=of((3,), value=1))
        )


def test_a_class_that_counts_for_nothing_may_be_any_number() -> None:
    made, good = network("gru", True, True), example(True, True)
    wanted = made.loss_and_gradients(good, "cross_entropy").loss
    for unused in (-100, 99):
        targets = np.where(good.weights == 0, unused, good.targets)
        assert made.loss_and_gradients(dataclasses.replace(good, targets=targets), "cross_entropy").loss == wanted
