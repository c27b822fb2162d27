"""The C header compiles without a warning as C99 and says what the engine says."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import data
from engine.cells import specifications
from engine.config import Experiment
from engine.data import SequencePreparation
from engine.export import proof
from engine.export.c_source import identifier, number
from engine.export.held_out import held_out
from engine.export.particulars import Exportable
from engine.export.targets import c_header, target
from engine.model import Model
from engine.networks import make_network
from engine.sequence_to_sequence.decoding import Decoding
from engine.uses.writing import write_texts
from tests.engine.export.examples import KINDS, WRITERS, exportable

CELLS = [spec.key for spec in specifications()]
STRUCTURES: list[dict[str, Any]] = [
    {"hidden_sizes": [8, 4]},
    {"residual": True},
    {"learned_state": True},
    {"zoneout": 0.3},
]
needs_compiler = pytest.mark.skipif(not c_header.compiler(), reason="no C compiler")


def check(tmp_path: Path, kind: str, **model: Any) -> None:
    found = proof.export(exportable(kind, num_layers=2, **model), target("c_header"), tmp_path / "model.h")
    assert "-std=c99 -Wall -Wextra -Werror -pedantic" in found.runner
    assert found.difference is not None
    assert found.passed, found


@pytest.mark.parametrize("kind", [*KINDS, *WRITERS])
def test_calls_are_told_as_they_are_declared(tmp_path: Path, kind: str) -> None:
    target("c_header").write(exportable(kind), tmp_path / "model.h")
    text = (tmp_path / "model.h").read_text(encoding="utf-8")
    calls = re.findall(r"\b(model_\w+)\(([^()]*)\)", text.partition("#ifndef")[0])
    assert len(calls) >= 2
    for name, given in calls:
        (taken,) = re.findall(rf"^static inline \w+ {name}\(([^()]*)\)\n", text, re.MULTILINE)
        assert given.count(",") == taken.count(","), f"{name}({given}) is declared as {name}({taken})"


@needs_compiler
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell(tmp_path: Path, cell: str) -> None:
    check(tmp_path, ("airline", "seattle", "text")[CELLS.index(cell) % 3], cell=cell)


@needs_compiler
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["airline", "seattle", "text"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_on_all_data(tmp_path: Path, cell: str, kind: str) -> None:
    check(tmp_path, kind, cell=cell)


@needs_compiler
@pytest.mark.parametrize("structure", STRUCTURES, ids=str)
def test_every_structure(tmp_path: Path, structure: dict[str, Any]) -> None:
    check(tmp_path, "airline", cell="gru", **structure)


@needs_compiler
@pytest.mark.parametrize("activation", ["sigmoid", "relu", "softsign", "hard_sigmoid", "elu", "gelu", "identity"])
def test_every_activation(tmp_path: Path, activation: str) -> None:
    check(tmp_path, "airline", cell="elman", activation=activation)


@needs_compiler
@pytest.mark.parametrize("kind", ["gait", "digits", "one_step"])
def test_steps_in_their_own_units_give_classes_or_values(tmp_path: Path, kind: str) -> None:
    source = exportable(kind)
    path, *_ = target("c_header").write(source, tmp_path / "model.h")
    given, preparation = held_out(source.model), source.model.preparation
    assert isinstance(preparation, SequencePreparation)
    wanted = preparation.answers.values(given.scaled)
    found = c_header.run(path, replace(given, real=wanted))
    assert found is not None
    assert found.real is not None
    np.testing.assert_allclose(found.real, wanted, rtol=1e-4, atol=1e-6)


@needs_compiler
@pytest.mark.parametrize("kind", ["reviews", "words", "bytes"])
def test_texts_by_whatever_they_are_cut_into(tmp_path: Path, kind: str) -> None:
    check(tmp_path, kind, bidirectional=False)


@needs_compiler
@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("airline", {"residual": True}),
        ("seasonal", {"merge": "sum", "residual": True}),
        ("six_ahead", {"cell": "gru"}),
        ("reviews", {"cell": "lstm", "hidden_sizes": [8, 4]}),
        ("vowels", {"learned_state": True}),
        ("gait", {"cell": "gru"}),
        ("text", {}),
        ("adding", {}),
    ],
    ids=str,
)
def test_networks_that_read_both_ways(tmp_path: Path, kind: str, model: dict[str, Any]) -> None:
    check(tmp_path, kind, bidirectional=True, **model)


@pytest.mark.parametrize(
    ("kind", "said"), [("airline", "Passengers above zero."), ("seattle", "precipitation. Returns")]
)
def test_what_has_a_logarithm_taken_is_said(tmp_path: Path, kind: str, said: str) -> None:
    path, *_ = target("c_header").write(exportable(kind), tmp_path / "model.h")
    assert said in path.read_text().replace("\n * ", " ")


def test_a_forecast_at_every_row_read_both_ways_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="read backward too"):
        proof.export(exportable("seattle", bidirectional=True), target("c_header"), tmp_path / "model.h")
    assert not list(tmp_path.iterdir())


@needs_compiler
def test_words_of_a_column_are_tokens(tmp_path: Path) -> None:
    rows = [f"{at // 6},{('ab', 'cd', 'ef')[at % 3 - at // 60]},{'xy'[at // 6 % 2]}" for at in range(240)]
    (tmp_path / "words.csv").write_text("seq,word,label\n" + "\n".join(rows) + "\n")
    changes: dict[str, Any] = {
        "data.file": str(tmp_path / "words.csv"),
        "data.kind": "sequences",
        "data.sequence_column": "seq",
    }
    changes |= {"data.inputs": ["word"], "data.label": "label", "data.categories": "embedding"}
    experiment = Experiment().replace({**changes, "model.hidden_size": 5, "model.embedding_size": 4})
    dataset = data.load(experiment)
    network = make_network(experiment.model, dataset, threads=1, seed=1)
    source = Exportable(Model(experiment, network, dataset.metadata()))
    assert proof.export(source, target("c_header"), tmp_path / "model.h").passed


@needs_compiler
@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("dates", {"cell": "gru", "bidirectional": True}),
        ("dates", {"cell": "lstm", "bidirectional": False, "attention": "none"}),
        ("phrases", {"num_layers": 2}),
        ("captions", {"num_layers": 3, "residual": True, "repeat_input": True}),
        ("tunes", {}),
        ("co2", {}),
        ("known_ahead", {"cell": "gru"}),
        ("seasonal_co2", {"bidirectional": True}),
        ("seasonal_written", {"attention": "additive"}),
    ],
    ids=str,
)
def test_networks_that_write(tmp_path: Path, kind: str, model: dict[str, Any]) -> None:
    found = proof.export(exportable(kind, **model), target("c_header"), tmp_path / "model.h")
    assert found.difference is not None
    assert found.passed, found


_TEXT_PROGRAM = """\
#define MODEL_LONGEST 40
#include <stdio.h>
#include "model.h"

