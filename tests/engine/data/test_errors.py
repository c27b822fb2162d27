"""Data that cannot be used gets one clear message, whatever it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from engine.config import Experiment
from engine.data import DataError, load, peek, suggest
from engine.data.errors import nearest
from tests.engine.data.making import Write, experiment, table, values

BINARY = bytes(range(256)) * 8
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
BAD_FILES: dict[str, tuple[str, bytes | str, str]] = {
    "empty": ("a.csv", b"", "is empty"),
    "white space only": ("a.csv", b" \n\n\r\n", "is empty"),
    "only a byte order mark": ("a.csv", b"\xef\xbb\xbf", "is empty"),
    "binary": ("a.csv", BINARY, "binary file"),
    "picture": ("a.csv", PNG, "binary file"),
    "binary text": ("a.txt", BINARY, "binary file"),
    "empty text": ("a.txt", b"", "is empty"),
    "header only": ("a.csv", "date,value\n", "header"),
    "squares past all numbers": ("a.csv", "value\n" + "1e308\n-1e308\n" * 40, "1e[+]308, too large to compute with"),
    "broken Excel": ("a.xlsx", b"PK\x03\x04 not a workbook", "cannot be read as a workbook"),
    "broken Parquet": ("a.parquet", b"PAR1 nothing", "damaged or cut off"),
    "broken JSON lines": ("a.jsonl", '{"a": 1}\n{"a": \n{"a": \n', "cannot be read"),
    "words only": ("a.csv", "name,place\nAnn,Rome\nBob,Oslo\n", "no column of numbers"),
    "damaged UTF-16": ("a.csv", "date,value\n2000,1\n".encode("utf-16") + b"\x00", "utf-16"),
}


@pytest.mark.parametrize(("name", "content", "words"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_refused_in_one_clear_sentence(write: Write, name: str, content: bytes | str, words: str) -> None:
    path = write(name, content)
    with pytest.raises(DataError, match=words) as caught:
        load(suggest(path).experiment)
    assert "a." in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", ["binary", "empty", "header only", "binary text"])
def test_the_preview_refuses_the_same_files(write: Write, name: str) -> None:
    file, content, words = BAD_FILES[name]
    with pytest.raises(DataError, match=words):
        peek(write(file, content))


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.csv: there is no such file"):
        suggest(tmp_path / "nowhere.csv")
    with pytest.raises(DataError, match="is a folder"):
        suggest(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="links are for administrators there")
def test_a_link_to_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to("nowhere.csv")
    with pytest.raises(DataError, match=r"a\.csv is a link to nowhere\.csv, which is not there"):
        suggest(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "there is none."),
        (("a",), "there is 'a'."),
        (("a", "b"), "there are 'a' and 'b'."),
        (tuple("abcdefghijkl"), f"there are {', '.join(map(repr, 'abcdefghijk'))} and 'l'."),
        (tuple("abcdefghijklm"), f"there are {', '.join(map(repr, 'abcdefghijkl'))} and more."),
        (("a", "sales"), "did you mean 'sales'?"),
    ],
)
def test_names_that_would_do_are_told_in_a_sentence(names: tuple[str, ...], words: str) -> None:
    assert nearest("sale", names) == words


def test_of_one_row_no_window_could_be_shorter(write: Write) -> None:
    with pytest.raises(DataError, match="has 1 of the 1 rows; give it more rows"):
        load(suggest(write("a.csv", "date,value\n2000-01-01,1\n")).experiment)


BAD_SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "misspelt target": ({"targets": "vaule"}, "did you mean 'value'"),
    "another name": ({"targets": "sales"}, "there are 'date', 'value', 'words'.* and 'zero'\\.$"),
    "misspelt input": ({"targets": "value", "inputs": "wrods"}, "did you mean 'words'"),
    "misspelt time": ({"targets": "value", "time_column": "dat"}, "did you mean 'date'"),
    "text as target": ({"targets": "words"}, "holds text"),
    "text as time": ({"targets": "value", "time_column": "words"}, "holds no dates"),
    "empty column": ({"targets": "blank"}, "has no values"),
    "target twice": ({"targets": "value", "inputs": "value"}, "named twice"),
    "time as target": ({"targets": "date", "time_column": "date"}, "both the time and a value"),
    "too large": ({"targets": "huge"}, "line 5, column 'huge': the value is -2e[+]38, too large to compute with"),
    "window too long": ({"targets": "value", "look_back": 30}, "training part has 28 of the 40 rows"),
    "horizon too long": ({"targets": "value", "horizon": 40}, "horizon 40.*choose a smaller data.horizon"),
    "parts too long": ({"targets": "value", "test": 39}, "nothing is left to train on"),
    "logarithm of 0": ({"targets": "zero", "transform": "log"}, "row 2: 0 has no logarithm"),
}


@pytest.mark.parametrize(("settings", "words"), BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_a_setting_that_does_not_fit_the_file_is_named(write: Write, settings: dict[str, Any], words: str) -> None:
    columns: dict[str, list[Any]] = {
        "value": values(),
        "words": ["red", "green"] * 20,
        "blank": [""] * 40,
        "huge": [1, 2, 3, -2e38, *range(36)],
        "zero": [1, 0, *range(1, 39)],
    }
    with pytest.raises(DataError, match=words):
        load(experiment(write("a.csv", table(**columns)), **settings))


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_too_few_rows_are_refused(write: Write, rows: int) -> None:
    with pytest.raises(DataError, match=f"of the {rows} rows"):
        load(experiment(write("a.csv", table(value=values(rows))), validation=0.2, test=0.2))


@pytest.mark.parametrize(
    ("kind", "topology"),
    [("series", "one_to_many"), ("text", "many_to_one"), ("text", "one_to_many")],
)
def test_a_topology_that_does_not_fit_is_refused_with_those_that_do(write: Write, kind: str, topology: str) -> None:
    path = write("a.txt", "some words " * 50)
    chosen = Experiment().replace({"data.file": str(path), "data.kind": kind, "model.topology": topology})
    with pytest.raises(DataError, match=r"choose (one|many)_to"):
        load(chosen)


def test_a_text_shorter_than_one_sequence_is_refused(write: Write) -> None:
    chosen = experiment(write("a.txt", "short"), kind="text").replace({"model.topology": "many_to_many"})
    with pytest.raises(DataError, match=r"nothing is left|a sequence takes"):
        load(chosen)


def test_nothing_chosen_and_an_unknown_sample_are_said() -> None:
    with pytest.raises(DataError, match="no data is chosen"):
        load(Experiment())
    with pytest.raises(DataError, match="did you mean 'airline_passengers'"):
        suggest("airline_pasengers")


def test_columns_are_named_in_quotes_since_they_may_be_called_anything(write: Write) -> None:
    words = "one_cycle,data.file\n" + "".join(f"{word},{word * 2}\n" for word in ("red", "green", "blue") * 10)
    with pytest.raises(DataError, match=r"columns are 'one_cycle', 'data\.file'"):
        load(experiment(write("a.csv", words)))
    with pytest.raises(DataError, match=r"has a header \('one_cycle', 'data\.file'\) but no rows"):
        suggest(write("b.csv", "one_cycle,data.file\n"))
