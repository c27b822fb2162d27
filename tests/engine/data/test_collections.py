"""Collections of series and sequences, documents of JSON, and folders of texts."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from engine.data import DataError, inspect_file, load, peek, suggest
from tests.engine.data.making import Write

VALUES = [[round(math.sin(n / 5 + case % 2 * 2) + case / 100, 3) for n in range(30)] for case in range(24)]
DAYS = [f"2020-01-{n:02d}" for n in range(1, 31)]


def _line(values: list[float]) -> str:
    return ",".join(map(str, values))


def test_arff_gives_its_names(write: Write) -> None:
    head = "% about\n@RELATION r\n@ATTRIBUTE time DATE yyyy\n@attribute 'a level' numeric\n@attribute kind {a,b}\n"
    rows = "".join(f"{day},{'?' if n == 3 else n},{'ab'[n // 10 % 2]}\n" for n, day in enumerate(DAYS))
    found = peek(write("a.arff", f"{head}\n@DATA\n% remark\n{rows}"), 1)
    assert [(c.name, c.missing) for c in found.columns] == [("time", 0), ("a level", 1), ("kind", 0)]
    assert (found.rows, found.frequency, "format: ARFF" in found.notes) == (30, "daily", True)


@pytest.mark.parametrize("channels", [1, 2])
def test_a_collection_of_sktime_is_labelled_sequences(write: Write, channels: int) -> None:
    cases = "".join(":".join([*[_line(own)] * channels, "ab"[n % 2]]) + "\n" for n, own in enumerate(VALUES))
    text = f"#about\n@problemName p\n@timeStamps false\n@classLabel true a b\n@data\n{cases}"
    experiment = suggest(write("p_TRAIN.ts", text)).experiment
    assert (experiment.data.kind, experiment.data.label) == ("sequences", "label")
    assert experiment.data.inputs == tuple(f"x{k}" for k in range(channels))
    assert "24 sequences of 30 steps" in " ".join(load(experiment).notes())


@pytest.mark.parametrize(
    ("frequency", "name"),
    [
        ("daily", "daily"),
        ("half_hourly", "every 30 minutes"),
        ("monthly", "monthly"),
        ("10_minutes", "every 10 minutes"),
    ],
)
def test_a_collection_of_monash_is_several_series(write: Write, frequency: str, name: str) -> None:
    head = "# about\n@relation r\n@attribute series_name string\n@attribute start_timestamp date\n"
    rows = "".join(f"T{n}:1996-03-01 00-00-00:{_line(own)},?\n" for n, own in enumerate(VALUES[:4]))
    experiment = suggest(write("r.tsf", f"{head}@frequency {frequency}\n@horizon 3\n@data\n{rows}")).experiment
    data = experiment.data
    assert (data.sequence_column, data.time_column, data.targets) == (("series",), "time", ("value",))
    notes = " ".join(load(experiment).notes())
    assert f"frequency: {name}" in notes
    assert "4 series of 31" in notes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@relation r\n@attribute a numeric\n@data\n{0 5}\n", "it is sparse; save it as CSV"),
        ("@relation r\n@data\n1,2\n", "declares no attributes"),
        ("@problemName p\n@timeStamps true\n@classLabel false\n@data\n(1,2),(3,4)\n", "has time stamps"),
        ("@problemName p\n@classLabel true a\n@data\n1,2,3:1,2:a\n", "a row of it cannot be read"),
        ("@relation r\n@attribute n string\n@frequency daily\n@data\nT1:x:1,2\n", "a row of it cannot be read"),
        ("@relation r\n@attribute n string\n@frequency daily\n@data\n1,2\n", "a row of it cannot be read"),
    ],
)
def test_a_collection_that_cannot_be_read_says_why(write: Write, text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        inspect_file(write("a.csv", text))


def test_a_class_before_each_row_of_numbers_is_its_label(write: Write) -> None:
    rows = "".join(f"{n % 2 + 1}\t" + "\t".join(map(str, own)) + "\n" for n, own in enumerate(VALUES))
    experiment = suggest(write("Coffee_TRAIN.tsv", rows)).experiment
    assert (experiment.data.kind, experiment.data.label, len(experiment.data.inputs)) == ("sequences", "column00", 30)
    assert "2 classes" in " ".join(load(experiment).notes())


def test_channels_that_count_up_among_others_are_no_steps(write: Write) -> None:
    names = [f"{area}{k}" for area in ("F", "C", "P", "O") for k in range(1, 9)]
    rows = "".join(_line([*VALUES[n % 24], n / 9, n % 5]) + f",{['open', 'closed'][n // 20 % 2]}\n" for n in range(200))
    data = suggest(write("a.csv", ",".join([*names, "eye"]) + "\n" + rows)).experiment.data
    assert (data.label, len(data.inputs), data.sequence_length) == ("eye", 32, 10)


LEVELS = [n * 7 % 5 + 0.5 for n in range(30)]
DOCUMENTS: dict[str, Any] = {
    "results": {"status": "ok", "results": [{"time": d, "value": v} for d, v in zip(DAYS, LEVELS, strict=True)]},
    "columns": {"place": {"x": [1, 2]}, "units": {"time": "d"}, "daily": {"time": DAYS, "value": LEVELS}},
    "by date": {"base": "EUR", "rates": {d: {"value": v} for d, v in zip(DAYS, LEVELS, strict=True)}},
    "values by date": dict(zip(DAYS, LEVELS, strict=True)),
    "deep": {"a": {"b": {"c": [{"time": d, "value": v} for d, v in zip(DAYS, LEVELS, strict=True)]}}},
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
@pytest.mark.parametrize(("encoding", "indent"), [("utf-8", None), ("utf-8-sig", 1), ("utf-16", None)])
def test_the_records_of_a_document_are_the_table(
    write: Write, document: Any, encoding: str, indent: int | None
) -> None:
    found = peek(write("a.json", json.dumps(document, indent=indent).encode(encoding)), 30)
    assert [(column.name, column.role) for column in found.columns] == [("time", "time"), ("value", "target")]
    assert (found.rows, found.frequency) == (30, "daily")
    assert [row[1] for row in found.head] == [str(level) for level in LEVELS]


def test_rows_of_a_document_may_have_no_names(write: Write) -> None:
    rows = [[1_577_836_800_000 + 86_400_000 * n, level] for n, level in enumerate(LEVELS)]
    found = peek(write("a.json", json.dumps(rows)), 1)
    assert ([column.role for column in found.columns], found.frequency) == (["time", "target"], "daily")


@pytest.mark.parametrize("text", ["{}", '{"a": 1}', "[[1], [2, 3]]", '{"a": {"b": []}}'])
def test_a_document_without_a_table_is_read_as_it_is(write: Write, text: str) -> None:
    found = peek(write("a.json", text), 1)
    assert not any("records" in note for note in found.notes)


@pytest.mark.parametrize("text", ['{"a": [1, 2', "[" * 9000])
def test_a_broken_document_is_refused_in_a_sentence(write: Write, text: str) -> None:
    with pytest.raises(DataError, match=r"^[^\n]*\.$"):
        peek(write("a.json", text), 1)


def test_a_folder_of_texts_is_a_text_a_row(tmp_path: Path) -> None:
    for n in range(24):
        path = tmp_path / "reviews" / ["good", "bad"][n % 2] / f"{n}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"It was a {['fine', 'dull'][n % 2]} évening,\nnumber {n} of many.".encode("cp1252"))
    suggestion = suggest(tmp_path / "reviews")
    data = suggestion.experiment.data
    assert (data.kind, data.text_column, data.label) == ("labelled_text", "text", "label")
    found = peek(tmp_path / "reviews", 1)
    assert (found.rows, found.head[0]) == (24, ("bad/1", "bad", "It was a dull évening, number 1 of many."))
    assert "2 classes of 'label': bad, good" in " ".join(load(suggestion.experiment).notes())
