"""Whole training runs of every kind of data: the same bits on one to four threads, and each kernel compiled once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import data
from engine.config import Experiment
from engine.events import RunFinished
from engine.training import TrainingRun
from tests.engine.test_arguments import signatures
from tests.engine.test_resume import FROM_TABLES

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
