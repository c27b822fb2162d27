"""One time step through layers that read one way, in C."""

from __future__ import annotations

from engine.export.c_source import part_of
from engine.export.description import Layers


def stepped(layers: Layers, name: str) -> tuple[list[str], str]:
    """Statements for a step `x`, and where what the last layer says lies then."""
    part, lines, below = part_of(layers), [], "x"
    if any(level.passes_by for level in layers.levels):
        lines.append(f"    float passed[2][{max(layers.config.widths)}];")
    for number, level in enumerate(layers.levels):
        suffix, units = level.directions[0].suffix, level.directions[0].units
        lines.append(f"    {name}_{part}{suffix}({below}, state->{part}{suffix});")
        above = f"state->{part}{suffix}"
        if level.passes_by:
            lines.append(f"    for (int u = 0; u < {units}; u++) passed[{number % 2}][u] = {above}[u] + {below}[u];")
            above = f"passed[{number % 2}]"
        below = above
    return lines, below
