"""What a process that was killed left in the folder of temporary files is removed by the next."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MAKE = "import os, sys; from engine.data.files import temporary as t; print(t.temporary_file('.csv').name, flush=True)"


def _started(folder: Path, then: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", f"{MAKE}; {then}"]
    return subprocess.Popen(
        command, env=os.environ | {"TMPDIR": str(folder)}, text=True, stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )


def _file(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


@pytest.mark.skipif(sys.platform == "win32", reason="kills by a signal")
def test_files_of_a_killed_process_go_and_those_of_a_living_one_stay(tmp_path: Path) -> None:
    killed = _started(tmp_path, "os.kill(os.getpid(), 9)")
    left = _file(killed)
    killed.communicate()
    assert left.is_file()
    with _started(tmp_path, "sys.stdin.read()") as living:
        kept = _file(living)
        assert not left.parent.exists()
        with _started(tmp_path, "pass") as other:
            assert _file(other).is_relative_to(tmp_path)
            other.communicate()
        assert kept.is_file()
        living.communicate()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
