"""The isolated environment: where it is, whether it is finished, how it is made.

Every start passes through here twice, so what only a set-up needs is imported by it alone.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from workbench.launch import stamp
from workbench.launch.errors import LaunchError
from workbench.launch.exclusive import exclusive
from workbench.launch.stamp import Stamp


@dataclass(frozen=True, slots=True)
class Needs:
    """What is to be there for the code in a checkout.

    `locks` are names of lock files; the last one holds everything that the others hold. `extra` is the optional
    group of pyproject.toml that goes with it.
    """

    code: Path
    locks: tuple[str, ...] = ("requirements.lock",)
    extra: str = ""

    def lock_hashes(self) -> dict[str, str]:
        """SHA-256 of each lock file by its name."""
        return {name: stamp.lock_hash(self.code / name) for name in self.locks}

    def met_here(self) -> bool:
        """Whether the Python that runs now has everything already."""
        from workbench.launch import requirements

        return not requirements.unmet(requirements.declared(self.code / "pyproject.toml", self.extra))

    def met_by(self, python: Path) -> bool:
        """The same question, put to another Python."""
        module = [str(python), "-m", "workbench.launch.requirements", str(self.code / "pyproject.toml"), self.extra]
        return os.access(python, os.X_OK) and subprocess.run(module, cwd=self.code, capture_output=True).returncode == 0


def interpreter(needs: Needs) -> Path:
    """The Python to go on with: that of the finished environment, or the one that runs, if it has what is needed.

    Makes or updates the environment where it must.

    Raises:
        LaunchError: it cannot be made; the text says why and what to do.
    """
    folder = environment_folder(needs)
    here, beside = Path(sys.executable), needs.code / ".venv"
    finished, inside = is_finished(folder, needs), _runs_in(folder)
    if not finished:
        if not inside and needs.met_here():
            return here
        if not is_ours(beside) and needs.met_by(python_of(beside)):
            return python_of(beside)
        _make_once(folder, needs)
    return here if inside else python_of(folder)


def python_of(folder: Path) -> Path:
    """The interpreter inside an environment."""
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def environment_folder(needs: Needs) -> Path:
    """`.venv` beside the code; a folder in the user's cache where that cannot be written or is someone else's."""
    beside = needs.code / ".venv"
    to_write = beside if beside.exists() else needs.code
    if is_finished(beside, needs) or (is_ours(beside) and os.access(to_write, os.W_OK)):
        return beside
    name = hashlib.sha256(str(needs.code).encode()).hexdigest()[:12]
    return cache_folder() / f"environment-{name}"


def cache_folder() -> Path:
    """Where this user's programs keep what can be made again."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "rnn-workbench"


def is_ours(folder: Path) -> bool:
    """Whether the folder is free or made by this program; an environment that others made is used, never changed."""
    if not os.path.lexists(folder) or os.path.isfile(folder / stamp.NAME):
        return True
    return os.path.isdir(folder) and os.access(folder, os.R_OK) and not any(folder.iterdir())


def is_finished(folder: Path, needs: Needs) -> bool:
    """Whether the environment holds what the lock files say, and its interpreter is the one it was made with."""
    held = stamp.read(folder)
    return bool(held.locks) and held.base == _base(folder) and needs.lock_hashes().items() <= held.locks.items()


def _runs_in(folder: Path) -> bool:
    return Path(sys.prefix).resolve() == folder.resolve()


def _base(folder: Path) -> str:
    python = python_of(folder)  # made by another user, it may be one that this user may not run
    return str(python.resolve()) if os.access(python, os.X_OK) else ""


def _make_once(folder: Path, needs: Needs) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(folder.with_name(folder.name + ".lock"), _say_waiting) as descriptor:
            if not is_finished(folder, needs):  # whoever held the lock may have done the work
                _make(folder, needs, descriptor)
    except OSError as error:
        raise LaunchError(
            f"the environment in {folder} cannot be made: {error}.\n"
            "Make room there, or start from a copy of the program in a folder that you can write."
        ) from error


def _say_waiting() -> None:
    print("Another start is setting up the environment; waiting for it.", file=sys.stderr, flush=True)


def _make(folder: Path, needs: Needs, descriptor: int) -> None:
    """Install the last lock. The stamp says "unfinished" from before the first change until after the last one."""
    from workbench.launch.installation import compile_first_kernels, compile_program, install, make_venv

    held = stamp.read(folder)
    sound = bool(held.locks) and held.base == _base(folder)
    print(f"{'Updating' if sound else 'Setting up'} the environment in {folder}", file=sys.stderr, flush=True)
    folder.mkdir(exist_ok=True)
    stamp.write(folder, Stamp())
    if not sound:
        _empty(folder)
        make_venv(folder)
    install(python_of(folder), needs.code / needs.locks[-1], folder / "set-up.log", descriptor)
    compile_program(python_of(folder), needs.code)
    compile_first_kernels(python_of(folder), needs.code)
    others = held.locks if sound else {}
    stamp.write(folder, Stamp(_base(folder), {**others, **needs.lock_hashes()}))


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != stamp.NAME:
            path.unlink()
