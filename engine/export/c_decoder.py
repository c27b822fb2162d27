"""The decoder of a network that writes, in C: how it begins, one step of it, and what it looks back at."""

from __future__ import annotations

from engine.export.c_layers import last_buffer, state_size, widest
from engine.export.c_source import array
from engine.export.c_steps import stepped
from engine.export.writing_description import WritingDescription

_BEGIN = """
/* All has been read: make the decoder's first states of it. */
static inline void {name}_begin({name}_state *state)
{{
{lines}
    state->begun = 1;
}}
"""
_STEP = """
/* One step of the decoder after what it hears, an embedding or scaled numbers. */
static inline void {name}_step({name}_state *state, const float *heard, float *answers)
{{
    float x[{inputs}];
    for (int k = 0; k < {heard}; k++) x[k] = heard[k];
{lines}
    {name}_affine({name}_readout_weight, {name}_readout_bias, {below}, {width}, {upper}_OUTPUTS, answers);
}}
"""
_ATTENTION = """\
    const float (*memory)[{widest}] = (const float (*)[{widest}])state->steps[{last}];
    float query[{query}], both[{memory} + {hidden}], looked[{hidden}], largest = -INFINITY, sum = 0.0f;
    {name}_affine({name}_attention_query_weight, 0, {below}, {hidden}, {query}, query);
    for (int t = 0; t < state->count; t++) {{
        float score = 0.0f;
        for (int k = 0; k < {query}; k++) score += {product};
        state->shares[t] = score;
        largest = fmaxf(largest, score);
    }}
    for (int t = 0; t < state->count; t++) sum += state->shares[t] = expf(state->shares[t] - largest);
    for (int k = 0; k < {memory}; k++) both[k] = 0.0f;
    for (int t = 0; t < state->count; t++) {{
        state->shares[t] /= sum;
        for (int k = 0; k < {memory}; k++) both[k] += state->shares[t] * memory[t][k];
    }}
    for (int k = 0; k < {hidden}; k++) both[{memory} + k] = {below}[k];
    {name}_affine({name}_attention_combine_weight, 0, both, {memory} + {hidden}, {hidden}, looked);
    for (int k = 0; k < {hidden}; k++) looked[k] = tanhf(looked[k]);"""
_PRODUCTS = {
    "multiplicative": "memory[t][k] * query[k]",
    "additive": "{name}_attention_score_weight[k] * tanhf(state->keys[t][k] + query[k])",
}


def decoder_members(told: WritingDescription, upper: str) -> list[str]:
    """Members of the state: the decoder's states, and what it looks back at."""
    members = [
        f"    float decoder_{each.suffix}[{state_size(told.decoder, each.units)}];" for each in told.decoder.directions
    ]
    if told.encoder is None:
        members.append(f"    float vector[{told.sizes.inputs}];")
    if told.attention != "none":
        members.append(f"    float shares[{upper}_LONGEST]; /* how much the last step written looked at each */")
    if told.attention == "additive":
        members.append(f"    float keys[{upper}_LONGEST][{len(told.weights['attention.key.weight'])}];")
    return [*members, "    int begun;"]


def decoder_constants(told: WritingDescription, name: str) -> list[str]:
    """Weights between and behind the stacks."""
    own = {key: values for key, values in told.weights.items() if not key.startswith(("encoder.", "decoder."))}
    return [array(f"{name}_{key.replace('.', '_')}", values) for key, values in own.items()]


def decoder_functions(told: WritingDescription, words: dict[str, str]) -> str:
    """``…_begin`` and ``…_step``."""
    lines, below = stepped(told.decoder, words["name"])
    hidden = told.decoder.config.outputs
    heard = told.decoder.config.inputs - (told.sizes.inputs if told.repeat_input else 0)
    if told.repeat_input:
        lines.insert(0, f"    for (int k = 0; k < {told.sizes.inputs}; k++) x[{heard} + k] = state->vector[k];")
    if told.attention != "none":
        lines.append(_attention(told, below, hidden, words))
        below = "looked"
    step = _STEP.format(
        inputs=told.decoder.config.inputs, heard=heard, lines="\n".join(lines), below=below, width=hidden, **words
    )
    return _BEGIN.format(lines="\n".join(_first_states(told, words["name"])), **words) + step


def _attention(told: WritingDescription, below: str, hidden: int, words: dict[str, str]) -> str:
    assert told.encoder is not None
    return _ATTENTION.format(
        widest=widest(told.encoder), last=last_buffer(told.encoder), memory=told.encoder.config.outputs,
        query=len(told.weights["attention.query.weight"]),
        hidden=hidden, below=below, product=_PRODUCTS[told.attention].format(**words), **words,
    )  # fmt: skip


def _first_states(told: WritingDescription, name: str) -> list[str]:
    """The encoder's last states, or what linear layers make of them or of the vector that is read."""
    lines = [] if told.encoder is None else [f"    {name}_run(state);"]
    for number, level in enumerate(told.decoder.levels):
        units = level.directions[0].units
        for kind, state in enumerate(told.decoder.spec.states):
            target = f"state->decoder_l{number} + {kind * units}"
            bridge = f"{name}_bridge_{state}_l{number}"
            if told.encoder is None:
                lines.append(f"    {name}_affine({bridge}_weight, {bridge}_bias, state->vector, {told.sizes.inputs}, "
                             f"{units}, {target});")  # fmt: skip
                continue
            ways = told.encoder.levels[number].directions
            ends = [f"state->encoder_{way.suffix}[{kind * way.units} + u]" for way in ways]
            own = ways[0].units
            if not told.bridged:
                lines.append(f"    for (int u = 0; u < {own}; u++) ({target})[u] = {ends[0]};")
                continue
            lines += ["    {", f"        float ends[{own * len(ways)}];"]
            lines += [f"        for (int u = 0; u < {own}; u++) ends[{place * own} + u] = {end};"
                      for place, end in enumerate(ends)]  # fmt: skip
            sizes = f"{own * len(ways)}, {units}"
            lines += [f"        {name}_affine({bridge}_weight, {bridge}_bias, ends, {sizes}, {target});", "    }"]
    if told.attention == "additive" and told.encoder is not None:
        keys, width = told.weights["attention.key.weight"].shape
        lines.append(f"    for (int t = 0; t < state->count; t++) {name}_affine({name}_attention_key_weight, 0, "
                     f"state->steps[{last_buffer(told.encoder)}][t], {width}, {keys}, state->keys[t]);")  # fmt: skip
    return lines
