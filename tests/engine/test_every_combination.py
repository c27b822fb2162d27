"""Every topology, kind of labelled data and cell trains one epoch and answers in the right shape."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from engine.config import CELLS, Experiment
from engine.data import Dataset, load
from engine.data.loading import FITS
from engine.events import Evaluated, RunFinished
from engine.held_out.predictions import Predictions
from engine.losses import Loss
from engine.prediction_records import ClassPrediction, SeriesPrediction
from engine.training import TrainingRun
from tests.engine.data.making import table
from tests.engine.data.test_labelled_text import reviews
from tests.engine.data.test_panel import sales
from tests.engine.data.test_sequences import LAYOUTS

_KINDS = {"series": "series", "panel": "series", "sequences": "sequences", "labelled_text": "labelled_text"}
_KINDS |= {"words": "text"}
_TOPOLOGIES = ("one_to_one", "many_to_one", "many_to_many")
COMBINATIONS = [(name, topology) for name, kind in _KINDS.items() for topology in FITS[kind] if topology in _TOPOLOGIES]


@lru_cache
def dataset(kind: str, topology: str) -> tuple[Experiment, Dataset]:
    text = {
        "series": table(),
        "panel": sales(rows={"a": 30, "b": 24}, gap=5),
        "sequences": LAYOUTS["long"][0](),
        "labelled_text": reviews(24),
        "words": reviews(24),
    }[kind]
    data = {
        "series": {"time_column": "date", "targets": "value", "look_back": 4, "validation": 6, "test": 6},
        "panel": {
            **{"time_column": "date", "sequence_column": "store", "targets": "sales", "inputs": "price"},
            **{"look_back": 4, "validation": 6, "test": 6, "missing_inputs": True},
        },
        "words": {"tokens": "words", "sequence_length": 8},
        "sequences": {"label": "tag" if topology == "many_to_many" else "label", **LAYOUTS["long"][1]},
        "labelled_text": {"text_column": "text", "label": "mood", "sequence_length": 6},
    }[kind]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text(text)
        changes = {f"data.{name}": value for name, value in {"file": str(path), "kind": _KINDS[kind], **data}.items()}
        small = {"hidden_size": 3, "embedding_size": 2, "topology": topology}
        changes |= {f"model.{name}": value for name, value in small.items()}
        experiment = Experiment().replace(changes | {"training.epochs": 1, "training.threads": 1})
        return experiment, load(experiment)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("kind", "topology"), COMBINATIONS)
def test_one_epoch_and_answers_in_shape(kind: str, topology: str, cell: str) -> None:
    experiment, data = dataset(kind, topology)
    run = TrainingRun(experiment.replace({"model.cell": cell}), data)
    events = list(run)
    ended = events[-1]
    assert isinstance(ended, RunFinished), ended
    assert ended.test_metrics[0][0] == data.metric
    assert all(np.isfinite(event.validation_loss) for event in events if isinstance(event, Evaluated))
    batch = next(data.batches("test", 4))
    answers = run.network.forward(batch.inputs, batch.lengths).values
    aligned = batch.inputs.shape[:2] if topology == "many_to_many" else batch.inputs.shape[1:2]
    assert answers.shape == (*aligned, data.output_size)
    shown = Predictions(run.network, data, Loss(data.loss)).judged()
    expected = ClassPrediction if data.classes else SeriesPrediction
    assert shown is None if data.kind == "text" else isinstance(shown, expected)
