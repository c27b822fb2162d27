"""C programs around the header of a network that writes: its own test vectors, and a driver that asks for much."""

from __future__ import annotations

from engine.export.c_programs import VECTORS, driver_frame, program_inputs, program_words, vector_test
from engine.export.c_source import array
from engine.export.held_out import HeldOut

_TEXTS = """\
        {name}_reset(&state{series});
        {feed}
        {name}_begin(&state);
        for (int step = 0; step < {told}; step++) {{
            {name}_step(&state, {name}_embedding_target_weight + (int)told[step] * {embedding}, state.answers);
            for (int o = 0; o < {upper}_OUTPUTS; o++) {{
                const double answer = state.answers[o];
                fwrite(&answer, sizeof answer, 1, stdout);
            }}
        }}
        {name}_reset(&state{series});
        {feed}
        for (int step = 0; step < {upper}_LIMIT; step++) {{
            const double token = {name}_write(&state);
            fwrite(&token, sizeof token, 1, stdout);
        }}"""
_FORECASTS = """\
        double forecast[{upper}_FORECASTS];
        {name}_reset(&state{series});
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


def writing_test(name: str, data: HeldOut) -> str:
    """A few held-out sequences, what the network is told to have written, and the engine's answers after the last."""
    words, texts = program_words(name, data), data.rows is None
    given, told = program_inputs(data)
    count, steps = min(len(given), VECTORS), len(data.scaled)
    tables = array(f"{name}_test_given", given[:count], double=True)
    if told.shape[1]:
        tables += array(f"{name}_test_told", told[:count], double=True)
    at = f"{name}_test_given + k * {given.shape[1]}"
    ahead = f"{name}_test_told + k * {told.shape[1]}, " if told.shape[1] else ""
    feed = _feed(words, data, at, f"double forecast[{words['upper']}_FORECASTS];\n        ", ahead)
    if texts:
        feed += _TELL.format(steps=steps, embedding=_EMBEDDING.format(**words), **words)
    last = "" if texts else f"({words['upper']}_STEPS - 1) * {words['upper']}_OUTPUTS + "
    return vector_test(words, tables + array(f"{name}_test_answers", data.scaled[-1, :count]), count, feed, last)


def writing_driver(header: str, name: str, data: HeldOut) -> str:
    """A program around a `header` beside it: for each sequence the answers, then the tokens that are written, or the
    forecast in real units.
    """
    words, (_, told) = program_words(name, data), program_inputs(data)
    steps = told.shape[1]
    if data.rows is None:
        feed = _feed(words, data, "given", "", "")
        body = _TEXTS.format(feed=feed, told=steps, embedding=_EMBEDDING.format(**words), **words)
    else:
        body = _FORECASTS.format(feed=_feed(words, data, "given", "", "told, " if steps else ""), **words)
    return driver_frame(header, words, data, body)


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
