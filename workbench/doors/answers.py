"""What the engine answers the window with, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.config import Experiment

if TYPE_CHECKING:
    from engine.cells import CellSpec
    from engine.data import Dataset, Sample
    from engine.lessons import Lesson
    from engine.prediction_records import WrittenPair


@dataclass(frozen=True, slots=True)
class Facts:
    """What the engine offers, learned once after the start."""

    cells: tuple[CellSpec, ...]
    samples: tuple[Sample, ...]
    lessons: tuple[Lesson, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, for choosing."""

    name: str
    kind: str  # "number", "date", "text" or "empty"


@dataclass(frozen=True, slots=True, eq=False)
class SeriesPreview:
    """The first target in its own units, with the borders of its parts and the size of a window."""

    rows: int
    lines: tuple[tuple[NDArray[np.int64], NDArray[np.float32]], ...]  # rows and values that draw each part
    ticks: tuple[tuple[float, str], ...]  # some rows and what they are called
    borders: tuple[int, int]  # first row of validation and of test
    look_back: int
    horizon: int
    steps: int = 1  # that are forecast, the first of them at the horizon
    stride: int = 1
    starts: tuple[int, ...] = ()  # first rows of the last windows of the training part, the last one first
    drawn: str = ""  # what is drawn, and by which column of the file

    def answer(self, start: int) -> int:
        """The first row that is answered by the window that begins at row `start`."""
        return start + self.look_back - 1 + self.horizon


@dataclass(frozen=True, slots=True)
class TextPreview:
    """The beginning of a text."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One sequence of the training part with its label, or one series of several with its name and its parts."""

    label: str
    values: NDArray[np.float32]  # (T, I) in the file's units; what is missing is NaN
    borders: tuple[int, ...] = ()  # of a series: first row of validation and of test
    window: tuple[int, ...] = ()  # of a series: where one window begins, where it is answered, and where that ends


@dataclass(frozen=True, slots=True)
class ExamplesPreview:
    """One sequence of each class; of values, the first ones. `share` says how many are shown where not all are."""

    examples: tuple[Example, ...]
    share: str = ""


Preview: TypeAlias = SeriesPreview | TextPreview | ExamplesPreview


@dataclass(frozen=True, slots=True)
class Loaded:
    """A source that was read and understood, with all that panels show of it."""

    experiment: Experiment
    dataset: Dataset
    title: str
    about: str
    notes: tuple[str, ...]
    preview: Preview
    columns: tuple[Column, ...]
    generated: bool = False  # made by the engine, not read from a file
    apart: bool = True  # nothing that is judged was read or answered in training
    stamp: tuple[int, int] = (0, 0)  # of the file before it was read, as `engine.loading.stamp` gives it


@dataclass(frozen=True, slots=True)
class ExportForm:
    """A form that weights can be exported to; `text` says what the file will be, or why it cannot be made."""

    key: str
    title: str
    suffix: str
    summary: str
    possible: bool
    text: str
    beside: tuple[str, ...] = ()  # suffixes of what is written beside the main file


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that was made: its files, how far they are from the engine, in words, and how they are used."""

    files: tuple[Path, ...]
    sentence: str
    passed: bool
    usage: str


@dataclass(frozen=True, slots=True)
class ForeignWeights:
    """Weights from elsewhere: the settings that begin from them, and what was understood.

    `series` are settings of the data, for a file of which a series is suggested; only weights that `answer` can be used
    before they are trained on. `weights` are for the engine alone.
    """

    settings: dict[str, Any]
    notes: tuple[str, ...]
    series: dict[str, Any] = field(default_factory=dict)
    answer: bool = True
    weights: Any = None


@dataclass(frozen=True, slots=True)
class Usable:
    """What a trained model can be asked.

    `kind` is "series", "classes" or "values" of sequences, "texts" (classes of them) or "rated" (values), "tags" of
    words, "text" that is gone on with, or "pairs".
    """

    kind: str
    columns: tuple[str, ...] = ()  # of a vector that is read
    categories: tuple[tuple[str, ...], ...] = ()  # of the last of these columns; the ones before hold numbers
    side: int = 0  # of the picture that is read, in squares
    brightest: float = 0.0  # the value of full ink in it
    tunes: bool = False  # what is written are notes
    target: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a trained model: a file, or what was typed; None and nothing are the run's own data."""

    data: Path | None = None
    typed: str = ""
    length: int = 400
    method: str = "greedy"
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    width: int = 4
    length_penalty: float = 0.6
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A forecast beside what was measured; the last `ahead` steps nobody has measured yet."""

    target: str
    labels: tuple[str, ...]  # (N,)
    truth: NDArray[np.float64]  # (N,)
    forecast: NDArray[np.float64]  # (N,)
    ahead: int
    bands: tuple[tuple[float, NDArray[np.float64], NDArray[np.float64]], ...] = ()  # level, lower and upper ends (N,)


@dataclass(frozen=True, slots=True, eq=False)
class Used:
    """What a trained model answered: a table, a sentence about it, and what else there is to show."""

    header: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]
    words: str
    text: str = ""  # that was written
    curve: Curve | None = None
    pair: WrittenPair | None = None
