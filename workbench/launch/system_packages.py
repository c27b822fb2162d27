"""Installs packages of the operating system, asks before it does, or names the one command."""

import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence

from workbench.launch.errors import LaunchError

_FAMILIES = {
    "debian": "apt-get",
    "ubuntu": "apt-get",
    "fedora": "dnf",
    "rhel": "dnf",
    "centos": "dnf",
    "suse": "zypper",
    "opensuse": "zypper",
}


def manager() -> str:
    """The package manager of this Linux: "apt-get", "dnf", "zypper", or "" where it is another one."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return ""
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return next((_FAMILIES[name] for name in names if name in _FAMILIES), "")


def provide(what: str, debian: Sequence[str], capabilities: Sequence[str] = ()) -> None:
    """See to it that system packages are there.

    As root on Debian or Ubuntu (a container) they are installed; at a terminal the user is asked first.

    Args:
        what: a sentence that says what is missing.
        debian: names of the packages on Debian and Ubuntu.
        capabilities: what they provide, in the words of RPM.

    Raises:
        LaunchError: they were not installed; the text names the command that does it. Status 2.
    """
    commands = _commands(debian, capabilities)
    if not commands:
        raise LaunchError(f"{what}\nInstall it with the system's package manager; on Debian: {' '.join(debian)}", 2)
    line = " && ".join(shlex.join(command) for command in commands)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and commands[0][0] == "apt-get":
        print(f"{what}\nInstalling: {' '.join(debian)}", file=sys.stderr, flush=True)
    elif not _agreed(what, line):
        raise LaunchError(f"{what}\nThis installs it:\n    {line}", 2)
    for command in commands:
        _run(command, line)


def _commands(debian: Sequence[str], capabilities: Sequence[str]) -> list[list[str]]:
    name = manager()
    sudo = [] if not hasattr(os, "geteuid") or os.geteuid() == 0 else ["sudo"]
    if name == "apt-get":
        return [
            [*sudo, name, "update"],
            [*sudo, name, "install", "-y", "--no-install-recommends", *debian],
        ]
    return [[*sudo, name, "install", "-y", *capabilities]] if name and capabilities else []


def _agreed(what: str, line: str) -> bool:
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    if os.geteuid() != 0 and not shutil.which("sudo"):
        return False
    print(f"{what}\nThis installs it:\n    {line}\nRun it now? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _run(command: list[str], line: str) -> None:
    surroundings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    root = os.geteuid() == 0
    done = subprocess.run(command, env=surroundings, stdout=subprocess.PIPE if root else None,
                          stderr=subprocess.STDOUT if root else None, text=True)  # fmt: skip
    if done.returncode:
        said = "\n".join((done.stdout or "").strip().splitlines()[-5:])
        raise LaunchError(f"{shlex.join(command)} ended with status {done.returncode}.\n{said}\nBy hand: {line}", 2)
