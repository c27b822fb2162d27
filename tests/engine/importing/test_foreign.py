"""Weights from elsewhere become a network that says the same; other bytes become one clear error."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import data
from engine.cli import main
from engine.data import DataError
from engine.export.beside import write_arrays
from engine.export.targets import target
from engine.importing import read_foreign
from engine.layers.parameters import NetworkError
from engine.model import load_model
from engine.networks import make_network, parameter_shapes
from engine.storage.weights import WeightsFileError, encode
from engine.training import TrainingRun
from tests.engine.export.examples import exportable

FORMS = {"safetensors": "safetensors", "onnx": "onnx", "npz": "npz"}
STACKS: list[tuple[str, dict[str, Any]]] = [
    ("airline", {"cell": "elman", "num_layers": 2, "bidirectional": True}),
    ("airline", {"cell": "lstm", "num_layers": 3, "hidden_sizes": [8, 4]}),
    ("seattle", {"cell": "gru", "num_layers": 2}),
    ("text", {"cell": "gru", "bidirectional": True}),
    ("text", {"cell": "lstm", "num_layers": 2}),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kind", "model"), STACKS, ids=str)
def test_a_stack_comes_back(tmp_path: Path, kind: str, model: dict[str, Any], form: str) -> None:
    source = exportable(kind, **model)
    path = tmp_path / f"weights.{FORMS[form]}"
    target(form).write(source, path)
    found = read_foreign(path)
    dataset = data.load(source.model.experiment)
    experiment = source.model.experiment.replace(
        {"model.cell": "mgu", "model.num_layers": 1, "model.hidden_sizes": (), "model.bidirectional": False}
    ).replace(found.settings)
    network = make_network(experiment.model, dataset, threads=1, seed=9)
    found.into(network)
    inputs = dataset.pinned().inputs
    np.testing.assert_array_equal(network.forward(inputs).values, source.model.network.forward(inputs).values)


def test_pytorch_names_in_any_module(tmp_path: Path) -> None:
    state = exportable("text", cell="gru").model.network.state_dict()
    renamed = {
        name.replace("rnn.", "model.gru.").replace("readout.", "head.").replace("embedding.", "tok."): values
        for name, values in state.items()
        if not name.startswith("rnn.bias")
    }
    write_arrays(renamed, tmp_path / "w.npz")
    found = read_foreign(tmp_path / "w.npz")
    assert found.settings["model.cell"] == "gru"
    assert found.settings["model.embedding_size"] == 5
    assert not found.weights["rnn.bias_ih_l0"].any()
    assert found.weights.keys() == state.keys()


def test_a_stack_without_a_readout_begins_one(tmp_path: Path) -> None:
    source = exportable(cell="lstm").model
    bare = {n.removeprefix("rnn."): v for n, v in source.network.state_dict().items() if n.startswith("rnn.")}
    write_arrays(bare, tmp_path / "w.npz")
    found = read_foreign(tmp_path / "w.npz")
    assert any("readout starts anew" in note for note in found.notes)
    changed = source.experiment.replace({"training.start_weights": str(tmp_path / "w.npz"), **found.settings})
    run = TrainingRun(changed, data.load(changed))
    np.testing.assert_array_equal(run.network.state_dict()["rnn.weight_hh_l0"], bare["weight_hh_l0"])


def test_symbols_without_a_number_for_the_unknown(tmp_path: Path) -> None:
    """`sorted(set(text))` begins with a symbol, the workbench with the unknown one: the others say the same."""
    source = exportable("text", cell="gru").model
    state = source.network.state_dict()
    ends = ("embedding.weight", "readout.weight", "readout.bias")
    write_arrays(state | {name: state[name][1:] for name in ends}, tmp_path / "w.npz")
    found = read_foreign(tmp_path / "w.npz")
    assert any("numbered as sorted(set(text))" in note for note in found.notes)
    inputs = 1 + np.arange(12, dtype=np.int32)[:, None] % (len(state["embedding.weight"]) - 1)
    wanted = source.network.forward(inputs).values
    found.into(source.network)
    values = source.network.forward(inputs).values
    np.testing.assert_array_equal(values[..., 1:], wanted[..., 1:])
    chances = np.exp(values) / np.exp(values).sum(axis=-1, keepdims=True)
    assert chances[..., 0].max() < 5e-5


@pytest.mark.parametrize("known", [0, 1])
def test_one_hot_codes_are_looked_up(tmp_path: Path, known: int) -> None:
    """As many networks over characters read them; `known` is 1 where no code stands for the unknown symbol."""
    symbols = len(exportable("text").model.network.state_dict()["embedding.weight"])
    source = exportable("text", cell="lstm", embedding_size=symbols - known).model
    state = {**source.network.state_dict()}
    state["embedding.weight"] = np.concatenate([np.zeros((known, symbols - known)), np.eye(symbols - known)])
    source.network.load_state_dict(state)
    wanted = source.network.forward(np.arange(known, 9, dtype=np.int32)[:, None]).values
    ends = ("readout.weight", "readout.bias")
    bare = {name: value[known:] if name in ends else value for name, value in state.items() if "embedding" not in name}
    write_arrays(bare, tmp_path / "w.npz")
    found = read_foreign(tmp_path / "w.npz")
    found.into(source.network)
    values = source.network.forward(np.arange(known, 9, dtype=np.int32)[:, None]).values
    np.testing.assert_allclose(values[..., known:], wanted[..., known:], atol=1e-6)
    with pytest.raises(
        NetworkError, match=f"one-hot codes of its symbols, set model.embedding_size to {symbols - known}"
    ):
        found.into(exportable("text", cell="lstm").model.network)


def test_what_a_table_does_not_say_comes_with_the_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A series that moves is suggested as changes, which weights from elsewhere know nothing of."""
    monkeypatch.chdir(tmp_path)
    rows = np.cumsum(np.random.default_rng(3).normal(1, 1, (300, 2)), axis=0)
    np.savetxt("moves.csv", rows, delimiter=",", header="warmth,sales", comments="")
    named = ["--set=data.targets=sales", "--set=data.inputs=warmth", "--set=data.look_back=7"]
    short = ["--set=training.epochs=1", "--set=training.threads=1", "--set=training.memory_check=never"]
    sets = ["--data", "moves.csv", *named, *short]
    assert main(["train", *sets, "--set=model.cell=gru", "--out", "first"]) == 0
    assert 'transform = "difference"' in Path("first/experiment.toml").read_text()
    for form, transform in (("npz", "none"), ("safetensors", "difference")):
        assert main(["export", "first", "--to", f"w.{form}"]) == 0
        capsys.readouterr()
        assert main(["import", "--weights", f"w.{form}", *sets, "--out", form]) == 0
        assert f'transform = "{transform}"' in Path(f"{form}/experiment.toml").read_text()
        assert "reads 7 steps of sales, warmth, scaled by the training part (standard)" in capsys.readouterr().out


