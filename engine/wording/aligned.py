"""Tables of words for a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Lines with the first column to the left and all others to the right, under the first row as heads."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            text.rjust(width) if at else text.ljust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def number(value: float) -> str:
    """To four digits; empty where it is not known."""
    return "" if math.isnan(value) else f"{value:.4g}"


MEASURES = ("RMSE", "MAE", "MASE")  # that are told for each step ahead


def compared_by_step(scored: Mapping[str, Sequence[Mapping[str, float]]]) -> list[list[list[str]]]:
    """For each of `MEASURES` a table of who reached what how many steps ahead, heads first; simple methods by RMSE.

    `scored` are rows by step, as in `RunFinished.by_step`, by name; names without any are left out.
    """
    known = {name: rows for name, rows in scored.items() if rows}
    if not known:
        return []
    first = next(iter(known.values()))
    simple = [name for name in first[0] if name not in (*MEASURES, "step", "skill")]
    tables = []
    for measure in MEASURES:
        lines = [[name, *(number(row[measure]) for row in rows)] for name, rows in known.items()]
        if measure == "RMSE":
            lines += [[name, *(number(row[name]) for row in first)] for name in simple]
        tables.append([[f"{measure} by step", *(f"{row['step']:.0f}" for row in first)], *lines])
    return tables


def step_rows(by_step: Sequence[Mapping[str, float]]) -> list[list[str]]:
    """Scores by step ahead, heads first, the simple methods' errors last; none where there are none."""
    if not by_step:
        return []
    names = [name for name in by_step[0] if name != "step"]
    rows = [[f"{row['step']:.0f}", *(number(row.get(name, math.nan)) for name in names)] for row in by_step]
    return [["Step ahead", *names], *rows]
