"""The settings that can be swept, the values that are proposed for each, and how values are read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.config import ConfigError, Experiment, FieldInfo, field_info, field_names, unknown_field

_QUESTION = "says what is asked or measured, so that results could not be compared"
_READING = "says how the file is read"
_SEED = "is repeated by the number of seeds"
_NO_EFFECT = "changes nothing of the result"
_TEXT = "takes text or several values at once"
_NOT_SWEPT = {
    **dict.fromkeys(
        ("data.kind", "data.answer", "data.horizon", "data.steps", "data.missing", "data.split", "data.validation",
         "data.test", "data.length", "data.noise", "data.target_symbols", "data.judge", "model.topology"), _QUESTION,
    ),
    **dict.fromkeys(("data.quotes", "data.decimal", "data.header", "data.layout", "data.channels"), _READING),
    **dict.fromkeys(("training.threads", "training.memory_check"), _NO_EFFECT),
    "training.seed": _SEED,
}  # fmt: skip
_STEPS = (1 / 4, 1 / 2, 1, 2, 4)  # times the present value
_RATES = (0.1, 0.3, 1, 3, 10)  # for what spans decades
_FROM_ZERO: dict[str, list[float]] = {
    "whole": [0, 1, 10, 100],
    "log": [0, 1e-4, 1e-3, 1e-2, 0.1],
    "share": [0, 0.1, 0.2, 0.3, 0.5],
    "size": [0, 0.5, 1, 2],
}
_DIGITS = 3  # of numbers that are drawn or spaced: names stay short, and what is written down is what was used


@dataclass(frozen=True, slots=True)
class Varied:
    """One setting of a sweep: the `values` to try, or bounds to draw numbers between."""

    name: str
    values: tuple[Any, ...] = ()
    bounds: tuple[float, float] | None = None


def not_swept(name: str) -> str:
    """Why a setting cannot be swept, as the end of a sentence; nothing if it can.

    Raises:
        ConfigError: there is no such setting.
    """
    if name not in field_names():
        raise unknown_field(name)
    section, _, field = name.partition(".")
    info, value = field_info(section, field), getattr(getattr(Experiment(), section), field)
    if reason := _NOT_SWEPT.get(name):
        return reason
    if name.startswith("saving."):
        return _NO_EFFECT
    return "" if info.choices or isinstance(value, bool | int | float) else _TEXT


def swept_names() -> tuple[str, ...]:
    """Every setting that can be swept, by dotted name, in the order of the forms."""
    return tuple(name for name in field_names() if not not_swept(name))


def read_varied(experiment: Experiment, text: str, *, draws: bool = False) -> Varied:
    """What `FIELD=VALUES` says: values with commas between, `LOW..HIGH` to draw from, `LOW..HIGH:N` for N of them at
    equal distances (equal ratios where the scale is logarithmic); the field alone stands for what is proposed, or for
    all numbers between where values are drawn.

    Raises:
        ConfigError: no such field, one that cannot be swept, or a value that it does not take.
    """
    name, _, values = (part.strip() for part in text.partition("="))
    if reason := not_swept(name):
        raise ConfigError(f"{name} cannot be varied: it {reason}")
    if not values:
        values_to_try = proposed(experiment, name)
        numbers = draws and not isinstance(values_to_try[0], bool | str)
        return Varied(name, values_to_try, (values_to_try[0], values_to_try[-1]) if numbers else None)
    if ".." not in values:
        read = (checked(name, part.strip()) for part in values.split(","))
        return Varied(name, tuple(dict.fromkeys(read)))
    ends, colon, count = values.partition(":")
    low, high = (checked(name, end.strip()) for end in ends.split("..", 1))
    if isinstance(low, bool | str):
        raise ConfigError(f"{name} is {values!r}; a range is for numbers, name the values with commas between")
    if low >= high:
        raise ConfigError(f"{name} is {values!r}; a range goes from the lower to the higher number")
    if not colon:
        return Varied(name, bounds=(low, high))
    if not count.strip().isdigit() or not 2 <= int(count) <= 1000:
        raise ConfigError(f"{name} is {values!r}; behind the colon stands how many values, 2 to 1000")
    return Varied(name, _spaced(name, low, high, int(count)))


def checked(name: str, value: Any) -> Any:
    """`value`, which may be text, as the setting takes it.

    Raises:
        ConfigError: it does not.
    """
    section, _, field = name.partition(".")
    return getattr(getattr(Experiment().replace({name: value}), section), field)


def proposed(experiment: Experiment, name: str) -> tuple[Any, ...]:
    """Values to try: all choices, or numbers around the present one, as far apart as the field's scale asks for."""
    section, _, field = name.partition(".")
    info, now = field_info(section, field), getattr(getattr(experiment, section), field)
    if isinstance(now, bool):
        return False, True
    if info.choices:
        return info.choices
    whole = isinstance(now, int)
    values = (min(max(_rounded(value, whole), info.minimum), info.maximum) for value in _around(info, now, whole))
    return tuple(sorted(dict.fromkeys(int(value) if whole else value for value in values)))


def drawn(varied: Varied, generator: np.random.Generator) -> Any:
    """One of its values by chance, or a number between its bounds; evenly over the logarithm where the scale is."""
    if varied.bounds is None:
        return varied.values[int(generator.integers(len(varied.values)))]
    return _between(varied.name, *varied.bounds, float(generator.random()))


def _around(info: FieldInfo, now: float, whole: bool) -> list[float]:
    share = not whole and info.maximum <= 1
    if now == 0:
        return _FROM_ZERO["whole" if whole else info.scale if info.scale == "log" else "share" if share else "size"]
    if share and info.scale != "log" and now > 0.5:
        return [1 - (1 - now) * step for step in _STEPS]
    return [now * step for step in (_RATES if info.scale == "log" and not whole else _STEPS)]


def _spaced(name: str, low: float, high: float, count: int) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(_between(name, low, high, at / (count - 1)) for at in range(count)))


def _between(name: str, low: float, high: float, share: float) -> float:
    if field_info(*name.split(".")).scale == "log" and low > 0:
        value = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    else:
        value = low + share * (high - low)
    return min(max(_rounded(value, isinstance(low, int)), low), high)


def _rounded(value: float, whole: bool) -> float:
    if whole:
        return round(value)
    if 0.9 < value < 1:  # what counts is how near to one
        return round(1 - float(f"{1 - value:.{_DIGITS}g}"), 12)
    return float(f"{value:.{_DIGITS}g}")
