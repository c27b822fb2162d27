"""Folders of runs as a person keeps them: nothing is lost on the way, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.storage import run_folders
from engine.storage.run_folders import NOTES, RunFolderError


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name in ("lstm", "gru"):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        (folder / "experiment.toml").write_text(name)
    return tmp_path / "runs"


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_for_runs_is_made_and_left_empty(tmp_path: Path) -> None:
    run_folders.check(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_one_that_cannot_be_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunFolderError, match=r"file/runs cannot hold runs: .+\. Choose another folder"):
        run_folders.check(tmp_path / "file" / "runs")


def test_notes_are_kept_and_no_notes_are_no_file(runs: Path) -> None:
    run_folders.write_notes(runs / "gru", "  the better one\n\n")
    assert (runs / "gru" / NOTES).read_text(encoding="utf-8") == "the better one\n"
    run_folders.write_notes(runs / "gru", " ")
    assert names(runs / "gru") == {"experiment.toml"}


def test_a_copy_leaves_out_what_belongs_to_a_live_run(runs: Path, tmp_path: Path) -> None:
    (runs / "gru" / "run.lock").touch()
    (runs / "gru" / ".weights.part").touch()
    run_folders.copy([runs / "gru", runs / "lstm"], tmp_path / "copy")
    assert names(tmp_path / "copy") == {"lstm/experiment.toml", "gru/experiment.toml"}


def test_a_copy_is_whole_or_not_at_all(runs: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        run_folders.copy([runs / "gru", runs / "gone"], tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    with pytest.raises(FileExistsError):
        run_folders.copy([runs / "gru"], runs / "lstm")
    assert names(runs) == {"lstm/experiment.toml", "gru/experiment.toml"}
