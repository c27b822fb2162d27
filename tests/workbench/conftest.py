"""A backend that needs no engine: datasets and runs of known content, driven by hand."""

from __future__ import annotations

import gc
import math
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.control import Control
from engine.data import DataError
from engine.events import (
    CheckpointSaved,
    Evaluated,
    Event,
    Finding,
    Paused,
    Resumed,
    RunFinished,
    RunStarted,
    Snapshot,
    StepDone,
)
from engine.lessons import Lesson
from engine.rate_search import RateCurve, Tried, curve
from engine.runs import RunFolder
from engine.storage.contest_file import Membership
from tests.workbench.bench import Bench
from workbench import jobs, spoken
from workbench.app import collect_garbage
from workbench.desk import Desk
from workbench.doors.answers import (
    Asked,
    Column,
    Exported,
    ExportForm,
    Facts,
    ForeignWeights,
    Loaded,
    SeriesPreview,
    Usable,
    Used,
)
from workbench.doors.backend import Backend
from workbench.doors.data_reader import DataReader
from workbench.doors.previews import lines
from workbench.doors.reading_pace import HowFar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # no window flashes up while tests run

RATES = 120  # that a test of the learning rate tries
SERIES = Experiment().replace({"data.sample": "known", "data.targets": "value", "model.cell": "lstm"})


class PatientBot(QtBot):
    """Waits for as long as a machine may take that is busy with other things; what comes is not waited for longer."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = 20_000) -> None:  # noqa: N802 (Qt's)
        super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """In place of pytest-qt's, for all tests of the window."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def collected_between_tests() -> Iterator[None]:
    """As in the application: a collection in another thread would destroy Qt objects there, and may wait for ever."""
    gc.disable()
    yield
    gc.enable()
    collect_garbage()


@pytest.fixture(autouse=True)
def no_fault_unseen(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Work in the background may be refused; where it fails otherwise, nobody waits who would fail with it."""
    yield
    told = [record for phase in ("setup", "call") for record in caplog.get_records(phase)]
    assert not [record.getMessage() for record in told if record.name == jobs.__name__ and record.levelname == "ERROR"]


class Listener:
    """In the place of Qt's way to screen readers."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def isActive(self) -> bool:  # noqa: N802 (Qt's name)
        return True

    def updateAccessibility(self, event: Any) -> None:  # noqa: N802 (Qt's name)
        self.heard.append(event.message())


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Listener:
    listening = Listener()
    monkeypatch.setattr(spoken, "QAccessible", listening)
    return listening


