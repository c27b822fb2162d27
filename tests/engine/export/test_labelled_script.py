"""The Python script says of labelled sequences and texts what the workbench says, whatever layout their file has."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config import Experiment
from engine.data import load, sample
from engine.export import proof
from engine.export.particulars import Exportable
from engine.export.targets import target
from engine.losses import configured
from engine.model import Model
from engine.networks import make_network
from engine.uses.classification import Answered, classify
from tests.engine.export.examples import exportable

HEAD = "name,step,a,b,kind,c,label\n"
GAPS = "x,0,1,,red,1.5,yes\nx,1,,2,blue,2,yes\ny,0,,5,red,3,no\ny,1,4,,green,1,no\ny,2,7,1,,2.5,no\nz,0,2,2,red,2,yes\n"
OWN: dict[str, dict[str, Any]] = {
    "gaps": {"inputs": ["a", "b", "kind"], "sequence_column": "name"},
    "lines": {"inputs": ["a", "b", "kind"], "sequence_column": "name", "missing": "linear"},
    "embedded": {"inputs": ["kind"], "sequence_column": "name", "categories": "embedding"},
    "recording": {"inputs": ["a", "kind"], "label": "c", "sequence_length": 2, "split": "time"},
    "windows": {"inputs": ["a", "c"], "sequence_length": 2, "split": "time"},
    "windows with lines": {"inputs": ["a", "b"], "sequence_length": 2, "split": "time", "missing": "linear"},
}


def said(source: Exportable, tmp_path: Path, *arguments: str, given: str = "") -> list[list[str]]:
    found = proof.export(source, target("python_script"), tmp_path / "model.py")
    assert found.passed, found
    command = [sys.executable, "-I", str(tmp_path / "model.py"), *arguments]
    done = subprocess.run(command, input=given, capture_output=True, encoding="utf-8", check=True)
    return list(csv.reader(done.stdout.splitlines()))


def check(rows: Sequence[Sequence[str]], wanted: Answered) -> None:
    """The same names, answers and probabilities as `predict` writes, without the truth and the part."""
    stepped = any(wanted.steps)
    assert rows[0][1 + stepped :] == [wanted.label, *(f"p({name})" for name in wanted.classes)]
    assert [row[0] for row in rows[1:]] == list(wanted.names)
    assert not stepped or [int(row[1]) for row in rows[1:]] == list(wanted.steps)
    if wanted.classes:
        chosen = [wanted.classes[at] for at in wanted.values.argmax(axis=1)]
        assert [row[1 + stepped] for row in rows[1:]] == chosen
    numbers = [[float(cell) for cell in row[1 + stepped + bool(wanted.classes) :]] for row in rows[1:]]
    np.testing.assert_allclose(numbers, wanted.values, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("kind", ["vowels", "gait", "one_step", "digits"])
def test_every_layout(tmp_path: Path, kind: str) -> None:
    source = exportable(kind)
    table = sample(source.model.experiment.data.sample).path
    assert table is not None
    check(said(source, tmp_path, str(table.absolute())), classify(source.model, table))


def test_a_file_is_not_taken_for_a_text(tmp_path: Path) -> None:
    target("python_script").write(exportable("reviews"), tmp_path / "model.py")
    (tmp_path / "texts.csv").write_text("text\nIt broke.\n")
    command = [sys.executable, "-I", "model.py"]
    done = subprocess.run([*command, "texts.csv"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("error: texts.csv is a file; its lines are read by - < texts.csv\n")
    subprocess.run([*command, "It broke. " * 500], cwd=tmp_path, capture_output=True, check=True)


def test_texts(tmp_path: Path) -> None:
    source, lines = exportable("reviews"), ["Works well, and I'm glad.", "zzz qqq", "It broke."]
    (tmp_path / "texts.csv").write_text("text\n" + "".join(f'"{line}"\n' for line in lines))
    rows, wanted = said(source, tmp_path, "-", given="\n".join(lines)), classify(source.model, tmp_path / "texts.csv")
    check([rows[0], *([name, *row[1:]] for name, row in zip(wanted.names, rows[1:], strict=True))], wanted)
    assert [row[0] for row in rows[1:]] == lines


@pytest.mark.parametrize("own", OWN)
def test_gaps_and_words(tmp_path: Path, own: str) -> None:
    table = tmp_path / "steps.csv"
    table.write_text(HEAD + GAPS + GAPS.replace("x,", "v,").replace("y,", "w,").replace("z,", "u,"))
    settings = {"file": str(table), "kind": "sequences", "label": "label", "validation": 0.2, "test": 0.2} | OWN[own]
    topology = "many_to_many" if own == "recording" else "many_to_one"
    experiment = Experiment().replace({f"data.{key}": value for key, value in settings.items()})
    experiment = experiment.replace({"model.topology": topology, "model.hidden_size": 4})
    dataset = load(experiment)
    network = make_network(experiment.model, dataset, width=configured(experiment.training).width, seed=1, threads=1)
    model = Model(experiment, network, dataset.metadata())
    check(said(Exportable(model), tmp_path, str(table)), classify(model, table))


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "is empty"), ("a,b\n1,2\n", "there is no column"), ("split,series,t\n1\n", "row 2 has 1 cells")],
)
def test_a_table_that_does_not_fit_is_said(tmp_path: Path, text: str, words: str) -> None:
    target("python_script").write(exportable("vowels"), tmp_path / "model.py")
    (tmp_path / "rows.csv").write_text(text)
    command = [sys.executable, "-I", str(tmp_path / "model.py"), str(tmp_path / "rows.csv")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert words in done.stderr
