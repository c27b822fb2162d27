"""Networks that read and then write say the same under onnxruntime: every cell, attention, depth and direction."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cells import specifications
from engine.data.texts.vocabulary import START, STOP
from engine.export.particulars import Exportable
from engine.export.targets import target
from engine.sequence_to_sequence.network import SequenceToSequence
from tests.engine.export.checking import check_writing
from tests.engine.export.examples import WRITERS, exportable, given

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

CELLS = [spec.key for spec in specifications()]
ATTENTIONS = ("none", "multiplicative", "additive")
SHAPES = [("none", 1, False), ("multiplicative", 2, True), ("additive", 2, False)]  # attention, layers, both directions
OTHERS = itertools.product(ATTENTIONS, (1, 2), (False, True))
STRUCTURES: list[dict[str, Any]] = [
    {"hidden_sizes": [8, 4], "bidirectional": True},
    {"merge": "sum", "bidirectional": True},
    {"residual": True, "bidirectional": True},
    {"learned_state": True},
    {"zoneout": 0.3, "zoneout_cell": 0.1},
]


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell(tmp_path: Path, cell: str) -> None:
    for kind, (attention, layers, both) in zip(("co2", "known_ahead", "dates"), SHAPES, strict=True):
        check_writing(tmp_path, "onnx", kind, cell=cell, attention=attention, num_layers=layers, bidirectional=both)
    check_writing(tmp_path, "onnx", "captions", cell=cell, num_layers=2, repeat_input=True)


@pytest.mark.slow
@pytest.mark.parametrize(("attention", "layers", "both"), sorted(set(OTHERS) - set(SHAPES)))
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_in_every_shape(tmp_path: Path, cell: str, attention: str, layers: int, both: bool) -> None:
    for kind in WRITERS:
        check_writing(tmp_path, "onnx", kind, cell=cell, attention=attention, num_layers=layers, bidirectional=both)


@pytest.mark.parametrize("structure", STRUCTURES, ids=str)
@pytest.mark.parametrize("cell", ["lstm", "mgu", "feedforward"])
def test_every_structure(tmp_path: Path, cell: str, structure: dict[str, Any]) -> None:
    check_writing(tmp_path, "onnx", "dates", cell=cell, **{"num_layers": 2, **structure})


def session(tmp_path: Path, source: Exportable) -> Any:
    target("onnx").write(source, tmp_path / "model.onnx")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), options, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("attention", ATTENTIONS)
@pytest.mark.parametrize("cell", ["gru", "mgu"])
def test_texts_of_unlike_length_side_by_side(tmp_path: Path, cell: str, attention: str) -> None:
    source = exportable("dates", cell=cell, num_layers=2, bidirectional=True, attention=attention)
    network, random = source.model.network, np.random.default_rng(5)
    assert isinstance(network, SequenceToSequence)
    lengths, read = np.array([9, 6, 6, 2]), random.integers(3, 9, (9, 4)).astype(np.int32)
    told = random.integers(3, 9, (5, 4)).astype(np.int32)
    told[0] = START
    fed = {"tokens": read.T.astype(np.int64), "lengths": lengths, "begun": told[1:].T.astype(np.int64)}
    (scores,) = session(tmp_path, source).run(["scores"], {**fed, "limit": np.array(5)})
    wanted = network.forward(read, lengths, told).values
    np.testing.assert_allclose(scores.swapaxes(0, 1), wanted, rtol=0, atol=1e-5)


def test_a_text_goes_on_from_what_is_begun(tmp_path: Path) -> None:
    opened, data = session(tmp_path, exportable("dates")), given("dates")
    fed = {"tokens": data.inputs.T[:5].astype(np.int64)}
    whole, scores, attention = opened.run(["written", "scores", "attention"], fed)
    again, same = opened.run(["written", "scores"], {**fed, "begun": whole[:, :4]})
    np.testing.assert_array_equal(again, whole)
    np.testing.assert_allclose(same, scores, rtol=0, atol=1e-6)
    np.testing.assert_allclose(attention.sum(axis=-1), 1, rtol=1e-5)
    assert attention.shape == (*whole.shape, len(data.inputs))
    (short,) = opened.run(["written"], {**fed, "limit": np.array(2)})
    np.testing.assert_array_equal(short, whole[:, :2])
    other = whole[:, :1] % 7 + 3
    (different,) = opened.run(["written"], {**fed, "begun": other})
    np.testing.assert_array_equal(different[:, :1], other)


def test_it_stops_where_every_text_has_stopped(tmp_path: Path) -> None:
    """A readout that is sure of the stop ends every text at once; where one goes on, stops fill the others."""
    source = exportable("dates")
    state = source.model.network.state_dict()
    state["readout.bias"][STOP] = 100.0
    source.model.network.load_state_dict(state)
    opened, read = session(tmp_path, source), given("dates").inputs.T[:3].astype(np.int64)
    (written,) = opened.run(["written"], {"tokens": read})
    np.testing.assert_array_equal(written, np.full((3, 1), STOP))


def test_only_what_is_read_has_to_be_given(tmp_path: Path) -> None:
    for kind, names in (("dates", ["tokens"]), ("captions", ["inputs"]), ("co2", ["rows"])):
        assert [each.name for each in session(tmp_path, exportable(kind)).get_inputs()] == names
    ahead = session(tmp_path, exportable("known_ahead")).get_inputs()
    assert {each.name: each.shape for each in ahead}["ahead"] == ["batch", 5, 1]


def test_what_travels_in_the_metadata(tmp_path: Path) -> None:
    found = session(tmp_path, exportable("phrases")).get_modelmeta().custom_metadata_map
    assert json.loads(found["data"])["source"]["level"] == "words"
    assert json.loads(found["decoding"])["stop"] == STOP


@pytest.mark.parametrize(("cell", "operators"), [("gru", ["GRU", "GRU", "Loop"]), ("mgu", ["Scan", "Scan", "Loop"])])
def test_operators(tmp_path: Path, cell: str, operators: list[str]) -> None:
    source = exportable("dates", cell=cell, num_layers=2, bidirectional=False)
    target("onnx").write(source, tmp_path / "model.onnx")
    nodes = onnx.load(tmp_path / "model.onnx").graph.node
    assert [node.op_type for node in nodes if node.op_type in ("RNN", "LSTM", "GRU", "Scan", "Loop")] == operators
    assert ("operator GRU reads" in target("onnx").fit(source.model).text) == (cell == "gru")
