"""Compiling what a run needs before it runs: in two processes, there and back, where nothing is compiled yet."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.compiling.compilation import compiling
from engine.config import Experiment, experiment_from_dict
from engine.events import Compiling
from engine.kernels.jit import CACHE
from engine.layers.buffers import Rows
from engine.layers.looking import typical
from engine.losses import loss_named
from engine.networks import AnyNetwork, make_network
from engine.optimizers import Optimizer

if TYPE_CHECKING:  # the second process has no data to read
    from engine.data import Dataset

_log = logging.getLogger(__name__)
_ENDS = ("input_size", "output_size", "tokens", "writes_tokens", "heard_size")
_PATIENCE = 10.0  # seconds to wait for the second process, when the first has nothing else to compile
_FREE = ("hidden_size", "hidden_sizes", "num_layers", "embedding_size", "initializer")  # no kernel depends on them


def warm_up(experiment: Experiment, dataset: Dataset) -> None:
    """Compile every kernel of a run of `experiment`, or take it from the cache; may be called from any thread.

    One batch goes through a network of two units that is then thrown away. Meanwhile a second process compiles what
    that batch needs on the way back, which takes about as long; it is taken from the disk cache.
    """
    loss = loss_named(dataset.loss, experiment.training)
    what = {
        "experiment": experiment.to_dict(),
        **{name: getattr(dataset, name) for name in _ENDS},
        "output_size": dataset.output_size * loss.width,
    }
    stamp = _stamp(what, loss.name)
    with contextlib.ExitStack() as stack:
        second = None
        if not stamp.exists():
            second = stack.enter_context(second_process(what))
            stack.enter_context(_uncollected())
        network, optimizer = _small(what)
        network.watch_time = True
        batch = dataset.pinned()
        loss.mean(network.answer(batch).values, batch)
        optimizer.watch_updates = True
        optimizer.step(learning_rate=0.0, clip_norm=1.0, clip_value=experiment.training.clip_value)
        optimizer.update_ratios()
        typical(np.zeros((1, 1), network.dtype), np.ones(1, np.int64))
        if second:
            with contextlib.suppress(subprocess.TimeoutExpired):  # then both compile what is left
                second.wait(_PATIENCE)
        network.loss_and_gradients(batch, loss)
        with contextlib.suppress(OSError):  # next time two processes look again
            stamp.parent.mkdir(parents=True, exist_ok=True)
            stamp.touch()


def warming(what: str, experiment: Experiment, dataset: Dataset) -> Generator[Compiling]:
    """`warm_up`, telling meanwhile how far it is; closed early, it ends before the next kernel."""
    yield from compiling(what, experiment, dataset, lambda: warm_up(experiment, dataset))


def _stamp(what: dict[str, Any], loss: str) -> Path:
    """A file that is there when all kernels of such a run were compiled into this cache."""
    model = {name: value for name, value in what["experiment"]["model"].items() if name not in _FREE}
    training = what["experiment"]["training"]
    ends = (what["tokens"], what["writes_tokens"], loss)
    key = repr((sorted(model.items()), training["optimizer"], training["clip_value"] > 0, *ends))
    return Path(CACHE) / f"prepared-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _small(what: dict[str, Any]) -> tuple[AnyNetwork, Optimizer]:
    experiment = experiment_from_dict(what["experiment"])
    model = replace(experiment.model, hidden_size=2, hidden_sizes=(), embedding_size=2)
    ends = SimpleNamespace(**{name: what[name] for name in _ENDS})
    network = make_network(model, ends, threads=1)
    return network, Optimizer(network, experiment.training)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Compiling makes a million small objects that stay: to look for cycles among them takes a twelfth of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextlib.contextmanager
def second_process(what: dict[str, Any]) -> Iterator[subprocess.Popen[bytes] | None]:
    """A process that compiles as long as this lasts; whatever becomes of it, nothing else depends on it."""
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "engine.compiling.warmup", json.dumps(what)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError as error:
        _log.info("kernels are compiled in one process only: %s", error)
        yield None
        return
    try:
        yield process
    finally:
        process.kill()  # the cache is written file by file, each whole
        process.wait()


def compile_the_way_back(what: dict[str, Any]) -> None:
    """The second process: the weights' gradients, which the readout needs first, and the way back, on zeros."""
    network, _ = _small(what)
    dtype, ones = network.dtype, np.ones(1, np.int64)
    for layer in network.stack.levels[0].directions[:1]:
        layer.begin(1, 1, ones, None)
        layer.x = Rows(np.zeros(layer.inputs, dtype), 0, layer.inputs)
        layer.begin_backward(layer.last_state(), None, True, True)
        for task in (*layer.gradient_tasks(1), *layer.backward_tasks(None, [0, 1])):
            task()


if __name__ == "__main__":
    gc.disable()
    compile_the_way_back(json.loads(sys.argv[1]))
    os._exit(0)  # all is on the disk, and the first process waits: leave without taking a quarter of a second apart
