from __future__ import annotations

import csv
import json
import math
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from engine.config import ConfigError, DataConfig, Experiment, experiment_from_toml, read_experiment
from engine.data import Dataset, samples
from engine.data.pairs.pairs_dataset import PairsDataset
from engine.data.sequences.label_metrics import METRIC
from engine.past_runs import _SUGGESTED, read_run
from engine.resuming import saved_run
from engine.runs import check_folder, load_run, plain
from engine.storage.run_folders import RunFolderError
from engine.storage.weights import WeightsFileError, read_weights, write_weights
from engine.training import TrainingRun
from tests.engine.data.making import sample_data

JUDGES = next(each.metadata["info"].choices for each in fields(DataConfig) if each.name == "judge")


@pytest.fixture
def run(experiment: Experiment, dataset: Dataset, tmp_path: Path) -> TrainingRun:
    made = TrainingRun(experiment, dataset, folder=tmp_path / "run")
    list(made)
    return made


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[model]]\n" + "cell = 'lstm'\n[[model]]\n" * 500, "[model] is a table of fields, got [{'cell': 'lstm'}, "),
        (f"[training]\nloss = '{'x' * 5000}'\n", "training.loss is 'xxx"),
        (f"[training]\nepochs = '{'x' * 5000}'\n", "training.epochs is 'xxx"),
        (f"[training]\nepochs = {'9' * 5000}\n", "not a TOML file: a number of thousands of digits"),
    ],
    ids=range(4),
)
def test_a_wrong_value_of_any_length_is_said_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        experiment_from_toml(text)
    assert str(caught.value).startswith(said)
    assert len(str(caught.value)) < 400


def test_settings_that_are_wrong_name_their_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[training]\nepochs = -3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mine\.toml: training\.epochs is -3; it takes 1 to"):
        read_experiment(path)


def test_settings_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[training]\nepochs = 3\n", encoding="utf-8-sig")
    assert read_experiment(path).training.epochs == 3


def test_a_run_folder_holds_what_it_should(run: TrainingRun, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert {path.name for path in folder.iterdir()} == {
        "experiment.toml", "weights.safetensors", "metrics.csv", "result.json", "log.txt", "checkpoints",
    }  # fmt: skip
    assert experiment_from_toml((folder / "experiment.toml").read_text()) == run.experiment
    with (folder / "metrics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert rows[0].keys() == {"step", "epoch", "training_loss", "validation_loss", "RMSE", "best"}
    result = json.loads((folder / "result.json").read_text())
    assert (result["loss"], result["metric"]) == ("mse", "RMSE")
    assert result["test_metrics"]["RMSE"] > 0
    assert "seasonal naive" in result["test_baselines"]
    assert result["data"] == {"sample": "noisy_sine"}
    assert result["versions"].keys() == {"python", "numpy", "numba", "system"}
    assert "generated: a sine wave" in (folder / "log.txt").read_text()


@pytest.mark.parametrize("part", ["", "weights.safetensors"])
def test_a_run_comes_back_as_it_was(run: TrainingRun, tmp_path: Path, part: str) -> None:
    model = load_run(tmp_path / "run" / part)
    assert model.experiment == run.experiment
    inputs = run.dataset.pinned().inputs
    np.testing.assert_array_equal(model.network.forward(inputs).values, run.network.forward(inputs).values)
    assert model.preparation.metadata() == run.dataset.preparation.metadata()


@pytest.mark.parametrize(
    ("chosen", "gone", "loss"),
    [
        ("auto", (), "mse"),
        ("mae", ("result.json",), "mae"),
        ("auto", ("result.json",), "mse"),  # as the metric tells
        ("auto", ("result.json", "metrics.csv"), ""),
    ],
)
def test_a_past_run_tells_its_loss_as_far_as_something_tells_it(
    run: TrainingRun, tmp_path: Path, chosen: str, gone: tuple[str, ...], loss: str
) -> None:
    folder = tmp_path / "run"
    settings = folder / "experiment.toml"
    settings.write_text(settings.read_text().replace('loss = "auto"', f'loss = "{chosen}"'))
    for name in gone:
        (folder / name).unlink()
    assert read_run(folder).started.loss == loss


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("sales.csv", RunFolderError, r"sales\.csv is no run; give the folder that `train --out` made, or its weights"),
        ("cut.safetensors", WeightsFileError, r"is not a safetensors file that can be read"),
    ],
)
def test_a_file_that_holds_no_weights_is_refused(tmp_path: Path, name: str, error: type[Exception], words: str) -> None:
    (tmp_path / name).write_text("date,value\n2020-01-01,1\n")
    with pytest.raises(error, match=words):
        load_run(tmp_path / name)


