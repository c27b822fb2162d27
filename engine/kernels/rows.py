"""Moving rows of numbers: turning sequences around, joining directions, embedding tokens."""

from __future__ import annotations

from typing import Any

from engine.kernels.jit import kernel


@kernel
def reverse(source: Any, source_at: int, source_row: int, batch: int, steps: int, lengths: Any, count: int,
            target: Any, target_at: int, target_row: int, add: bool) -> None:  # fmt: skip
    """Turn every sequence around within its own length; rows past the end become zero, or stay where `add`."""
    for t in range(steps):
        for b in range(batch):
            to = target_at + (t * batch + b) * target_row
            if t < lengths[b]:
                origin = source_at + ((lengths[b] - 1 - t) * batch + b) * source_row
                for i in range(count):
                    kept = target[to + i] if add else 0.0 * target[to]
                    target[to + i] = kept + source[origin + i]
            elif not add:
                for i in range(count):
                    target[to + i] = 0.0


@kernel
def copy_rows(
    source: Any, source_at: int, source_row: int, rows: int, count: int, target: Any, target_at: int, target_row: int,
    add: bool,
) -> None:  # fmt: skip
    """Copy `count` numbers of each row, or add them."""
    for row in range(rows):
        origin, to = source_at + row * source_row, target_at + row * target_row
        if add:
            for i in range(count):
                target[to + i] += source[origin + i]
        else:
            for i in range(count):
                target[to + i] = source[origin + i]


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
