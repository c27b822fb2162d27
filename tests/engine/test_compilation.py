"""What is told while kernels are compiled: how many of those that are needed, and how long the rest may take."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numba
import pytest

import engine.kernels
from engine.compiling import compilation
from engine.compiling.compilation import Compilation, NotWantedError, compiling, kernels_of
from engine.control import Control
from engine.data import load, sample
from engine.events import Compiling, RunFinished, StepDone
from engine.training import TrainingRun

_CALLED = """
import contextlib, importlib, pkgutil, sys
from numba.core.dispatcher import Dispatcher
import engine.kernels
from engine.compiling import warmup
from engine.data import load, sample
warmup.second_process = lambda _: contextlib.nullcontext()
experiment = sample(sys.argv[1]).experiment.replace(dict(each.split("=") for each in sys.argv[2:]))
warmup.warm_up(experiment, load(experiment))
for found in pkgutil.iter_modules(engine.kernels.__path__):
    module = importlib.import_module("engine.kernels." + found.name)
    for name, kernel in vars(module).items():
        if isinstance(kernel, Dispatcher) and kernel.signatures and kernel.py_func.__module__ == module.__name__:
            print(found.name + "." + name)
"""
_KINDS = [
    ("airline_passengers", "model.cell=lstm"),
    ("embedded_reber", "model.cell=gru_reset_before", "model.bidirectional=True", "training.clip_value=1"),
    ("number_words", "model.attention=additive", "training.optimizer=nesterov"),
]


def put(folder: Path, *names: str) -> None:
    (folder / "sources").mkdir(exist_ok=True)
    for name in names:
        (folder / "sources" / f"{name}-12.py311.nbi").touch()


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind[0])
def test_what_is_said_to_be_needed_is_what_is_called(kind: tuple[str, ...]) -> None:
    for _ in range(2):  # where one is compiled, those that it calls count as called
        ran = subprocess.run([sys.executable, "-c", _CALLED, *kind], capture_output=True, text=True, check=True)
    name, *changes = kind
    experiment = sample(name).experiment.replace(dict(each.split("=") for each in changes))
    needed = set(kernels_of(experiment, load(experiment)))
    by_address = {each for each in needed if each.startswith(f"{experiment.model.cell}.")} | {"tiles._product"}
    called = set(ran.stdout.split())
    assert len(by_address) > 2
    assert needed - by_address <= called
    hang_on_sizes = {"readout.affine", "readout.affine_to_one", "rows.copy_rows"}
    assert called - needed <= hang_on_sizes | {"attention.squash", "attention.squash_backward"}


def test_every_kernel_that_is_named_is_there() -> None:
    found = {
        f"{module.name}.{name}"
        for module in pkgutil.iter_modules(engine.kernels.__path__)
        for name in vars(importlib.import_module(f"engine.kernels.{module.name}"))
    }
    assert set(compilation._SECONDS) <= found


def test_it_tells_how_many_and_how_long_once_there_is_a_pace(tmp_path: Path) -> None:
    now = [100.0]
    put(tmp_path, "rows.gather")
    names = ("packing.pack_layer", "recurrence.forward", "rows.gather", "recurrence.backward", "rows.reverse")
    state = Compilation(names, tmp_path, lambda: now[0])
    assert state.look("lstm") == Compiling("lstm", 0.0, 0, 4, 0.0)
    now[0] += 2.0
    put(tmp_path, "rows.reverse")
    assert state.look("lstm") == Compiling("lstm", 0.0, 1, 4, 0.0)  # too little to tell
    now[0] += 2.0
    put(tmp_path, "packing.pack_layer")
    seconds = compilation._SECONDS
    done = seconds["packing.pack_layer"] + compilation._USUAL
    rest = 4.0 * (seconds["recurrence.forward"] + seconds["recurrence.backward"]) / done
    for passed in (0.0, 1.0):
        now[0] += passed
        found = state.look("lstm")
        assert found is not None
        assert (found.done, found.needed) == (2, 4)
        assert found.left == pytest.approx(rest - passed)
    now[0] += 100.0
    assert state.look("lstm") == Compiling("lstm", 0.0, 2, 4, 0.0)  # it takes longer than was thought: not known
    put(tmp_path, *names)
    assert state.look("lstm") == Compiling("lstm", 0.0, 4, 4, 0.0)


def test_where_all_are_there_nothing_is_told(tmp_path: Path) -> None:
    put(tmp_path, "rows.gather")
    assert Compilation(("rows.gather",), tmp_path).look("lstm") is None


@pytest.fixture
def missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache in which nothing lies, for whoever looks how far it is."""
    monkeypatch.setattr(compilation, "CACHE", str(tmp_path))
    monkeypatch.setattr(compilation, "_LOOK", 0.001)


@pytest.mark.usefixtures("missing")
def test_closed_early_it_ends_before_the_next_kernel() -> None:
    experiment = sample("airline_passengers").experiment
    compiled: list[int] = []
    ended: list[BaseException] = []

    def work() -> None:
        try:
            for number in range(10_000):
                numba.njit(lambda x: x)(number)
                compiled.append(number)
        except NotWantedError as error:
            ended.append(error)
            raise

    looks = compiling("lstm", experiment, load(experiment), work)
    assert next(looks).needed > 0
    looks.close()
    assert len(compiled) < 10_000
    assert ended


@pytest.mark.usefixtures("missing")
def test_what_goes_wrong_is_raised() -> None:
    experiment = sample("airline_passengers").experiment

    def work() -> None:
        raise ValueError("no such cell")

    with pytest.raises(ValueError, match="no such cell"):
        list(compiling("lstm", experiment, load(experiment), work))


def test_a_run_that_is_stopped_meanwhile_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    experiment, left = sample("airline_passengers").experiment, list[bool]()

    def warming(what: str, *_: object) -> Iterator[Compiling]:
        try:
            for done in range(9):
                yield Compiling(what, 0.0, done, 9)
        finally:
            left.append(True)

    monkeypatch.setattr("engine.training.warming", warming)
    control = Control()
    run = TrainingRun(experiment, load(experiment), control)
    assert [next(run), next(run), next(run)][2] == Compiling("LSTM kernels", 0.0, 1, 9)
    control.stop()
    events = list(run)
    assert left
    assert not any(isinstance(event, StepDone) for event in events)
    assert isinstance(events[-1], RunFinished)
