"""How wide intervals around forecasts have to be, and what they cover: split-conformal.

The radius is the ⌈(n + 1) · level⌉-th smallest of n absolute errors on the validation part, which the weights never
learned from (Vovk et al. 2005; Lei et al. 2018), for each step ahead and target; of several series the errors of all
together, each by the usual change of its series (locally weighted, Lei et al. 2018, Section 5.2). It covers the
promised share where errors ahead are like those of the validation part; as that part also chose the best weights, and
as series change, the share reached on the test part stands beside it. U steps ahead, N windows, O targets, W outputs
for each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.data.scaling import Reals
from engine.data.series.panel_dataset import PanelDataset
from engine.data.series.series_dataset import SeriesDataset
from engine.forecasts.forecast_paths import dataset_paths
from engine.forecasts.intervals import LEVELS, ROUNDING, Interval, usual_changes
from engine.forecasts.rolling_intervals import following, kept
from engine.losses import Loss
from engine.networks import AnyNetwork

_AT_ONCE = 1024  # windows
_POSITIVE = np.finfo(np.float64)


def measured_intervals(network: AnyNetwork, dataset: SeriesDataset | PanelDataset, loss: Loss) -> tuple[Interval, ...]:
    """Intervals from the validation part, or from the quantiles of `loss`, and what they cover of the test part."""
    names, scales = dataset.preparation.targets, _scales(dataset)
    if loss.width > 1:
        found = [Interval(round(loss.quantiles[-1] - loss.quantiles[0], 6), names)]
    else:
        said, measured = _said(network, dataset, loss, "validation")[..., 0], dataset.path_truth("validation")
        logarithm, own = dataset.preparation.transform.logarithm, window_scales(scales, dataset, "validation")
        errors = absolute_errors(measured, said, logarithm, own)
        found = [replace(calibrated(errors, level, names), logarithm=logarithm, scales=scales) for level in LEVELS]
    tested, truth, floors = _said(network, dataset, loss, "test"), dataset.path_truth("test"), _floors(dataset)
    found = [replace(each, floors=floors) for each in found]
    return tuple(_covering(each, tested, truth, loss.middle, dataset) for each in found)


def absolute_errors(truth: Reals, forecast: Reals, logarithm: bool, scales: Reals | None = None) -> Reals:
    """Of what was measured (U, N, O), NaN where it was not, and what was said, or of the logarithms of both.

    `scales` (N, O): units of the errors of each window.
    """
    if logarithm:  # of a network that ran away the exponential may be 0, or too large for a number
        truth, forecast = np.log(truth), np.log(np.clip(forecast, _POSITIVE.tiny, _POSITIVE.max))
    errors = np.abs(truth - forecast)
    return errors if scales is None else errors / scales


def calibrated(errors: Reals, level: float, targets: tuple[str, ...]) -> Interval:
    """From absolute errors (U, N, O) of windows that nothing learned from, NaN where nothing was measured."""
    ordered = np.sort(errors, axis=1)  # NaN comes last
    known = np.isfinite(ordered).sum(axis=1)
    radii = np.full(known.shape, math.inf)
    for place in np.ndindex(known.shape):
        rank = math.ceil((known[place] + 1) * level - ROUNDING)
        if rank <= known[place]:
            radii[place] = ordered[place[0], rank - 1, place[1]]
    return Interval(level, targets, radii, windows=int(known.min()), errors=kept(errors))


def coverage(truth: Reals, lower: Reals, upper: Reals) -> tuple[float, ...]:
    """Share of what was measured (U, N, O) that lies inside, over all steps and then of each; NaN: nothing is known."""
    known = np.isfinite(truth) & np.isfinite(lower) & np.isfinite(upper)
    inside = known & (truth >= lower) & (truth <= upper)
    return tuple(_share(inside[rows], known[rows]) for rows in (slice(None), *range(len(truth))))


def window_scales(scales: Mapping[str, Reals] | None, dataset: SeriesDataset | PanelDataset, part: str) -> Reals | None:
    """The unit of errors (N, O) in each window of a part; None of one series, whose errors are in its own."""
    if scales is None or isinstance(dataset, SeriesDataset):
        return None
    none = np.zeros((0, len(next(iter(scales.values())))))
    slices = dataset.slices(part)
    return np.concatenate([none, *(np.tile(scales[name], (at.stop - at.start, 1)) for name, _, at in slices)])


def _floors(dataset: SeriesDataset | PanelDataset) -> tuple[float, ...]:
    """0 of each target that is nowhere negative in the training part, as counts are; -∞ of others."""
    members = {"": dataset} if isinstance(dataset, SeriesDataset) else dataset.members
    below = np.any([(_learned(member) < 0).any(axis=0) for member in members.values()], axis=0)
    return tuple(-math.inf if negative else 0.0 for negative in below)


def _scales(dataset: SeriesDataset | PanelDataset) -> dict[str, Reals] | None:
    """The usual changes (O,) of each of several series within its training part."""
    if isinstance(dataset, SeriesDataset):
        return None
    logarithm = dataset.preparation.transform.logarithm
    return {name: usual_changes(_learned(member), logarithm) for name, member in dataset.members.items()}


def _learned(member: SeriesDataset) -> Reals:
    """The targets (rows, O) of the training part, in their own units."""
    return member.series.values[: member.split.train_end, : member.series.targets]


def _covering(
    interval: Interval, said: Reals, truth: Reals, middle: int, dataset: SeriesDataset | PanelDataset
) -> Interval:
    """The same with what it covers of the test part, where (U, N, O, W) was said and (U, N, O) measured."""
    scales = window_scales(interval.scales, dataset, "test")
    ends = interval.bounds(said, middle, interval.radii_of(scales))
    found = replace(interval, coverage=coverage(truth, *ends))
    if interval.errors is not None:
        errors = absolute_errors(truth, said[..., middle], interval.logarithm, scales)
        radii = _following(interval.errors, interval.level, errors, dataset)
        follow = interval.bounds(said, middle, radii if scales is None else radii * scales)
        found = replace(found, following=coverage(truth, *follow))
    if isinstance(dataset, SeriesDataset):
        return found
    by_series = {
        name: coverage(truth[:, place], *(end[:, place] for end in ends))[0]
        for name, _, place in dataset.slices("test")
    }
    return replace(found, by_series=by_series)


def _following(begun: Reals, level: float, errors: Reals, dataset: SeriesDataset | PanelDataset) -> Reals:
    """Radii (U, N, O) in each window of the test part; each of several series follows its own errors."""
    preparation = dataset.preparation
    behind = [preparation.horizon + step for step in range(preparation.steps)]
    if isinstance(dataset, SeriesDataset):
        return following(begun, level, errors, behind)
    radii = np.zeros(errors.shape)
    for _, _, place in dataset.slices("test"):
        radii[:, place] = following(begun, level, errors[:, place], behind)
    return radii


def _said(network: AnyNetwork, dataset: SeriesDataset | PanelDataset, loss: Loss, part: str) -> Reals:
    """Forecasts (U, N, O, W) of a whole part."""
    every = np.arange(dataset.count(part))
    none = np.zeros((dataset.preparation.steps, 0, len(dataset.preparation.targets), loss.width))
    some = [every[begin : begin + _AT_ONCE] for begin in range(0, len(every), _AT_ONCE)]
    return np.concatenate(
        [none, *(dataset_paths(network, dataset, loss, part, positions) for positions in some)], axis=1
    )


def _share(inside: NDArray[np.bool_], known: NDArray[np.bool_]) -> float:
    return float(inside.sum() / known.sum()) if known.any() else math.nan
