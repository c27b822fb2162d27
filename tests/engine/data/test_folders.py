"""A folder with a file for each sequence is a data source like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.data import DataError, inspect_file, load, suggest
from engine.resuming import data_reference


def fill(folder: Path, names: list[str]) -> Path:
    """Files of different lengths; what they hold depends on their label."""
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = "".join(f"{step * (1 + (number % 2))},{step % 3}\n" for step in range(5 + number % 4))
        path.write_text("x,y\n" + rows)
    return folder


LAYOUTS = {
    "a folder for each class": [f"{'walk' if n % 2 else 'run'}/trial{n}.csv" for n in range(40)],
    "a number after each class": [f"{'walk' if n % 2 else 'run'}{n}.csv" for n in range(40)],
    "a class in each name": [f"{'walk' if n % 2 else 'run'}_{n}.csv" for n in range(40)],
}


@pytest.mark.parametrize("names", LAYOUTS.values(), ids=LAYOUTS)
def test_a_folder_is_a_table_of_labelled_sequences(tmp_path: Path, names: list[str]) -> None:
    folder = fill(tmp_path, names)
    found = inspect_file(folder)
    assert [column.name for column in found.columns] == ["sequence", "label", "step", "x", "y"]
    assert (found.rows, found.rejected_rows) == (sum(5 + n % 4 for n in range(40)), 0)
    experiment = suggest(folder).experiment
    assert (experiment.data.kind, experiment.data.label) == ("sequences", "label")
    assert (experiment.data.sequence_column, experiment.data.inputs) == (("sequence",), ("x", "y"))
    data = load(experiment)
    assert sum(data.count(part) for part in ("train", "validation", "test")) == 40
    assert set(data.classes) == {"walk", "run"}


def test_rows_that_do_not_fit_are_counted_in_every_file(tmp_path: Path) -> None:
    folder = fill(tmp_path, LAYOUTS["a folder for each class"])
    for name in ("walk/trial1.csv", "run/trial2.csv"):
        with (folder / name).open("a") as file:
            file.write("1,2,3\n")
    assert inspect_file(folder).rejected_rows == 2


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a.csv"], "1 table"),
        (["a/1.csv", "b/2.tsv"], "several kinds"),
        (["1.csv", "2.csv"], "no labels"),
    ],
)
def test_a_folder_that_is_no_set_of_sequences_is_refused(tmp_path: Path, names: list[str], words: str) -> None:
    with pytest.raises(DataError, match=words):
        inspect_file(fill(tmp_path, names))


def test_a_run_knows_its_folder_again_and_sees_when_it_changed(tmp_path: Path) -> None:
    folder = fill(tmp_path, LAYOUTS["a class in each name"])
    experiment = suggest(folder).experiment
    known = data_reference(experiment)
    assert "sha256" in known
    assert data_reference(experiment) == known
    (folder / "run_0.csv").write_text("x,y\n1,2\n")
    assert data_reference(experiment) != known


@pytest.mark.parametrize("text", ["y,x\n1,2\n", "x,y,z\n1,2,3\n", "x;y\n1;2\n", "1,2\n3,4\n"])
def test_a_file_with_other_columns_is_refused(tmp_path: Path, text: str) -> None:
    folder = fill(tmp_path, LAYOUTS["a class in each name"])
    (folder / "walk_5.csv").write_text(text)
    with pytest.raises(DataError, match=r"walk_5.csv does not begin with the names of columns that run_0.csv has"):
        inspect_file(folder)


@pytest.mark.parametrize("text", ["", "x,y\n", "x,y"])
def test_a_file_without_rows_is_told(tmp_path: Path, text: str) -> None:
    folder = fill(tmp_path, LAYOUTS["a class in each name"])
    (folder / "walk_5.csv").write_text(text)
    assert "1 file with no rows left out, as walk_5.csv" in inspect_file(folder).notes
