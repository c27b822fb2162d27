"""Networks that read and then write: what leaves says what the engine says, told and by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.data import PairsPreparation
from engine.data.texts.vocabulary import STOP
from engine.export import proof
from engine.export.beside import read_particulars
from engine.export.held_out import HeldOut, held_out
from engine.export.targets import Answers, Target, target
from engine.sequence_to_sequence.decoding import Decoding
from engine.uses.inference import forecast
from engine.uses.writing import write_texts
from tests.engine.export.examples import WRITERS, exportable

FORMS = ["safetensors", "npz", "csv", "python_script", "pytorch", "onnx", "keras"]
PAIRS = ("dates", "phrases", "captions", "tunes")
TYPED = {
    "dates": ["Freitag, 21. Juni 2013", "  ?  "],
    "phrases": ["two  thousand nine hundred", "ninety-nine"],
    "captions": [", ".join(str(k % 17) for k in range(64))],
    "tunes": ["g minor, 4/4", "what, ever"],
}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("key", FORMS)
def test_every_kind_of_data(tmp_path: Path, key: str, kind: str) -> None:
    source, chosen = exportable(kind), target(key)
    path = tmp_path / f"model{chosen.suffix}"
    assert chosen.fit_for(source.model).possible
    found = proof.export(source, chosen, path)
    assert found.passed, found
    assert found.difference is not None
    assert found.difference <= proof.LIMIT * max(1.0, found.largest)
    writes_tokens = kind in PAIRS
    assert (found.texts is not None) == writes_tokens
    assert (found.difference_in_units is None) == writes_tokens
    kept = json.loads((tmp_path / f"{path.name}.proof.json").read_text())
    assert kept["texts_alike"] == found.texts


def test_both_vocabularies_and_the_stop_travel(tmp_path: Path) -> None:
    source = exportable("dates", attention="additive")
    target("npz").write(source, tmp_path / "model.npz")
    about = read_particulars(tmp_path / "model.npz")
    preparation = source.model.preparation
    assert isinstance(preparation, PairsPreparation)
    assert preparation.source is not None
    assert tuple(about["data"]["source"]["symbols"]) == preparation.source.known
    assert tuple(about["data"]["symbols"]["symbols"]) == preparation.symbols.known
    assert about["decoding"] == {
        "method": "greedy", "unknown": 0, "start": 1, "stop": STOP, "limit": preparation.limit,
    }  # fmt: skip
    assert about["network"]["attention"] == "additive"


def test_the_weights_are_those_of_pytorch_s_own_modules() -> None:
    fit = target("safetensors").fit_for(exportable("dates", cell="lstm").model)
    assert "nn.LSTM, one that reads and one that writes, load them" in fit.text
    assert (
        "no module of its own with layers of unlike widths"
        in target("safetensors").fit_for(exportable("dates", cell="lstm", num_layers=2, hidden_sizes=(3, 4)).model).text
    )


def test_the_texts_that_are_held_against_are_the_workbench_s_own() -> None:
    source = exportable("captions")
    preparation = source.model.preparation
    assert isinstance(preparation, PairsPreparation)
    texts = held_out(source.model).texts
    assert texts is not None
    ours = [preparation.symbols.decode(column) for column in texts.tokens.T]
    found = write_texts(source.model)
    assert ours == [text for text, part in zip(found.written, found.parts, strict=True) if part == "test"][: len(ours)]


def script(tmp_path: Path, kind: str, *arguments: str, given: str = "") -> list[str]:
    target("python_script").write(exportable(kind), tmp_path / "model.py")
    command = [sys.executable, "-I", str(tmp_path / "model.py"), *arguments]
    done = subprocess.run(command, input=given, capture_output=True, encoding="utf-8", check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize(("width", "decoding"), [(1, Decoding()), (3, Decoding("beam", width=3))])
@pytest.mark.parametrize("kind", PAIRS)
def test_the_script_writes_what_the_workbench_writes(tmp_path: Path, kind: str, width: int, decoding: Decoding) -> None:
    model = exportable(kind).model
    wanted = [write_texts(model, typed=text, decoding=decoding).written[0] for text in TYPED[kind]]
    assert script(tmp_path, kind, "-", "--width", str(width), given="\n".join(TYPED[kind])) == wanted


def test_the_script_draws_the_same_from_the_same_seed(tmp_path: Path) -> None:
    drawn = [script(tmp_path, "tunes", "g minor, 4/4", "--temperature", "1", "--seed", seed) for seed in "778"]
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize(("typed", "words"), [("1, 2", "reads 64 values"), (", ".join(["much"] * 64), "are numbers")])
def test_the_script_says_what_it_cannot_read(tmp_path: Path, typed: str, words: str) -> None:
    with pytest.raises(subprocess.CalledProcessError) as raised:
        script(tmp_path, "captions", typed)
    assert raised.value.stderr.startswith("error: ")
    assert words in raised.value.stderr
    assert "Traceback" not in raised.value.stderr


@pytest.mark.parametrize(("kind", "known"), [("co2", 0), ("known_ahead", 0), ("known_ahead", 3)])
def test_the_script_forecasts_every_step_that_the_workbench_does(tmp_path: Path, kind: str, known: int) -> None:
    """In the last rows of the file there is no target yet; what they know of other columns is read ahead."""
    model = exportable(kind).model
    data, table = model.experiment.data, tmp_path / "rows.csv"
    lines = Path(f"resources/samples/{data.sample}.csv").read_text(encoding="utf-8").splitlines()
    places = [lines[0].split(",").index(name) for name in data.targets]
    for row in range(len(lines) - known, len(lines)):
        cells = lines[row].split(",")
        lines[row] = ",".join("" if place in places else cell for place, cell in enumerate(cells))
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = [line.split(",") for line in script(tmp_path, kind, str(table))[1:]]
    wanted = forecast(model, table)
    assert [row[0].replace("/", "-") for row in rows] == list(wanted.dates[-data.steps :])
    np.testing.assert_allclose(np.array([row[1:] for row in rows], float), wanted.forecast[-data.steps :], rtol=1e-5)


@pytest.mark.parametrize(("tied", "passed"), [(False, False), (True, True)])
def test_a_text_may_differ_only_where_two_symbols_are_as_likely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tied: bool, passed: bool
) -> None:
    def parting(path: Path, data: HeldOut) -> Answers:
        assert data.texts is not None
        tokens = data.texts.tokens.copy()
        tokens[3, 0] = 3 + tokens[3, 0] % 2
        return Answers(data.scaled, tokens=tokens)

    def tie(model: object) -> HeldOut:
        data = held_out(source.model)
        assert data.texts is not None
        lead = data.texts.lead.copy()
        lead[3, 0] = 1e-6
        return replace(data, texts=replace(data.texts, lead=lead)) if tied else data

    source = exportable("dates")
    monkeypatch.setattr(proof, "held_out", tie)
    false = Target(**{name: getattr(target("npz"), name) for name in Target.__slots__} | {"run": parting})
    found = proof.export(source, false, tmp_path / "model.npz")
    assert found.passed is passed
    assert f"{128 if passed else 127} of 128 texts" in found.sentence()


@pytest.mark.parametrize("kind", WRITERS)
def test_without_its_data_a_model_is_tried_on_made_up_ones(tmp_path: Path, kind: str) -> None:
    source = exportable(kind)
    missing = source.model.experiment.replace({"data.file": str(tmp_path / "gone.csv")})
    object.__setattr__(source.model, "experiment", missing)
    found = proof.export(source, target("npz"), tmp_path / "model.npz")
    assert found.passed
    assert "made-up" in found.data
    assert np.isfinite(found.difference or 0.0)
