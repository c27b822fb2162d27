"""Labelled sequences: three layouts, four splits, and nothing of the held-out parts in what training sees."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config import Experiment
from engine.data import Batch, DataError, Dataset, Preparation, load, suggest
from engine.data.sequences.parts import Spans
from engine.data.sequences.sequence_dataset import SequenceDataset
from engine.data.sequences.sequence_preparation import filled
from engine.data.sequences.sequences import read_sequences
from engine.data.splits import PARTS
from tests.engine.data.making import Write

SPLITS = ("time", "sequence", "stratified", "column")
SCALERS = ("standard", "minmax", "none")
LENGTHS = [3 + number % 4 for number in range(24)]


def long_table() -> str:
    """24 sequences of 3 to 6 steps in two classes."""
    lines = ["part,case,step,x,colour,y,label,tag"]
    random = np.random.default_rng(0)
    for number, length in enumerate(LENGTHS):
        part = "test" if number % 4 == 3 else "train"
        for step in range(length):
            x, y = random.normal(size=2)
            blank = "" if (number, step) in ((2, 0), (5, 1), (9, 2)) else f"{x:.4f}"
            colour = "red" if step % 2 else "green"
            lines.append(f"{part},{number},{step},{blank},{colour},{y:.4f},{'ab'[number % 2]},{'uvw'[step % 3]}")
    return "\n".join(lines) + "\n"


def wide_table() -> str:
    random = np.random.default_rng(1)
    lines = ["part,p0,p1,p2,p3,p4,p5,label"]
    for number in range(24):
        values = random.normal(size=6)
        lines.append(
            f"{'test' if number % 4 == 3 else 'train'},{','.join(f'{v:.4f}' for v in values)},{'ab'[number % 2]}"
        )
    return "\n".join(lines) + "\n"


def recording() -> str:
    random = np.random.default_rng(2)
    lines = ["part,x,y,label"]
    for row in range(96):
        x, y = random.normal(size=2)
        part, blank = "test" if row // 4 % 4 == 3 else "train", "" if row in (0, 40) else f"{x:.4f}"
        lines.append(f"{part},{blank},{y:.4f},{'ab'[row // 8 % 2]}")
    return "\n".join(lines) + "\n"


LAYOUTS: dict[str, Any] = {
    "long": (long_table, {"sequence_column": "case", "time_column": "step", "inputs": "x,colour,y"}),
    "wide": (wide_table, {"channels": 2, "inputs": "p0,p1,p2,p3,p4,p5"}),
    "recording": (recording, {"inputs": "x,y", "sequence_length": 4}),
}


def experiment(path: Path, topology: str = "many_to_one", **data: Any) -> Experiment:
    settings = {"file": str(path), "kind": "sequences", "label": "label", "validation": 0.25, "test": 0.25} | data
    return Experiment().replace(
        {"model.topology": topology} | {f"data.{name}": value for name, value in settings.items()}
    )


def made(write: Write, layout: str = "long", topology: str = "many_to_one", **data: Any) -> SequenceDataset:
    text, settings = LAYOUTS[layout]
    found = load(experiment(write("a.csv", text()), topology, **settings | data))
    assert isinstance(found, SequenceDataset)
    return found


def in_order(data: Dataset, part: str) -> Batch:
    assert isinstance(data, SequenceDataset)
    return data.batch(part, np.arange(data.count(part)))


# --- layouts --------------------------------------------------------------------------------------------


def test_a_long_table_gives_ragged_batches_with_the_longest_first(write: Write) -> None:
    data = made(write, scaler="none", inputs="y")
    batch = data.batch("train", np.arange(4))
    assert batch.lengths.tolist() == [6, 5, 4, 3]
    assert batch.inputs.shape == (6, 4, 1)
    assert batch.inputs[3:, 3].tolist() == [[0.0]] * 3
    assert batch.positions.tolist() == [3, 2, 1, 0]
    assert [data.classes[k] for k in batch.targets] == ["b", "a", "b", "a"]
    assert all(array.flags.c_contiguous for array in (batch.inputs, batch.lengths, batch.targets, batch.weights))


def test_steps_come_in_the_order_of_the_time_column(write: Write) -> None:
    header, *rows = long_table().splitlines()
    settings = LAYOUTS["long"][1]
    plain = load(experiment(write("a.csv", long_table()), **settings))
    grouped = sorted(rows, key=lambda row: (int(row.split(",")[1]), -int(row.split(",")[2])))
    turned = load(experiment(write("b.csv", "\n".join([header, *grouped]) + "\n"), **settings))
    for one, other in zip(plain.batches("train", 4), turned.batches("train", 4), strict=True):
        np.testing.assert_array_equal(one.inputs, other.inputs)


def test_a_wide_table_is_cut_into_steps(write: Write) -> None:
    text = "a,b,c,d,label\n1,2,3,4,x\n5,6,,,y\n7,8,9,10,x\n1,1,1,1,y\n"
    data = load(experiment(write("a.csv", text), channels=2, scaler="none", test=1, validation=0))
    batch = in_order(data, "train")
    assert batch.lengths.tolist() == [2, 2, 1]
    assert batch.inputs[:, 0].tolist() == [[1, 2], [3, 4]]
    assert batch.inputs[0, 2].tolist() == [5, 6]
    assert any("1 sequence shorter" in note for note in data.notes())


def test_a_row_is_one_step_for_a_network_without_memory(write: Write) -> None:
    data = made(write, "wide", "one_to_one")
    assert data.input_size == 6
    assert next(data.batches("train", 4)).inputs.shape == (1, 4, 6)


def test_a_recording_is_cut_into_windows_that_do_not_straddle(write: Write) -> None:
    data = made(write, "recording", "many_to_many", stride=2)
    train = data.spans("train")
    assert train.first.tolist() == list(range(0, 45, 2))
    assert set(train.lengths.tolist()) == {4}
    assert data.spans("validation").first.tolist() == list(range(48, 72, 4))
    assert len(data.answered("test")) == 24


def test_windows_of_a_recording_are_answered_by_their_last_step(write: Write) -> None:
    data = made(write, "recording", "many_to_one")
    batch = data.batch("train", np.array([0, 6]))
    assert batch.inputs.shape == (4, 2, 2)
    assert [data.classes[k] for k in batch.targets] == ["a", "b"]  # rows 3 and 9


@pytest.mark.parametrize(("method", "wanted"), [("forward", [9, 1, 1, 3, 3, 5]), ("linear", [1, 1, 2, 3, 4, 5])])
def test_a_gap_in_a_recording_is_filled_from_what_stands_before_its_window(method: str, wanted: list[float]) -> None:
    values = np.array([np.nan, 1, np.nan, 3, np.nan, 5])[:, None]
    windows = Spans(np.arange(5), np.arange(5) + 2, np.zeros(5, np.int64))
    np.testing.assert_array_equal(filled(values, windows, method, np.array([9.0]))[:, 0], wanted)
    beside = Spans(np.array([0, 3]), np.array([3, 6]), np.zeros(2, np.int64))
    np.testing.assert_array_equal(filled(values, beside, "forward", np.array([9.0]))[:, 0], [9, 1, 1, 3, 3, 5])
    alone = Spans(np.arange(6), np.arange(6) + 1, np.zeros(6, np.int64))
    np.testing.assert_array_equal(filled(values, alone, method, np.array([9.0]))[:, 0], [9, 1, 9, 3, 9, 5])


def test_every_step_has_its_tag(write: Write) -> None:
    data = made(write, topology="many_to_many", label="tag")
    batch = data.batch("train", np.arange(2))
    assert ["".join(data.classes[k] for k in batch.targets[:, column]) for column in (0, 1)] == ["uvwu", "uvwu"]
    assert batch.weights.tolist() == [[1, 1], [1, 1], [1, 1], [1, 0]]


def test_words_go_in_as_one_input_each_and_strange_ones_as_none(write: Write) -> None:
    text = "id,c,label\n" + "".join(f"{n},{c},{'xy'[n % 2]}\n" for n in range(6) for c in ("red", "blue"))
    changed = text[: text.rindex("red")] + "gold" + text[text.rindex("red") + 3 :]
    data = load(experiment(write("a.csv", changed), sequence_column="id", inputs="c", test=1, validation=0))
    assert data.input_size == 2
    assert in_order(data, "test").inputs[:, 0].tolist() == [[0, 0], [1, 0]]


def test_words_alone_can_be_embedded(write: Write) -> None:
    data = made(write, inputs="colour", categories="embedding")
    assert data.tokens
    assert data.input_size == 3
    assert data.batch("train", np.arange(1)).inputs[:, 0].tolist() == [1, 2, 1]


def test_words_that_come_seldom_are_unknown_and_learned_from(write: Write) -> None:
    path = write("a.csv", long_table().replace("red", "teal", 1))
    own: dict[str, Any] = {"sequence_column": "case", "inputs": "colour", "categories": "embedding", "minimum_count": 2}
    data = load(experiment(path, **own))
    assert isinstance(data, SequenceDataset)
    assert (data.input_size, int((data.inputs == 0).sum())) == (3, 1)


def test_numbers_on_a_scale_are_values(write: Write) -> None:
    text = "id,x,label\n" + "".join(f"{n},{n + s},{n * 1.5}\n" for n in range(12) for s in range(3))
    data = load(experiment(write("a.csv", text), sequence_column="id", inputs="x"))
    assert (data.loss, data.metric, data.output_size, data.classes) == ("mse", "RMSE", 1, ())
    np.testing.assert_allclose(data.truth("test"), [13.5, 15.0, 16.5], rtol=1e-6)
    np.testing.assert_allclose(data.decode(next(data.batches("test", 3)).targets)[:, 0], [13.5, 15, 16.5], rtol=1e-5)
    assert dict(data.baselines("test"))["linear regression"] < dict(data.baselines("test"))["mean"]


# --- parts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("split", SPLITS)
def test_parts_share_no_step_and_leave_none_out(write: Write, layout: str, split: str) -> None:
    data = made(
        write, layout, "many_to_many" if layout == "recording" else "many_to_one", split=split, split_column="part"
    )
    rows = [
        np.concatenate([np.arange(a, b) for a, b in zip(s.first, s.last, strict=True)]) for s in map(data.spans, PARTS)
    ]
    own = [set(part.tolist()) for part in rows]
    assert all(own)
    assert sum(map(len, own)) == len(set.union(*own)) == len(data.inputs)


def test_a_stratified_split_keeps_the_shares_of_the_classes(write: Write) -> None:
    text = "id,x,label\n" + "".join(f"{n},{n},{'rare' if n % 5 == 0 else 'often'}\n" for n in range(100))
    data = load(
        experiment(write("a.csv", text), sequence_column="id", inputs="x", split="stratified", validation=0.2, test=0.2)
    )
    for part in PARTS:
        assert np.mean(data.truth(part) == data.classes.index("rare")) == pytest.approx(0.2)


def test_the_split_column_is_obeyed(write: Write) -> None:
    data = made(write, split="column", split_column="part")
    assert [data.labels("test")[k] for k in range(3)] == ["3", "7", "11"]
    assert data.count("train") + data.count("validation") == 18


# --- nothing leaks --------------------------------------------------------------------------------------


def seen(data: Dataset) -> list[bytes]:
    arrays = [a for b in data.batches("train", 4, seed=3) for a in (b.inputs, b.targets, b.weights)]
    arrays += [a for b in data.batches("validation", 4) for a in (b.inputs, b.targets, b.weights)]
    return [*(a.tobytes() for a in arrays), repr(data.metadata()).encode(), repr(data.baselines("validation")).encode()]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("split", SPLITS)
def test_changing_the_test_part_changes_nothing_that_training_sees(write: Write, layout: str, split: str) -> None:
    topology, (text, settings) = "many_to_many" if layout == "recording" else "many_to_one", LAYOUTS[layout]
    chosen = experiment(write("a.csv", text()), topology, split=split, split_column="part", **settings).data
    found = read_sequences(Path(chosen.file), chosen)
    for scaler, missing in itertools.product(SCALERS, ("linear", "forward")):
        data = replace(chosen, scaler=scaler, missing=missing)
        plain = SequenceDataset(found, data, topology)
        spans, values = plain.spans("test"), found.values.copy()
        for first, last in zip(spans.first, spans.last, strict=True):
            values[first:last] += 1e6
        other = SequenceDataset(replace(found, values=values), data, topology)
        assert seen(plain) == seen(other)
        assert not np.array_equal(in_order(plain, "test").inputs, in_order(other, "test").inputs)


# --- what is said ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"label": ""}, "no label is chosen"),
        ({"label": "lable"}, "did you mean 'label'"),
        ({"sequence_column": "cas"}, "did you mean 'case'"),
        ({"inputs": "x,label"}, "cannot be an input too"),
        ({"split": "column", "split_column": ""}, "set data.split_column"),
        ({"split": "column", "split_column": "tag"}, "names no part"),
        ({"channels": 2}, "data.channels says"),
        ({"channels": 2, "sequence_column": (), "inputs": "x,colour"}, "holds words"),
        ({"channels": 3, "sequence_column": (), "inputs": "x,y"}, "cannot be cut into steps of 3"),
        ({"label": "tag", "answer": "value"}, "is no number"),
        ({"categories": "embedding"}, "one column of words"),
        ({"inputs": "colour", "minimum_count": 1000}, "no word of 'colour' comes 1,000 times"),
        ({"label": "part", "split": "time", "test": 0.9, "validation": 0.0}, "nothing to tell apart"),
        ({"test": 30, "validation": 0}, "nothing is left to train on"),
    ],
)
def test_what_does_not_fit_is_said_in_one_sentence(write: Write, data: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        made(write, **data)
    assert "\n" not in str(caught.value)


def test_a_label_a_row_holds_for_the_whole_row(write: Write) -> None:
    with pytest.raises(DataError, match="choose many_to_one"):
        made(write, "wide", "many_to_many")


def test_classes_that_training_never_saw_are_left_out_and_said(write: Write) -> None:
    text = long_table().replace("test,23,", "test,23,").rsplit("\n", 8)
    changed = "\n".join([text[0], *(line.replace(",b,", ",c,") for line in text[1:])])
    data = load(experiment(write("a.csv", changed), **LAYOUTS["long"][1]))
    assert data.classes == ("a", "b")
    assert any("has no 'c'" in note for note in data.notes())
    assert next(data.batches("test", 99)).weights.sum() == data.count("test") == 5


@pytest.mark.parametrize("topology", ["many_to_one", "many_to_many"])
def test_what_has_no_label_is_no_example(write: Write, topology: str) -> None:
    """Before, a batch that held nothing else ended the run."""
    whole = made(write, topology=topology, split="sequence")
    blank = {whole.sequences.names[at] for part in PARTS for at in whole.spans(part).sequence[:2]}
    lines = (line.split(",") for line in long_table().splitlines())
    rows = [",".join([*row[:6], "" if row[1] in blank else row[6], row[7]]) for row in lines]
    data = load(experiment(write("b.csv", "\n".join(rows)), topology, **LAYOUTS["long"][1], split="sequence"))
    assert isinstance(data, SequenceDataset)
    for part in PARTS:
        assert data.count(part) == whole.count(part) - 2
        assert all(batch.weights.any() for batch in data.batches(part, 1))
    said = "examples" if topology == "many_to_one" else "steps"
    assert any(note.endswith(f"{said} without a label, left out of the loss and of the score") for note in data.notes())


def test_the_preparation_travels_with_the_weights(write: Write) -> None:
    for layout in LAYOUTS:
        preparation = made(write, layout).preparation
        again = Preparation.from_metadata(preparation.metadata())
        assert again.metadata() == preparation.metadata()


# --- suggestions ----------------------------------------------------------------------------------------


def test_labelled_sequences_are_recognised(write: Write) -> None:
    found = suggest(write("a.csv", long_table().replace(",tag", ",other").replace("part,", "split,"))).experiment
    data = found.data
    assert (data.kind, data.sequence_column, data.time_column, data.label) == ("sequences", ("case",), "step", "label")
    assert (data.split, data.split_column, found.model.topology) == ("column", "split", "many_to_one")
    assert data.inputs == ("x", "y")
    load(found)


def test_rows_that_are_sequences_are_recognised(write: Write) -> None:
    found = suggest(write("a.csv", wide_table().replace("part,", "split,"))).experiment
    assert (found.data.kind, found.data.label, found.data.channels) == ("sequences", "label", 1)
    assert found.data.inputs == ("p0", "p1", "p2", "p3", "p4", "p5")
    load(found)


def test_sequences_may_be_told_by_two_columns(write: Write) -> None:
    text = long_table()
    header, *rows = text.splitlines()
    at = header.split(",").index("case")
    split = [[*row[:at], *divmod(int(row[at]), 5), *row[at + 1 :]] for row in (row.split(",") for row in rows)]
    names = header.replace("case", "first,rest")
    path = write("b.csv", "\n".join([names, *(",".join(map(str, row)) for row in split)]) + "\n")
    one = load(experiment(write("a.csv", text), sequence_column="case", time_column="step", inputs="x,y"))
    two = load(experiment(path, sequence_column="first,rest", time_column="step", inputs="x,y"))
    for here, there in zip(one.batches("train", 8), two.batches("train", 8), strict=True):
        np.testing.assert_array_equal(here.inputs, there.inputs)
    data = suggest(path, Experiment().replace({"data.sequence_column": "first,rest"})).experiment.data
    assert (data.kind, data.sequence_column) == ("sequences", ("first", "rest"))
