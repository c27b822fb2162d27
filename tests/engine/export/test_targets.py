"""Every target: what it writes says what the engine says, and it says clearly what it cannot do."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.config import Experiment
from engine.data import load
from engine.export import proof
from engine.export.held_out import HeldOut
from engine.export.particulars import Exportable
from engine.export.targets import Answers, ExportError, Target, c_header, target, target_keys, targets
from engine.model import Model
from engine.network import Network
from engine.uses.inference import forecast, generate
from tests.engine.data.making import table, values
from tests.engine.export.examples import KINDS, WRITERS, exportable

OTHERS = [key for key in target_keys() if key != "onnx"]  # which has tests of its own


@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", OTHERS)
def test_every_kind_of_data(tmp_path: Path, key: str, kind: str) -> None:
    source, chosen = exportable(kind, cell="gru", num_layers=2), target(key)
    path = tmp_path / f"model{chosen.suffix}"
    assert chosen.fit_for(source.model).possible
    found = proof.export(source, chosen, path)
    assert found.passed, found
    assert set(found.files) == {file.name for file in tmp_path.iterdir()} - {f"{path.name}.proof.json"}
    assert {file.name for file in tmp_path.iterdir()} == {
        path.name, f"{path.name}.proof.json", *(f"{path.stem}{suffix}" for suffix in chosen.beside)
    }  # fmt: skip
    kept = json.loads((tmp_path / f"{path.name}.proof.json").read_text())
    assert kept["difference"] == found.difference
    here = key != "c_header" or bool(c_header.compiler())
    assert kept["passed"] is (True if here else None)


@pytest.mark.parametrize("stem", ["weights", "lstm-32", "class"])
@pytest.mark.parametrize("kind", [*KINDS, *WRITERS])
def test_how_a_file_is_used_is_said_of_the_data_at_hand(kind: str, stem: str) -> None:
    model = exportable(kind).model
    for each in targets():
        text = each.usage_of(model, Path(stem).with_suffix(each.suffix))
        if each.key in ("onnx", "safetensors", "pytorch", "keras", "npz"):
            compile(text, each.key, "exec")
        assert each.key == "csv" or stem in text or stem.replace("-", "_").upper() in text
        assert "what comes after the last row" not in text or model.metadata["kind"] == "series"


@pytest.mark.parametrize("key", OTHERS)
def test_a_run_from_before_seasons_were_taken(tmp_path: Path, key: str) -> None:
    source, chosen = exportable(), target(key)
    old = {name: value for name, value in source.model.metadata.items() if name != "period"}
    assert proof.export(Exportable(replace(source.model, metadata=old)), chosen, tmp_path / f"m{chosen.suffix}").passed


def test_targets_are_declared_apart() -> None:
    assert [item.key for item in targets()] == sorted(target_keys(), key=lambda key: target(key).order)
    assert len({item.order for item in targets()}) == len({item.title for item in targets()}) == len(targets())
    with pytest.raises(KeyError, match="targets are"):
        target("pickle")


def test_a_file_that_differs_is_called_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(path: Path, data: HeldOut) -> Answers:
        return Answers(data.scaled + 1e-3)

    false = Target(**{name: getattr(target("npz"), name) for name in Target.__slots__} | {"run": wrong})
    found = proof.export(exportable(), false, tmp_path / "model.npz")
    assert not found.passed
    assert "does NOT say the same" in found.sentence()


@pytest.mark.parametrize(
    ("difference", "passed", "more"),
    [
        (9e-6, True, ""),
        (2e-5, True, " The engine's own float32 is 1.9e-05 from float64; up to 0.00015 passes."),
        (2e-4, False, " The engine's own float32 is 1.9e-05 from float64; up to 0.00015 passes."),
    ],
)
def test_what_passes_is_said_where_it_is_more_than_usual(difference: float, passed: bool, more: str) -> None:
    """Answers up to 14.7 are 1e-6 apart in float32, before anything is computed with them."""
    found = proof.Proof("npz", ("m.npz",), "", "NumPy", "data", difference, 14.7, None, 1.9e-5, 1.5e-4)
    assert found.passed is passed
    assert found.sentence().endswith(f"on data (largest answer 14.7).{more}")


def test_the_script_says_what_the_workbench_says(tmp_path: Path) -> None:
    source = exportable()
    proof.export(source, target("python_script"), tmp_path / "model.py")
    table = Path("resources/samples/airline_passengers.csv").absolute()
    command = [sys.executable, "-I", str(tmp_path / "model.py"), str(table)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    header, last = done.stdout.splitlines()
    wanted = forecast(source.model)
    assert header == "date,Passengers"
    assert last.split(",")[0] == wanted.dates[-1] == "1961-01"
    assert float(last.split(",")[1]) == pytest.approx(wanted.forecast[-1, 0], rel=1e-6)


@pytest.mark.parametrize("kind", ["six_ahead", "fed_back", "two_ahead"])
def test_the_script_forecasts_every_step_that_the_workbench_does(tmp_path: Path, kind: str) -> None:
    source = exportable(kind)
    proof.export(source, target("python_script"), tmp_path / "model.py")
    sample = source.model.experiment.data.sample
    table = Path(f"resources/samples/{sample}.csv").absolute()
    command = [sys.executable, "-I", str(tmp_path / "model.py"), str(table)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    wanted, steps = forecast(source.model), source.model.experiment.data.steps
    rows = [line.split(",") for line in done.stdout.splitlines()[1:]]
    assert len(rows) == steps
    assert [row[0] for row in rows] == [date.replace("/", "-") for date in wanted.dates[-steps:]]
    said = np.array([row[1:] for row in rows], float)
    np.testing.assert_allclose(said, wanted.forecast[-steps:], rtol=1e-5)


def test_a_network_that_is_fed_its_own_forecast_is_said_to_be_one() -> None:
    assert "fed back" in target("onnx").fit_for(exportable("fed_back").model).text
    assert "fed back" not in target("onnx").fit_for(exportable("six_ahead").model).text


def test_the_script_writes_text(tmp_path: Path) -> None:
    proof.export(exportable("text"), target("python_script"), tmp_path / "model.py")
    command = [sys.executable, "-I", str(tmp_path / "model.py"), "Alice ", "--length", "12", "--temperature", "0"]
    done = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert done[0] == done[1]
    assert done[0].startswith("Alice ")
    assert len(done[0].rstrip("\n")) <= len("Alice ") + 12


@pytest.mark.parametrize("kind", ["words", "bytes"])
def test_the_script_writes_words_and_bytes_as_the_engine_does(tmp_path: Path, kind: str) -> None:
    source = exportable(kind)
    proof.export(source, target("python_script"), tmp_path / "model.py")
    command = [sys.executable, "-I", str(tmp_path / "model.py"), "Alice’s cat, ", "--length", "9", "--temperature", "0"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    wanted = generate(source.model, "Alice’s cat, ", 9, 0.0)
    assert done.stdout == f"{wanted.prompt}{wanted.text}\n"


@pytest.mark.parametrize("key", ["python_script", "onnx", "npz"])
def test_what_was_missing_goes_along(tmp_path: Path, key: str) -> None:
    cells: list[object] = ["" if row % 7 == 3 else value for row, value in enumerate(values())]
    (tmp_path / "a.csv").write_text(table(value=cells))
    given = {"file": str(tmp_path / "a.csv"), "time_column": "date", "look_back": 6, "missing_inputs": True}
    experiment = Experiment().replace({f"data.{name}": value for name, value in given.items()})
    experiment = experiment.replace({"data.transform": "difference", "model.hidden_size": 4})
    dataset = load(experiment)
    network = Network(experiment.model, dataset.input_size, 1, seed=1, threads=1)
    model = Model(experiment, network, dataset.metadata())
    path = tmp_path / f"model{target(key).suffix}"
    assert proof.export(Exportable(model), target(key), path).passed
    if key == "python_script":
        command = [sys.executable, "-I", str(path), str(tmp_path / "a.csv")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert float(done.stdout.split(",")[-1]) == pytest.approx(forecast(model).forecast[-1, 0], rel=1e-6)


def test_gaps_are_filled_as_in_the_engine() -> None:
    from engine.data.series.gaps import fill
    from engine.export.numpy_series import filled

    random = np.random.default_rng(0)
    rows = random.normal(size=(40, 2))
    rows[random.random(rows.shape) < 0.3] = np.nan
    rows[0] = 1.0
    for method in ("forward", "linear", "seasonal", "mask"):
        wanted = fill(rows, method, 4).windows(np.array([0]), 40)[:, 0]
        np.testing.assert_allclose(filled(rows, method, 4), wanted, rtol=1e-12)


@pytest.mark.parametrize("last", ["2020-01-31", "2019-12-30", "2020-02-29 06:30", "1960-12"])
@pytest.mark.parametrize("count", [1, 3, 12])
def test_dates_go_on_as_in_the_engine(last: str, count: int) -> None:
    from engine.data.frequency import Frequency, stamp_texts
    from engine.export.numpy_dates import next_dates

    day = 86_400_000_000
    every = "1" * 7
    for months, size, week, ends in (
        (True, count, every, False), (True, count, every, True), (False, count * day, every, False),
        (False, day, "1111100", False),
    ):  # fmt: skip
        frequency = Frequency(size, months, week=week, ends=ends)
        if len(last) < 10 and not months:
            continue
        wanted = stamp_texts(frequency.after(np.datetime64(last), 5), {7: "M", 10: "D", 16: "m"}[len(last)])
        assert next_dates(last, frequency.to_dict(), 5) == list(wanted)


def test_a_target_that_does_not_take_a_model_writes_nothing(tmp_path: Path) -> None:
    source = exportable()
    object.__setattr__(source.model, "metadata", {**source.model.metadata, "kind": "pictures"})
    with pytest.raises(ExportError, match="not possible for this model"):
        proof.export(source, target("python_script"), tmp_path / "model.py")
    assert not list(tmp_path.iterdir())


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"'a\\udcff.h' is no text in UTF-8"):
        proof.export(exportable(), target("c_header"), tmp_path / "a\udcff.h")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["numbers", "torch"])
def test_a_script_does_not_hide_a_module_that_it_needs(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExportError, match=f"hide the Python module {name}"):
        proof.export(exportable(), target("python_script"), tmp_path / f"{name}.py")
    assert not list(tmp_path.iterdir())
    assert proof.export(exportable(), target("npz"), tmp_path / f"{name}.npz").passed


def test_without_its_data_a_model_is_tried_on_made_up_ones(tmp_path: Path) -> None:
    for kind in ("airline", "text"):
        source = exportable(kind)
        missing = source.model.experiment.replace({"data.file": str(tmp_path / "gone.csv")})
        object.__setattr__(source.model, "experiment", missing)
        found = proof.export(source, target("npz"), tmp_path / "model.npz")
        assert found.passed
        assert "made-up" in found.data
    with pytest.raises(ValueError, match=r"gone\.csv"):
        load(missing)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"num_layers": 2, "hidden_sizes": (3, 4)}, "layers of unlike widths"),
        ({"bidirectional": True, "merge": "sum"}, "directions that are added"),
        ({"num_layers": 2, "residual": True}, "residual connections"),
        ({"learned_state": True}, "a learned initial state"),
    ],
)
def test_the_weights_say_what_pytorch_has_no_module_for(options: dict[str, object], words: str) -> None:
    assert words in target("safetensors").fit_for(exportable("airline", cell="lstm", **options).model).text
    assert "nn.LSTM" in target("safetensors").fit_for(exportable("airline", cell="lstm", dropout=0.2).model).text


@pytest.mark.parametrize("key", ["python_script", "npz", "c_header"])
@pytest.mark.parametrize("steps", range(4))
def test_an_export_that_ends_early_leaves_what_was_there(tmp_path: Path, key: str, steps: int) -> None:
    chosen = target(key)
    heard: list[str] = []
    path = tmp_path / f"model{chosen.suffix}"
    path.write_text("of before")

    def tell(step: str) -> None:
        if len(heard) == steps:
            raise KeyboardInterrupt
        heard.append(step)

    with pytest.raises(KeyboardInterrupt):
        proof.export(exportable(), chosen, path, tell)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "of before"


def test_a_folder_that_is_not_there_is_named_by_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"missing.model\.npz"):
        proof.export(exportable(), target("npz"), tmp_path / "missing" / "model.npz")