def test_settings_that_were_cut_off_are_refused_and_not_filled_with_defaults(run: TrainingRun, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    settings = folder / "experiment.toml"
    text = settings.read_text()
    whole = text.index("\n# ")
    ends = [at for at, letter in enumerate(text[:whole]) if letter == "\n"]
    cuts = [text[:end] for end in (0, *ends, *(at + 1 for at in ends[:-1]))]
    for cut in (*cuts, text[: ends[5]] + text[ends[9] :], text[: ends[5]] + text[ends[-5] :]):
        settings.write_text(cut)
        for read in (load_run, read_run, saved_run):
            with pytest.raises((ConfigError, RunFolderError), match=r"cut off|cut out|not a TOML file"):
                read(folder)
    assert load_run(folder / "weights.safetensors").experiment == run.experiment  # as the message says
    settings.write_text(text)
    assert saved_run(folder).experiment == load_run(folder).experiment == run.experiment


def test_weights_that_are_handed_on_do_not_tell_where_the_data_lay(run: TrainingRun) -> None:
    model = run.model()
    experiment = model.experiment.replace({"data.file": "/home/somebody/secret/table.csv"})
    private = replace(model, experiment=experiment)
    assert "somebody" not in "".join(private.header().values())
    assert "table.csv" in private.header()["experiment"]


@pytest.mark.parametrize("name", ["experiment.toml", "weights.safetensors", "result.json"])
def test_a_folder_with_a_run_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(RunFolderError, match="already holds a run"):
        check_folder(tmp_path)


def test_checking_leaves_nothing_behind(tmp_path: Path) -> None:
    check_folder(tmp_path / "new" / "deeper")
    assert not (tmp_path / "new").exists()
    check_folder(tmp_path)
    assert tmp_path.exists()


@pytest.mark.parametrize("below", ["file", "file/deeper"])
def test_a_file_in_the_way_is_refused(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunFolderError, match=r"cannot be made: .*file is no folder"):
        check_folder(tmp_path / below)


@pytest.mark.skipif(sys.platform == "win32", reason="names may be longer there")
def test_a_name_that_the_system_refuses_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="cannot be made: File name too long; choose another folder"):
        check_folder(tmp_path / ("long" * 100))


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("engine.runs.tempfile.TemporaryFile", denied)
    with pytest.raises(RunFolderError, match="cannot be written: Permission denied"):
        check_folder(tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(("name", "message"), [("nothing", "holds no run"), ("empty", "holds no run")])
def test_what_is_no_run_is_said(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunFolderError, match=message):
        load_run(tmp_path / name)


def test_a_run_without_weights_is_said(run: TrainingRun, tmp_path: Path) -> None:
    (tmp_path / "run/weights.safetensors").unlink()
    with pytest.raises(RunFolderError, match="holds no weights"):
        load_run(tmp_path / "run")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rnn_workbench": "other"}, "was not written by this workbench"),
        ({"experiment": "x"}, "cannot be used"),
        ({"data": "{}"}, "cannot be used"),
        ({"network": "[]"}, "cannot be used"),
        ({"network": '{"input_size": 3, "output_size": 1}'}, "cannot be used"),
    ],
)
def test_weights_that_do_not_fit_are_refused(
    run: TrainingRun, tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    weights, header = read_weights(tmp_path / "run/weights.safetensors")
    write_weights(tmp_path / "other.safetensors", weights, header | changes)
    with pytest.raises(WeightsFileError, match=message):
        load_run(tmp_path / "other.safetensors")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("a, b,c", ("a", "b", "c")),
        ('"Sales, net (€)", b', ("Sales, net (€)", "b")),
        ('Temp. "out" °C,b', ('Temp. "out" °C', "b")),
        ('"a ""b"", c"', ('a "b", c',)),
        ("", ()),
    ],
)
def test_names_with_commas_stand_in_quotation_marks(given: str, names: tuple[str, ...]) -> None:
    assert Experiment().replace({"data.inputs": given}).data.inputs == names


def test_plain_values() -> None:
    assert plain({"a": (1.0, math.nan), "b": {"c": math.inf}, "d": "x"}) == {
        "a": [1.0, None],
        "b": {"c": None},
        "d": "x",
    }


def test_a_run_of_before_losses_were_told_has_the_one_that_its_data_suggested(run: TrainingRun, tmp_path: Path) -> None:
    result = tmp_path / "run" / "result.json"
    known = json.loads(result.read_text())
    assert known.pop("loss") == run.dataset.loss
    result.write_text(json.dumps(known))
    assert read_run(tmp_path / "run").started.loss == run.dataset.loss


@pytest.mark.parametrize("key", [each.key for each in samples()])
def test_the_metric_of_data_tells_the_loss_that_it_suggests(key: str) -> None:
    data = sample_data(key)
    assert _SUGGESTED[data.metric] == data.loss


@pytest.mark.parametrize("judge", JUDGES)
def test_whatever_pairs_are_judged_by_tells_their_loss(judge: str) -> None:
    assert _SUGGESTED[judge] == PairsDataset.loss


def test_the_metric_of_several_labels_tells_their_loss() -> None:
    assert _SUGGESTED[METRIC] == "binary_cross_entropy"
