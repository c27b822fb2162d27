"""What is set up: which changes read the data anew, which prepare kernels, and what is taken with a source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.events import Event
from engine.topologies import fit, topology
from tests.workbench.conftest import SERIES, KnownBackend, KnownReader
from workbench.doors.answers import Loaded
from workbench.draft import Draft
from workbench.jobs import Jobs


class WatchedReader(KnownReader):
    """Notes what it is asked to read."""

    def __init__(self) -> None:
        super().__init__()
        self.read = list[Experiment]()

    def load(self, experiment: Experiment, reasons: tuple[str, ...] = ()) -> Loaded:
        self.read.append(experiment)
        return super().load(experiment, reasons)


class Watched(KnownBackend):
    """Notes what it is asked to prepare."""

    def __init__(self, data: KnownReader) -> None:
        super().__init__(data)
        self.prepared = list[Experiment]()

    def warm_up(self, experiment: Experiment, tell: Callable[[Event], None]) -> None:
        self.prepared.append(experiment)


class Bench:
    def __init__(self, qtbot: QtBot) -> None:
        self.reader, self.jobs, self._qtbot = WatchedReader(), Jobs(), qtbot
        self.backend = Watched(self.reader)
        self.draft = Draft(self.backend, self.jobs)

    def rest(self) -> None:
        """Until nothing is read or prepared any more."""

        def resting() -> bool:
            self.jobs.collect()
            return not (self.draft.loading or self.draft.preparing)

        self._qtbot.waitUntil(resting, timeout=20_000)

    def asked(self, act: Callable[[], object]) -> tuple[int, int]:
        """How often data was read and kernels were prepared by what is done."""
        before = len(self.reader.read), len(self.backend.prepared)
        act()
        self.rest()
        return len(self.reader.read) - before[0], len(self.backend.prepared) - before[1]


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    bench = Bench(qtbot)
    bench.draft.open("known")
    bench.rest()
    assert bench.draft.ready
    return bench


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"data.look_back": 9}, (1, 1)),
        ({"model.topology": "many_to_many"}, (1, 1)),  # other answers are cut from the same rows
        ({"model.hidden_size": 9}, (0, 1)),
        ({"training.epochs": 9}, (0, 0)),
        ({"model.hidden_size": SERIES.model.hidden_size}, (0, 0)),
    ],
)
def test_what_changes_is_read_or_prepared_anew(
    bench: Bench, changes: Mapping[str, Any], asked: tuple[int, int]
) -> None:
    assert bench.asked(lambda: bench.draft.change(changes)) == asked
    experiment = bench.draft.experiment
    assert experiment == SERIES.replace(changes)
    if asked[1]:
        assert bench.backend.prepared[-1] == experiment


@pytest.mark.parametrize("kind", ["text", "pairs", "sequences", "labelled_text"])
def test_another_kind_of_data_brings_a_topology_that_it_has(bench: Bench, kind: str) -> None:
    assert bench.draft.change({"data.kind": kind}) == ""
    assert fit(topology(bench.draft.experiment.model.topology), kind).usable
    bench.rest()


def test_the_usual_number_of_threads_is_taken_where_a_source_names_none(bench: Bench) -> None:
    bench.draft.threads = 3
    bench.draft.open("known")
    bench.rest()
    assert bench.draft.experiment.training.threads == 3


def test_settings_that_were_changed_meanwhile_outlive_a_source_that_cannot_be_opened(bench: Bench) -> None:
    """A newer wish to read silences the one before: where it fails, that one is made again."""
    bench.draft.change({"data.look_back": 9})
    bench.draft.open(Path("bad.csv"))
    bench.rest()
    assert bench.draft.loaded_data is not None
    assert bench.draft.loaded_data.experiment.data.look_back == bench.draft.experiment.data.look_back == 9
    assert "bad.csv is empty" in bench.draft.problem
    assert bench.draft.ready


def test_why_a_source_was_not_opened_names_it_as_other_data_goes_on_being_shown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Loaded:
        raise ValueError("one window takes 2 rows")

    monkeypatch.setattr(bench.backend.data, "open", refuse)
    bench.draft.open(Path("short.csv"))
    bench.rest()
    assert bench.draft.problem == "short.csv was not opened. One window takes 2 rows. Known stays open."


def test_nothing_is_said_to_stay_open_where_nothing_was(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.draft.open(Path("bad.csv"))
    bench.rest()
    assert bench.draft.problem == "bad.csv is empty; choose another file."
    assert bench.draft.ready  # with a sample
    bench.jobs.stop()


def test_settings_that_are_changed_while_a_source_is_opened_are_for_it(bench: Bench) -> None:
    bench.draft.open("known")
    assert bench.draft.change({"training.epochs": 77}) == ""
    bench.rest()
    assert bench.draft.experiment.training.epochs == 77
    bench.draft.open("known")
    bench.rest()
    assert bench.draft.experiment.training.epochs == SERIES.training.epochs
