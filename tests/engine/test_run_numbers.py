"""The numbers of runs: each keeps its own, none is given twice, and a damaged file costs no more than the numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.storage.run_numbers import NAME, keep_numbers, new_number, numbers_of


def test_runs_keep_their_numbers_whatever_goes_and_comes(tmp_path: Path) -> None:
    assert numbers_of(tmp_path, ["a", "b", "c"]) == [1, 2, 3]
    assert numbers_of(tmp_path, ["c", "d", "a"]) == [3, 4, 1]  # b was deleted, d came from elsewhere
    assert new_number(tmp_path / "e") == 5
    assert numbers_of(tmp_path, ["before all", "e"]) == [6, 5]


def test_a_number_is_not_given_again_when_its_run_is_gone(tmp_path: Path) -> None:
    assert [new_number(tmp_path / name) for name in ("a", "b")] == [1, 2]
    assert numbers_of(tmp_path, ["a"]) == [1]
    assert new_number(tmp_path / "c") == 3
    assert new_number(tmp_path / "d", above=7) == 8


def test_a_run_of_the_name_of_one_before_is_another_run(tmp_path: Path) -> None:
    assert [new_number(tmp_path / "runs/a") for _ in range(2)] == [1, 2]
    assert numbers_of(tmp_path / "runs", ["a"]) == [2]


def test_copies_keep_the_numbers(tmp_path: Path) -> None:
    keep_numbers(tmp_path / "copies", {"b": 7, "c": 2})
    assert numbers_of(tmp_path / "copies", ["a", "b", "c"]) == [8, 7, 2]


@pytest.mark.parametrize("held", ["", "{", "[1, 2]", "[" * 100_000, '{"a": "1", "b": true, "c": -1, "d": 1e400}', "\0"])
def test_where_what_was_kept_is_damaged_runs_are_numbered_anew(tmp_path: Path, held: str) -> None:
    (tmp_path / NAME).write_text(held)
    assert numbers_of(tmp_path, ["a", "b"]) == [1, 2]
    assert numbers_of(tmp_path, ["b"]) == [2]


def test_where_nothing_can_be_kept_runs_have_numbers_nevertheless(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert numbers_of(tmp_path / "file", ["a", "b"]) == [1, 2]
    assert new_number(tmp_path / "file/a", above=4) == 5