int main(int count, char **words)
{
    static model_state state;
    static char text[4000];
    model_reset(&state);
    if (count < 2 || !model_read_text(&state, words[1])) return 3;
    text[0] = 'x';
    if (model_write_text(&state, text, 0) || text[0] != 'x') return 4;
    model_write_text(&state, text, sizeof text);
    puts(text);
    return 0;
}
"""


@needs_compiler
def test_a_text_goes_in_and_a_text_comes_out(tmp_path: Path) -> None:
    source = exportable("dates")
    target("c_header").write(source, tmp_path / "model.h")
    (tmp_path / "main.c").write_text(_TEXT_PROGRAM)
    command = [
        c_header.compiler(),
        "-std=c99",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-pedantic",
        "main.c",
        "-o",
        "main",
        "-lm",
    ]
    subprocess.run(command, cwd=tmp_path, check=True)
    for text in ("Freitag, 21. Juni 2013", "3 März 1999 ☃"):
        said = subprocess.run([tmp_path / "main", text], capture_output=True, check=True).stdout.decode()
        assert said == write_texts(source.model, None, text, Decoding("greedy")).written[0] + "\n"
    too_long = subprocess.run([tmp_path / "main", "x" * 40], capture_output=True, check=False)
    assert too_long.returncode == 3


def test_without_a_compiler_it_is_written_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c_header, "compiler", lambda: "")
    found = proof.export(exportable(), target("c_header"), tmp_path / "model.h")
    assert found.difference is None
    assert found.sentence() == "Written, but not run: no C compiler is here (cc, gcc, clang)."
    assert json.loads(found.to_json())["passed"] is None
    assert (tmp_path / "model.h").stat().st_size > 1000


@pytest.mark.parametrize(
    ("stem", "name"),
    [("model", "model"), ("lstm-32", "lstm_32"), ("3d", "n_3d"), ("déjà vu", "d_j__vu"), ("…", "network")],
)
def test_names_that_c_takes(stem: str, name: str) -> None:
    assert identifier(stem) == name


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1.0f"), (0.1, "0.1f"), (-1e-20, "-1e-20f"), (1 / 3, "0.333333333f"), (0.0, "0.0f")]
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text
