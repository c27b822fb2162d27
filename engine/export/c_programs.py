"""C programs around an exported header: its own test vectors, and a driver that asks it for many answers."""

from __future__ import annotations

import numpy as np

from engine.data import Preparation
from engine.export.c_source import array
from engine.export.held_out import HeldOut
from engine.export.onnx_ends import step_scale

_VECTORS, _TOKENS = 3, 16  # test windows; tokens of the test text
_TOLERANCE = 1e-4

_TEST = """
#ifdef {upper}_TEST
#include <stdio.h>

{vectors}
int main(void)
{{
    {unused}double largest = 0.0;
    for (int k = 0; k < {count}; k++) {{
        {name}_state state;
        {name}_reset(&state);
        for (int t = 0; t < {steps}; t++) {{
            {feed}
        }}
        for (int o = 0; o < {upper}_OUTPUTS; o++) {{
            const double wanted = {name}_test_answers[k * {upper}_OUTPUTS + o];
            const double difference = fabs(state.answers[o] - wanted) / fmax(1.0, fabs(wanted));
            if (!(difference <= largest)) largest = difference;
        }}
    }}
    printf("largest difference %.3g\\n", largest);
    return largest <= {tolerance} ? 0 : 1;
}}
#endif
"""
_FEED_ROW = "double forecast[{upper}_FORECASTS];\n            {name}_push(&state, {given}, forecast);"
_AS_READ = """\
for (int k = 0; k < {upper}_INPUTS; k++) {{
                double *value = given + t * {upper}_INPUTS + k;
                *value = *value * {name}_input_scale[k] + {name}_input_offset[k];
            }}
            """
_DRIVER = """\
#include <stdio.h>
#include "{path}"

int main(void)
{{
    static {kind} given[{size}];
    while (fread(given, sizeof given[0], {size}, stdin) == {size}) {{
        {name}_state state;
        double answers[{upper}_OUTPUTS], forecast[{upper}_FORECASTS] = {{0}};
        {name}_reset(&state);
        for (int t = 0; t < {steps}; t++) {{
            {feed}
            if ({when}) continue;
            for (int o = 0; o < {upper}_OUTPUTS; o++) answers[o] = state.answers[o];
            fwrite(answers, sizeof(double), {upper}_OUTPUTS, stdout);
            fwrite(forecast, sizeof(double), {upper}_FORECASTS, stdout);
        }}
    }}
    return 0;
}}
"""


def test_program(name: str, preparation: Preparation, data: HeldOut) -> str:
    """A few held-out sequences with the engine's last answers to them, and a `main` that goes through them."""
    words = {"name": name, "upper": name.upper()}
    given, tokens = data.inputs if data.rows is None else data.rows, data.inputs.ndim == 2
    if data.rows is None and not tokens:
        offset, scale = step_scale(preparation, given.shape[2])
        given = given * scale + offset
    steps, count = min(len(given), _TOKENS if tokens else len(given)), min(given.shape[1], _VECTORS)
    some = given[:steps, :count].swapaxes(0, 1)
    wanted = data.scaled[steps - 1, :count] if tokens else data.scaled.reshape(-1, *data.scaled.shape[-2:])[-1, :count]
    table = "{" + ", ".join(map(str, np.ravel(some))) + "};"
    rows = f"static const int32_t {name}_test_tokens[{some.size}] = {table}\n"
    rows = rows if tokens else array(f"{name}_test_rows", some, double=True)
    row = f"{name}_test_rows + (k * {steps} + t) * {name.upper()}_INPUTS"
    return _TEST.format(
        vectors=rows + array(f"{name}_test_answers", wanted), count=count, steps=steps, tolerance=_TOLERANCE,
        unused=f"(void){name}_vocabulary;\n    " if tokens else "",
        feed=_feed(words, tokens, f"{name}_test_tokens[k * {steps} + t]" if tokens else row), **words,
    )  # fmt: skip


def _feed(words: dict[str, str], tokens: bool, place: str) -> str:
    if tokens:
        return f"{words['name']}_read(&state, {place});"
    return _FEED_ROW.format(given=place, **words)


def driver(name: str, path: str, data: HeldOut) -> str:
    """A program around the header: sequences from standard input, for each answered step the answers twice."""
    words = {"name": name, "upper": name.upper()}
    given = data.inputs if data.rows is None else data.rows
    tokens, steps = given.ndim == 2, len(given)
    width = 1 if tokens else given.shape[2]
    read = f"{name}_read(&state, given[t]);" if tokens else f"{name}_push(&state, given + t * {width}, forecast);"
    if data.rows is None and not tokens:
        read = _AS_READ.format(**words) + read
    first = steps - (len(data.scaled) if data.scaled.ndim == 3 else 1)
    return _DRIVER.format(
        path=path.replace("\\", "/"), kind="int32_t" if tokens else "double", size=steps * width, steps=steps,
        feed=read, when=f"t < {first}", **words,
    )  # fmt: skip