def test_data_of_another_shape_are_refused(tmp_path: Path) -> None:
    target("npz").write(exportable(cell="lstm"), tmp_path / "w.npz")
    found = read_foreign(tmp_path / "w.npz")
    other = exportable("seattle", cell="lstm").model
    with pytest.raises(NetworkError, match="do not fit this data"):
        found.into(other.network)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("text", "reads numbers, and this data goes in as tokens"),
        ("dates", "reads and then writes"),
        (
            "seattle",
            r"read 1 number a step, and this data gives 4 \(rnn.weight_ih_l0 is 24 × 1, not 24 × 4\); choose as many",
        ),
        ("seattle", r"as many columns \(data.targets, then data.inputs\)"),
    ],
)
def test_what_does_not_fit_is_said_in_words(tmp_path: Path, kind: str, words: str) -> None:
    target("npz").write(exportable(cell="lstm"), tmp_path / "w.npz")
    found = read_foreign(tmp_path / "w.npz")
    model = exportable(kind, cell="lstm").model
    with pytest.raises(NetworkError, match=words):
        found.into(model.network)
    dataset = data.load(model.experiment)
    with pytest.raises(NetworkError, match=words):  # and before there is such a network
        found.fitted(parameter_shapes(model.experiment.model, dataset))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("w.pkl", b"x"),
        ("w.npz", b""),
        ("w.npz", b"PK\3\4 broken"),
        ("w.onnx", b"\xff" * 50),
        ("w.onnx", b""),
        ("w.safetensors", b"{}"),
        ("w.safetensors", encode({"a.weight_ih_l0": np.ones((4, 3), np.float32)}, {})),
        ("w.safetensors", encode({"w": np.ones((4, 3), np.float32)}, {})),
    ],
)
def test_other_bytes_are_one_clear_error(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsFileError, match=r"w\."):
        read_foreign(tmp_path / name)


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
@pytest.mark.parametrize("form", FORMS)
def test_what_is_no_file_or_never_ends(tmp_path: Path, form: str, kind: str) -> None:
    path = tmp_path / f"w.{form}"
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case _:
            path.symlink_to("/dev/zero")
    for read in (read_foreign, load_model) if form == "safetensors" else (read_foreign,):
        with pytest.raises(WeightsFileError, match=f"a {kind}.*; name a file|or a {kind}; name a file"):
            read(path)


