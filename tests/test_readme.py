"""The Python shown in README runs as it stands there."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest

from engine.cells import specifications
from engine.cli import main, parser
from engine.data import samples
from engine.runs import load_run
from engine.uses.inference import forecast
from engine.uses.writing import write_texts

CODE = Path(__file__).parent.parent
README = (CODE / "README.md").read_text(encoding="utf-8")
ALL_BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
SERVED = [block for block in ALL_BLOCKS if "onnxruntime" in block]
BLOCKS = [block for block in ALL_BLOCKS if block not in SERVED]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_the_python_in_readme_runs(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), names)
    if "weights" in names:
        assert capsys.readouterr().out.count("\n") == 3


def _served(block: str, capsys: pytest.CaptureFixture[str], quick: str = "") -> str:
    """What a block prints after the commands above it; `quick` is put behind that which trains."""
    before = README.partition(block)[0].rpartition("served with onnxruntime:")[2]
    for command in re.findall(r"^    python3 main\.py (.+)$", before, re.MULTILINE):
        assert main((command + quick * command.startswith("train")).split()) == 0
    assert len(block.strip().splitlines()) <= 15
    capsys.readouterr()
    exec(compile(block, "README.md", "exec"), {})
    return capsys.readouterr().out


def test_the_onnx_model_is_served_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands above the block, then the block, in a folder of their own."""
    (tmp_path / "resources").symlink_to(CODE / "resources")
    monkeypatch.chdir(tmp_path)
    shown = _served(SERVED[0], capsys).split()
    wanted = forecast(load_run("runs/airline"))
    assert shown == [wanted.dates[-1], f"[{wanted.forecast[-1, 0]:.1f}]"]
    assert wanted.dates[-1] == "1961-01"


def test_the_network_that_writes_is_served_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "resources").symlink_to(CODE / "resources")
    monkeypatch.chdir(tmp_path)
    shown = _served(SERVED[1], capsys, " --set training.epochs=1 --set model.hidden_size=8")
    wanted = write_texts(load_run("runs/dates"), typed="Freitag, 21. Juni 2013").written[0]
    assert shown == wanted + "\n"
    assert wanted


@pytest.mark.parametrize("page", [CODE / "README.md", CODE / "tests/benchmarks/README.md"], ids=["top", "figures"])
def test_what_a_page_points_to_is_there(page: Path) -> None:
    paths = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [path for path in paths if not (page.parent / path).exists()] == []


NAMED = sorted(set(re.findall(r"`((?:tests/[a-z_/]+|test_[a-z_]+)(?:\.py)?)`", README)))


@pytest.mark.parametrize("name", NAMED)
def test_the_tests_that_readme_names_are_there(name: str) -> None:
    assert (CODE / name).exists() or any((CODE / "tests").rglob(name))


COMMANDS = sorted(set(re.findall(r"^ +python3 main\.py ([a-z]+ .+)$", README, re.MULTILINE)))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_in_readme_are_taken(command: str) -> None:
    parser().parse_args(shlex.split(command))


def _bare(source: str) -> list[str]:
    """The functions of a source without types and words."""
    found = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    for function in found:
        function.returns = None
        function.body = [part for part in function.body if not isinstance(getattr(part, "value", None), ast.Constant)]
        for argument in function.args.args:
            argument.annotation = None
    return [ast.unparse(function) for function in found]


def test_the_cell_in_readme_is_the_one_that_runs() -> None:
    (shown,) = re.findall(r"```text\n(@forward_step\n.*?)```", README, re.DOTALL)
    assert _bare(shown) == _bare((CODE / "engine/cells/elman.py").read_text(encoding="utf-8"))


def test_readme_counts_what_there_is() -> None:
    said = {
        what: int(number) for number, what in re.findall(r"(\d+) (samples|cells)\b", README.partition("## Start")[0])
    }
    assert said == {"samples": len(samples()), "cells": len(specifications())}


def test_every_benchmark_that_the_figures_name_is_there() -> None:
    page = (CODE / "tests/benchmarks/README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"tests\.benchmarks\.([a-z_]+)", page))
    assert named
    assert [name for name in named if not (CODE / "tests/benchmarks" / f"{name}.py").exists()] == []


def test_the_files_that_the_architecture_names_are_there() -> None:
    page = (CODE / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py|(?:[a-z_]+/)+)`", page))
    there = [path.as_posix() for folder in ("engine", "workbench", "resources", "tests") for path in files_of(folder)]
    assert [name for name in sorted(named) if not any(f"/{name}" in f"/{path}" for path in there)] == []


def files_of(folder: str) -> list[Path]:
    return [path.relative_to(CODE) for path in (CODE / folder).rglob("*") if path.is_file()]
