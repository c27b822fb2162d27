"""The proof of every export reads the data of its run: the same few, hundreds of times."""

from __future__ import annotations

import pytest

from engine.export import given
from tests.engine.export.examples import loaded


@pytest.fixture(autouse=True)
def data_that_stay_the_same_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given, "load", loaded)
