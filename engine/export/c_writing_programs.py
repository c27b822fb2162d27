"""C programs around the header of a network that writes: its own test vectors, and a driver that asks for much."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data import Preparation
from engine.export.c_programs import VECTORS, vector_test
from engine.export.c_source import array
from engine.export.held_out import HeldOut
from engine.export.onnx_ends import step_scale

_DRIVER = """\
#include <stdio.h>
#include "{path}"

int main(void)
{{
    static double given[{given}], told[{room}];
    while (fread(given, sizeof(double), {given}, stdin) == {given}) {{
        if (fread(told, sizeof(double), {told}, stdin) != {told}) return 1;
        static {name}_state state;
{body}
    }}
    return 0;
}}
"""
_TEXTS = """\
        {name}_reset(&state);
        {feed}
        {name}_begin(&state);
        for (int step = 0; step < {told}; step++) {{
            {name}_step(&state, {name}_embedding_target_weight + (int)told[step] * {embedding}, state.answers);
            for (int o = 0; o < {upper}_OUTPUTS; o++) {{
                const double answer = state.answers[o];
                fwrite(&answer, sizeof answer, 1, stdout);
            }}
        }}
        {name}_reset(&state);
        {feed}
        for (int step = 0; step < {upper}_LIMIT; step++) {{
            const double token = {name}_write(&state);
            fwrite(&token, sizeof token, 1, stdout);
        }}"""
_FORECASTS = """\
        double forecast[{upper}_FORECASTS];
        {name}_reset(&state);
        {feed}
        for (int k = 0; k < {upper}_STEPS * {upper}_OUTPUTS; k++) {{
            const double answer = state.answers[k];
            fwrite(&answer, sizeof answer, 1, stdout);
        }}
        fwrite(forecast, sizeof(double), {upper}_FORECASTS, stdout);"""

_EMBEDDING = "(int)(sizeof {name}_embedding_target_weight / sizeof(float) / {upper}_OUTPUTS)"
_TELL = """
        {name}_begin(&state);
        for (int step = 0; step < {steps}; step++) {{
            const int place = (int){name}_test_told[k * {steps} + step] * {embedding};
            {name}_step(&state, {name}_embedding_target_weight + place, state.answers);
        }}"""
_AS_READ = """\
        for (int k = 0; k < {upper}_INPUTS; k++) given[k] = given[k] * {name}_input_scale[k] + {name}_input_offset[k];
"""


def writing_test(name: str, preparation: Preparation, data: HeldOut) -> str:
    """A few held-out sequences, what the network is told to have written, and the engine's answers after the last."""
    words = {"name": name, "upper": name.upper()}
    given, told = program_inputs(data)
    if data.rows is None and data.inputs.ndim == 3:
        offset, scale = step_scale(preparation, data.inputs.shape[2])
        given = given * scale + offset
    count, steps = min(len(given), VECTORS), len(data.scaled)
    tables = array(f"{name}_test_given", given[:count], double=True)
    texts = data.rows is None
    if told.shape[1]:
        tables += array(f"{name}_test_told", told[:count], double=True)
    at = f"{name}_test_given + k * {given.shape[1]}"
    ahead = f"{name}_test_told + k * {told.shape[1]}, " if told.shape[1] else ""
    feed = _feed(words, data, at, f"double forecast[{name.upper()}_FORECASTS];\n        ", ahead)
    if texts:
        feed += _TELL.format(steps=steps, embedding=_EMBEDDING.format(**words), **words)
    last = "" if texts else f"({name.upper()}_STEPS - 1) * {name.upper()}_OUTPUTS + "
    return vector_test(name, tables + array(f"{name}_test_answers", data.scaled[-1, :count]), count, feed, last)


def writing_driver(path: str, name: str, data: HeldOut) -> str:
    """A program around the header at `path`: what is read and told from standard input; for each sequence the answers,
    then the tokens that are written, or the forecast in real units.
    """
    words = {"name": name, "upper": name.upper()}
    given, told = program_inputs(data)
    if data.rows is None:
        body, embedding = _TEXTS, _EMBEDDING.format(**words)
        feed = _feed(words, data, "given", "", "")
        if data.inputs.ndim == 3:
            body = _AS_READ.format(**words) + body
    else:
        body, embedding = _FORECASTS, ""
        feed = _feed(words, data, "given", "", "told, " if told.shape[1] else "")
    body = body.format(feed=feed, told=told.shape[1], embedding=embedding, **words)
    return _DRIVER.format(
        path=path.replace("\\", "/"), given=given.shape[1], told=told.shape[1], room=max(told.shape[1], 1), body=body,
        **words,
    )  # fmt: skip


def program_inputs(data: HeldOut) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What every sequence reads, a series in its own units, and what it is told: a row a sequence."""
    if data.rows is not None:
        future = np.zeros((0, data.rows.shape[1], 0)) if data.given.future is None else data.given.future
        return _by_sequence(data.rows), _by_sequence(future)
    return _by_sequence(data.inputs), _by_sequence(np.asarray(data.given.told))


def _by_sequence(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """(T, B, ·) as (B, T · ·)."""
    return np.ascontiguousarray(np.swapaxes(values, 0, 1).reshape(values.shape[1], -1), np.float64)


def _feed(words: dict[str, str], data: HeldOut, at: str, forecast: str, ahead: str) -> str:
    """Statements that let one sequence in, and of a series ask for the forecast."""
    name = words["name"]
    if data.rows is None and data.inputs.ndim == 3:
        return f"{name}_read(&state, {at});"
    if data.rows is None:
        return f"for (int t = 0; t < {len(data.inputs)}; t++) {name}_read(&state, (int32_t)({at})[t]);"
    rows, columns = len(data.rows), data.rows.shape[2]
    push = f"for (int t = 0; t < {rows}; t++) {name}_push(&state, {at} + t * {columns});"
    return f"{push}\n        {forecast}{name}_forecast(&state, {ahead}forecast);"
