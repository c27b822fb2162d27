"""The Python shown in README runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_the_python_in_readme_runs(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), names)
    if "weights" in names:
        assert capsys.readouterr().out.count("\n") == 3


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#:]+)\)", README))
def test_what_readme_points_to_is_there(path: str) -> None:
    assert (Path(__file__).parent.parent / path).exists()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[a-z_/]+(?:\.py)?)`", README))))
def test_the_tests_that_readme_names_are_there(path: str) -> None:
    assert (Path(__file__).parent.parent / path).exists()
