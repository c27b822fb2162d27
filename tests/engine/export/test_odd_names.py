"""Names of columns, words, classes, files and folders that could end a remark or a text early: every form runs."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config import Experiment
from engine.data import load
from engine.export import proof
from engine.export.particulars import Exportable
from engine.export.remarks import block, comment, harmless
from engine.export.targets import target, target_keys
from engine.losses import loss_for
from engine.model import Model
from engine.networks import make_network
from tests.engine.export.examples import skip_unless_run

NAMES = (
    "*/ int main(void) { /*", 'a "quoted" \'x\'', "ends with \\", "what???/ {brace} %s %(x)d", 'tri"""ple', "Ünïcödé ☃",
    "new\nline", "\u202bעברית", "int", "class", "{0}", "ze\u200bro", "esc\x1b[31m",
)  # fmt: skip


def table(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def made(path: Path, **changes: Any) -> Exportable:
    own = {key.replace("__", "."): value for key, value in changes.items()}
    chosen = Experiment().replace({"data.file": str(path), "model.hidden_size": 4, **own})
    dataset = load(chosen)
    network = make_network(chosen.model, dataset, width=loss_for(chosen.training, dataset).width, seed=1, threads=1)
    return Exportable(Model(chosen, network, dataset.metadata()))


def series(folder: Path, **changes: Any) -> Exportable:
    rows = [
        [f"{2000 + row // 12}-{row % 12 + 1:02d}", *(f"{np.sin(row / 5 + at):.4f}" for at in range(len(NAMES)))]
        for row in range(72)
    ]
    settings = {
        "data__kind": "series",
        "data__time_column": "date",
        "data__targets": list(NAMES[:7]),
        "data__look_back": 4,
    }
    path = table(folder / "series.csv", ["date", *NAMES], rows)
    return made(path, **settings, data__inputs=list(NAMES[7:]), **changes)


def written(folder: Path) -> Exportable:
    return series(folder, model__topology="encoder_decoder", data__steps=3, data__known_inputs=list(NAMES[7:9]))


def sequences(folder: Path) -> Exportable:
    rows = [
        [f"s{at // 6}", f"{np.sin(at // 6 % 4 + at % 6):.4f}", NAMES[at % 6 % 3 + at // 6 % 4], NAMES[at // 6 % 4 * 3]]
        for at in range(240)
    ]
    path = table(folder / "sequences.csv", ["id", *NAMES[:3]], rows)
    inputs, settings = list(NAMES[:2]), {"data__kind": "sequences", "data__sequence_column": "id"}
    return made(path, **settings, data__inputs=inputs, data__label=NAMES[2])


@pytest.mark.sampled(2)
@pytest.mark.parametrize("source", [series, written, sequences])
@pytest.mark.parametrize("key", target_keys())
def test_every_form_runs_whatever_names_hold(tmp_path: Path, key: str, source: Any) -> None:
    skip_unless_run(key)
    folder = tmp_path / 'a "b" \\ c'
    folder.mkdir()
    chosen = target(key)
    found = proof.export(source(tmp_path), chosen, folder / f"if {NAMES[5]}'s{chosen.suffix}")
    assert found.passed, found


@pytest.mark.parametrize("text", [*NAMES, "?" * 5 + "/", "**//*/**/", "a\\\nb", "a\\ \nb", "a??/\nb", "\ud800", "\x00"])
def test_remarks_hold_any_text(text: str) -> None:
    for said in (comment(text), block(f"{text} {text}")[2:-2]):
        assert not {"*/", "/*", "??", "\x00", "\u202b"} & {
            said[at : at + size] for at in range(len(said)) for size in (1, 2)
        }
        said.encode()
    assert not any(line.rstrip().endswith("\\") for line in comment(text).split("\n"))
    names: dict[str, Any] = {}
    exec(f'def named():\n    """{harmless(text)}"""\n', names)
    assert "\n" not in harmless(text)
