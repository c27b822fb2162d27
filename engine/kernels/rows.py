"""Moving rows of numbers: turning sequences around, joining directions, embedding tokens."""

from __future__ import annotations

from typing import Any

from engine.kernels.jit import LANES, inner_kernel, kernel
from engine.kernels.vectors import load, store


@kernel
def reverse(source: Any, source_at: int, source_row: int, batch: int, steps: int, lengths: Any, count: int,
            target: Any, target_at: int, target_row: int, add: bool) -> None:  # fmt: skip
    """Turn every sequence around within its own length; rows past the end become zero, or stay where `add`."""
    for t in range(steps):
        for b in range(batch):
            to = target_at + (t * batch + b) * target_row
            if t < lengths[b]:
                origin = source_at + ((lengths[b] - 1 - t) * batch + b) * source_row
                _copy(source, origin, target, to, count, add)
            elif not add:
                target[to : to + count] = 0.0


@kernel
def copy_rows(
    source: Any, source_at: int, source_row: int, rows: int, count: int, target: Any, target_at: int, target_row: int,
    add: bool,
) -> None:  # fmt: skip
    """Copy `count` numbers of each row, or add them."""
    for row in range(rows):
        _copy(source, source_at + row * source_row, target, target_at + row * target_row, count, add)


@inner_kernel
def _copy(source: Any, origin: int, target: Any, to: int, count: int, add: bool) -> None:
    """Copy or add exactly `count` numbers: what lies beside them belongs to others."""
    whole = count // LANES * LANES
    for i in range(0, whole, LANES):
        found = load(source, origin + i)
        store(target, to + i, load(target, to + i) + found if add else found)
    for i in range(whole, count):
        target[to + i] = target[to + i] + source[origin + i] if add else source[origin + i]


@kernel
def drop(
    source: Any, source_at: int, source_row: int, rows: int, count: int, chances: Any, rate: float, target: Any,
    target_row: int,
) -> None:  # fmt: skip
    """Dropout: zeros where the row's own `chances` (rows, count) are below `rate`, the rest divided by 1 - `rate`."""
    factor = 1.0 / (1.0 - rate)
    for row in range(rows):
        origin, to = source_at + row * source_row, row * target_row
        for i in range(count):
            passes = chances[row * count + i] >= rate
            target[to + i] = source[origin + i] * factor if passes else 0.0


@kernel
def gather(table: Any, table_at: int, size: int, tokens: Any, target: Any) -> None:
    """Embed: row `tokens[n]` of the table for every n."""
    for n in range(tokens.size):
        source = table_at + tokens[n] * size
        for i in range(size):
            target[n * size + i] = table[source + i]


@kernel
def scatter_add(source: Any, source_row: int, size: int, tokens: Any, table: Any, table_at: int) -> None:
    """The gradient of `gather`."""
    for n in range(tokens.size):
        target = table_at + tokens[n] * size
        for i in range(size):
            table[target + i] += source[n * source_row + i]
