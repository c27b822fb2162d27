import os
from pathlib import Path

import pytest

from engine.storage.atomic import write_atomically


def test_writes_the_content_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.txt", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"new"


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_keeps_the_previous_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match=r"No space left.*a\.txt"):  # says which file
        write_atomically(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert target.read_bytes() == b"old"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_device_that_takes_nothing_is_named() -> None:
    with pytest.raises(OSError, match=r"No space left.*/dev/full"):
        write_atomically("/dev/full", b"new")


def test_nothing_stays_open(tmp_path: Path) -> None:
    def next_number() -> int:
        os.close(number := os.open(tmp_path, os.O_RDONLY))
        return number

    before = next_number()
    write_atomically(tmp_path / "a.txt", b"new")
    assert next_number() == before


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_bytes(b"old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_atomically(tmp_path / "link.txt", b"new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_bytes() == b"new"


def test_new_files_take_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_atomically(tmp_path / "ours", b"")
    assert os.stat(tmp_path / "ours").st_mode == os.stat(tmp_path / "usual").st_mode
