"""Using a trained model: forecasts with dates in real units, and text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data import DataError, SeriesPreparation, TextPreparation, load
from engine.data.scaling import Reals
from engine.data.series.gaps import fill
from engine.data.series.panel_dataset import PanelDataset
from engine.data.series.series import Series, read_series, read_several
from engine.data.series.series_dataset import SeriesDataset
from engine.data.series.series_preparation import check_logarithm
from engine.data.splits import PARTS, Split
from engine.forecasts.calibration import absolute_errors
from engine.forecasts.forecast_paths import paths
from engine.forecasts.forecast_rows import assumed, dates
from engine.forecasts.forecast_table import Forecast, together
from engine.forecasts.intervals import Interval
from engine.forecasts.rolling_intervals import following
from engine.model import Model
from engine.network import Network
from engine.uses.generation import continue_text

_WINDOWS_AT_ONCE = 1024


def forecast(model: Model, data: Path | str | None = None) -> Forecast:
    """What the model says to every window of a series, and beyond its last row.

    Args:
        model: Trained on a series.
        data: A file with the columns of the run; None takes the run's own data.

    Raises:
        DataError: the file cannot be read, lacks a column, or is shorter than one window.
    """
    preparation = model.preparation
    if isinstance(preparation, TextPreparation):
        raise DataError("this model writes text; give it a prompt instead of asking for a forecast.")
    if not isinstance(preparation, SeriesPreparation):
        raise DataError("this model learned from generated sequences; there are no rows to forecast.")
    if preparation.sequence_column:
        found = _several(model, preparation, data)
        own = {name: _forecast(model, *_of_series(model, name, *some), *some) for name, some in found.items()}
        return together(preparation.sequence_column, own)
    return _forecast(model, preparation, model.intervals, *_series(model, preparation, data))


def _of_series(
    model: Model, name: str, series: Series, split: Split | None
) -> tuple[SeriesPreparation, tuple[Interval, ...]]:
    """Scalers and intervals of one of several series."""
    assert isinstance(model.preparation, SeriesPreparation)
    learned = series.values[: split.train_end if split else None, : series.targets]
    return model.preparation.of_series(name), tuple(each.of_series(name, learned) for each in model.intervals)


def _forecast(
    model: Model, preparation: SeriesPreparation, around: tuple[Interval, ...], series: Series, split: Split | None
) -> Forecast:
    end = series.end
    if end < preparation.lead + preparation.look_back:
        raise DataError(
            f"the network reads {preparation.lead + preparation.look_back:,} rows, but the file has "
            f"{end:,}; give it more of the past."
        )
    if preparation.strategy != "single":
        return _paths(model, preparation, around, series, split)
    first = preparation.lead + preparation.look_back - 1 + preparation.horizon
    rows = np.arange(first, end + preparation.horizon)
    known = rows[rows < end]
    truth = np.full((len(rows), series.targets), np.nan)
    truth[: len(known)] = series.values[known, : series.targets]
    said = _answers(model, preparation, series, rows)
    begin = 0 if split is None else int(np.searchsorted(rows, split.bounds("test")[0]))
    return Forecast(
        targets=preparation.targets,
        dates=dates(series, preparation, first, end + preparation.horizon),
        read=series.notes if split is None else (),
        assumed=assumed(series, preparation, end + preparation.horizon),
        truth=truth,
        forecast=_in_order(said[..., model.loss.middle]),
        parts=tuple(_part(row, split, end) for row in rows.tolist()),
        bands=_bands(model, around, said, truth[None], begin, [preparation.horizon]),
    )


def _several(
    model: Model, preparation: SeriesPreparation, data: Path | str | None
) -> dict[str, tuple[Series, Split | None]]:
    if data is None:
        dataset = load(model.experiment)
        assert isinstance(dataset, PanelDataset)
        return {name: (member.series, member.split) for name, member in dataset.members.items()}
    found = read_several(Path(data), _columns(model, preparation))
    return {name: (series.led_by(preparation.led, preparation.known), None) for name, series in found.items()}


def _columns(model: Model, preparation: SeriesPreparation) -> DataConfig:
    """Settings that read another file as the run's own was read."""
    return replace(
        model.experiment.data,
        time_column=preparation.time_column,
        targets=preparation.targets,
        inputs=preparation.inputs,
    )


def _series(model: Model, preparation: SeriesPreparation, data: Path | str | None) -> tuple[Series, Split | None]:
    if data is None:
        dataset = load(model.experiment)
        assert isinstance(dataset, SeriesDataset)
        return dataset.series, dataset.split
    return read_series(Path(data), _columns(model, preparation)).led_by(preparation.led, preparation.known), None


