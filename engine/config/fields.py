"""What a setting declares of itself, and how its value is checked."""

from __future__ import annotations

import csv
import dataclasses
import difflib
import math
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast, get_type_hints


class ConfigError(ValueError):
    """A configuration that cannot be used; the text names the field, the value and what is allowed."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What a form, a help text and the validation need to know of one field.

    `minimum` and `maximum` are inclusive. `scale` is "linear" or "log", for sliders and spin boxes.
    `live` marks what may be changed while a run is paused. `needs` names fields of the same section with the values
    under which this one has an effect; all of them must hold. `slides` is the range of a slider beside the number.
    """

    label: str
    help: str
    unit: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf
    choices: tuple[str, ...] = ()
    scale: str = "linear"
    live: bool = False
    advanced: bool = False
    needs: tuple[tuple[str, Collection[Any]], ...] = ()
    slides: tuple[float, float] | None = None


def option(default: Any, label: str, help: str, **details: Any) -> Any:
    """A dataclass field with its `FieldInfo`; `details` are the further fields of that."""
    return field(default=default, metadata={"info": FieldInfo(label, help, **details)})


class Section:
    """Checks every field of a frozen dataclass against its type and its `FieldInfo`."""

    __slots__ = ()
    SECTION = ""

    def __post_init__(self) -> None:
        hints = _kinds(cast(Any, type(self)))
        for item in dataclasses.fields(cast(Any, self)):
            value = checked(self.SECTION, item, hints[item.name], getattr(self, item.name))
            object.__setattr__(self, item.name, value)


@cache
def _kinds(section: Any) -> dict[str, Any]:
    """The type of every field: thousands of runs are read at a time."""
    return get_type_hints(section)


def matters(section: Any, name: str) -> bool:
    """Whether a field has an effect with the other settings of its section."""
    return all(getattr(section, other) in values for other, values in _needs(section.__class__)[name])


@cache
def _needs(section: Any) -> dict[str, tuple[tuple[str, tuple[object, ...]], ...]]:
    """The settings that every field hangs on: asked at every change, of every field."""
    return {item.name: item.metadata["info"].needs for item in dataclasses.fields(section)}


@cache
def names(cls: Any) -> tuple[str, ...]:
    """The field names of a section, in the order of the forms."""
    return tuple(item.name for item in dataclasses.fields(cls))


def checked(section: str, item: dataclasses.Field[Any], kind: Any, value: Any) -> Any:
    """`value` as the field takes it.

    Raises:
        ConfigError: not of the type, not one of the choices, or out of range.
    """
    info: FieldInfo = item.metadata["info"]
    where = f"{section}.{item.name}"
    value = _converted(where, kind, value)
    if any("\0" in text for text in ([value] if kind is str else value if kind == tuple[str, ...] else ())):
        raise ConfigError(f"{where} is {shown(value)}; no name and no path holds a NUL character")
    if info.choices and value not in info.choices:
        near = difflib.get_close_matches(str(value).lower(), info.choices, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ConfigError(f"{where} is {shown(value)}; it takes one of {', '.join(info.choices)}{hint}")
    if kind == tuple[float, ...] and not value:
        raise ConfigError(f"{where} is empty; it takes {_TAKES[kind]}")
    for number in value if kind in _NUMBERS else (value,) if kind in (int, float) else ():
        if not info.minimum <= number <= info.maximum:
            given, least, most = (_digits(each) for each in (number, info.minimum, info.maximum))
            raise ConfigError(f"{where} is {given}; it takes {least} to {most}")
    return value


def _digits(number: float) -> str:
    """A number as it would be typed: whole ones to the last digit."""
    return str(int(number)) if math.isfinite(number) and number == int(number) else f"{number:g}"


def shown(value: Any) -> str:
    """A wrong value as a message holds it: what is long is cut."""
    whole = repr(value)
    return whole if len(whole) <= _SHOWN else f"{whole[:_SHOWN]}…"


_SHOWN = 200  # characters
_TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_PARTS: dict[Any, Any] = {tuple[str, ...]: str, tuple[int, ...]: int, tuple[float, ...]: float}
_NUMBERS = (tuple[int, ...], tuple[float, ...])
_TAKES = {
    bool: "true or false", int: "a whole number", float: "a number", str: "text",
    tuple[str, ...]: "names, with commas between", tuple[int, ...]: "whole numbers, with commas between",
    tuple[float, ...]: "numbers, with commas between",
}  # fmt: skip


def _split(text: str) -> list[str]:
    """What stands between commas; one that is in quotation marks may hold some itself."""
    if '"' not in text or "\n" in text:
        return text.split(",")
    return next(csv.reader([text], skipinitialspace=True), [])


def _converted(where: str, kind: Any, value: Any) -> Any:
    """`value` as `kind`; text is read the way a command line gives it."""
    try:
        if kind is bool:
            return value if isinstance(value, bool) else _TRUTH[str(value).lower()]
        if kind is int and not isinstance(value, bool):
            if isinstance(value, float) and not value.is_integer():
                raise ValueError
            return int(value)
        if kind is float and not isinstance(value, bool):
            return float(value)
        if kind is str and isinstance(value, str):
            return value
        if kind in _PARTS:
            parts = _split(value) if isinstance(value, str) else value
            return tuple(_converted(where, _PARTS[kind], part) for part in (str(p).strip() for p in parts) if part)
        raise ValueError
    except (KeyError, ValueError, TypeError, OverflowError):
        raise ConfigError(f"{where} is {shown(value)}; it takes {_TAKES[kind]}") from None
