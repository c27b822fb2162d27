"""Numbers in place of symbols: what is written comes to what stands behind the last equals sign, for every cell."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from engine.cells import specifications
from workbench.plots.network.substitution import Numbers, left_symbol, with_functions, with_numbers

LINES = [(spec.key, equation.latex) for spec in specifications() for equation in spec.equations]


def known(sums: dict[str, tuple[str, float]]) -> Numbers:
    letters = "abcdefghijklmnopqrstuvwyz"
    random = np.random.default_rng(0)
    now, before = (dict(zip(letters, random.uniform(-1, 1, 25).round(3).tolist(), strict=True)) for _ in range(2))
    return Numbers(now, before, sums)


@pytest.mark.parametrize(("cell", "latex"), LINES)
def test_what_is_written_is_what_the_equation_says(cell: str, latex: str) -> None:
    numbers = known({})
    written = with_numbers(latex, numbers)
    if "W_" in latex or r"\sigma" in latex or "N(" in latex or r"\tanh(a" in latex:  # sums, which are measured
        assert written == ""
        return
    _, filled, _ = written.split(" = ")
    assert not re.search(r"[^\d.()+·/−\s]", filled.replace("tanh", ""))
    right = latex.split("=", 1)[1]
    plain = (
        re.sub(r"\\frac\{(.*?_t)\}\{(.*?)\}", r"((\1) / (\2))", right).replace(r"\odot", "*").replace(r"\tanh", "tanh")
    )
    plain = re.sub(r"([a-z])_t\b", lambda m: repr(numbers.now[m[1]]), plain)
    plain = re.sub(r"([a-z])_\{t-1\}", lambda m: repr(numbers.before[m[1]]), plain)
    expected = eval(plain, {"tanh": math.tanh})
    shown = eval(filled.replace("·", "*").replace("−", "-"), {"tanh": math.tanh})
    assert shown == pytest.approx(expected, abs=2e-3)


def test_a_sum_goes_into_its_function() -> None:
    latex = r"i_t = \sigma(W_{ii} x_t + b_{ii})"
    numbers = Numbers({"i": 0.7311}, {}, {"i": ("sigmoid", 1.0)})
    assert with_numbers(latex, numbers) == "i = σ(1.000) = 0.731"
    assert left_symbol(latex) == "i"


def test_no_brackets_in_brackets() -> None:
    numbers = Numbers({"h": -0.1, "o": 0.5, "c": -0.2}, {}, {})
    assert with_numbers(r"h_t = o_t \odot \tanh(c_t)", numbers) == "h = 0.500 · tanh(−0.200) = −0.100"


def test_what_was_not_measured_is_not_written() -> None:
    assert with_numbers(r"c_t = f_t \odot c_{t-1}", Numbers({"c": 1.0, "f": 0.5}, {}, {})) == ""
    assert with_numbers(r"i_t, f_t = \sigma(a_t)", Numbers({"i": 1.0}, {}, {})) == ""


def test_the_chosen_functions_are_written() -> None:
    assert with_functions(r"h_t = o_t \odot \tanh(c_t)", "sigmoid", "relu") == r"h_t = o_t \odot \mathrm{relu}(c_t)"
    assert with_functions(r"\sigma(x)", "sigmoid", "tanh") == r"\sigma(x)"
