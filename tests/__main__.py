"""``python3 -m tests``: sets up what the tests need, then style, types and tests. Standard library only.

Half of the tests, the engine's but for its commands, run in a process of their own beside all else, and are told at the
end. ``--all`` runs the slow tests too. Everything else on the command line goes to pytest, which then is one process.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from workbench.launch import system_libraries
from workbench.launch.environment import Needs
from workbench.launch.errors import LaunchError
from workbench.launch.start import continue_in, leave_cores_to_the_run

CODE = Path(__file__).resolve().parents[1]
NEEDS = Needs(CODE, ("requirements.lock", "requirements-test.lock"), "test")
CHECKS = {
    "style": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
}
ENGINE, COMMANDS = "tests/engine", "tests/engine/commands"
MEMORY, ROOM = Path("/dev/shm"), 4 << 30  # a disk kept in memory, and bytes that have to be free there
SETTINGS = {
    "QT_QPA_PLATFORM": "offscreen",
    "PYTHONDONTWRITEBYTECODE": "",  # or each of the hundreds of processes that tests start compiles every module anew
}


def main(argv: list[str]) -> int:
    """Run everything, whatever fails; 0 only if nothing did."""
    os.chdir(CODE)
    try:
        if (status := continue_in(NEEDS, ["-m", "tests", *argv])) is not None:
            return status
        system_libraries.require("offscreen")
    except LaunchError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.status
    selection = [] if "--all" in argv else ["-m", "not slow"]
    words = [word for word in argv if word != "--all"]
    with tempfile.TemporaryDirectory(dir=_in_memory(), prefix="rnn-tests-") as folder:
        os.environ |= SETTINGS | {"PYTEST_DEBUG_TEMPROOT": folder}
        leave_cores_to_the_run()  # as the window does: products in one half would wait busily on the core of the other
        return _one_after_the_other([*selection, *words]) if words else _side_by_side(selection)


def _in_memory() -> Path | None:
    """Where files need not wait for a disk, as thousands of saves would; None where there is no such place."""
    try:
        found = os.statvfs(MEMORY)
    except (OSError, AttributeError):  # no such folder, no such system
        return None
    return MEMORY if found.f_bavail * found.f_frsize > ROOM and not found.f_flag & os.ST_NOEXEC else None


def _one_after_the_other(words: list[str]) -> int:
    failed = _checks()
    status = _run("tests", ["pytest", *words])
    return _end(failed, status)


def _side_by_side(selection: list[str]) -> int:
    engine = ["pytest", *selection, ENGINE, f"--ignore={COMMANDS}"]
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen([sys.executable, "-m", *engine], stdout=told, stderr=subprocess.STDOUT)
        try:
            failed = _checks()
            status = _run("one half of the tests", ["pytest", *selection, *_all_else()])
            status = process.wait() or status
        finally:
            process.kill()  # where this was broken off
            process.wait()
        print(f"--- the other half, meanwhile: {' '.join(engine)}", flush=True)
        told.seek(0)
        shutil.copyfileobj(told, sys.stdout.buffer)
        sys.stdout.flush()
    return _end(failed, status)


def _all_else() -> list[str]:
    """What the other half leaves out, whatever is added to these folders."""
    beside = sorted(path for path in Path("tests").iterdir() if path.is_dir() or path.match("test_*.py"))
    return [*(str(path) for path in beside if path != Path(ENGINE) and path.name != "__pycache__"), COMMANDS]


def _checks() -> list[str]:
    """Those that failed."""
    return [name for name, command in CHECKS.items() if _run(name, command)]


def _end(failed: list[str], status: int) -> int:
    if failed:
        print(f"Failed before the tests ran: {', '.join(failed)} (see above)", flush=True)
    return status or len(failed)


def _run(name: str, command: list[str]) -> int:
    print(f"--- {name}: {' '.join(command)}", flush=True)
    return subprocess.run([sys.executable, "-m", *command]).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
