"""Intervals around forecasts of a series: how wide they are, what they cover, and how that is said.

Of a network that learns quantiles the outer two are the ends. Of a single answer the interval is as wide as the errors
on the validation part ask for (`calibration.py`). Where the network learns logarithms errors are those of logarithms,
so that the interval grows with the level. Of several series errors are in units of each one's usual change from one
step to the next, so that one radius serves all. Radii are fixed, or follow the errors before (`rolling_intervals.py`).
U steps ahead, N windows, O targets, W outputs for each target.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.data.scaling import Reals
from engine.wording.counting import counted
from engine.wording.percentages import percent

LEVELS = (0.8, 0.95)  # shares of the truth that are to lie inside
ROUNDING = 1e-9  # 0.95 · 20 is to be 19, whatever a float makes of it


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
    scales: Mapping[str, Reals] | None = None  # of several series: the unit of the radii in each (O,)
    by_series: Mapping[str, float] | None = None  # share of the test part inside in each of several series
    errors: Reals | None = None  # (P, U, O) what radii that follow begin with, in the unit of the radii
    following: tuple[float, ...] = ()  # as `coverage`, of radii that follow the errors before
    floors: tuple[float, ...] = ()  # below which no lower end goes, of each target: 0 of what never was negative, or -∞

    @property
    def known(self) -> bool:
        """Whether there is any interval at all."""
        return self.radii is None or self.windows > 0

    @property
    def fixed(self) -> bool:
        """Whether there are ends that need no errors of forecasts before: enough windows were calibrated on."""
        return self.radii is None or bool(np.isfinite(self.radii).any())

    def of_first_target(self) -> Interval:
        """How far it reaches around the first target alone."""
        radii = None if self.radii is None else self.radii[:, :1]
        scales = None if self.scales is None else {name: scale[:1] for name, scale in self.scales.items()}
        errors = None if self.errors is None else self.errors[..., :1]
        floors = self.floors[:1]
        return replace(self, targets=self.targets[:1], radii=radii, errors=errors, scales=scales, floors=floors)

    def of_series(self, name: str, values: Reals) -> Interval:
        """That of one of several series, in its own units; `values` (rows, O) say the unit of one not learned from."""
        if self.scales is None or self.radii is None:
            return replace(self, scales=None)
        scale = self.scales[name] if name in self.scales else usual_changes(values, self.logarithm)
        errors = None if self.errors is None else self.errors * scale
        return replace(self, radii=self.radii * scale, errors=errors, scales=None, coverage=(), by_series=None)

    def radii_of(self, scales: Reals | None) -> Reals | None:
        """The fixed radii (U, 1 or N, O); `scales` (N, O) are their units in each window of one of several series."""
        if self.radii is None or scales is None:
            return None if self.radii is None else self.radii[:, None]
        return self.radii[:, None] * scales

    def bounds(self, paths: Reals, middle: int, radii: Reals | None) -> tuple[Reals, Reals]:
        """Lower and upper end (U, N, O) around forecasts (U, N, O, W), `middle` the answer; NaN: there is none.

        `radii` (U, 1 or N, O) may be infinite, where too little is known; None: the outer quantiles are the ends.
        """
        answers = paths[..., middle]
        if radii is None:
            lower, upper = paths.min(axis=-1), paths.max(axis=-1)
        else:
            radii = np.where(np.isfinite(radii), radii, np.nan)
            if self.logarithm:
                return answers * np.exp(-radii), answers * np.exp(radii)
            lower, upper = answers - radii, answers + radii
        return np.maximum(lower, np.minimum(answers, self.floors)) if self.floors else lower, upper

    def to_dict(self) -> dict[str, Any]:
        """In JSON's own types: null for what is not known."""
        errors = None if self.errors is None else [_rounded(step) for step in self.errors.tolist()]
        return self.result() | {"errors": errors}

    def result(self) -> dict[str, Any]:
        """The same without the errors that radii which follow begin with: what is to be said of a run."""
        scales = self.scales
        return {
            "level": self.level,
            "targets": list(self.targets),
            "method": "quantiles" if self.radii is None else "conformal",
            "radii": None if self.radii is None else [_plain(row) for row in self.radii.tolist()],
            "logarithm": self.logarithm,
            "windows": self.windows,
            "coverage": _plain(self.coverage[:1])[0] if self.coverage else None,
            "coverage_by_step": _plain(self.coverage[1:]),
            "scales": None if scales is None else {name: _plain(scale.tolist()) for name, scale in scales.items()},
            "coverage_by_series": None if self.by_series is None else _plain_values(self.by_series),
            "following": _plain(self.following),
            "floors": _plain(self.floors),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Interval:
        """The opposite of `to_dict`."""
        radii, shares = values["radii"], [values["coverage"], *values["coverage_by_step"]]
        scales, shares_by = values.get("scales"), values.get("coverage_by_series")  # one series has none
        errors = values.get("errors")
        return cls(
            level=float(values["level"]),
            targets=tuple(values["targets"]),
            radii=None if radii is None else np.array([_numbers(row, math.inf) for row in radii]),
            logarithm=bool(values["logarithm"]),
            windows=int(values["windows"]),
            coverage=tuple(_numbers(shares, math.nan)),
            scales=None if scales is None else {n: np.array(_numbers(own, math.nan)) for n, own in scales.items()},
            by_series=None if shares_by is None else {n: math.nan if s is None else s for n, s in shares_by.items()},
            errors=None if errors is None else np.array(errors).reshape(len(errors), *np.shape(radii)),
            following=tuple(_numbers(values.get("following", ()), math.nan)),
            floors=tuple(_numbers(values.get("floors", ()), -math.inf)),
        )


def usual_changes(values: Reals, logarithm: bool) -> Reals:
    """Mean absolute change (O,) from one row to the next, or of logarithms; NaN where there is none.

    `values` are (rows, O), NaN where nothing was measured.
    """
    if logarithm:
        values = np.log(np.where(values > 0, values, np.nan))
    changes = np.abs(np.diff(values, axis=0))
    known = np.isfinite(changes)
    sums = np.where(known, changes, 0.0).sum(axis=0)
    return np.where(sums > 0, sums / np.maximum(known.sum(axis=0), 1), np.nan)


def interval_words(interval: Interval) -> str:
    """As in "80 % interval: ±12.3, covers 71 % of the test part; 80 % where it follows the errors before"."""
    name = f"{percent(interval.level, None)} interval"
    if not interval.known:
        return f"{name}: none, there is no validation window"
    covers = covered_words(interval)
    if interval.radii is None:
        return f"{name}: between the outer quantiles, {covers}"
    if not interval.fixed:
        needed = math.ceil(interval.level / (1 - interval.level) - ROUNDING)
        return f"{name}: {covers} ({counted(interval.windows, 'validation window')}; a fixed width takes {needed:,})"
    several = interval.scales is not None
    wide = [_reach(column, interval.logarithm and not several) for column in interval.radii.T]
    unit = f" times the usual change{' of the logarithm' * interval.logarithm} of each series" if several else ""
    return f"{name}: {wide[0] if len(wide) == 1 else _named(interval.targets, wide)}{unit}, {covers}"


def covered_words(interval: Interval) -> str:
    """What it covers of the test part, as it is fixed and as it follows."""
    fixed, follows = (shares[0] if shares else math.nan for shares in (interval.coverage, interval.following))
    own = [each for each in (interval.by_series or {}).values() if not math.isnan(each)]
    between = f" ({min(own) * 100:.0f} to {percent(max(own))} by series)" if len(own) > 1 else ""
    said = [] if math.isnan(fixed) else [f"covers {percent(fixed)} of the test part{between}"]
    if not math.isnan(follows):
        beside = percent(follows) if said else f"covers {percent(follows)} of the test part"
        said.append(f"{beside} where it follows the errors before")
    return "; ".join(said) or "not measured on the test part"


def _reach(radii: Reals, logarithm: bool) -> str:
    """Of one target, (U,)."""
    each = [f"{_per_cent(-radius)} to {_per_cent(radius)}" if logarithm else f"±{radius:.4g}" for radius in radii]
    return each[0] if len(each) == 1 else f"{each[0]} one step ahead to {each[-1]} {len(each)} steps ahead"


def _per_cent(radius: float) -> str:
    """What a radius in logarithms adds or takes away."""
    return f"{100 * math.expm1(radius):+.3g} %".replace("-", "−")


def _named(targets: Sequence[str], wide: Sequence[str]) -> str:
    return "; ".join(f"{name} {reach}" for name, reach in zip(targets, wide, strict=True))


def _rounded(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """To five digits, which is more than a quantile of so few can say."""
    return [[float(f"{value:.5g}") for value in row] for row in rows]


def _plain(values: Sequence[float]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values]


def _plain_values(values: Mapping[str, float]) -> dict[str, float | None]:
    return dict(zip(values, _plain(list(values.values())), strict=True))


def _numbers(values: Sequence[float | None], otherwise: float) -> list[float]:
    return [otherwise if value is None else float(value) for value in values]