def npz(header: bytes, body: bytes = b"") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("weight_ih_l0.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + body)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        npz(b"{'descr': '<f4', 'fortran_order': False, 'shape': (100000, 100000), }\n"),
        npz(b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", b"cos\nsystem\n"),
        npz(b"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }\n"),
        npz(b"__import__('os')"),
        npz(b"{'descr': '<f4', 'fortran_order': False, 'shape': (4, 5000000), }\n", b"\0" * 80_000_000),
    ],
    ids=["huge", "object", "negative", "code", "bomb"],
)
def test_arrays_that_lie_about_themselves(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w.npz").write_bytes(content)
    with pytest.raises(WeightsFileError):
        read_foreign(tmp_path / "w.npz")


@pytest.mark.parametrize("form", FORMS)
def test_changed_bytes_never_do_more_than_be_refused(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"weights.{FORMS[form]}"
    target(form).write(exportable(cell="gru", hidden_size=2), path)
    whole, random = path.read_bytes(), np.random.default_rng(7)
    for _ in range(150):
        changed = bytearray(whole[: random.integers(1, len(whole) + 1)])
        for place in random.integers(0, len(changed), random.integers(1, 6)):
            changed[place] = random.integers(256)
        path.write_bytes(changed)
        try:
            read_foreign(path)
        except (WeightsFileError, DataError):
            continue


@pytest.mark.parametrize(
    ("cell", "why"), [("mgu", "Scan"), ("lstm_peephole", "peepholes"), ("lstm_cifg", "input_forget|coupled|peepholes")]
)
def test_what_is_no_plain_stack_is_refused(tmp_path: Path, cell: str, why: str) -> None:
    target("onnx").write(exportable(cell=cell), tmp_path / "w.onnx")
    with pytest.raises(WeightsFileError, match=why):
        read_foreign(tmp_path / "w.onnx")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("vowels", ("reads steps of c1, c2, c3,", "says how likely speaker is 1, 2, 3, 4, 5, 6, 7, 8, 9\n")),
        ("reviews", ("numbered as sorted(set(text)) does", "says how likely label is negative, positive\n")),
    ],
)
def test_what_goes_in_and_comes_out_is_told_in_its_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, said: tuple[str, ...]
) -> None:
    source = exportable(kind, cell="gru")
    target("npz").write(source, tmp_path / "w.npz")
    name, weights, out = source.model.experiment.data.sample, str(tmp_path / "w.npz"), str(tmp_path / "taken")
    assert main(["import", "--weights", weights, "--sample", name, "--set=training.threads=1", "--out", out]) == 0
    told = capsys.readouterr().out
    assert all(words in told for words in said)


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    source = exportable(cell="gru")
    target("onnx").write(source, tmp_path / "w.onnx")
    sets = [f"--set={key}={value}" for key, value in (("data.look_back", 9), ("training.threads", 1))]
    assert main(["import", "--weights", "w.onnx", "--sample", "airline_passengers", *sets, "--out", "taken"]) == 0
    assert "test part, RMSE" in capsys.readouterr().out
    assert main(["export", "taken", "--to", "again.npz"]) == 0
    with np.load("again.npz") as file:
        for name, values in source.model.network.state_dict().items():
            np.testing.assert_array_equal(file[name], values)
    again = [*sets, "--set=training.epochs=1", "--out", "trained"]
    assert main(["train", "--weights", "w.onnx", "--sample", "airline_passengers", *again]) == 0
    assert 'cell = "gru"' in Path("trained/experiment.toml").read_text()
    assert main(["import", "--weights", "none.npz", "--sample", "airline_passengers", "--out", "x"]) == 2
