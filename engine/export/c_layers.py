"""Layers that read a whole sequence in C, one way or both: what they need of memory, and the function that runs them.

A layer reads one of two buffers of steps and writes into the other, so memory does not grow with depth.
"""

from __future__ import annotations

from engine.export.c_source import part_of
from engine.export.description import Layers, Level

_TAKE = """
static inline int {name}_take({name}_state *state, const float *x)
{{
    if (state->count >= {upper}_LONGEST) return 0;
    for (int k = 0; k < {width}; k++) state->steps[0][state->count][k] = x[k];
    state->count++;
    return 1;
}}

/* Run the layers over all steps taken; what the last one says at each lies in state->steps[{last}]. */
static inline void {name}_run({name}_state *state)
{{
    const int count = state->count;
{body}
}}
"""
_DIRECTION = """\
    for (int u = 0; u < {size}; u++) state->{member}[u] = {name}_{part}initial_{suffix}[u];
    for (int i = 0; i < count; i++) {{
        const int t = {t};
        {name}_{part}{suffix}(state->steps[{read}][t], state->{member});
        for (int u = 0; u < {units}; u++) state->steps[{write}][t][{shift}u] {put} state->{member}[u];
    }}"""
_PASS_BY = """\
    for (int t = 0; t < count; t++) {{
        for (int u = 0; u < {width}; u++) state->steps[{write}][t][u] += state->steps[{read}][t][u];
    }}"""


def reading_members(layers: Layers, upper: str) -> list[str]:
    """Members of the state: the steps, and the last states of every direction."""
    return [
        f"    float steps[2][{upper}_LONGEST][{widest(layers)}];",
        "    int count;",
        *(f"    float {part_of(layers)}{each.suffix}[{state_size(layers, each.units)}];" for each in layers.directions),
    ]


def reading_functions(layers: Layers, words: dict[str, str]) -> str:
    """``…_take`` of a step, and ``…_run`` over all of them."""
    body = [line for number, level in enumerate(layers.levels) for line in _level(layers, number, level, words)]
    return _TAKE.format(width=layers.config.inputs, last=last_buffer(layers), body="\n".join(body), **words)


def widest(layers: Layers) -> int:
    """Numbers of a step that a buffer has room for: what goes in, or what a layer says."""
    config = layers.config
    return max(config.inputs, *(config.level_outputs(level) for level in range(config.depth)))


def last_buffer(layers: Layers) -> int:
    """Which buffer holds what the last layer says."""
    return len(layers.levels) % 2


def state_size(layers: Layers, units: int) -> int:
    """Numbers of a direction's states."""
    return len(layers.spec.states) * units


def _level(layers: Layers, number: int, level: Level, words: dict[str, str]) -> list[str]:
    part, read, write = part_of(layers), number % 2, (number + 1) % 2
    lines = []
    for place, direction in enumerate(level.directions):
        added = layers.config.summed and place > 0
        loop = _DIRECTION.format(
            size=state_size(layers, direction.units), units=direction.units, member=f"{part}{direction.suffix}",
            suffix=direction.suffix, part=part, read=read, write=write, put="+=" if added else "=",
            shift=f"{direction.units} + " if place and not layers.config.summed else "",
            t="count - 1 - i" if direction.reverse else "i", **words,
        )  # fmt: skip
        lines.append(loop)
    if level.passes_by:
        lines.append(_PASS_BY.format(width=layers.config.level_outputs(number), read=read, write=write))
    return lines
