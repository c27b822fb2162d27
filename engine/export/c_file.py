"""The whole C header put together: what is known of the model, its weights, its step, and its test vectors."""

from __future__ import annotations

import json

import numpy as np

from engine.data import Preparation, SeriesPreparation
from engine.export.c_entry import entry
from engine.export.c_programs import test_program
from engine.export.c_source import FUNCTIONS, array, comment, level_function, used_functions
from engine.export.description import Description, describe
from engine.export.held_out import HeldOut
from engine.export.particulars import Exportable
from engine.summary import model_words

_HEAD = """\
/* {title}
 *
 * Made by RNN Workbench. C99, one file; needs nothing but the mathematical library (-lm) and no memory but a state.
 *
 *     {name}_state state;
 *     {name}_reset(&state);                      before each sequence
 *     {usage}
 *
 * The network's own answers lie in state.answers. Compiled with {upper}_TEST defined, this file is a program that runs
 * its test vectors:  cc -std=c99 -D{upper}_TEST -x c FILE.h -lm && ./a.out
 */
#ifndef {upper}_H
#define {upper}_H

#include <math.h>
#include <stdint.h>
"""
_USAGES = {
    "text": "{name}_read(&state, token);                a token is a place in {name}_vocabulary; 0 is unknown",
    "series": "{name}_push(&state, row, forecast);        for each row; 0 while the forecast needs more rows",
    "sequences": "{name}_push(&state, row, forecast);        for each step of the sequence",
    "adding": "{name}_push(&state, row, forecast);        for each row of the sequence",
}
_SHARED = """
static inline void {name}_affine(
    const float *weight, const float *bias, const float *x, int columns, int rows, float *y)
{{
    for (int row = 0; row < rows; row++) {{
        float sum = bias ? bias[row] : 0.0f;
        for (int column = 0; column < columns; column++) sum += weight[row * columns + column] * x[column];
        y[row] = sum;
    }}
}}
"""
_NORMALIZE = """
static inline void {name}_normalize(const float *x, int count, float *y)
{{
    double mean = 0.0, square = 0.0;
    for (int k = 0; k < count; k++) mean += x[k];
    mean /= count;
    for (int k = 0; k < count; k++) square += (x[k] - mean) * (x[k] - mean);
    for (int k = 0; k < count; k++) y[k] = (float)((x[k] - mean) / sqrt(square / count + 1e-5));
}}
"""


def c_file(source: Exportable, name: str, data: HeldOut) -> str:
    """The text of the header; `name` begins every name in it."""
    model, network = source.model, describe(source.model.network)
    words = {"name": name, "upper": name.upper()}
    targets = len(model.preparation.targets) if isinstance(model.preparation, SeriesPreparation) else 0
    usage = _USAGES[str(model.metadata["kind"])].format(**words)
    parts = [
        _HEAD.format(title=comment(f"{model_words(model.experiment)}."), usage=usage, **words),
        f"/* {comment(json.dumps(source.particulars(), indent=1, ensure_ascii=False, sort_keys=True))} */\n",
        *_sizes(network, name, targets, source.point()["width"], _period(model.preparation)),
        *_weights(network, name),
        *[f"static inline float {name}_{key}(float x) {{ {FUNCTIONS[key]} }}" for key in used_functions(network)],
        _SHARED.format(**words),
        *([] if network.spec.biased else [_NORMALIZE.format(**words)]),
        *[level_function(name, network, level.directions[0], network.config.level_inputs(number))
          for number, level in enumerate(network.levels)],
        _step(network, name, _period(model.preparation)),
        entry(source, network, words),
        test_program(name, source.model.preparation, data),
        f"#endif /* {name.upper()}_H */\n",
    ]  # fmt: skip
    return "\n".join(parts)


def _period(preparation: Preparation) -> int:
    return preparation.transform.period if isinstance(preparation, SeriesPreparation) else 0


def _sizes(network: Description, name: str, targets: int, width: int, period: int) -> list[str]:
    """Sizes, and the state. A forecast has a number for each target, and for each step where several are said at once;
    where the network answers by quantiles, there are several outputs for each number. With a seasonal difference the
    state holds the last season.
    """
    upper, inputs, outputs = name.upper(), network.config.inputs, len(network.readout_bias)
    lines = [f"#define {upper}_INPUTS {inputs}", f"#define {upper}_OUTPUTS {outputs}"]
    lines += [f"#define {upper}_FORECASTS {outputs // width}", f"#define {upper}_TARGETS {targets or outputs}"]
    if network.embedding is not None:
        lines.append(f"#define {upper}_EMBEDDING {inputs}")
    kinds = len(network.spec.states)
    members = [f"    float {direction.suffix}[{kinds * direction.units}];" for direction in network.directions]
    own = [f"    float answers[{upper}_OUTPUTS];", f"    double level[{upper}_TARGETS];", "    long rows;"]
    if period:
        lines.append(f"#define {upper}_PERIOD {period}")
        own.append(f"    double season[{upper}_PERIOD][{upper}_TARGETS];")
    return [*lines, "", "typedef struct {", *members, *own, f"}} {name}_state;", ""]


def _weights(network: Description, name: str) -> list[str]:
    found = []
    if network.embedding is not None:
        found.append(array(f"{name}_embedding", network.embedding))
    for direction in network.directions:
        for key, values in direction.weights.items():
            found.append(array(f"{name}_{key}_{direction.suffix}", values))
        found.append(array(f"{name}_initial_{direction.suffix}", np.concatenate(direction.initial)))
    found.append(array(f"{name}_readout_weight", network.readout_weight))
    return [*found, array(f"{name}_readout_bias", network.readout_bias)]


def _step(network: Description, name: str, period: int) -> str:
    upper = name.upper()
    widest = max(network.config.widths)
    copies = [
        f"    for (int u = 0; u < {len(network.spec.states) * direction.units}; u++)"
        f" state->{direction.suffix}[u] = {name}_initial_{direction.suffix}[u];"
        for direction in network.directions
    ]
    lines, below = [], "x"
    for number, level in enumerate(network.levels):
        suffix, units = level.directions[0].suffix, level.directions[0].units
        lines.append(f"    {name}_{suffix}({below}, state->{suffix});")
        if level.passes_by:
            lines.append(
                f"    for (int u = 0; u < {units}; u++) passed[{number % 2}][u] = state->{suffix}[u] + {below}[u];"
            )
            below = f"passed[{number % 2}]"
        else:
            below = f"state->{suffix}"
    room = [f"    float passed[2][{widest}];"] if any(level.passes_by for level in network.levels) else []
    outputs = f"{network.readout_weight.shape[1]}, {upper}_OUTPUTS, state->answers"
    return "\n".join([
        "/* Forget everything. */",
        f"static inline void {name}_reset({name}_state *state)", "{", *copies,
        f"    for (int k = 0; k < {upper}_OUTPUTS; k++) state->answers[k] = 0.0f;",
        f"    for (int k = 0; k < {upper}_TARGETS; k++) state->level[k] = 0.0;",
        *([f"    for (int k = 0; k < {upper}_PERIOD; k++) for (int o = 0; o < {upper}_TARGETS; o++)"
           " state->season[k][o] = 0.0;"] if period else []),
        "    state->rows = 0;", "}", "",
        "/* One time step of the network itself, on scaled inputs or an embedding. */",
        f"static inline void {name}_step({name}_state *state, const float *x)", "{", *room, *lines,
        f"    {name}_affine({name}_readout_weight, {name}_readout_bias, {below}, {outputs});", "}", "",
    ])  # fmt: skip
