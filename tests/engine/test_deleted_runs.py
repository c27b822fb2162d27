"""Runs that are out of sight: they come back without a trace, and a window removes its own alone."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from engine.storage.deleted_runs import DeletedRuns


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name in ("lstm", "gru"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "experiment.toml").write_text(name)
    return tmp_path / "runs"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_is_put_aside_comes_back_without_a_trace(runs: Path) -> None:
    deleted = DeletedRuns()
    aside = deleted.put(runs / "gru")
    assert names(runs) == {"lstm", ".deleted"}
    deleted.bring_back(aside, runs / "gru")
    assert names(runs) == {"lstm", "gru"}
    assert names(runs / "gru") == {"experiment.toml"}


def test_two_of_one_name_are_put_aside_side_by_side(runs: Path) -> None:
    deleted = DeletedRuns()
    first = deleted.put(runs / "gru")
    (runs / "lstm").rename(runs / "gru")
    second = deleted.put(runs / "gru")
    deleted.bring_back(first, runs / "gru")
    deleted.bring_back(second, runs / "lstm")
    assert {name: (runs / name / "experiment.toml").read_text() for name in ("gru", "lstm")} == {
        "gru": "gru",
        "lstm": "lstm",
    }


def test_what_was_put_aside_goes_for_good_wherever_it_lay_and_nothing_else(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "others" / "elman").mkdir(parents=True)
    deleted = DeletedRuns()
    deleted.put(runs / "gru")
    deleted.put(tmp_path / "others" / "elman")
    deleted.remove(runs)
    assert names(runs) == {"lstm"}
    assert names(tmp_path / "others") == set()
    deleted.remove(runs)  # there is nothing


def test_what_another_window_put_aside_stays_until_nobody_can_bring_it_back(runs: Path) -> None:
    ours, theirs = DeletedRuns(), DeletedRuns()
    ours.put(runs / "lstm")
    aside = theirs.put(runs / "gru")
    ours.remove(runs)
    theirs.bring_back(aside, runs / "gru")
    assert names(runs) == {"gru"}
    (runs / ".deleted" / "crashed" / "elman").mkdir(parents=True)
    (runs / ".deleted" / "crashed.lock").touch()
    ours.remove(runs)
    assert names(runs) == {"gru"}


_CRASHES = """
import errno, os, sys
from pathlib import Path
from filelock import FileLock
from engine.storage.deleted_runs import DeletedRuns

def refuse(*_, **__):
    raise OSError(errno.ENOLCK, "no locks")

FileLock.acquire = refuse
DeletedRuns().put(Path(sys.argv[1]))
os._exit(0)
"""


def test_without_file_locks_what_a_crashed_window_left_goes_and_what_is_a_living_ones_stays(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(FileLock, "acquire", refuse)
    theirs = DeletedRuns()
    aside = theirs.put(runs / "gru")
    subprocess.run([sys.executable, "-c", _CRASHES, str(runs / "lstm")], check=True)
    assert len([path for path in (runs / ".deleted").iterdir() if path.is_dir()]) == 2
    DeletedRuns().remove(runs)
    assert [path.name for path in (runs / ".deleted").iterdir() if path.is_dir()] == [aside.parent.name]
    theirs.bring_back(aside, runs / "gru")
    assert names(runs) == {"gru"}
