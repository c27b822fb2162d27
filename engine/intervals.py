"""Intervals around forecasts of a series: by learned quantiles, or by split-conformal calibration, step by step.

A network that learned quantiles says its own interval. Around a single answer the interval is as wide as the errors on
the validation part ask for, which the weights never learned from (Vovk et al. 2005; Lei et al. 2018): the
⌈(n + 1) · level⌉-th smallest of n absolute errors, for each step ahead and target. Where the network learns logarithms
errors are those of logarithms, so that the interval grows with the level. It covers the promised share where
errors ahead are like those of the validation part; as that part also chose the best weights, and as series change, the
share reached on the test part stands beside it. U steps ahead, N windows, O targets, W outputs for each target.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.forecast_dataset import ForecastDataset
from engine.data.scaling import Reals
from engine.data.series_dataset import SeriesDataset
from engine.forecast_paths import dataset_paths
from engine.losses import Loss
from engine.networks import AnyNetwork

LEVELS = (0.8, 0.95)  # shares of the truth that are to lie inside
_AT_ONCE = 1024  # windows
_ROUNDING = 1e-9  # 0.95 · 20 is to be 19, whatever a float makes of it


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """How far an interval reaches around a forecast, in the targets' own units, or in logarithms of them."""

    level: float  # share of the truth that is to lie inside
    targets: tuple[str, ...]  # names of the O
    radii: Reals | None = (
        None  # (U, O), infinite where too few errors are known; None: the outer quantiles are the ends
    )
    logarithm: bool = False  # the radii are of logarithms
    windows: int = 0  # with a known error that it was calibrated on, of the step and target that has fewest
    coverage: tuple[float, ...] = ()  # share of the test part inside: of all steps, then of each; NaN: nothing is known

    @property
    def known(self) -> bool:
        """Whether there is any interval at all."""
        return self.radii is None or bool(np.isfinite(self.radii).any())

    def of_first_target(self) -> Interval:
        """The same for the first target alone, without what it covers."""
        radii = None if self.radii is None else self.radii[:, :1]
        return replace(self, targets=self.targets[:1], radii=radii, coverage=())

    def bounds(self, paths: Reals, middle: int) -> tuple[Reals, Reals]:
        """Lower and upper end (U, N, O) around forecasts (U, N, O, W), `middle` the answer; NaN: there is none."""
        if self.radii is None:
            return paths.min(axis=-1), paths.max(axis=-1)
        radii, answers = np.where(np.isfinite(self.radii), self.radii, np.nan)[:, None], paths[..., middle]
        if self.logarithm:
            return answers * np.exp(-radii), answers * np.exp(radii)
        return answers - radii, answers + radii

    def to_dict(self) -> dict[str, Any]:
        """In JSON's own types: null for what is not known."""
        return {
            "level": self.level,
            "targets": list(self.targets),
            "method": "quantiles" if self.radii is None else "conformal",
            "radii": None if self.radii is None else [_plain(row) for row in self.radii.tolist()],
            "logarithm": self.logarithm,
            "windows": self.windows,
            "coverage": _plain(self.coverage[:1])[0] if self.coverage else None,
            "coverage_by_step": _plain(self.coverage[1:]),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Interval:
        """The opposite of `to_dict`."""
        radii, shares = values["radii"], [values["coverage"], *values["coverage_by_step"]]
        return cls(
            level=float(values["level"]),
            targets=tuple(values["targets"]),
            radii=None if radii is None else np.array([[math.inf if r is None else r for r in row] for row in radii]),
            logarithm=bool(values["logarithm"]),
            windows=int(values["windows"]),
            coverage=tuple(math.nan if share is None else float(share) for share in shares),
        )


def measured_intervals(network: AnyNetwork, dataset: SeriesDataset, loss: Loss) -> tuple[Interval, ...]:
    """Intervals from the validation part, or from the quantiles of `loss`, and what they cover of the test part."""
    names = dataset.preparation.targets
    if loss.width > 1:
        found = [Interval(round(loss.quantiles[-1] - loss.quantiles[0], 6), names)]
    else:
        said, measured = _said(network, dataset, loss, "validation")[..., 0], _truth(dataset, "validation")
        logarithm = dataset.preparation.transform.logarithm
        found = [calibrated(measured, said, level, names, logarithm=logarithm) for level in LEVELS]
    tested, truth = _said(network, dataset, loss, "test"), _truth(dataset, "test")
    return tuple(replace(each, coverage=coverage(truth, *each.bounds(tested, loss.middle))) for each in found)


def calibrated(
    truth: Reals, forecast: Reals, level: float, targets: tuple[str, ...], *, logarithm: bool = False
) -> Interval:
    """From what was measured (U, N, O), NaN where it was not, and what was said, of windows nothing learned from."""
    if logarithm:
        truth, forecast = np.log(truth), np.log(forecast)
    errors = np.sort(np.abs(truth - forecast), axis=1)  # NaN comes last
    known = np.isfinite(errors).sum(axis=1)
    radii = np.full(known.shape, math.inf)
    for place in np.ndindex(known.shape):
        rank = math.ceil((known[place] + 1) * level - _ROUNDING)
        if rank <= known[place]:
            radii[place] = errors[place[0], rank - 1, place[1]]
    return Interval(level, targets, radii, logarithm, int(known.min()))


def coverage(truth: Reals, lower: Reals, upper: Reals) -> tuple[float, ...]:
    """Share of what was measured (U, N, O) that lies inside, over all steps and then of each; NaN: nothing is known."""
    known = np.isfinite(truth) & np.isfinite(lower) & np.isfinite(upper)
    inside = known & (truth >= lower) & (truth <= upper)
    return tuple(_share(inside[rows], known[rows]) for rows in (slice(None), *range(len(truth))))


def interval_words(interval: Interval) -> str:
    """As in "80 % interval: ±12.3, covers 81 % of the test part"."""
    name = f"{interval.level * 100:g} % interval"
    if not interval.known:
        needed = math.ceil(interval.level / (1 - interval.level) - _ROUNDING)
        return f"{name}: none, it takes {needed:,} validation windows and there are {interval.windows:,}"
    share = interval.coverage[0] if interval.coverage else math.nan
    covers = "not measured on the test part" if math.isnan(share) else f"covers {share * 100:.0f} % of the test part"
    if interval.radii is None:
        return f"{name}: between the outer quantiles, {covers}"
    wide = [_reach(column, interval.logarithm) for column in interval.radii.T]
    return f"{name}: {wide[0] if len(wide) == 1 else _named(interval.targets, wide)}, {covers}"


def _reach(radii: Reals, logarithm: bool) -> str:
    """Of one target, (U,)."""
    each = [f"{_per_cent(-radius)} to {_per_cent(radius)}" if logarithm else f"±{radius:.4g}" for radius in radii]
    return each[0] if len(each) == 1 else f"{each[0]} one step ahead to {each[-1]} {len(each)} steps ahead"


def _per_cent(radius: float) -> str:
    """What a radius in logarithms adds or takes away."""
    return f"{100 * math.expm1(radius):+.3g} %".replace("-", "−")


def _named(targets: Sequence[str], wide: Sequence[str]) -> str:
    return "; ".join(f"{name} {reach}" for name, reach in zip(targets, wide, strict=True))


def _said(network: AnyNetwork, dataset: SeriesDataset, loss: Loss, part: str) -> Reals:
    """Forecasts (U, N, O, W) of a whole part."""
    every = np.arange(dataset.count(part))
    some = [every[begin : begin + _AT_ONCE] for begin in range(0, len(every), _AT_ONCE)]
    if not some:
        return np.zeros((dataset.preparation.steps, 0, dataset.series.targets, loss.width))
    return np.concatenate([dataset_paths(network, dataset, loss, part, positions) for positions in some], axis=1)


def _truth(dataset: SeriesDataset, part: str) -> Reals:
    """What was measured (U, N, O)."""
    if isinstance(dataset, ForecastDataset):
        return dataset.path_truth(part)
    return dataset.series.values[dataset.answer_rows(part), : dataset.series.targets][None]


def _share(inside: NDArray[np.bool_], known: NDArray[np.bool_]) -> float:
    return float(inside.sum() / known.sum()) if known.any() else math.nan


def _plain(values: Sequence[float]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values]
