"""Answers to labelled sequences as a table, for the run's own file and for another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import cli
from engine.data import DataError, load
from engine.held_out.class_predictions import ClassPredictions
from engine.prediction_records import ClassPrediction
from engine.runs import load_run
from engine.uses.classification import classify
from tests.engine.data.making import Write
from tests.engine.data.test_sequences import LAYOUTS, long_table, recording

NOUNS = [f"n{at}" for at in range(20)]  # most of which come once
TAGGED = [
    [("the", "DT"), ("cat" if at % 2 else NOUNS[at % 20], "NN"), ("runs", "VB"), (".", ".")][: 4 - at % 3 // 2]
    for at in range(40)
]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return file


def trained(write: Write, layout: str, topology: str, **data: Any) -> Path:
    text, settings = LAYOUTS[layout]
    path = write("train.csv", text())
    given = {"kind": "sequences", "label": "label", "split": "stratified", **settings, **data}
    changes = [f"--set=data.{name}={value}" for name, value in given.items()]
    more = ("--set=model.hidden_size=4", "--set=training.epochs=1", "--set=training.threads=1", "--json")
    out = path.parent / "run"
    assert (
        cli.main(["train", "--data", str(path), "--out", str(out), f"--set=model.topology={topology}", *changes, *more])
        == 0
    )
    return out


def test_a_new_file_without_labels_is_classified(write: Write) -> None:
    run = trained(write, "long", "many_to_one")
    lines = [",".join(cells[:6] + cells[7:]) for cells in (line.split(",") for line in long_table().splitlines())]
    found = classify(load_run(run), write("new.csv", "\n".join(lines) + "\n"))
    assert found.header == ("sequence", "label", "answer", "p(a)", "p(b)", "part")
    rows = list(found.rows())
    assert len(rows) == 24
    assert rows[0][:2] == ["0", ""]
    assert rows[0][-1] == "given"
    np.testing.assert_allclose(found.values.sum(axis=1), 1.0)
    assert found.scores == ()


def test_what_has_no_label_in_the_run_s_own_file_is_answered_too(write: Write) -> None:
    rows = "\n".join(
        f"this is {'fine' if row % 2 else 'poor'} {row},{'ab'[row % 2] if row % 3 else ''}" for row in range(40)
    )
    path = write("train.csv", f"text,label\n{rows}\n")
    given = ("--set=data.kind=labelled_text", "--set=data.text_column=text", "--set=data.label=label")
    more = ("--set=model.hidden_size=4", "--set=training.epochs=1", "--set=training.batch_size=1", "--json")
    out = path.parent / "run"
    assert cli.main(["train", "--data", str(path), "--out", str(out), *given, *more]) == 0
    assert classify(load_run(out)).truth.count("") == 14


def test_texts_are_answered_typed_by_lines_and_as_a_column_alone(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [f"{'a fine thing' if row % 2 else 'poor and dear'} {row % 7}" for row in range(60)]
    rows = "\n".join(f"{text},{'bg'[row % 2]},{row % 2}" for row, text in enumerate(texts))
    path = write("train.csv", f"what is said,kind,worth\n{rows}\n")
    given = ("--set=data.kind=labelled_text", "--set=data.text_column=what is said", "--set=training.epochs=30")
    run, rated = path.parent / "run", path.parent / "rated"
    assert cli.main(["train", "--data", str(path), "--out", str(run), *given, "--set=data.label=kind", "--json"]) == 0
    asked = [texts[1], texts[2]]
    found = [
        classify(load_run(run), write(name, content))
        for name, content in (("a.txt", "\n\n".join(asked)), ("a.csv", "\n".join(["what is said", *asked])))
    ]
    assert [[each.said(row) for row in range(len(each.names))] for each in found] == [["g", "b"]] * 2
    capsys.readouterr()
    assert cli.main(["predict", str(run), "--prompt", texts[1]]) == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert (first, [line.split()[0] for line in others]) == ("g", ["g", "b"])
    model = load_run(run)
    noted: dict[str, tuple[str, ...]] = {
        "a fine zzzz": ("not known to the network, and read as unknown: 'zzzz'",),
        "zzzz qqqq": ("the network knows nothing of this text, and answers as to any such",),
        "a fine thing": (),
    }
    assert {text: classify(model, typed=text).notes for text in noted} == noted
    listed = classify(model, write("b.txt", "\n".join(noted)))
    assert listed.notes == ("1 text of which the network knows nothing",)
    assert cli.main(["predict", str(run), "--prompt", "zzzz qqqq"]) == 0
    assert "knows nothing of this text" in capsys.readouterr().err
    more = ("--set=data.label=worth", "--set=data.answer=value")
    assert cli.main(["train", "--data", str(path), "--out", str(rated), *given, *more, "--json"]) == 0
    capsys.readouterr()
    assert cli.main(["predict", str(rated), "--prompt", texts[1]]) == 0
    assert float(capsys.readouterr().out) > 0.5
    assert [cli.main(["predict", str(run), *words]) for words in (["--prompt= "], ["--prompt=a", "--seed=1"])] == [2, 2]
    with pytest.raises(DataError, match="no text to be answered"):
        classify(load_run(run), typed=" ")


def test_the_same_file_given_anew_gets_the_same_answers(write: Write) -> None:
    run = trained(write, "long", "many_to_one")
    own, given = (classify(load_run(run), data) for data in (None, write("b.csv", long_table())))
    mine = dict(zip(own.names, own.values[:, 0].tolist(), strict=True))
    assert {name: pytest.approx(mine[name], abs=1e-6) for name in given.names} == dict(
        zip(given.names, given.values[:, 0].tolist(), strict=True)
    )
    assert set(own.parts) == {"train", "validation", "test"}
    assert own.names == given.names == tuple(str(number) for number in range(24))
    assert dict(own.scores).keys() == {"accuracy", "macro F1", "balanced accuracy"}


def test_every_step_of_a_recording_is_tagged_once(write: Write) -> None:
    run = trained(write, "recording", "many_to_many", split="time", stride=1)
    found = classify(load_run(run))
    assert len(found.names) == 96
    assert found.header[:3] == ("sequence", "step", "label")
    assert (
        cli.main(["predict", str(run), "--data", str(write("n.csv", recording())), "--out", str(run / "out.csv")]) == 0
    )
    assert (run / "out.csv").read_text().count("\n") == 97


def test_a_file_that_lacks_an_input_is_refused(write: Write) -> None:
    run = trained(write, "long", "many_to_one")
    with pytest.raises(DataError, match="no column 'colour'"):
        classify(load_run(run), write("new.csv", long_table().replace("colour", "shade")))
    assert cli.main(["predict", str(run), "--prompt", "x"]) == 2


def test_each_word_of_a_tagged_text_gets_a_tag(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("train.conll", "\n".join("".join(f"{w} {t}\n" for w, t in own) for own in TAGGED))
    out = path.parent / "run"
    assert cli.main(["train", "--data", str(path), "--out", str(out), "--set=training.epochs=40", "--json"]) == 0
    model = load_run(out)
    assert dict(classify(model).scores)["accuracy"] > 0.9
    found = classify(model, write("new.csv", "sentence,word\n1,the\n1,zebra\n2,cat\n"))
    assert found.header[:5] == ("sequence", "step", "word", "tag", "answer")
    assert [row[:4] for row in found.rows()] == [["1", 1, "the", ""], ["1", 2, "zebra", ""], ["2", 1, "cat", ""]]
    assert [row[4] for row in found.rows()][:2] == ["DT", "NN"]  # of a word that it never read
    assert found.scores == ()
    sentences = classify(model, write("new.txt", "the cat.\nthe zebra\n"))
    assert list(zip(sentences.names, sentences.read[0][1], strict=True)) == [
        ("1", "the"), ("1", "cat"), ("1", "."), ("2", "the"), ("2", "zebra")
    ]  # fmt: skip
    listed = classify(model, write("new.conll", "the\ncat\n.\n\nthe\nzebra\n"))
    assert (listed.names, listed.read) == (sentences.names, sentences.read)
    np.testing.assert_array_equal(listed.values, sentences.values)
    capsys.readouterr()
    assert cli.main(["predict", str(out), "--prompt", "the zebra"]) == 0
    assert [line.split("\t")[:2] for line in capsys.readouterr().out.splitlines()] == [["the", "DT"], ["zebra", "NN"]]
    assert [cli.main(["predict", str(out), *more]) for more in (["--prompt= "], ["--prompt=a", "--seed=1"])] == [2, 2]
    dataset = load(model.experiment)
    shown = ClassPredictions(model.network, dataset).now(())
    track = shown.track if isinstance(shown, ClassPrediction) else None
    assert track is not None
    assert (dataset.pinned_labels()[0], track.labels[0]) == ("the", "1: 1 'the'")
    assert track.words[0] == "the"
    assert len(track.words) == len(track.labels)
