"""What every exported C header has: its head, the functions that all steps need, and room for steps."""

from __future__ import annotations

import json

from engine.export.c_source import FUNCTIONS, used_functions
from engine.export.description import Layers
from engine.export.particulars import Exportable
from engine.export.remarks import comment
from engine.findings.summary import model_words

_HEAD = """\
/* {title}
 *
 * Made by RNN Workbench. C99, one file; needs nothing but the mathematical library (-lm) and no memory but a state.
 *
 *     {name}_state state;
 *     {reset}
 *     {usage}
 *
 * The network's own answers lie in state.answers. Compiled with {upper}_TEST defined, this file is a program that runs
 * its test vectors:  cc -std=c99 -D{upper}_TEST -x c FILE.h -lm && ./a.out
 */
#ifndef {upper}_H
#define {upper}_H

#include <math.h>
#include <stdint.h>
{strings}"""
_RESET = "{name}_reset(&state);                      before each sequence"
_RESET_SERIES = "{name}_reset(&state, series);              before each sequence; which series, see there"
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


def head(source: Exportable, words: dict[str, str], usage: str, *, symbols: bool) -> str:
    """What the file is, how it is used, and all that is known of the network; `symbols`: there are tables of them."""
    title = comment(f"{model_words(source.model.experiment)}.")
    known = comment(json.dumps(source.particulars(), indent=1, ensure_ascii=False, sort_keys=True))
    strings = "#include <string.h>\n" if symbols else ""
    reset = _RESET_SERIES if source.model.metadata.get("scalers") else _RESET
    told = {"usage": usage.format(**words), "reset": reset.format(**words)}
    return _HEAD.format(title=title, strings=strings, **told, **words) + f"\n/* {known} */\n"


def shared_functions(layers: Layers, words: dict[str, str]) -> list[str]:
    """What every step needs: activation functions, products, and the normalisation of a cell that has one."""
    name = words["name"]
    return [
        *[f"static inline float {name}_{key}(float x) {{ {FUNCTIONS[key]} }}" for key in used_functions(layers)],
        _SHARED.format(**words),
        *([] if layers.spec.biased else [_NORMALIZE.format(**words)]),
    ]


def longest_lines(upper: str, steps: int) -> list[str]:
    """How many steps there is room for, which whoever compiles the file may change."""
    return [
        f"#ifndef {upper}_LONGEST",
        f"#define {upper}_LONGEST {steps} /* steps that a state has room for; another number may be defined before */",
        "#endif",
    ]
