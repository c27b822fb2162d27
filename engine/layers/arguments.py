"""What callers hand to a network, made into what its kernels read, or refused in one sentence.

Kernels look at no bounds. So whatever comes from outside passes through here, once a batch: shapes, kinds of numbers,
lengths, tokens and classes within their range. Arrays of other types, orders or byte orders are copied; those that fit
already are not. Numbers may be NaN: what is learned from them says so (`engine.non_finite`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config.experiment import field_info
from engine.layers.parameters import NetworkError

LARGEST = int(np.iinfo(np.int32).max)
SEEDS, THREADS = (int(field_info("training", name).maximum or 0) for name in ("seed", "threads"))  # the largest


def float_type(given: Any) -> np.dtype[Any]:
    """float32 or float64. Raises `NetworkError` otherwise: kernels are made for these two."""
    try:
        found: np.dtype[Any] = np.dtype(given)
    except TypeError:
        found = np.dtype(object)
    if found not in (np.float32, np.float64):
        raise NetworkError(f"dtype is {given!r}; a network takes float32 or float64")
    return found


def between(least: int, most: int, **given: Any) -> None:
    """Raises `NetworkError` where one is no whole number from `least` to `most`."""
    for name, number in given.items():
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or not least <= number <= most:
            raise NetworkError(f"{name} is {number!r}; it takes a whole number from {least} to {most}")


def instance(given: Any, kind: type, what: str) -> None:
    """Raises `NetworkError` where something is given that is no `kind`."""
    if not isinstance(given, kind):
        raise NetworkError(f"{what} is {given!r}; it takes a {kind.__name__}")


def batch(given: Any) -> None:
    """Raises `NetworkError` where something is given that is no batch to learn from (`passes.Examples`)."""
    lacking = [name for name in ("inputs", "lengths", "targets", "weights") if not hasattr(given, name)]
    if lacking:
        raise NetworkError(f"a batch has inputs, lengths, targets and weights; got a {type(given).__name__}")


def inside(above: float, below: float, given: Any, what: str, *, several: bool = False) -> None:
    """Raises `NetworkError` where one number, or each of a list, does not lie between these two."""
    found = array(given, what)
    if found.ndim != several or not ((found > above) & (found < below)).all():
        takes = "numbers" if several else "a number"
        raise NetworkError(f"{what} is {given}; it takes {takes} between {above} and {below}")


def step_sizes(learning_rate: Any, **clips: Any) -> None:
    """Raises `NetworkError` where a rate is no number from 0 on, or a clip none; a clip may be endless."""
    for name, number in {"learning_rate": learning_rate, **clips}.items():
        known = isinstance(number, int | float | np.integer | np.floating)
        if not known or not number >= 0 or (name == "learning_rate" and number == np.inf):
            raise NetworkError(f"{name} is {number!r}; it takes a number from 0")


def array(given: Any, what: str) -> NDArray[Any]:
    """`given` as an array of real numbers. Raises `NetworkError` where it is none."""
    try:
        found = np.asarray(given)
    except (TypeError, ValueError) as error:  # nested lists of unequal lengths
        raise NetworkError(f"{what} cannot be read as an array: {error}") from None
    if found.dtype.kind not in "fiub":
        raise NetworkError(f"{what} must be numbers, got an array of {found.dtype}")
    return found


def numbers(given: Any, dtype: np.dtype[Any], what: str) -> NDArray[Any]:
    """`given` in the type, order and alignment that kernels are compiled for; a read-only array is copied."""
    return _laid_out(array(given, what), dtype, what)


def _laid_out(found: NDArray[Any], dtype: Any, what: str) -> NDArray[Any]:
    if found.dtype == dtype and found.flags.carray:  # `np.require` takes a while to find that nothing is to be done
        return found
    try:
        with np.errstate(over="raise"):
            return np.require(found, dtype, ("C", "A", "W"))
    except FloatingPointError:
        raise NetworkError(f"{what}: there are numbers too large for {np.dtype(dtype)}") from None


def whole(given: Any, what: str) -> NDArray[Any]:
    """`given` as an array of integers. Raises `NetworkError` where it holds other numbers."""
    found = array(given, what)
    if found.dtype.kind not in "iu":
        raise NetworkError(f"{what} must be integers, got an array of {found.dtype}")
    return found


def indices(given: Any, count: int, what: str, of: str) -> NDArray[np.int32]:
    """Integers that each name one of `count`. Raises `NetworkError` where one does not."""
    found = whole(given, what)
    if found.size and (found.min() < 0 or found.max() >= min(count, LARGEST)):
        raise NetworkError(f"{what} run from {found.min()} to {found.max()}; {of} has {count}")
    return _laid_out(found, np.int32, what)


def sequences(given: Any, tokens: bool, size: int, letter: str) -> NDArray[Any]:
    """Inputs (T, B, `size`), or tokens (T, B), as they are; their range is looked at where they are embedded.

    Raises:
        NetworkError: another shape, or nothing in them.
    """
    found = array(given, "inputs")
    if found.ndim != (2 if tokens else 3) or 0 in found.shape or not (tokens or found.shape[2] == size):
        wanted = f"({letter}, B) tokens" if tokens else f"({letter}, B, {size}) numbers"
        raise NetworkError(f"inputs have shape {found.shape}; the network takes {wanted}, at least one of each")
    return found


def ends(given: Any, steps: int, batch: int, what: str) -> NDArray[np.int64]:
    """Steps of each sequence (B,), each from 1 to `steps`; None is all of them. Raises `NetworkError` otherwise.

    Always a copy: the way back reads them once more, and must not be led astray by what a caller has done with his.
    """
    if given is None:
        return np.full(batch, steps, np.int64)
    found = whole(given, what)
    listed = found.reshape(-1).tolist()  # of a batch, looked through sooner than by NumPy
    if found.shape != (batch,) or min(listed) < 1 or max(listed) > steps:
        raise NetworkError(f"{what} must be {batch} numbers from 1 to {steps}, got {listed[:8]}")
    return np.array(listed, np.int64)


def lengths(given: Any, steps: int, batch: int) -> NDArray[np.int64]:
    """`ends` of the sequences of a batch, which fall. Raises `NetworkError` where they do not fit or do not fall."""
    found = ends(given, steps, batch, "lengths")
    listed = found.tolist()
    if listed != sorted(listed, reverse=True):
        raise NetworkError("lengths must fall: put the longest sequence of a batch first")
    return found


def until_ends(found: NDArray[Any], ends: NDArray[np.int64]) -> NDArray[Any]:
    """Numbers (T, B, …) of sequences that end after (B,) steps, falling, with zeros for a NaN or an infinity behind.

    Behind the end a gradient is zero, but zero times these is not.
    """
    if ends[-1] == len(found) or np.isfinite(found[ends[-1] :]).all():
        return found
    return _cut(found, ends)


def _cut(found: NDArray[Any], ends: NDArray[np.int64]) -> NDArray[Any]:
    running = np.arange(len(found))[:, None] < ends
    return np.where(running.reshape(*running.shape, *[1] * (found.ndim - 2)), found, 0)


def weights(
    given: Any, shape: tuple[int, ...], dtype: np.dtype[Any], ends: NDArray[np.int64] | None = None
) -> NDArray[Any]:
    """How much each answer counts, one number for each of `shape`, flat; nothing behind falling `ends` (B,) of (T, B).

    Raises:
        NetworkError: another shape.
    """
    found = numbers(given, dtype, "weights")
    if found.shape != shape:
        raise NetworkError(f"weights have shape {found.shape}, the answers {shape}")
    if ends is not None and ends[-1] < len(found):
        found = _cut(found, ends)
    return found.reshape(-1)


def targets(given: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Numbers that should come out, flat. Raises `NetworkError` where they are not of this shape."""
    found = numbers(given, dtype, "targets")
    if found.shape != shape:
        raise NetworkError(f"targets have shape {found.shape}; the network and its loss take {shape}")
    return found.reshape(-1)


def classes(given: Any, shape: tuple[int, ...], count: int, counts: NDArray[Any]) -> NDArray[np.int32]:
    """Classes that should come out, flat; where `counts` is 0 any number may stand.

    Raises:
        NetworkError: another shape, or a class that is none of `count`.
    """
    found = whole(given, "targets")
    if found.shape != shape:
        raise NetworkError(f"targets have shape {found.shape}; the network takes one class for each of {shape}")
    if found.size and (found.min() < 0 or found.max() >= count):
        found = np.where(counts.reshape(shape) == 0, 0, found)
    return indices(found, count, "classes", "the network's output").reshape(-1)