class KnownData:
    """As much of a dataset as the window asks for."""

    tokens, loss = False, "mse"
    input_size = output_size = 1

    def count(self, part: str) -> int:
        return {"train": 70, "validation": 12, "test": 24}[part]

    def batch_count(self, part: str, batch_size: int) -> int:
        return -(-self.count(part) // batch_size)


class KnownRun:
    """A run of `total` steps that waits for a permit before each, so that a test decides how far it goes."""

    def __init__(self, experiment: Experiment, control: Control, folder: Path | None, total: int = 100) -> None:
        self.experiment, self.control, self.folder, self.total = experiment, control, folder, total
        self.of: Membership | None = None
        self.permits = threading.Semaphore(0)
        self.learning_rates: list[float] = []

    def _wait_for_permit(self) -> None:
        while not self.permits.acquire(timeout=0.01) and not self.control.ending:
            continue

    def __iter__(self) -> Iterator[Event]:
        yield RunStarted(100, 10, self.total // 10, "RMSE", (("naive", 2.0),), str(self.folder or ""))
        step, waited = 0, False
        while step < self.total and not bool(self.control.ending):
            if self.control.paused:
                if not waited:
                    yield Paused(step)
                waited = True
                self.control.wait(self.control.request.id)
                continue
            if waited and not self.control.stepping:
                yield Resumed(step)
            waited = False
            self.control.take_step()
            self._wait_for_permit()
            self.learning_rates += self.control.take_changes().values()
            step += 1
            yield StepDone(step, 1 + step // 10, 1.0 / step, 1.0, step * 0.01)
            yield Snapshot(step, 1, self.control.request.id, ())
            if step % 10 == 0:
                yield Evaluated(step, step // 10, 1.0 / step, 1.5 / step, 3.0 / step, True)
                yield Finding(
                    "known", "warning", "Known finding", "It is made so.", "Mend it.", (("training.seed", "7"),)
                )
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            yield CheckpointSaved(step, str(self.folder / "weights.safetensors"))
        reason = {"stop": "stopped", "finish": "finished early"}.get(
            self.control.ending, "all epochs done" if self.total else "scored"
        )
        if self.folder and self.of:
            write_known(self.folder, self.experiment, self.of, reason, step)
        yield RunFinished(reason, step, 1, 1, 0.5, (("RMSE", 1.0),), (("naive", 2.0),), 1.0)


def write_known(
    folder: Path, experiment: Experiment, of: Membership | None, reason: str = "all epochs done", step: int = 100,
    metric: float = 0.03,
) -> None:  # fmt: skip
    """A run folder as a `KnownRun` might leave it; its weights are none."""
    made = RunFolder(folder, experiment, of=of)
    made.save_progress("RMSE", [Evaluated(step, step // 10, 0.01, metric / 2, metric, True)], [])
    made.weights.write_bytes(b"known")
    made.save_result({"reason": reason, "step": step, "metric": "RMSE", "loss": "mse", "seconds": 1.0})
    made.let_go(over=True)


class KnownReader(DataReader):
    """Reads the same at once; `bad` sources and settings are refused."""

    def stop_reading(self) -> None:
        """Nothing here is read for long."""

    def how_far_reading(self) -> HowFar | None:
        return None

    def how_far_inspecting(self) -> HowFar | None:
        return None

    def open(self, source: Path | str, changes: Mapping[str, Any] | None = None) -> Loaded:
        if "bad" in str(source):
            raise DataError(f"{source} is empty; choose another file.")
        return self.load(SERIES)

    def load(self, experiment: Experiment, reasons: tuple[str, ...] = ()) -> Loaded:
        if experiment.data.look_back > 100:
            raise DataError("a window of more than 100 steps does not fit; lower data.look_back.")
        values = np.arange(120, dtype=np.float32)
        preview = SeriesPreview(
            len(values), lines(values, (84, 96)), ((60.0, "1960"),), (84, 96), experiment.data.look_back, 1
        )
        columns = (Column("when", "date"), Column("value", "number"), Column("other", "number"))
        return Loaded(experiment, KnownData(), "Known", "made for tests", ("one note",), preview, columns)  # type: ignore[arg-type]


class KnownBackend(Backend):
    """Answers at once."""

    def __init__(self, data: KnownReader | None = None) -> None:
        super().__init__(data or KnownReader())
        self.runs: list[KnownRun] = []
        self.imported: list[Experiment] = []
        self.make: Callable[..., Any] = KnownRun
        self.lessons: tuple[Lesson, ...] = ()
        self.free = False  # runs go on without permits

    def facts(self) -> Facts:
        from engine.cells import specifications
        from engine.data import samples

        return Facts(specifications(), samples(), self.lessons)

    def start(self) -> None:
        """Nothing to start."""

    def close(self, seconds: float) -> bool:
        return True

    def warm_up(self, experiment: Experiment, tell: Callable[[Event], None]) -> None:
        """Nothing to compile."""

    def unrolled_count(self, experiment: Experiment, dataset: Any) -> tuple[int, int]:
        return 12, 12 * self.parameter_count(experiment, dataset)

    def parameter_count(self, experiment: Experiment, dataset: Any) -> int:
        return experiment.model.hidden_size * 100

    def run(self, experiment: Experiment, control: Control, folder: Path | None, of: Membership | None = None) -> Any:
        run = self.make(experiment, control, folder)
        if isinstance(run, KnownRun):
            run.of = of
        if self.free and isinstance(run, KnownRun):
            run.permits.release(run.total)
        self.runs.append(run)
        return run

    def run_imported(self, experiment: Experiment, control: Control, folder: Path | None) -> Any:
        self.imported.append(experiment)
        return KnownRun(experiment, control, folder, total=0)

    def find_rate(
        self, experiment: Experiment, dataset: Any, tell: Callable[[Tried], None], stopped: Callable[[], bool]
    ) -> RateCurve:
        """Loses less and less up to a rate of 0.1, and more beyond."""
        if experiment.training.optimizer == "sgd":
            raise ValueError("this cannot be tried")
        tried = []
        for step, log in enumerate(np.linspace(-6, 1, RATES), 1):
            loss = 2 - 1 / (1 + math.exp(-4 * (log + 2.5))) + max(0.0, log + 1)
            tried.append(Tried(step, 10**log, loss))
            tell(tried[-1])
            if stopped():
                return curve(tried, stopped=step < RATES)
        return curve(tried)

    def fit(self, found: ForeignWeights, experiment: Experiment, loaded: Loaded) -> None:
        from engine.networks import parameter_shapes

        if found.weights is not None:
            found.weights.fitted(parameter_shapes(experiment.model, loaded.dataset))

    def export_forms(self, run_folder: Path) -> tuple[ExportForm, ...]:
        return (
            ExportForm("stone", "Stone", ".stone", "For those who come after.", False, "nothing is hard enough."),
            ExportForm("paper", "Paper", ".paper", "For people.", True, "Exact."),
            ExportForm("script", "Script", ".py", "For machines.", True, "Exact.", (".json",)),
        )

    def usable(self, run_folder: Path) -> Usable:
        return Usable("text")

    def use(self, run_folder: Path, asked: Asked) -> Used:
        if asked.typed == "bad":
            raise DataError("nothing follows from that.")
        return Used(("prompt", "text"), ((asked.typed, "known"),), "", text="known")

    def export(self, run_folder: Path, key: str, target: Path, tell: Callable[[str], None]) -> Exported:
        tell("Writing the files")
        target.write_bytes(key.encode())
        passed = "bent" not in target.stem
        sentence = "A reader says the same." if passed else "A reader does NOT say the same."
        return Exported((target, target.with_suffix(".json")), sentence, passed, f"read {target.name}")


@pytest.fixture(autouse=True)
def usual_text() -> Iterator[None]:
    """A window with larger text leaves that to the application; what is measured after it would be measured in it."""
    yield
    usual = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont) if QApplication.instance() else None
    if usual is not None and QApplication.font() != usual:
        QApplication.setFont(usual)


@pytest.fixture
def backend() -> KnownBackend:
    return KnownBackend()


@pytest.fixture
def desk(qtbot: QtBot, backend: KnownBackend, tmp_path: Path) -> Iterator[Desk]:
    """A desk with the known data at hand."""
    desk = Desk(backend, tmp_path)
    desk.draft.open("known")
    desk.draft.learn_facts()

    def ready() -> bool:
        desk.jobs.collect()
        return desk.draft.ready and desk.draft.facts is not None

    qtbot.waitUntil(ready, timeout=20_000)
    yield desk
    assert desk.close(10)


@pytest.fixture
def bench(qtbot: QtBot, backend: KnownBackend, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(qtbot, backend, tmp_path)
    yield bench
    bench.window.close()
    assert bench.window.desk.close(10)
    bench.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
