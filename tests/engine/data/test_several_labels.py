"""Any number of labels at once: understood, scored, learned and said again, of texts and of sequences."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from engine import cli
from engine.config import Experiment
from engine.data import Batch, DataError, LabelledTextPreparation, load, suggest, understand
from engine.data.sequences.label_metrics import LabelScorer
from engine.data.sequences.label_sets import names_in, rarest, separator_of
from engine.data.sequences.sequence_dataset import LabelledDataset
from engine.held_out.class_predictions import ClassPredictions
from engine.prediction_records import LabelsPrediction
from engine.runs import load_run
from engine.storage.csv_tables import csv_text
from engine.uses.classification import classify
from tests.engine.data.making import Write

WORDS = {"sport": "goal match", "money": "bank price", "law": "court judge"}
SETS = [tuple(name for bit, name in enumerate(WORDS) if (row * 5 + row // 7) % 8 >> bit & 1) for row in range(160)]
TEXTS = [" ".join(["it was said that", *(WORDS[name] for name in own), f"on {row}"]) for row, own in enumerate(SETS)]
FLAGS = [[int(name in own) for name in WORDS] for own in SETS]
STEPS = [(row, t, flags) for row, flags in enumerate(FLAGS) for t in range(6)]
BOTH = list(zip(TEXTS, SETS, strict=True))
MARKED = [("".join(f"__label__{name} " for name in own or ("o",)) + text) for text, own in BOTH]
LONG = [(row, t, flags[0] + t / 9, flags[1], *flags[:2]) for row, t, flags in STEPS]
WIDE = [(*(flags[k % 2] + k / 9 for k in range(9)), *flags[:2]) for flags in FLAGS]
COLUMNS = csv_text(("text", *WORDS), [(text, *flags) for text, flags in zip(TEXTS, FLAGS, strict=True)])
TABLES = {
    "a cell": ("a.csv", csv_text(("text", "topics"), [(text, ";".join(own) or "other") for text, own in BOTH])),
    "columns": ("a.csv", COLUMNS),
    "a list": ("a.csv", csv_text(("text", "topics"), [(text, str(list(own))) for text, own in BOTH])),
    "JSON": ("a.jsonl", "".join(json.dumps({"text": text, "tags": own}) + "\n" for text, own in BOTH)),
    "fastText": ("a.txt", "\n".join(MARKED)),
    "sequences": ("a.csv", csv_text(("id", "t", "x", "y", "label_a", "label_b"), LONG)),
    "rows": ("a.csv", csv_text((*(f"x{k}" for k in range(9)), "a", "b"), WIDE)),
}


@pytest.mark.parametrize(("name", "text"), TABLES.values(), ids=TABLES.keys())
def test_labels_at_once_are_understood_and_encoded(write: Write, name: str, text: str) -> None:
    path = write(name, text)
    found = understand(path, {})
    assert found.suggestion is not None
    assert any("any number of labels at once" in note for note in found.notes)
    experiment = found.suggestion.experiment
    dataset = load(experiment)
    assert isinstance(dataset, LabelledDataset)
    assert (dataset.loss, dataset.metric, dataset.topology) == ("binary_cross_entropy", "micro F1", "many_to_one")
    assert set(dataset.classes) - {"other", "o"} in ({"sport", "money", "law"}, {"label_a", "label_b"}, {"a", "b"})
    batch = next(iter(dataset.batches("train", 8)))
    assert batch.targets.shape == (8, dataset.output_size)
    assert set(np.unique(batch.targets)) == {0.0, 1.0}
    assert not set(experiment.data.inputs) & set(experiment.data.targets)


NO_LABELS = {
    "places": ["Paris, France", "Lyon, France", "Bonn, Germany", "Ulm, Germany", "Rome, Italy"],
    "numbers": ["1,5", "2,5", "1,2", "2,1", "5,1"],
    "classes": ["walk", "run", "sit"],
    "two at most": ["a;b", "c;d"],
}


@pytest.mark.parametrize("cells", NO_LABELS.values(), ids=NO_LABELS.keys())
def test_names_that_hold_a_mark_stay_one_class(cells: list[str]) -> None:
    assert separator_of(cells * 9) == ""
    assert separator_of(cells * 9, "class") == ""
    assert separator_of(cells * 9, "labels") != ""


def test_cells_are_cut_as_they_are_meant() -> None:
    assert names_in("b; a ;b", ";") == ("b", "a")
    assert names_in("['a b', \"c\"]", ";") == ("a b", "c")
    assert names_in("[]", ";") == ()
    assert rarest(np.array(["a;b", "a", "a;c;b", "b"], object), ";").tolist() == ["a", "a", "c", "b"]


def test_scores_are_those_of_their_definitions() -> None:
    truth = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 0], [1, 0, 0]], np.float32)
    said = np.array([[9, -9, -9], [-9, 9, -9], [-9, 9, -9], [9, -9, -9]], np.float32)
    scorer = LabelScorer(3)
    weights = np.array([1, 1, 1, 0], np.float32)
    scorer.add(Batch(said[None], np.ones(4, np.int64), truth, weights, False, np.arange(4)), said)
    assert dict(scorer.result()) == pytest.approx({"micro F1": 4 / 6, "macro F1": (1 + 0.5) / 2, "exact match": 1 / 3})


def learned(path: Path, out: Path) -> Experiment:
    experiment = suggest(path).experiment
    words = ["train", "--data", str(path), "--out", str(out), "--set", "training.epochs=2"]
    assert cli.main([*words, "--set", "model.hidden_size=8", "--set", "training.memory_check=never"]) == 0
    return experiment


def test_a_network_learns_them_says_them_and_is_held_against_simple_ones(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, text = TABLES["columns"]
    path, out = write(name, text), tmp_path / "run"
    learned(path, out)
    said = capsys.readouterr().out
    assert all(words in said for words in ("micro F1", "commonest set", "naive Bayes for each label", "exact match"))
    model = load_run(out)
    found = classify(model, write("new.csv", csv_text(("text",), [(t,) for t in TEXTS[:5]])))
    assert found.header == ("sequence", "labels", "answer", "p(law)", "p(money)", "p(sport)", "part")
    assert found.scores == ()
    for row, shares in zip(found.rows(), found.values, strict=True):
        assert row[2] == ";".join(np.array(found.classes)[shares >= 0.5])
    assert [name for name, _ in classify(model).scores] == ["micro F1", "macro F1", "exact match"]
    dataset = load(model.experiment)
    shown = ClassPredictions(model.network, dataset).now(())
    assert isinstance(shown, LabelsPrediction)
    assert shown.counts.shape == (3, 3)
    assert dict(shown.scores)["micro F1"] == pytest.approx(2 * shown.counts[:, 2].sum() / shown.counts[:, :2].sum())
    assert [each.truth == each.answer for each in shown.examples] == sorted(e.truth == e.answer for e in shown.examples)


def test_they_are_not_answered_at_each_step(write: Write) -> None:
    experiment = suggest(write(*TABLES["sequences"])).experiment
    with pytest.raises(DataError, match="not at each step; choose many_to_one"):
        load(experiment.replace({"model.topology": "many_to_many", "data.sequence_column": ()}))


def test_a_column_that_says_something_else_is_no_label(write: Write) -> None:
    experiment = suggest(write(*TABLES["columns"])).experiment
    odd = write("b.csv", TABLES["columns"][1].replace(",1,0,1\n", ",1,maybe,1\n", 1))
    with pytest.raises(DataError, match=r"column 'money' holds 'maybe'.*data\.targets"):
        load(experiment.replace({"data.file": str(odd)}))


def test_every_exported_form_says_how_likely_each_is_by_itself(write: Write, tmp_path: Path) -> None:
    path, out = write(*TABLES["columns"]), tmp_path / "run"
    learned(path, out)
    for name in ("m.onnx", "m.h"):
        assert cli.main(["export", str(out), "--to", str(tmp_path / name)]) == 0
    for key in ("python_script", "pytorch"):
        assert cli.main(["export", str(out), "--to", str(tmp_path / f"{key}.py"), "--target", key]) == 0
    model = load_run(out)
    assert isinstance(model.preparation, LabelledTextPreparation)
    wanted = classify(model, path).values[0]
    session = onnxruntime.InferenceSession(str(tmp_path / "m.onnx"))
    tokens = model.preparation.encode(TEXTS[0])[None].astype(np.int64)
    np.testing.assert_allclose(session.run(["probabilities"], {"tokens": tokens})[0][0], wanted, atol=1e-5)
    command = [sys.executable, str(tmp_path / "python_script.py"), TEXTS[0]]
    _, row = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    np.testing.assert_allclose([float(cell) for cell in row.split(",")[2:]], wanted, atol=1e-5)
    assert "torch.sigmoid(answers.double())" in (tmp_path / "pytorch.py").read_text()
    assert "forecast[k] = 1.0 / (1.0 + exp(-(double)state->answers[k]));" in (tmp_path / "m.h").read_text()
