"""Whether an interpreter has what pyproject.toml asks for, and whether the locks hold it."""

import re
from importlib import metadata
from pathlib import Path

import pytest

from workbench.launch import requirements

CODE = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")
PIN = re.compile(r"^([\w.-]+)==(\S+)( ; .+?)?( \\)?$", re.MULTILINE)


def pins(lock: str) -> set[tuple[str, str, str]]:
    """Name, version and marker of every package in a lock file."""
    return {(name, version, marker) for name, version, marker, _ in PIN.findall((CODE / lock).read_text())}


@pytest.mark.parametrize(
    ("requirement", "installed", "met"),
    [
        ("numpy", "2.4.6", True),
        ("numpy>=2.2", "2.2.0", True),
        ("numpy>=2.2", "2.1.9", False),
        ("numpy>=2.2.0", "2.2", True),
        ("numpy>=2.2", "2.10", True),
        ("pyside6-essentials>=6.10.3,<6.11", "6.10.3", True),
        ("pyside6-essentials>=6.10.3,<6.11", "6.11.0", False),
        ("pyside6-essentials>=6.10.3,<6.11", "6.10.2", False),
        ("pyqtgraph==0.14.*", "0.14.0", True),
        ("pyqtgraph==0.14.*", "0.140", False),
        ("pyqtgraph==1.0.*", "1.5", False),
        ("pyqtgraph==1.0.*", "1", True),
        ("pytz == 2026.1", "2026.1", True),
        ("tqdm>4,<=5", "5.0.0", True),
        ("ruff>=1", "1.0rc1", True),
    ],
)
def test_limits_are_read_as_pip_reads_them(
    monkeypatch: pytest.MonkeyPatch, requirement: str, installed: str, met: bool
) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: installed)
    assert requirements.unmet((requirement,)) == (() if met else (requirement,))


def test_a_package_that_is_not_installed_is_unmet() -> None:
    assert requirements.unmet(("no-such-package-at-all",)) == ("no-such-package-at-all",)


@pytest.mark.parametrize("requirement", ["numpy @ somewhere", "numpy>=2; python_version<'3'", "numpy~=2.0", "numpy>=x"])
def test_what_it_cannot_read_is_refused(monkeypatch: pytest.MonkeyPatch, requirement: str) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: "2.4")
    with pytest.raises(ValueError, match="cannot read"):
        requirements.unmet((requirement,))


def test_this_interpreter_meets_the_project() -> None:
    assert requirements.unmet(requirements.declared(CODE / "pyproject.toml", "test")) == ()
    assert requirements.main([str(CODE / "pyproject.toml"), "test"]) == 0


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place(lock: str) -> None:
    text = (CODE / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=sha256:", "    "), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_every_package(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (CODE / lock).read_text().strip())
    assert len(entries) == len(pins(lock)) > 15
    for entry in entries:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry.splitlines()[0]


def test_the_test_lock_holds_the_runtime_lock() -> None:
    assert pins(LOCKS[0]) <= pins(LOCKS[1])


@pytest.mark.parametrize(("lock", "extra"), [(LOCKS[0], "onnx"), (LOCKS[1], "test"), (LOCKS[1], "onnx")])
def test_a_lock_holds_what_the_project_asks_for(lock: str, extra: str) -> None:
    locked = {name for name, _, _ in pins(lock)}
    asked = {re.split(r"[<>=]", wanted)[0].lower() for wanted in requirements.declared(CODE / "pyproject.toml", extra)}
    assert asked <= locked
