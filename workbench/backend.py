"""The door to the engine. What takes long to import is imported on first use, which is never in the window's thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.config import Experiment, ModelConfig
from engine.control import Control
from engine.events import Event

if TYPE_CHECKING:
    from engine.cells import CellSpec
    from engine.data import Dataset, Inspection, Sample

_TEXT_LINES = 200  # shown of a text


@dataclass(frozen=True, slots=True)
class Facts:
    """What the engine offers, learned once after the start."""

    cells: tuple[CellSpec, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, for choosing."""

    name: str
    kind: str  # "number", "date", "text" or "empty"


@dataclass(frozen=True, slots=True, eq=False)
class SeriesPreview:
    """The first target in its own units, with the borders of its parts and the size of a window."""

    values: NDArray[np.float32]  # (N,)
    ticks: tuple[tuple[float, str], ...]  # some rows and what they are called
    borders: tuple[int, int]  # first row of validation and of test
    look_back: int
    horizon: int


@dataclass(frozen=True, slots=True)
class TextPreview:
    """The beginning of a text."""

    text: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """A source that was read and understood, with all that panels show of it."""

    experiment: Experiment
    dataset: Dataset
    title: str
    about: str
    notes: tuple[str, ...]
    preview: SeriesPreview | TextPreview | None
    columns: tuple[Column, ...]
    generated: bool = False  # made by the engine, not read from a file


class Backend:
    """The engine's public names, each where the window needs it. Methods may take long unless they say otherwise."""

    def facts(self) -> Facts:
        """What the engine offers."""
        from engine.cells import specifications
        from engine.data import samples

        return Facts(specifications(), samples())

    def open(self, source: Path | str) -> Loaded:
        """Read a file or a sample, with what it suggests for all settings.

        Raises:
            DataError: it cannot be used.
        """
        from engine.data import suggest

        suggestion = suggest(source)
        return self.load(suggestion.experiment, suggestion.notes)

    def load(self, experiment: Experiment, reasons: tuple[str, ...] = ()) -> Loaded:
        """Read what `experiment` names; `reasons` go before the notes on what was done.

        Raises:
            DataError: the data or its settings cannot be used.
        """
        from engine.data import load, peek, sample

        dataset = load(experiment)
        found = sample(experiment.data.sample) if experiment.data.sample and not experiment.data.file else None
        path = found.path if found else Path(experiment.data.file).expanduser()
        inspection = peek(path, _TEXT_LINES) if path else None
        preview = _series_preview(experiment, dataset) or _text_preview(inspection)
        title = found.title if found else path.name if path else ""
        notes = tuple(dict.fromkeys((*reasons, *dataset.notes())))
        about = found.description if found else _about(inspection)
        return Loaded(experiment, dataset, title, about, notes, preview, _columns(inspection), generated=path is None)

    def warm_up(self, experiment: Experiment, dataset: Dataset) -> None:
        """Compile the kernels that the model needs, or take them from the cache."""
        from engine.warmup import warm_up

        warm_up(experiment, dataset)

    def parameter_count(self, model: ModelConfig, dataset: Dataset) -> int:
        """Trainable numbers of a model on this data. Quick once `facts` has been asked."""
        from engine.network import parameter_count

        return parameter_count(model, dataset.input_size, dataset.output_size, dataset.tokens)

    def run(self, experiment: Experiment, dataset: Dataset, control: Control, folder: Path | None) -> Iterable[Event]:
        """A training run, to be iterated in the training thread."""
        from engine.training import TrainingRun

        return TrainingRun(experiment, dataset, control, folder)

    def export(self, run_folder: Path, target: Path) -> dict[str, Any]:
        """Write a run's best weights as safetensors; returns each tensor's name and shape.

        Raises:
            OSError: the target cannot be written.
            ValueError: the run holds no usable weights.
        """
        from engine.export import safetensors
        from engine.runs import load_run

        model = load_run(run_folder)
        safetensors.write(model, target)
        return {name: values.shape for name, values in model.network.state_dict().items()}


def _series_preview(experiment: Experiment, dataset: Any) -> SeriesPreview | None:
    """The series of a data set that has one."""
    series, data = getattr(dataset, "series", None), experiment.data
    if series is None:
        return None
    values = np.asarray(series.values[:, 0], np.float32)
    rows = sorted({len(values) // 8, len(values) // 2, len(values) - 1 - len(values) // 8})
    ticks = tuple((float(row), str(series.labels(row, row + 1)[0])[:10]) for row in rows)
    return SeriesPreview(values, ticks, dataset.split.bounds("validation"), data.look_back, data.horizon)


def _text_preview(inspection: Inspection | None) -> TextPreview | None:
    if inspection is None or inspection.kind != "text":
        return None
    return TextPreview("\n".join(line[0] for line in inspection.head).strip("\n"))


def _about(inspection: Inspection | None) -> str:
    if inspection is None:
        return ""
    if inspection.kind == "text":
        return f"{inspection.rows:,} lines"
    rhythm = f", {inspection.frequency}" if inspection.frequency else ""
    return f"{inspection.rows:,} rows, {len(inspection.columns)} columns{rhythm}"


def _columns(inspection: Inspection | None) -> tuple[Column, ...]:
    return tuple(Column(column.name, column.type) for column in inspection.columns) if inspection else ()
