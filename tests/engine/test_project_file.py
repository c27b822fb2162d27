"""Projects: written and read again, moved with their folder, refused in words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.config import Experiment
from engine.storage.project_file import SUFFIX, Layout, Project, ProjectError, project_text, read_project, write_project

EXPERIMENT = Experiment().replace(
    {
        "data.file": "/data/elsewhere.csv", "data.delimiter": ";", "data.decimal": "comma", "data.time_column": "when",
        "data.targets": "a,b", "data.inputs": "c", "model.cell": "gru", "training.learning_rate": 0.125,
    }
)  # fmt: skip
PROJECT = Project(EXPERIMENT, "sales runs", ("one", "two"), Layout("gates", ("dock_runs",), (336, 256)))
HEAD = '[project]\nkind = "rnn-workbench project"\n'


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / f"sales{SUFFIX}"
    write_project(path, PROJECT)
    assert read_project(path) == PROJECT
    assert 'delimiter = ";"' in path.read_text()


def test_a_folder_can_be_moved_as_a_whole(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    inside = EXPERIMENT.replace({"data.file": str(before / "tables/sales.csv")})
    write_project(before / f"sales{SUFFIX}", Project(inside))
    assert str(tmp_path) not in (before / f"sales{SUFFIX}").read_text()
    shutil.move(before, after)
    assert read_project(after / f"sales{SUFFIX}").experiment.data.file == str(after / "tables/sales.csv")


def test_data_elsewhere_keeps_its_place(tmp_path: Path) -> None:
    assert 'file = "/data/elsewhere.csv"' in project_text(PROJECT, tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no project of this workbench"),
        ("a,b\n1,2\n", "no project, or a damaged one"),
        ("[data]\nfile = 'x.csv'\n", "no project of this workbench"),
        (HEAD, "its version is None"),
        (HEAD + "version = true\n", "its version is True"),
        (HEAD + "version = 2\n[data]\nunheard_of = 1\n", r"newer workbench \(version 2"),
        (HEAD + "version = 1\n[data]\nunheard_of = 1\n", "damaged: unknown field"),
        (HEAD + "version = 1\n[training]\nepochs = -1\n", "damaged: training.epochs"),
        (HEAD + "version = 1\nruns = 5\n", "runs is 5"),
        (HEAD + "version = 1\ndrawn = [1]\n", "drawn takes a list of texts"),
        (HEAD + "version = 1\n[window]\nwidths = ['a']\n", "widths takes"),
        ("window = 3\n" + HEAD + "version = 1\n", r"\[window\] is a table of fields, got 3"),
        (
            HEAD + "version = 1\n[training]\nepochs = " + "9" * 5000 + "\n",
            "damaged one: a number of thousands of digits",
        ),
        (HEAD + f"version = 1\nruns = [{'1, ' * 5000}]\n", r"runs is \[1, 1, .{190,200}…; it takes a text"),
        (HEAD + 'version = 1\n[data]\nfile = "a\\u0000b"\n', "NUL character"),
        (HEAD[:-10], "damaged one"),
    ],
)
def test_what_is_no_project_is_refused_in_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / f"p{SUFFIX}"
    path.write_text(text)
    with pytest.raises(ProjectError, match=words):
        read_project(path)


@pytest.mark.parametrize("name", ["/etc", "..", "../other", "a/b", ".deleted", "C:\\runs", "a\\b", "."])
def test_the_folder_of_runs_lies_beside_the_project(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"p{SUFFIX}"
    path.write_text(HEAD + f"version = 1\nruns = '{name}'\n")
    with pytest.raises(ProjectError, match="folder beside the project"):
        read_project(path)


def test_a_folder_and_a_file_that_is_not_there_are_said(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no file"):
        read_project(tmp_path)
    with pytest.raises(OSError, match="No such file"):
        read_project(tmp_path / f"none{SUFFIX}")
    (tmp_path / f"large{SUFFIX}").write_bytes(b"#" * 1_000_001)
    with pytest.raises(ProjectError, match="too large"):
        read_project(tmp_path / f"large{SUFFIX}")


def test_a_save_that_fails_leaves_the_project_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"sales{SUFFIX}"
    write_project(path, PROJECT)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.storage.atomic.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_project(path, Project())
    assert read_project(path) == PROJECT
    assert [item.name for item in tmp_path.iterdir()] == [path.name]
