"""Where the environment is, when it counts as finished, and what an interrupted set-up leaves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.launch import environment, installation, stamp
from workbench.launch.environment import Needs
from workbench.launch.errors import LaunchError
from workbench.launch.exclusive import exclusive
from workbench.launch.stamp import Stamp

CODE = Path(__file__).parents[2]


@pytest.fixture
def needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Needs:
    """A checkout that needs something nobody has, with its own cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    code = tmp_path / "code"
    code.mkdir()
    (code / "pyproject.toml").write_text('[project]\ndependencies = ["no-such-package-at-all"]\n')
    (code / "requirements.lock").write_text("first")
    return Needs(code)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stands in for venv and pip; tells what was done."""
    done: list[str] = []

    def make_venv(folder: Path) -> None:
        done.append("venv")
        environment.python_of(folder).parent.mkdir(parents=True)
        environment.python_of(folder).symlink_to(sys.executable)

    def install(python: Path, lock: Path, log: Path, descriptor: int) -> None:
        assert stamp.read(log.parent) == Stamp()
        done.append(lock.read_text())

    monkeypatch.setattr(installation, "make_venv", make_venv)
    monkeypatch.setattr(installation, "install", install)
    return done


def test_first_start_makes_it_and_the_second_does_nothing(needs: Needs, installed: list[str]) -> None:
    python = environment.interpreter(needs)
    assert python == environment.python_of(needs.code / ".venv")
    assert installed == ["venv", "first"]
    assert environment.interpreter(needs) == python
    assert installed == ["venv", "first"]


def test_the_set_up_compiles_the_program(needs: Needs, installed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (needs.code / "engine").mkdir()
    (needs.code / "engine" / "module.py").write_text("")
    environment.interpreter(needs)
    assert len(list((needs.code / "engine" / "__pycache__").glob("module.*.pyc"))) == 1
    assert installed == ["venv", "first"]


@pytest.mark.parametrize("end", ["", "\nraise SystemExit(3)"], ids=["done", "failed"])
def test_the_set_up_compiles_the_kernels_of_the_first_sample(needs: Needs, installed: list[str], end: str) -> None:
    (needs.code / "engine" / "compiling").mkdir(parents=True)
    (needs.code / "engine" / "compiling" / "first_kernels.py").write_text(f"open('compiled', 'w').close(){end}")
    environment.interpreter(needs)
    assert (needs.code / "compiled").exists()
    assert environment.is_finished(needs.code / ".venv", needs)
    assert installed == ["venv", "first"]


def test_what_stands_in_its_place_and_is_no_folder_is_left_alone(needs: Needs, installed: list[str]) -> None:
    (needs.code / ".venv").write_text("mine")
    assert environment.cache_folder() in environment.interpreter(needs).parents
    assert installed == ["venv", "first"]
    assert (needs.code / ".venv").read_text() == "mine"


def test_one_whose_interpreter_this_user_may_not_run_is_not_finished(needs: Needs, installed: list[str]) -> None:
    python = environment.interpreter(needs)
    python.unlink()
    python.touch(0o644)
    assert not needs.met_by(python)
    assert not environment.is_finished(needs.code / ".venv", needs)
    environment.interpreter(needs)
    assert installed == ["venv", "first"] * 2


def test_a_changed_lock_updates_it(needs: Needs, installed: list[str]) -> None:
    environment.interpreter(needs)
    (needs.code / "requirements.lock").write_text("second")
    assert not environment.is_finished(needs.code / ".venv", needs)
    environment.interpreter(needs)
    assert installed == ["venv", "first", "second"]


def test_what_the_tests_need_serves_the_program_too(needs: Needs, installed: list[str]) -> None:
    (needs.code / "test.lock").write_text("more")
    environment.interpreter(Needs(needs.code, ("requirements.lock", "test.lock")))
    environment.interpreter(needs)
    assert installed == ["venv", "more"]


@pytest.mark.parametrize("trouble", [LaunchError("no network"), KeyboardInterrupt()], ids=["failed", "interrupted"])
def test_a_set_up_that_did_not_end_is_made_anew(
    needs: Needs, installed: list[str], monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    def fails(*arguments: object) -> None:
        raise trouble

    with monkeypatch.context() as patch:
        patch.setattr(installation, "install", fails)
        with pytest.raises(type(trouble)):
            environment.interpreter(needs)
    folder = needs.code / ".venv"
    (folder / "half-written").mkdir()
    assert not environment.is_finished(folder, needs)
    environment.interpreter(needs)
    assert installed == ["venv", "venv", "first"]
    assert not (folder / "half-written").exists()


def test_another_python_under_the_same_name_makes_it_anew(needs: Needs, installed: list[str], tmp_path: Path) -> None:
    environment.interpreter(needs)
    python = environment.python_of(needs.code / ".venv")
    newer = tmp_path / "python-that-took-its-place"
    newer.touch()
    python.unlink()
    python.symlink_to(newer)
    environment.interpreter(needs)
    assert installed == ["venv", "first", "venv", "first"]


def test_an_environment_made_by_others_is_left_alone(needs: Needs, installed: list[str], tmp_path: Path) -> None:
    theirs = needs.code / ".venv" / "pyvenv.cfg"
    theirs.parent.mkdir()
    theirs.write_text("theirs")
    python = environment.interpreter(needs)
    assert python.is_relative_to(tmp_path / "cache" / "rnn-workbench")
    assert [path.name for path in theirs.parent.iterdir()] == ["pyvenv.cfg"]


def test_an_environment_made_by_others_is_used_if_it_serves(
    needs: Needs, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (needs.code / ".venv").mkdir()
    (needs.code / ".venv" / "pyvenv.cfg").touch()
    monkeypatch.setattr(Needs, "met_by", lambda self, python: True)
    assert environment.interpreter(needs) == environment.python_of(needs.code / ".venv")
    assert installed == []


def test_a_folder_that_cannot_be_written_puts_it_in_the_cache(
    needs: Needs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != needs.code)
    folder = environment.environment_folder(needs)
    assert folder.parent == tmp_path / "cache" / "rnn-workbench"
    assert folder != environment.environment_folder(Needs(tmp_path / "another checkout"))


def test_an_interpreter_that_has_everything_is_used_as_it_is(needs: Needs, installed: list[str]) -> None:
    (needs.code / "pyproject.toml").write_text('[project]\ndependencies = ["pytest>=8"]\n')
    assert environment.interpreter(needs) == Path(sys.executable)
    assert installed == []


def test_a_finished_environment_goes_before_an_interpreter_that_has_everything(
    needs: Needs, installed: list[str]
) -> None:
    """What is locked, rather than what somebody installed meanwhile."""
    python = environment.interpreter(needs)
    (needs.code / "pyproject.toml").write_text('[project]\ndependencies = ["pytest>=8"]\n')
    assert environment.interpreter(needs) == python
    assert installed == ["venv", "first"]


def test_another_interpreter_is_asked_by_running_it() -> None:
    assert Needs(CODE).met_by(Path(sys.executable))
    assert not Needs(CODE).met_by(Path("no-such-python"))


def test_nowhere_to_write_is_said(needs: Needs, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(installation, "make_venv", refuses)
    with pytest.raises(LaunchError, match=r"cannot be made.*No space left"):
        environment.interpreter(needs)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"base": "x"}', '{"base": "x", "locks": 3}'])
def test_a_stamp_that_cannot_be_read_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / stamp.NAME).write_text(text)
    assert stamp.read(tmp_path) == Stamp()


def test_a_stamp_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = Stamp("/usr/bin/python3.11", {"requirements.lock": "ab12"})
    stamp.write(tmp_path, written)
    assert stamp.read(tmp_path) == written
    assert [path.name for path in tmp_path.iterdir()] == [stamp.NAME]


@pytest.mark.skipif(sys.platform == "win32", reason="a child does not inherit the lock there")
def test_a_second_start_waits_until_the_first_and_its_child_have_ended(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    holder = (
        "import pathlib, subprocess, sys\n"
        "from workbench.launch.exclusive import exclusive\n"
        f"with exclusive(pathlib.Path({str(file)!r}), lambda: None) as lock:\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'print(flush=True); input()'], pass_fds=(lock,))\n"
    )
    waited: list[bool] = []
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=CODE
    ) as first:
        assert first.stdin is not None
        assert first.stdout is not None
        first.stdout.readline()  # the child lives
        first.wait()  # its parent, which took the lock, does not

        def release() -> None:
            waited.append(True)
            assert first.stdin is not None
            first.stdin.close()

        with exclusive(file, release):
            assert waited == [True]
