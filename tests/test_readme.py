"""The Python shown in README runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.cli import main
from engine.inference import forecast
from engine.runs import load_run

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


def test_the_onnx_model_is_served_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands above the block, then the block, in a folder of their own."""
    (tmp_path / "resources").symlink_to(CODE / "resources")
    monkeypatch.chdir(tmp_path)
    (block,) = SERVED
    before = README.partition(block)[0].rpartition("served with onnxruntime:")[2]
    for command in re.findall(r"^    python3 main\.py (.+)$", before, re.MULTILINE):
        assert main(command.split()) == 0
    assert len(block.strip().splitlines()) <= 15
    capsys.readouterr()
    exec(compile(block, "README.md", "exec"), {})
    shown = capsys.readouterr().out.split()
    wanted = forecast(load_run("runs/airline"))
    assert shown == [wanted.dates[-1], f"[{wanted.forecast[-1, 0]:.1f}]"]
    assert wanted.dates[-1] == "1961-01"


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#:]+)\)", README))
def test_what_readme_points_to_is_there(path: str) -> None:
    assert (Path(__file__).parent.parent / path).exists()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[a-z_/]+(?:\.py)?)`", README))))
def test_the_tests_that_readme_names_are_there(path: str) -> None:
    assert (Path(__file__).parent.parent / path).exists()
