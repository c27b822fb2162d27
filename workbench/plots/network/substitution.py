"""Puts the numbers of one time step and unit into a cell's equations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_LEFT = re.compile(r"^\s*([a-z])_t\s*=(.*)$", re.DOTALL)
_FRACTION = re.compile(r"\\frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}")
_SYMBOL = re.compile(r"([a-z])_(t|\{t-1\})")
_DOUBLED = re.compile(r"\(\((−[\d.]+)\)\)")
_WORDS = {"sigmoid": "σ", "hard_sigmoid": "hard σ"}


@dataclass(frozen=True, slots=True)
class Numbers:
    """What was measured of one unit at one time step, by the symbols of the equations."""

    now: Mapping[str, float]
    before: Mapping[str, float]  # at the step before
    sums: Mapping[str, tuple[str, float]]  # what went into a function, with the function's name
    function: str = "tanh"  # what the equations write as tanh


def with_functions(latex: str, gate: str, candidate: str) -> str:
    """An equation with the chosen functions in place of the usual ones."""
    named = {r"\sigma": ("sigmoid", gate), r"\tanh": ("tanh", candidate)}
    for usual, (name, chosen) in named.items():
        if chosen != name:
            latex = latex.replace(usual, rf"\mathrm{{{chosen.replace('_', ' ')}}}")
    return latex


def left_symbol(latex: str) -> str:
    """The letter that an equation defines; empty where it defines more than one."""
    found = _LEFT.match(latex)
    return found[1] if found else ""


def with_numbers(latex: str, numbers: Numbers) -> str:
    """An equation with its numbers in place of the symbols; empty where not every one of them was measured."""
    found = _LEFT.match(latex)
    if found is None or found[1] not in numbers.now:
        return ""
    symbol, right = found[1], found[2]
    filled = _of_sum(*numbers.sums[symbol]) if symbol in numbers.sums else _filled(right, numbers)
    return f"{symbol} = {filled} = {number(numbers.now[symbol])}" if filled else ""


def number(value: float) -> str:
    """A value with three decimals and a true minus."""
    return f"{value:.3f}".replace("-", "−")


def _of_sum(function: str, total: float) -> str:
    return number(total) if function == "identity" else f"{_WORDS.get(function, function)}({number(total)})"


def _filled(right: str, numbers: Numbers) -> str:
    plain = _FRACTION.sub(r"(\1) / (\2)", right)
    plain = re.sub(r"(?<!t)-", "−", plain).replace(r"\odot", "·").replace(r"\tanh", numbers.function)
    known = True

    def value(match: re.Match[str]) -> str:
        nonlocal known
        table = numbers.now if match[2] == "t" else numbers.before
        known = known and match[1] in table
        found = table.get(match[1], 0.0)
        return f"({number(found)})" if found < 0 else number(found)

    filled = _DOUBLED.sub(r"(\1)", " ".join(_SYMBOL.sub(value, plain).split()))
    strange = any(sign in filled for sign in ("\\", "_", "^", "N("))
    return filled if known and not strange else ""
