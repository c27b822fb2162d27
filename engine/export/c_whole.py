"""The C functions of a network that reads both ways: it answers once all steps are there."""

from __future__ import annotations

from engine.export.c_layers import last_buffer
from engine.export.description import Description
from engine.export.remarks import block

_ANSWER = """
{about}
static inline void {name}_answer({name}_state *state{forecast})
{{
    float ends[{width}];
    {name}_run(state);
{ends}
    {name}_affine({name}_readout_weight, {name}_readout_bias, ends, {width}, {upper}_OUTPUTS, state->answers);
{said}}}
"""
_ANSWERS = """
{about}
static inline void {name}_answer_at({name}_state *state, int t{forecast})
{{
    const float *ends = state->steps[{last}][t];
    {name}_affine({name}_readout_weight, {name}_readout_bias, ends, {width}, {upper}_OUTPUTS, state->answers);
{said}}}
"""


def answering(network: Description, words: dict[str, str], *, taken: str, meaning: str, said: str) -> str:
    """``…_answer`` after the last step, or ``…_answer_at`` any of them."""
    template, about = _ANSWER, f"What the network says to all that was {taken}. {meaning}"
    if network.aligned:
        template = _ANSWERS
        run = f"{words['name']}_run(&state) first"
        about = f"What the network says at step `t` of all that were {taken}; {run}. {meaning}"
    return template.format(
        about=block(about), said=said, forecast=", double *forecast" if said else "",
        ends=_ends(network), last=last_buffer(network), width=network.readout_weight.shape[1], **words,
    )  # fmt: skip


def _ends(network: Description) -> str:
    """The last states of the last layer's directions, side by side or added; and what passes that layer by."""
    level, config, lines = network.levels[-1], network.config, []
    for place, direction in enumerate(level.directions):
        shift = f"{direction.units} + " if place and not config.summed else ""
        put = "+=" if place and config.summed else "="
        lines.append(
            f"    for (int u = 0; u < {direction.units}; u++) ends[{shift}u] {put} state->{direction.suffix}[u];"
        )
    if level.passes_by:
        # Where the way back ends, the sequence begins.
        own = config.level_outputs(config.depth - 1) if config.summed else level.directions[0].units
        below = f"state->steps[{1 - last_buffer(network)}]"
        lines.append(
            f"    for (int u = 0; u < {config.outputs}; u++) ends[u] += {below}[u < {own} ? state->count - 1 : 0][u];"
        )
    return "\n".join(lines)
