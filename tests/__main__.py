"""``python3 -m tests``: sets up what the tests need, then style, types and tests. Standard library only.

``--all`` runs the slow tests too. Everything else on the command line goes to pytest.
"""

import os
import subprocess
import sys
from pathlib import Path

from workbench.launch import system_libraries
from workbench.launch.environment import Needs
from workbench.launch.errors import LaunchError
from workbench.launch.start import continue_in

CODE = Path(__file__).resolve().parents[1]
NEEDS = Needs(CODE, ("requirements.lock", "requirements-test.lock"), "test")
CHECKS = {
    "style": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
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
    failed = [name for name, command in CHECKS.items() if _run(name, command)]
    selection = [] if "--all" in argv else ["-m", "not slow"]
    others = [word for word in argv if word != "--all"]
    status = _run("tests", ["pytest", *selection, *others], QT_QPA_PLATFORM="offscreen")
    if failed:
        print(f"Failed before the tests ran: {', '.join(failed)} (see above)", flush=True)
    return status or len(failed)


def _run(name: str, command: list[str], **settings: str) -> int:
    print(f"--- {name}: {' '.join(command)}", flush=True)
    return subprocess.run([sys.executable, "-m", *command], env=os.environ | settings).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
