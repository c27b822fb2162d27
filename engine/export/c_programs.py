"""C programs around an exported header: its own test vectors, and a driver that asks it for many answers."""

from __future__ import annotations

import numpy as np

from engine.data import Preparation
from engine.export.c_source import array
from engine.export.held_out import HeldOut
from engine.export.onnx_ends import step_scale

VECTORS, _TOKENS = 3, 16  # test windows; tokens of the test text
TOLERANCE = 1e-4

_TEST = """
#ifdef {upper}_TEST
#include <stdio.h>

{vectors}
int main(void)
{{
    double largest = 0.0;
    for (int k = 0; k < {count}; k++) {{
        static {name}_state state;
        {name}_reset(&state);
        {feed}
        for (int o = 0; o < {upper}_OUTPUTS; o++) {{
            const double wanted = {name}_test_answers[k * {upper}_OUTPUTS + o];
            const double difference = fabs(state.answers[{last}o] - wanted) / fmax(1.0, fabs(wanted));
            if (!(difference <= largest)) largest = difference;
        }}
    }}
    printf("largest difference %.3g\\n", largest);
    return largest <= {tolerance} ? 0 : 1;
}}
#endif
"""
_FORECAST = "double forecast[{upper}_FORECASTS];\n            "
_FINISH = {
    "each": "",
    "once": "\n        {forecast}{name}_answer(&state{to});",
    "at": "\n        {forecast}{name}_run(&state);\n        {name}_answer_at(&state, {steps} - 1{to});",
}
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
        static {name}_state state;
        double answers[{upper}_OUTPUTS], forecast[{upper}_FORECASTS] = {{0}};
        {name}_reset(&state);
        for (int t = 0; t < {steps}; t++) {{
            {feed}
            {say}
            for (int o = 0; o < {upper}_OUTPUTS; o++) answers[o] = state.answers[o];
            fwrite(answers, sizeof(double), {upper}_OUTPUTS, stdout);
            fwrite(forecast, sizeof(double), {upper}_FORECASTS, stdout);
        }}
    }}
    return 0;
}}
"""


def test_program(name: str, preparation: Preparation, data: HeldOut, form: str) -> str:
    """A few held-out sequences with the engine's last answers to them, and a `main` that goes through them.

    `form`: when answers come, after "each" step, "at" any step once all are there, or "once".
    """
    words = {"name": name, "upper": name.upper()}
    given, tokens = data.inputs if data.rows is None else data.rows, data.inputs.ndim == 2
    if data.rows is None and not tokens:
        offset, scale = step_scale(preparation, given.shape[2])
        given = given * scale + offset
    aligned = tokens and data.scaled.ndim == 3 and form == "each"
    steps, count = min(len(given), _TOKENS if aligned else len(given)), min(given.shape[1], VECTORS)
    some = given[:steps, :count].swapaxes(0, 1)
    wanted = data.scaled[steps - 1, :count] if aligned else data.scaled.reshape(-1, *data.scaled.shape[-2:])[-1, :count]
    table = "{" + ", ".join(map(str, np.ravel(some))) + "};"
    rows = f"static const int32_t {name}_test_tokens[{some.size}] = {table}\n"
    rows = rows if tokens else array(f"{name}_test_rows", some, double=True)
    place = f"(k * {steps} + t)" if tokens else f"(k * {steps} + t) * {name.upper()}_INPUTS"
    row = f"{name}_test_tokens[{place}]" if tokens else f"{name}_test_rows + {place}"
    answered = not (tokens and preparation.kind == "text")
    forecast, to = (_FORECAST.format(**words), ", forecast") if answered else ("", "")
    once = form != "each"
    step = f"{'' if once else forecast}{name}_{'read' if tokens else 'push'}(&state, {row}{'' if once else to});"
    finish = _FINISH[form].format(forecast=forecast, to=to, steps=steps, **words)
    feed = f"for (int t = 0; t < {steps}; t++) {{\n            {step}\n        }}{finish}"
    return vector_test(name, rows + array(f"{name}_test_answers", wanted), count, feed)


def vector_test(name: str, vectors: str, count: int, feed: str, last: str = "") -> str:
    """A `main` that lets so many sequences in by `feed`, and compares what comes out with what the `vectors` say.

    `last`: where the answers that are compared begin, as the beginning of a sum.
    """
    return _TEST.format(
        vectors=vectors, count=count, feed=feed, last=last, tolerance=TOLERANCE, name=name, upper=name.upper()
    )


def driver(path: str, header: str, name: str, data: HeldOut) -> str:
    """A program around the text of a `header` at `path`: sequences from standard input, for each answered step the
    answers twice, the network's own and what it says of them.
    """
    words = {"name": name, "upper": name.upper()}
    given = data.inputs if data.rows is None else data.rows
    tokens, steps = given.ndim == 2, len(given)
    width = 1 if tokens else given.shape[2]
    first = steps - (len(data.scaled) if data.scaled.ndim == 3 else 1)
    to = ", forecast" if "double *forecast)" in header else ""
    each = f"{name}_answer" not in header
    taken = f"{name}_read(&state, given[t]" if tokens else f"{name}_push(&state, given + t * {width}"
    feed = f"{taken}{to if each else ''});"
    if data.rows is None and not tokens:
        feed = _AS_READ.format(**words) + feed
    say = f"if (t < {first}) continue;"
    if not each:
        at = f"{name}_answer_at(" in header
        own = f"{name}_answer_at(&state, t{to});" if at else f"{name}_answer(&state{to});"
        run = f"\n        {name}_run(&state);" if at else ""
        say = f"}}{run}\n        for (int t = {first}; t < {steps}; t++) {{\n            {own}"
    return _DRIVER.format(
        path=path.replace("\\", "/"), kind="int32_t" if tokens else "double", size=steps * width, steps=steps,
        feed=feed, say=say, **words,
    )  # fmt: skip
