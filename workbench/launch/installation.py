"""Makes an environment and fills it from a lock file, with pip, and says in words what went wrong."""

import contextlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import IO

from workbench.launch.errors import LaunchError
from workbench.launch.system_packages import provide

_OPTIONS = ("--require-hashes", "--no-deps", "--only-binary=:all:", "--no-user", "--no-input", "--retries=2")
_QUIET = ("--progress-bar=off", "--disable-pip-version-check", "--no-warn-script-location")
_MISLEADING = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME", "PYTHONPATH")
_MOST_SECONDS = 120  # that kernels are waited for
_NO_ANSWER = re.compile(r"Retrying|ConnectionError|Temporary failure|timed out|Max retries|getaddrinfo|SSLError")


def make_venv(folder: Path) -> None:
    """An empty environment with pip, made from the Python that is running (or that which its own was made from).

    Raises:
        LaunchError: this Python has no way to make one.
    """
    if importlib.util.find_spec("ensurepip") is None:  # Debian and Ubuntu keep it in a package of its own
        package = f"python3.{sys.version_info.minor}-venv"
        provide("This Python cannot make environments: its modules venv and ensurepip are not installed.", [package])
    base = getattr(sys, "_base_executable", None) or sys.executable
    done = subprocess.run([base, "-m", "venv", str(folder)], env=_surroundings(), capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr + done.stdout).strip() or f"{base} ended with status {done.returncode}"
        raise LaunchError(f"{base} could not make the environment in {folder}:\n{last}")


def install(python: Path, lock: Path, log: Path, descriptor: int) -> None:
    """Bring an environment to what the lock says. What pip prints goes to `log`, its progress to the error stream.

    Args:
        python: interpreter of the environment.
        lock: lock file with hashes.
        log: file that keeps what pip said.
        descriptor: of the set-up's lock, which pip inherits: killing only this process must not let another one in.

    Raises:
        LaunchError: pip failed.
    """
    command = [str(python), "-m", "pip", "install", *_OPTIONS, *_QUIET, "-r", str(lock)]
    packages = len(set(re.findall(r"^[\w.-]+(?===)", lock.read_text(encoding="utf-8"), re.MULTILINE)))
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            command,
            env=_surroundings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            pass_fds=() if sys.platform == "win32" else (descriptor,),
        ) as pip,
    ):
        assert pip.stdout is not None
        _follow(pip.stdout, kept, packages)
    if pip.returncode:
        raise LaunchError(_explanation(log.read_text(encoding="utf-8"), log))


def compile_program(python: Path, code: Path) -> None:
    """Compile the program's own modules, as pip does with those of packages.

    Where PYTHONDONTWRITEBYTECODE is set, as in containers, every start would compile them anew, which takes a second.
    A checkout that cannot be written stays as it is.
    """
    packages = [str(code / name) for name in ("engine", "workbench")]
    subprocess.run([str(python), "-m", "compileall", "-q", *packages], capture_output=True)


def compile_first_kernels(python: Path, code: Path) -> None:
    """Compile what the sample is trained with that is there at the first start: its curve then moves at once.

    That takes 5 to 10 s. What fails is compiled when it is needed, and said then.
    """
    _show("Compiling the network of the first sample")
    command = [str(python), "-m", "engine.compiling.first_kernels"]
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(command, cwd=code, env=_surroundings(), capture_output=True, timeout=_MOST_SECONDS)
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _surroundings() -> dict[str, str]:
    """The process environment without what would send pip to another place."""
    kept = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    return kept | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


def _follow(lines: IO[str], log: IO[str], packages: int) -> None:
    """One line of progress on a terminal, one line a step elsewhere."""
    number = 0
    for line in lines:
        log.write(line)
        if match := re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)==(\S+)", line):
            number += 1
            _show(f"[{number}/{packages}] {match[1]} {match[2]}")
        elif match := re.match(r"\s+Downloading (\S+?)-\S+ \((.+ [MG]B)\)", line):
            _show(f"[{number}/{packages}] {match[1]}, {match[2]}")
        elif line.startswith("Installing collected packages"):
            _show("Writing the packages to disk")
        elif "Retrying" in line:
            _show("No answer from the package index, trying again")
    if sys.stderr.isatty():
        print(file=sys.stderr)


def _show(text: str) -> None:
    terminal = sys.stderr.isatty()
    print(f"\r\033[K{text}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)


def _explanation(output: str, log: Path) -> str:
    """What pip's output means, and what to do about it."""
    if "DO NOT MATCH THE HASHES" in output:
        meaning = (
            "A downloaded package is not the one that was locked, so none of it was used.\n"
            "Look whether pip is configured to another package index (pip config list), and start again."
        )
    elif "No space left" in output:
        meaning = "The disk is full; about 2 GB are needed. Make room and start again."
    elif _NO_ANSWER.search(output):
        meaning = (
            "The package index did not answer. The first start needs the network, later ones do not.\n"
            "Check the connection (behind a proxy: set HTTPS_PROXY) and start again."
        )
    elif "No matching distribution" in output or "Could not find a version" in output:
        meaning = (
            f"There is no ready-made package for Python {sys.version_info.major}.{sys.version_info.minor} "
            f"on this system ({sys.platform}). Start with another Python, 3.11 to 3.13."
        )
    else:
        meaning = "Start again; if it fails again, the last lines and the file named below say what pip met."
    errors = [line for line in output.splitlines() if line.startswith("ERROR")] or output.splitlines()
    return "\n".join(["the packages could not be installed.", meaning, *errors[-3:], f"All of pip's words: {log}"])
