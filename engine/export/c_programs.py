"""C programs around an exported header: its own test vectors, and a driver that asks it for many answers.

What programs of all networks have, and those of a network that answers where it reads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.export.c_source import array
from engine.export.description import describe
from engine.export.held_out import HeldOut
from engine.export.meaning import several, step_scale

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
        {name}_reset(&state{series});
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
_DRIVER = """\
#include <stdio.h>
#include "{header}"

int main(void)
{{
    static double given[{given}], told[{room}];
    static {name}_state state;
    while (fread(given, sizeof(double), {given}, stdin) == {given}) {{
        if (fread(told, sizeof(double), {told}, stdin) != {told}) return 1;
{body}
    }}
    return 0;
}}
"""
_FORECAST = "double forecast[{upper}_FORECASTS];\n            "
_FINISH = {
    "each": "",
    "once": "\n        {forecast}{name}_answer(&state{to});",
    "at": "\n        {forecast}{name}_run(&state);\n        {name}_answer_at(&state, {steps} - 1{to});",
}
_ANSWERED = """\
        double answers[{upper}_OUTPUTS], forecast[{upper}_FORECASTS] = {{0}};
        {name}_reset(&state{series});
        for (int t = 0; t < {steps}; t++) {{
            {feed}
            {say}
            for (int o = 0; o < {upper}_OUTPUTS; o++) answers[o] = state.answers[o];
            fwrite(answers, sizeof(double), {upper}_OUTPUTS, stdout);
            fwrite(forecast, sizeof(double), {upper}_FORECASTS, stdout);
        }}"""
_SAY = {
    "each": "if (t < {first}) continue;",
    "once": "}}\n        for (int t = {first}; t < {steps}; t++) {{\n            {name}_answer(&state{to});",
    "at": "}}\n        {name}_run(&state);\n        for (int t = {first}; t < {steps}; t++) {{\n"
    "            {name}_answer_at(&state, t{to});",
}


def test_program(name: str, data: HeldOut) -> str:
    """A few held-out sequences with the engine's last answers to them, and a `main` that goes through them."""
    words, form, to = program_words(name, data), _form(data), _forecast_to(data)
    given, tokens = given_in_units(data), data.inputs.ndim == 2
    aligned = tokens and data.scaled.ndim == 3 and form == "each"
    steps, count = min(len(given), _TOKENS if aligned else len(given)), min(given.shape[1], VECTORS)
    some = given[:steps, :count].swapaxes(0, 1)
    wanted = data.scaled[steps - 1, :count] if aligned else data.scaled.reshape(-1, *data.scaled.shape[-2:])[-1, :count]
    table = "{" + ", ".join(map(str, np.ravel(some))) + "};"
    rows = f"static const int32_t {name}_test_tokens[{some.size}] = {table}\n"
    rows = rows if tokens else array(f"{name}_test_rows", some, double=True)
    place = f"(k * {steps} + t)" if tokens else f"(k * {steps} + t) * {name.upper()}_INPUTS"
    row = f"{name}_test_tokens[{place}]" if tokens else f"{name}_test_rows + {place}"
    forecast = _FORECAST.format(**words) if to else ""
    each, at_end = (forecast, to) if form == "each" else ("", "")
    step = f"{each}{name}_{'read' if tokens else 'push'}(&state, {row}{at_end});"
    finish = _FINISH[form].format(forecast=forecast, to=to, steps=steps, **words)
    feed = f"for (int t = 0; t < {steps}; t++) {{\n            {step}\n        }}{finish}"
    return vector_test(words, rows + array(f"{name}_test_answers", wanted), count, feed)


def driver(header: str, name: str, data: HeldOut) -> str:
    """A program around a `header` beside it: for each answered step of each sequence the answers twice, the network's
    own and what it says of them.
    """
    words, form, to = program_words(name, data), _form(data), _forecast_to(data)
    steps = len(given_in_units(data))
    first = steps - (len(data.scaled) if data.scaled.ndim == 3 else 1)
    row = (
        "read(&state, (int32_t)given[t]"
        if data.inputs.ndim == 2
        else f"push(&state, given + t * {words['upper']}_INPUTS"
    )
    feed = f"{name}_{row}{to if form == 'each' else ''});"
    say = _SAY[form].format(first=first, steps=steps, to=to, **words)
    return driver_frame(header, words, data, _ANSWERED.format(steps=steps, feed=feed, say=say, **words))


def program_words(name: str, data: HeldOut) -> dict[str, str]:
    """What programs around the header `name` call things; `series`: whose rows `data` has."""
    series = f", {several(data.model.preparation).index(data.series)}" if data.series else ""
    return {"name": name, "upper": name.upper(), "series": series}


def vector_test(words: dict[str, str], vectors: str, count: int, feed: str, last: str = "") -> str:
    """A `main` that lets so many sequences in by `feed`, and compares what comes out with what the `vectors` say.

    `last`: where the answers that are compared begin, as the beginning of a sum.
    """
    return _TEST.format(vectors=vectors, count=count, feed=feed, last=last, tolerance=TOLERANCE, **words)


def driver_frame(header: str, words: dict[str, str], data: HeldOut, body: str) -> str:
    """A program around a `header` beside it that reads `program_inputs` from standard input, and runs `body` for each
    sequence.
    """
    given, told = (values.shape[1] for values in program_inputs(data))
    return _DRIVER.format(header=header, given=given, told=told, room=max(told, 1), body=body, **words)


def program_inputs(data: HeldOut) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What every sequence reads, in its own units, and what it is told: a row a sequence."""
    told = data.given.future if data.rows is not None else data.given.told
    if told is None:
        told = np.zeros((0, data.inputs.shape[1], 0))
    return _by_sequence(given_in_units(data)), _by_sequence(told)


def given_in_units(data: HeldOut) -> NDArray[Any]:
    """What goes in as a program gives it: rows, steps or a vector in their own units, (T, B, ·), or tokens (T, B)."""
    if data.rows is not None or data.inputs.ndim == 2:
        return data.inputs if data.rows is None else data.rows
    offset, scale = step_scale(data.model.preparation, data.inputs.shape[2])
    return np.asarray(data.inputs * scale + offset)


def _by_sequence(values: NDArray[Any]) -> NDArray[np.float64]:
    """(T, B, ·) as (B, T · ·)."""
    return np.ascontiguousarray(np.swapaxes(values, 0, 1).reshape(values.shape[1], -1), np.float64)


def _form(data: HeldOut) -> str:
    """When answers come: after "each" step, "at" any step once all are there, or "once"."""
    network = describe(data.model.network)
    if not network.config.bidirectional:
        return "each"
    return "at" if network.aligned else "once"


def _forecast_to(data: HeldOut) -> str:
    """How a forecast is asked for, as a further argument; "" where the network's own answers are all there is."""
    return "" if data.model.preparation.kind == "text" else ", forecast"
