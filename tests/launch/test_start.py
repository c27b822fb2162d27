"""The commands as a user types them, each in a process of its own."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine import cli
from workbench import __version__
from workbench.launch import installation
from workbench.launch.start import COMMANDS, leave_cores_to_the_run, main

CODE = Path(__file__).parents[2]


def main_py(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run main.py where there is no display, unless `settings` make one."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, str(CODE / "main.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, env=kept | settings, timeout=120)


def test_help_names_every_command() -> None:
    done = main_py("--help")
    assert done.returncode == 0
    assert all(f"  {command} " in done.stdout for command in COMMANDS)
    assert done.stderr == ""


def test_the_commands_are_those_of_the_engine() -> None:
    assert tuple(re.findall(r"^    (\w+) ", cli.parser().format_help(), re.MULTILINE)) == tuple(COMMANDS)


def test_version() -> None:
    assert main_py("--version").stdout == f"RNN Workbench {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--help"]) == 0
    out, err = capsys.readouterr()
    assert f" {command} " in out
    assert err == ""


def test_a_command_needs_no_display() -> None:
    done = main_py("samples")
    assert (done.returncode, done.stderr) == (0, "")
    assert "airline_passengers: " in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_no_display_ends_with_words_and_status_2() -> None:
    done = main_py()
    assert done.returncode == 2
    assert done.stderr == (
        "error: no window can open here: neither DISPLAY nor WAYLAND_DISPLAY is set.\n"
        "The same work without a window: python3 main.py train --help\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trian"], "'trian' is neither a file nor a command. Did you mean train? "),
        ([""], "'' is neither a file nor a command. "),
        (["nothing"], f"'nothing' is neither a file nor a command. Commands are {', '.join(COMMANDS)}. See "),
        (["long" * 100], "'longlong"),
        (["-x"], "there is no option -x without a command"),
        ([str(CODE), str(CODE)], "one file or project at a time, not 2"),
    ],
)
def test_words_that_no_window_opens_with_are_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.startswith(f"error: {said}")


@pytest.mark.parametrize("file", ["main.py", *(str(path) for path in sorted((CODE / "workbench/launch").glob("*.py")))])
def test_what_runs_before_the_set_up_imports_only_the_standard_library(file: str) -> None:
    handed_over_to = (
        {"engine.cli", "workbench", "workbench.app", "workbench.qt_imports"} if file.endswith("start.py") else set()
    )
    for node in ast.walk(ast.parse((CODE / file).read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names = [str(node.module)]
        for name in names:
            known = name.split(".")[0] in sys.stdlib_module_names or name.startswith("workbench.launch")
            assert known or name in handed_over_to, f"{file} imports {name}"


def test_importing_the_launcher_imports_nothing_that_is_installed() -> None:
    program = "import sys, workbench.launch.start as s; print(*(m for m in sys.modules if m in ('numpy', 'PySide6')))"
    command = [sys.executable, "-S", "-c", program]  # -S: as in a Python with nothing installed
    assert subprocess.run(command, cwd=CODE, capture_output=True, text=True, check=True).stdout == "\n"


def test_main_py_can_be_read_by_older_pythons() -> None:
    ast.parse((CODE / "main.py").read_text(), feature_version=(3, 7))


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("WARNING: Retrying (Retry(total=4 ...\nERROR: No matching distribution found", "index did not answer"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the one that was locked"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: No matching distribution found for numba==0.68.1", "no ready-made package for Python"),
        ("Traceback\nsomething else", "Start again"),
    ],
)
def test_a_failed_installation_is_explained(tmp_path: Path, output: str, words: str) -> None:
    text = installation._explanation(output, tmp_path / "set-up.log")
    assert words in text
    assert output.splitlines()[-1] in text
    assert str(tmp_path / "set-up.log") in text


@pytest.mark.parametrize(("chosen", "threads"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_the_windows_products_take_one_thread_unless_somebody_chose(
    chosen: dict[str, str], threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", dict(chosen))
    leave_cores_to_the_run()
    assert os.environ["OPENBLAS_NUM_THREADS"] == threads
