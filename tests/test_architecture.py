"""The walls of the house: who may import whom, and what lies in the top folder."""

import ast
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

CODE = Path(__file__).parents[1]
SOURCES = sorted(path for folder in ("engine", "workbench") for path in (CODE / folder).rglob("*.py"))
MODULES = {".".join(path.relative_to(CODE).with_suffix("").parts).removesuffix(".__init__") for path in SOURCES}
TOP_LEVEL = {
    *("main.py", "engine", "workbench", "resources", "tests"),
    *("pyproject.toml", "requirements.lock", "requirements-test.lock"),
    *("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", ".ci", ".gitignore", ".gitattributes"),
}

# Module → what it must not import, itself and everything below it.
FORBIDDEN = {
    "engine": ("workbench", "PySide6", "shiboken6", "pyqtgraph", "qtawesome", "qtpy"),
    "engine.cells": ("engine.network", "engine.training", "engine.data", "engine.cli"),
    "engine.data": ("engine.cells", "engine.kernels", "engine.network", "engine.training", "numba"),
    "engine.network": ("engine.training", "engine.runs", "engine.cli"),
    "engine.training": ("engine.cli",),
    "workbench": ("numba", "llvmlite", "engine.kernels"),
    "workbench.views": ("workbench.session", "workbench.window", "workbench.app", "workbench.panels"),
    "workbench.plots": (
        "workbench.session",
        "workbench.window",
        "workbench.app",
        "workbench.panels",
        "workbench.views",
    ),
    "workbench.session": ("workbench.window", "workbench.app", "workbench.panels", "workbench.views"),
    "workbench.workspace": ("workbench.window", "workbench.app", "workbench.commands", "workbench.run_display"),
}
# Module → all that it may import of ours and of others, beside the standard library.
ALLOWED = {
    "engine.config": ("numpy", "engine.config"),
    "engine.events": ("engine.inside_records", "engine.prediction_records"),
    "engine.prediction_records": ("numpy", "engine.inside_records"),
    "engine.inside_records": ("numpy",),
    "engine.kernels": ("numpy", "numba", "llvmlite", "platformdirs", "engine.kernels"),
    "workbench.doors.mailbox": ("engine.events", "engine.config"),
    "workbench.launch": ("workbench.launch",),
    "workbench.launch.start": ("workbench.launch", "workbench", "workbench.app", "engine.cli"),
}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(CODE).with_suffix("").parts).removesuffix(".__init__")


def is_below(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def nearest_rule(module: str) -> str:
    """The longest entry of `ALLOWED` that covers a module; empty if there is none."""
    return max((package for package in ALLOWED if is_below(module, package)), key=len, default="")


@cache
def imported(path: Path) -> tuple[str, ...]:
    """Every module that a file imports, wherever in the file; ``from a import b`` gives ``a`` and ``a.b``."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written in full"
            found += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(found)


def tracked_files() -> list[Path]:
    """What is in the repository, relative to it; skips the test where that cannot be told."""
    if not (CODE / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a Git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CODE, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip(f"Git does not read this checkout: {listed.stderr.strip()}")
    return [Path(name) for name in listed.stdout.split("\0") if name]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_no_import_against_the_direction(package: str) -> None:
    against = [
        f"{module_name(path)} imports {module}"
        for path in SOURCES
        if is_below(module_name(path), package)
        for module in imported(path)
        if any(is_below(module, other) for other in FORBIDDEN[package])
    ]
    assert against == []


@pytest.mark.parametrize("package", ALLOWED)
def test_leaves_import_only_what_they_may(package: str) -> None:
    against = [
        f"{module_name(path)} imports {module}"
        for path in SOURCES
        if nearest_rule(module_name(path)) == package
        for module in imported(path)
        if module.split(".")[0] not in sys.stdlib_module_names
        if not any(is_below(module, other) for other in ALLOWED[package])
    ]
    assert against == []


def needed(path: Path) -> set[str]:
    """Modules of ours that a file imports, for their types alone too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (full & MODULES) or {str(node.module)} & MODULES
    return found - {module_name(path)}


def circles(needs: dict[str, set[str]]) -> dict[str, set[str]]:
    """What needs something that needs it: what needs nothing, or nothing needs, is taken away until that is left."""
    left = needs
    while ends := {each for each in left if not left[each]} | (left.keys() - set().union(*left.values())):
        left = {each: needed - ends for each, needed in left.items() if each not in ends}
    return left


def room(module: str) -> str:
    """The folder that a module lies in, of the engine's data and of the plots the one within; without one, itself."""
    parts = module.split(".")
    return ".".join(parts[: 3 if parts[:2] in (["engine", "data"], ["workbench", "plots"]) else 2])


def test_no_modules_need_each_other() -> None:
    assert circles({module_name(path): needed(path) for path in SOURCES}) == {}


def test_no_rooms_need_each_other() -> None:
    needs: dict[str, set[str]] = {}
    for path in SOURCES:
        own = room(module_name(path))
        needs.setdefault(own, set()).update({room(module) for module in needed(path)} - {own})
    assert circles(needs) == {}


def test_the_workbench_knows_no_cell_by_name() -> None:
    for path in (path for path in SOURCES if is_below(module_name(path), "workbench")):
        cells = [module for module in imported(path) if re.match(r"engine\.cells\.[a-z]", module)]
        assert [cell for cell in cells if (CODE / "engine/cells" / f"{cell.split('.')[2]}.py").exists()] == []


def test_views_do_not_know_each_other() -> None:
    shared = {"live_view", "__init__"}
    views = {path.stem for path in (CODE / "workbench/views").glob("[a-z]*.py")} - shared
    for path in (CODE / "workbench/views").rglob("*.py"):
        others = {module.split(".")[2] for module in imported(path) if module.startswith("workbench.views.")}
        assert not others & (views - {path.stem}), f"{path.name} imports another view"


def test_the_window_does_not_wait_for_what_reads_data() -> None:
    """It comes up before: to import all that reads, or trains, takes as long as to make its widgets."""
    program = "import sys, workbench.app; print({'duckdb', 'engine.data', 'engine.networks', 'numba'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], cwd=CODE, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("set()\n", 0), done.stderr


def test_the_engine_runs_without_qt() -> None:
    names = [module_name(path) for path in SOURCES if is_below(module_name(path), "engine")]
    program = (
        "import importlib, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print({name.split('.')[0] for name in sys.modules} & {'PySide6', 'shiboken6', 'pyqtgraph', 'workbench'})"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=CODE, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("set()\n", 0), done.stderr


def test_the_top_folder_holds_nothing_else() -> None:
    assert {path.parts[0] for path in tracked_files()} <= TOP_LEVEL


def test_no_address_of_a_package_index_is_kept() -> None:
    place = re.compile(rb"https?://[^\s\"')>]*(/simple\b|pypi|pythonhosted)|--(extra-)?index-url|--find-links")
    own = Path(__file__).relative_to(CODE)
    files = [path for path in tracked_files() if path != own and (CODE / path).is_file()]
    assert [str(path) for path in files if place.search((CODE / path).read_bytes())] == []
    assert not {"uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock"} & {path.name for path in files}


def test_painting_that_fails_is_ended() -> None:
    """A painter that outlives its widget's painting takes the whole program with it; `with` ends it in any case."""
    loose = []
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        held = {id(item.context_expr) for node in ast.walk(tree) if isinstance(node, ast.With) for item in node.items}
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        painters = [node for node in calls if _called(node) in ("QPainter", "QStylePainter")]
        loose += [f"{path.relative_to(CODE)}:{node.lineno}" for node in painters if id(node) not in held]
    assert not loose


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""
