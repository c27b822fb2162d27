"""How far the kernels of a run are compiled: which it needs, which lie on the disk, and how long the rest may take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Protocol

import numba.core.event as numba_events

from engine.cells import specification
from engine.config import Experiment
from engine.events import Compiling
from engine.kernels.jit import CACHE

_LOOK = 0.2  # seconds between two looks at the disk
_ENOUGH = 0.2  # of all, done before a pace is taken from it: the first one waits for the compiler itself to be loaded
# Seconds that each took on one machine; elsewhere they are others, in about the same proportions.
_SECONDS = {
    "packing.pack_layer": 2.0, "recurrence.forward": 2.1, "recurrence.backward": 2.5, "two_stage.forward": 2.4,
    "two_stage.backward": 2.9, "gradients.layer_gradients": 3.2, "losses.elementwise": 1.3, "losses.cross_entropy": 0.9,
    "optimizers.squared_norms": 0.5, "tiles._product": 1.2,
}  # fmt: skip
_SHARED = {"sgd": "gradient_descent", "nesterov": "momentum", "adamw": "adam"}  # optimisers by another's kernel
_USUAL = 0.3  # of those that are not among them, most of which are short


class Ends(Protocol):
    """What has to be known of the data; a `Dataset` says it."""

    loss: str
    tokens: bool
    writes_tokens: bool


def kernels_of(experiment: Experiment, ends: Ends) -> tuple[str, ...]:
    """The kernels that such a run calls, as ``module.function``; what is called within these is left out."""
    model, spec = experiment.model, specification(experiment.model.cell)
    steps = (spec.forward, spec.backward, *((spec.second.forward, spec.second.backward) if spec.second else ()))
    names = [f"{model.cell}.{routine.function.__name__}" for routine in steps]
    names += ["tiles._product", "packing.pack_layer", "packing.pack_panels", "gradients.layer_gradients"]
    loop = "two_stage" if spec.second else "recurrence"
    names += [f"{loop}.forward", f"{loop}.backward", "readout.affine_backward", "optimizers.squared_norms"]
    names += ["arrivals.arrivals"]
    if spec.second:
        names += [f"packing.{name}" for name in ("pack_weight", "pack_bias")]
        names += [f"gradients.{name}" for name in ("weight_gradient", "add_bias_gradient")]
    names += ["losses.cross_entropy" if ends.loss == "cross_entropy" else "losses.elementwise"]
    optimizer = experiment.training.optimizer
    names += [f"optimizers.{_SHARED.get(optimizer, optimizer)}"]
    names += ["optimizers.clamp"] if experiment.training.clip_value else []
    names += ["rows.gather", "rows.scatter_add"] if ends.tokens or ends.writes_tokens else []
    if model.topology == "encoder_decoder" and model.attention != "none":
        names += [f"attention.{name}" for name in ("gather_memory", "mix", "mix_backward", "scatter_memory")]
        names += [f"attention.{model.attention}_{name}" for name in ("scores", "backward")]
    names += ["rows.reverse", "rows.copy_rows"] if model.bidirectional else []
    return tuple(names)


class Compilation:
    """The kernels of a run that were missing when it was made, and what has become of them since."""

    def __init__(self, names: tuple[str, ...], folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """`names` as `kernels_of` gives them, looked for in `folder`."""
        self._folder, self._clock, self._start = folder, clock, clock()
        self._missing = [name for name in names if not self._there(name)]
        self._needed = len(self._missing)
        self._all = self._left = sum(map(_seconds, self._missing))
        self._last = self._start  # when the last one was done

    def look(self, what: str) -> Compiling | None:
        """How far they are; None where none was missing."""
        missing = [name for name in self._missing if not self._there(name)]
        now = self._clock()
        if len(missing) < len(self._missing):
            self._missing, self._left, self._last = missing, sum(map(_seconds, missing)), now
        done = self._needed - len(missing)
        return Compiling(what, 0.0, done, self._needed, self._seconds_left(now)) if self._needed else None

    def _seconds_left(self, now: float) -> float:
        """At the pace of those that are done; 0 while they are few, or the one at hand takes longer."""
        if self._all - self._left < _ENOUGH * self._all:
            return 0.0
        rest = self._left * (self._last - self._start) / (self._all - self._left)
        return max(rest - (now - self._last), 0.0)

    def _there(self, name: str) -> bool:
        return any(self._folder.glob(f"*/{name}-*.nbi"))


class _Leaving(numba_events.Listener):  # type: ignore[misc]
    """Raises where a kernel is about to be compiled in one thread, once that is no longer wanted."""

    def __init__(self) -> None:
        self.thread, self.wanted, self._depth = 0, True, 0

    def on_start(self, event: numba_events.Event) -> None:
        """Not within a kernel that is half done: it calls others, which are compiled with it."""
        if threading.get_ident() == self.thread:
            if not self.wanted and not self._depth:
                raise NotWantedError
            self._depth += 1

    def on_end(self, event: numba_events.Event) -> None:
        """One kernel is done, or was not begun."""
        if threading.get_ident() == self.thread:
            self._depth = max(0, self._depth - 1)


class NotWantedError(Exception):
    """Nobody waits for the kernels any more; those that are compiled are kept."""


def compiling(what: str, experiment: Experiment, ends: Ends, work: Callable[[], None]) -> Generator[Compiling]:
    """Do `work`, which compiles, and tell meanwhile how far that is. Closed early, it ends before the next kernel.

    Raises:
        Exception: what `work` raised.
    """
    state, leaving, failed = Compilation(kernels_of(experiment, ends), Path(CACHE)), _Leaving(), list[Exception]()

    def run() -> None:
        leaving.thread = threading.get_ident()
        try:
            work()
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="kernels", daemon=True)
    with numba_events.install_listener("numba:compile", leaving):
        thread.start()
        try:
            while thread.is_alive():
                thread.join(_LOOK)
                if thread.is_alive() and (found := state.look(what)):
                    yield found
        finally:
            leaving.wanted = False
            thread.join()
    if failed:
        raise failed[0]


def _seconds(name: str) -> float:
    return _SECONDS.get(name, _USUAL)