def _answers(
    model: Model, preparation: SeriesPreparation, series: Series, rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Forecasts (1, N, O, W) for the given rows, each from the window that ends `horizon` before it."""
    check_logarithm(preparation.transform, series.values[:, : series.targets], preparation.targets, series.dropped)
    filled = fill(preparation.with_marks(series.values), preparation.missing, preparation.season)
    length = preparation.lead + preparation.look_back
    found = []
    for some in np.split(rows, range(_WINDOWS_AT_ONCE, len(rows), _WINDOWS_AT_ONCE)):
        window = filled.windows(some - preparation.horizon - length + 1, length)
        found.append(paths(model.network, preparation, model.loss, window))
    return np.concatenate(found, axis=1)


def _in_order(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(U, B, O) of forecasts one behind the other as rows (B · U, O)."""
    return values.transpose(1, 0, 2).reshape(-1, values.shape[2])


def _bands(
    model: Model, around: tuple[Interval, ...], said: Reals, truth: Reals, begin: int, behind: Sequence[int]
) -> tuple[tuple[float, Reals], ...]:
    """Intervals around forecasts (U, B, O, W) of what was measured (U, B, O); those nothing is known for are left out.

    From window `begin` on, where nothing was learned or chosen by, their width follows the errors before; `behind` as
    `following` takes it.
    """
    found = []
    for interval in (each for each in around if each.known):
        radii = interval.radii_of(None)
        if radii is not None and interval.errors is not None:
            radii = np.broadcast_to(radii, truth.shape).copy()
            errors = absolute_errors(truth[:, begin:], said[:, begin:, :, model.loss.middle], interval.logarithm)
            radii[:, begin:] = following(interval.errors, interval.level, errors, behind)
        ends = [_in_order(end) for end in interval.bounds(said, model.loss.middle, radii)]
        found.append((interval.level, np.stack(ends, axis=2)))
    return tuple(found)


def _paths(
    model: Model, preparation: SeriesPreparation, around: tuple[Interval, ...], series: Series, split: Split | None
) -> Forecast:
    """Forecasts over several steps one behind the other; the last begins behind the last measured target.

    Rows of the file behind that one, with empty targets, say what is known ahead; beyond the file it stays as it was.
    """
    check_logarithm(preparation.transform, series.values[:, : series.targets], preparation.targets, series.dropped)
    filled = fill(preparation.with_marks(series.values), preparation.missing, preparation.season)
    count, end = len(series.values), series.end
    length, steps = preparation.lead + preparation.look_back, preparation.steps
    begins = np.arange(end, length - 1, -steps)[::-1]
    rows = begins + np.arange(steps)[:, None]
    future = filled.past[np.minimum(rows, count - 1)][..., preparation.known_columns]
    found = []
    for some in np.split(np.arange(len(begins)), range(_WINDOWS_AT_ONCE, len(begins), _WINDOWS_AT_ONCE)):
        window = filled.windows(begins[some] - length, length)
        found.append(paths(model.network, preparation, model.loss, window, future[:, some]))
    said = np.concatenate(found, axis=1)
    first, last = int(begins[0]), end + steps
    truth = np.full((last - first, series.targets), np.nan)
    truth[: end - first] = series.values[first:end, : series.targets]
    measured = truth.reshape(-1, steps, series.targets).transpose(1, 0, 2)
    begin = 0 if split is None else int(np.searchsorted(begins, split.bounds("test")[0]))
    return Forecast(
        targets=preparation.targets,
        dates=dates(series, preparation, first, last),
        read=series.notes if split is None else (),
        assumed=assumed(series, preparation, last),
        truth=truth,
        forecast=_in_order(said[..., model.loss.middle]),
        bands=_bands(model, around, said, measured, begin, [1] * steps),  # one forecast behind the other
        parts=tuple(_part(row, split, end) for row in range(first, last)),
    )


def _part(row: int, split: Split | None, end: int) -> str:
    if row >= end:
        return "ahead"
    if split is None:
        return "given"
    return next(part for part in PARTS if row < split.bounds(part)[1])


@dataclass(frozen=True, slots=True)
class Writing:
    """A text that a model wrote, and what it could not read of the prompt."""

    prompt: str
    text: str  # what follows the prompt
    notes: tuple[str, ...]


def generate(model: Model, prompt: str = "", length: int = 400, temperature: float = 0.8, seed: int = 0) -> Writing:
    """Go on from `prompt`, one symbol (a character, word or byte) after the other.

    Args:
        model: Trained on text.
        prompt: Read first; empty begins a new line.
        length: Symbols to write.
        temperature: 0 takes the likeliest symbol each time, 1 draws as the network weighs them.
        seed: The same seed writes the same text.

    Raises:
        DataError: the model was trained on something else.
    """
    preparation = model.preparation
    if not isinstance(preparation, TextPreparation):
        raise DataError("this model forecasts a series; it takes no prompt.")
    unknown = preparation.vocabulary.unknown_in(prompt)
    shown = " ".join(repr(symbol) for symbol in unknown[:8])
    notes = (f"{preparation.unit} the network does not know, read as unknown: {shown}",) if unknown else ()
    assert isinstance(model.network, Network)
    tokens = continue_text(model.network, preparation.encode(prompt), length, [temperature], seed)[:, 0]
    return Writing(prompt, preparation.after(prompt, tokens), notes)
