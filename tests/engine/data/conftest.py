from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.data.making import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and give its path."""

    def file(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return file
