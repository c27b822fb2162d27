"""What is looked at before Qt is touched: libraries, packages to install, the display."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.launch import display, system_libraries, system_packages
from workbench.launch.errors import LaunchError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux leaves these to its packages")

HEADLESS = "python3 main.py train --help"


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Stands in for running commands; tells which were run."""
    commands: list[list[str]] = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, stdout="")

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def on_a_system(monkeypatch: pytest.MonkeyPatch, name: str, like: str = "", user: int = 1000) -> None:
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"ID": name, "ID_LIKE": like})
    monkeypatch.setattr(os, "geteuid", lambda: user)


@pytest.fixture
def one_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(system_libraries.ALWAYS, "libnowhere.so.1", "libnowhere1")


@pytest.mark.usefixtures("one_missing")
def test_a_missing_library_is_named_with_the_one_command(monkeypatch: pytest.MonkeyPatch, ran: list[list[str]]) -> None:
    on_a_system(monkeypatch, "debian")
    with pytest.raises(LaunchError) as caught:
        system_libraries.require("offscreen")
    assert caught.value.status == 2
    assert "libnowhere.so.1" in str(caught.value)
    command = "sudo apt-get update && sudo apt-get install -y --no-install-recommends libnowhere1"
    assert command in str(caught.value)
    assert ran == []


@pytest.mark.usefixtures("one_missing")
@pytest.mark.parametrize(("name", "like"), [("debian", ""), ("linuxmint", "ubuntu debian")])
def test_root_on_debian_installs_and_looks_again(
    monkeypatch: pytest.MonkeyPatch, ran: list[list[str]], name: str, like: str
) -> None:
    on_a_system(monkeypatch, name, like, user=0)
    with pytest.raises(LaunchError, match=r"not installed: libnowhere\.so\.1"):
        system_libraries.require("offscreen")
    assert [command[:2] for command in ran] == [["apt-get", "update"], ["apt-get", "install"]]
    assert ran[1][-1] == "libnowhere1"


@pytest.mark.usefixtures("one_missing")
@pytest.mark.parametrize(
    ("name", "like", "words"),
    [
        ("fedora", "", "sudo dnf install -y 'libnowhere.so.1()(64bit)'"),
        ("opensuse-tumbleweed", "opensuse suse", "sudo zypper install -y 'libnowhere.so.1()(64bit)'"),
        ("arch", "", "package manager; on Debian: libnowhere1"),
    ],
)
def test_other_systems_get_their_own_words(monkeypatch: pytest.MonkeyPatch, name: str, like: str, words: str) -> None:
    on_a_system(monkeypatch, name, like)
    with pytest.raises(LaunchError) as caught:
        system_libraries.require("offscreen")
    assert words in str(caught.value)


@pytest.mark.parametrize(("answer", "installs"), [("y\n", True), ("\n", False), ("no\n", False)])
def test_at_a_terminal_the_user_is_asked(
    monkeypatch: pytest.MonkeyPatch, ran: list[list[str]], answer: str, installs: bool
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return answer

        def write(self, text: str) -> int:
            return len(text)

        def flush(self) -> None: ...

    on_a_system(monkeypatch, "ubuntu")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stderr", Terminal())
    if installs:
        system_packages.provide("Something is missing.", ["libnowhere1"])
    else:
        with pytest.raises(LaunchError, match="libnowhere1"):
            system_packages.provide("Something is missing.", ["libnowhere1"])
    assert len(ran) == 2 * installs


def test_a_package_manager_that_fails_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 100, stdout="E: Unable to locate package libnowhere1\n")

    on_a_system(monkeypatch, "debian", user=0)
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(LaunchError, match=r"status 100\.\nE: Unable to locate package libnowhere1"):
        system_packages.provide("Something is missing.", ["libnowhere1"])


def test_no_display_names_the_headless_command() -> None:
    with pytest.raises(LaunchError) as caught:
        display.chosen_platform({}, HEADLESS)
    assert caught.value.status == 2
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in str(caught.value)
    assert HEADLESS in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({"DISPLAY": ":0"}, "xcb"),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "xcb"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "nobody", "XDG_SESSION_TYPE": "wayland"}, "xcb"),
        ({"QT_QPA_PLATFORM": "offscreen"}, "offscreen"),
        ({"QT_QPA_PLATFORM": "offscreen:size=800x600"}, "offscreen"),
        ({"QT_QPA_PLATFORM": "wayland;xcb", "DISPLAY": ":0"}, "wayland"),
    ],
)
def test_the_platform_is_known_before_qt(environment: dict[str, str], platform: str) -> None:
    assert display.chosen_platform(environment, HEADLESS) == platform


def test_a_wayland_display_that_answers_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    environment = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": "."}
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("wayland-7")
        server.listen()
        assert display.chosen_platform(environment, HEADLESS) == "wayland"
        display.require_answer("wayland", environment, HEADLESS)
    with pytest.raises(LaunchError, match="Wayland display 'wayland-7' does not answer"):
        display.chosen_platform(environment, HEADLESS)


def test_an_x_display_that_nobody_serves_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(LaunchError, match="X display ':987' cannot be reached") as caught:
        display.require_answer("xcb", os.environ, HEADLESS)
    assert caught.value.status == 2


@pytest.mark.skipif(not shutil.which("Xvfb"), reason="needs a virtual screen (package xvfb)")
def test_an_x_display_that_lets_us_in_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["Xvfb", "-displayfd", "1", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        monkeypatch.setenv("DISPLAY", f":{server.stdout.readline().strip()}")
        display.require_answer("xcb", os.environ, HEADLESS)
        server.terminate()
