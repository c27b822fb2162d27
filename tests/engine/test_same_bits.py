"""Whole training runs of every kind of data: the same bits on one to four threads, and each kernel compiled once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import data
from engine.config import Experiment, ModelConfig
from engine.data import Batch
from engine.events import RunFinished
from engine.kernels.gradients import layer_gradients
from engine.layers.shares import Share
from engine.layers.threads import Task, Workers
from engine.network import Network
from engine.training import TrainingRun
from tests.engine.test_arguments import signatures
from tests.engine.test_cells import CELL_KEYS
from tests.engine.test_resume import FROM_TABLES

_THREE = np.arange(3)
NOISY = {
    "model.cell": "gru", "model.hidden_size": 18, "model.embedding_size": 3, "model.num_layers": 2,
    "model.dropout": 0.2, "model.zoneout": 0.1, "training.batch_size": 8, "training.epochs": 2,
    "training.optimizer": "adam", "training.gradient_noise": 0.01,
}  # fmt: skip


@pytest.mark.parametrize("case", FROM_TABLES)
def test_a_run_ends_in_the_same_bits_on_any_number_of_threads(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.layers.threads.SMALL", 0)  # so that every product is divided
    make, topology, settings = FROM_TABLES[case]
    (tmp_path / "table.tsv").write_text(make())
    given: dict[str, Any] = {"data.file": str(tmp_path / "table.tsv"), "model.topology": topology}
    chosen = Experiment().replace(NOISY | given | settings)
    dataset, results, compiled = data.load(chosen), [], []
    for threads in (1, 2, 3, 4):
        run = TrainingRun(chosen.replace({"training.threads": threads}), dataset)
        ended = list(run)[-1]
        assert isinstance(ended, RunFinished), ended
        results.append((ended.test_metrics, run.network.parameters.values.copy()))
        compiled.append(signatures())
    for metrics, values in results[1:]:
        assert metrics == results[0][0]
        np.testing.assert_array_equal(values, results[0][1])
    assert compiled[0] > 0
    assert len(set(compiled)) == 1


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("batch", [3, 9])
@pytest.mark.parametrize("cell", CELL_KEYS)
def test_what_is_given_away_at_every_step_ends_in_the_same_bits(
    cell: str, batch: int, bidirectional: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three sequences the products of many steps with the input are done at once, of nine those of two."""
    monkeypatch.setattr("engine.layers.threads.SMALL", 0)
    model = ModelConfig(
        cell=cell, hidden_size=34, topology="many_to_many", bidirectional=bidirectional, zoneout=0.1,
        recurrent_dropout=0.1, num_layers=2,
    )  # fmt: skip
    rng = np.random.default_rng(0)
    x, targets = rng.normal(size=(140, batch, 3)).astype(np.float32), rng.random((140, batch, 2), np.float32)
    lengths = np.sort(rng.integers(1, 141, batch))[::-1].copy()
    seen = Batch(x, lengths, targets, np.ones((140, batch), np.float32), False, np.arange(batch))
    found, given = [], list[int]()

    def halving(_workers: Workers, tasks: Sequence[Task], **_: int) -> None:
        waiting = list(tasks)
        while waiting:
            task = waiting.pop()
            if not isinstance(task, Share):
                task()
                continue
            task.asked[0] = 1
            if task.go_on():
                half = task.halve()
                waiting += [task] if half is None else [half, task]
                given.append(half is not None)

    for shares in (False, True):
        with monkeypatch.context() as patched:
            if shares:
                patched.setattr(Workers, "run", halving)
            network = Network(model, input_size=3, output_size=2, threads=1)
            step = network.loss_and_gradients(seen, "mse", inward=True)
            network.workers.close()
            assert step.d_inputs is not None
            found.append((step.loss, network.parameters.gradients.copy(), step.d_inputs, *step.state))
    assert sum(given) > 6
    for whole, halved in zip(*found, strict=True):
        np.testing.assert_array_equal(whole, halved)


@pytest.mark.parametrize("inputs", [5, 18, 32, 40])
@pytest.mark.parametrize("outputs", [3, 7, 18, 20, 35])
def test_threads_write_apart(inputs: int, outputs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part of a linear layer's gradient, done by itself, leaves alone what the other parts write."""
    monkeypatch.setattr("engine.layers.threads.SMALL", 0)
    model = ModelConfig(cell="elman", hidden_size=inputs, topology="many_to_many")
    network = Network(model, input_size=2, output_size=outputs, threads=4)
    x, rng = np.ones((9, 3, 2), np.float32), np.random.default_rng(0)
    batch = Batch(x, np.full(3, 9), rng.random((9, 3, outputs), np.float32), np.ones((9, 3), np.float32), False, _THREE)
    written: list[list[NDArray[np.bool_]]] = []

    def one_by_one(_workers: Workers, tasks: Sequence[Task], **_: int) -> None:
        parts = []
        for task in tasks:
            if isinstance(task, partial) and task.func is layer_gradients:  # of a linear layer
                into, temporary = task.args[14:16]
                gradients = into.copy()
                temporary[:] = 7.0
                task()
                parts.append(np.concatenate((temporary != 7.0, into != gradients)))
            else:
                task()
        written.append(parts)

    monkeypatch.setattr(Workers, "run", one_by_one)
    network.loss_and_gradients(batch, "mse")
    (parts,) = (parts for parts in written if parts)
    assert np.sum(parts, axis=0).max() == 1
