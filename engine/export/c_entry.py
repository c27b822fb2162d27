"""How rows, steps or tokens go into an exported C header, and what comes out: the functions that a program calls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import SequencePreparation, SeriesPreparation
from engine.export.c_source import array, comment
from engine.export.description import Description
from engine.export.onnx_ends import step_scale
from engine.export.particulars import Exportable

_PUSH = """
/* One row in its own units: the targets, then the further inputs. Returns whether there is a forecast already. */
static inline int {name}_push({name}_state *state, const double *row, double *forecast)
{{
    float x[{upper}_INPUTS];
    double level[{upper}_TARGETS];
    for (int k = 0; k < {upper}_TARGETS; k++) level[k] = {level};
{season}    const int ready = state->rows++ >= {lead};
    for (int k = 0; ready && k < {upper}_INPUTS; k++) {{
        const double value = k < {upper}_TARGETS ? {changed} : row[k];
        x[k] = (float)((value - {name}_input_offset[k]) / {name}_input_scale[k]);
    }}
    for (int k = 0; k < {upper}_TARGETS; k++) state->level[k] = level[k];
    if (!ready) return 0;
    {name}_step(state, x);
    for (int k = 0; k < {upper}_FORECASTS; k++) {{
        const double scaled = state->answers[{middle} + k * {width}];
        const double value = scaled * {name}_output_scale[k] + {name}_output_offset[k]{anchor};
        forecast[k] = {real};
    }}
    return 1;
}}
"""
_SEASON = """\
    double *season = state->season[state->rows % {upper}_PERIOD]; /* the row a season before gives way to this one */
    for (int k = 0; k < {upper}_TARGETS; k++) {{
        const double before = season[k];
        season[k] = level[k];
        level[k] -= before;
    }}
"""
_LAST_SEASON = """
            + state->season[(state->rows + {beyond} + k / {upper}_TARGETS) % {upper}_PERIOD][k % {upper}_TARGETS]"""
_PUSH_STEP = """
/* One step, in its own units: {columns}.
 * What the network says so far: {meaning}. */
static inline int {name}_push({name}_state *state, const double *row, double *forecast)
{{
    float x[{upper}_INPUTS];
    for (int k = 0; k < {upper}_INPUTS; k++) x[k] = (float)((row[k] - {name}_input_offset[k]) / {name}_input_scale[k]);
    {name}_step(state, x);
{said}    return 1;
}}
"""
_VALUES = """\
    for (int k = 0; k < {upper}_FORECASTS; k++) {{
        forecast[k] = state->answers[{middle} + k * {width}] * {name}_output_scale[k] + {name}_output_offset[k];
    }}
"""
_CLASSES = """\
    double largest = state->answers[0], sum = 0.0;
    for (int k = 1; k < {upper}_FORECASTS; k++) largest = fmax(largest, state->answers[k]);
    for (int k = 0; k < {upper}_FORECASTS; k++) sum += forecast[k] = exp(state->answers[k] - largest);
    for (int k = 0; k < {upper}_FORECASTS; k++) forecast[k] /= sum;
"""
_READ = """
/* One token; how likely each of the vocabulary comes next is in state->answers, before the softmax. */
static inline void {name}_read({name}_state *state, int32_t token)
{{
    {name}_step(state, {name}_embedding + token * {upper}_EMBEDDING);
}}
"""


def entry(source: Exportable, network: Description, words: dict[str, str]) -> str:
    """How raw rows or tokens go in."""
    name, preparation = words["name"], source.model.preparation
    if network.embedding is not None:
        symbols = getattr(getattr(preparation, "vocabulary", None), "symbols", ())
        of_bytes = source.model.metadata.get("unit") == "bytes"
        unit = "Bytes of UTF-8, the first one for those unknown" if of_bytes else "Unicode code points"
        points = ", ".join(str(ord(symbol)) for symbol in symbols)
        table = f"\n/* {unit}. */\nstatic const uint32_t {name}_vocabulary[{len(symbols)}] = {{{points}}};\n"
        return table + _READ.format(**words)
    if not isinstance(preparation, SeriesPreparation):
        return _push_step(source, network.config.inputs, words)
    log, difference, period = (getattr(preparation.transform, each) for each in ("logarithm", "difference", "period"))
    anchor = f" + state->level[k % {words['upper']}_TARGETS]" if difference else ""
    ins, outs = preparation.input_scaler, preparation.output_scaler
    scalers = [*_scaler(f"{name}_input", ins.offset, ins.scale), *_scaler(f"{name}_output", outs.offset, outs.scale)]
    push = _PUSH.format(
        level="log(row[k])" if log else "row[k]", lead=preparation.lead,
        changed="level[k] - state->level[k]" if difference else "level[k]",
        season=_SEASON.format(**words) if period else "",
        anchor=anchor + (_LAST_SEASON.format(beyond=preparation.horizon - 1, **words) if period else ""),
        real="exp(value)" if log else "value",
        **source.point(), **words,
    )  # fmt: skip
    return "\n".join([*scalers, push])


def _scaler(name: str, offset: NDArray[Any], scale: NDArray[Any]) -> list[str]:
    return [array(f"{name}_offset", offset, double=True), array(f"{name}_scale", scale, double=True)]


def _push_step(source: Exportable, inputs: int, words: dict[str, str]) -> str:
    """How a step of a sequence goes in, and what comes out of it."""
    preparation, name = source.model.preparation, words["name"]
    columns, meaning, said, offset, scale = "the numbers as they are", "the answer", _VALUES, np.zeros(1), np.ones(1)
    if isinstance(preparation, SequencePreparation):
        answers = preparation.answers
        columns, meaning = ", ".join(preparation.channels), answers.label
        for column, known in preparation.words:
            columns += f"; 1 at the word that {column} is, of {', '.join(known)}, and 0 at the others"
        offset, scale = answers.scaler.offset, answers.scaler.scale
        if answers.classes:
            meaning, said = f"how likely {answers.label} is {', '.join(answers.classes)}", _CLASSES
    lines = _scaler(f"{name}_input", *step_scale(preparation, inputs))
    lines += _scaler(f"{name}_output", offset, scale) if said is _VALUES else []
    text = _PUSH_STEP.format(
        columns=comment(columns), meaning=comment(meaning), said=said.format(**source.point(), **words), **words
    )
    return "\n".join([*lines, text])
