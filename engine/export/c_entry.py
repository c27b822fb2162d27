"""How rows, steps or tokens go into an exported C header, and what comes out: the functions that a program calls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import LabelledTextPreparation, Preparation, SequencePreparation, SeriesPreparation
from engine.data.scaling import Reals
from engine.data.sequences.answers import Answers
from engine.export.c_source import array
from engine.export.c_symbols import read_symbols, symbol_table
from engine.export.c_whole import answering
from engine.export.description import Description
from engine.export.meaning import answer_words, several, step_columns, step_scale
from engine.export.particulars import Exportable
from engine.export.remarks import block

TAKE_ROW = """
{about}
static inline int {name}_push({name}_state *state, const double *row{forecast})
{{
    float x[{upper}_INPUTS];
    double level[{upper}_TARGETS];
    for (int k = 0; k < {upper}_TARGETS; k++) level[k] = {level};
{season}    const int ready = state->rows++ >= {lead};
    for (int k = 0; ready && k < {upper}_INPUTS; k++) {{
        const double value = k < {upper}_TARGETS ? {changed} : row[k];
        x[k] = (float)((value - {name}_input_offset[{ins}k]) / {name}_input_scale[{ins}k]);
    }}
    for (int k = 0; k < {upper}_TARGETS; k++) state->level[k] = level[k];
    if (!ready) return {early};
{consumed}}}
"""
_FORECASTS = """\
    for (int k = 0; k < {upper}_FORECASTS; k++) {{
        const double scaled = state->answers[{middle} + k * {width}];
        const double value = scaled * {name}_output_scale[{outs}k] + {name}_output_offset[{outs}k]{anchor};
        forecast[k] = {real};
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
{about}
static inline int {name}_push({name}_state *state, const double *row{forecast})
{{
    float x[{upper}_INPUTS];
    for (int k = 0; k < {upper}_INPUTS; k++) x[k] = (float)((row[k] - {name}_input_offset[k]) / {name}_input_scale[k]);
{consumed}}}
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
_LABELS = """\
    for (int k = 0; k < {upper}_FORECASTS; k++) forecast[k] = 1.0 / (1.0 + exp(-(double)state->answers[k]));
"""
_READ = """
{about}
static inline {result} {name}_read({name}_state *state, int32_t token{forecast})
{{
    const float *x = {name}_embedding + token * {upper}_EMBEDDING;
{consumed}}}
"""
_FULL = "Returns 0 where there is no room for more than {upper}_LONGEST."
_NO_SCALE = (np.zeros(1), np.ones(1))


def entry(source: Exportable, network: Description, words: dict[str, str]) -> str:
    """How raw rows or tokens go in, and answers come out: after each, or at once where the network reads both ways."""
    parts, push, said, meaning = _ways(source, network, words)
    if not network.config.bidirectional:
        returns = f"What is said so far: {meaning}."
        if push is TAKE_ROW:
            returns = "Returns whether there is a forecast already."
        consumed = f"    {words['name']}_step(state, x);\n{said}"
        told = {"returns": returns, "forecast": ", double *forecast", "early": "0", "result": "int"}
        if not said:
            told |= {"returns": f"{meaning}.", "forecast": "", "result": "void"}
        else:
            consumed += "    return 1;\n"
        return "\n".join([*parts, _filled(push, source, words, consumed=consumed, **told)])
    told = {"returns": _FULL.format(**words), "forecast": "", "early": "1", "result": "int"}
    taken = "read" if push is _READ else "pushed"
    return "\n".join([
        *parts,
        _filled(push, source, words, consumed=f"    return {words['name']}_take(state, x);\n", **told),
        answering(network, words, taken=taken, meaning=f"It is {meaning}.", said=said),
    ])  # fmt: skip


def _ways(source: Exportable, network: Description, words: dict[str, str]) -> tuple[list[str], str, str, str]:
    """Tables that are needed, the template that takes a row or a token, how answers are made, and what they mean."""
    preparation, name = source.model.preparation, words["name"]
    meaning, said, scaler = "the answer", _VALUES, _NO_SCALE
    if isinstance(preparation, SequencePreparation | LabelledTextPreparation):
        meaning, (said, scaler) = answer_words(preparation), _answers(preparation.answers)
    if preparation.kind == "text":
        meaning, said = "How likely each symbol comes next is in state->answers, before the softmax", ""
    parts = []
    if network.embedding is not None:
        parts.append(symbol_table(f"{name}_vocabulary", *read_symbols(preparation)))
    if isinstance(preparation, SeriesPreparation):
        return series_scalers(name, preparation), TAKE_ROW, forecasts(source, words), "the forecast"
    if said is _VALUES:
        parts += scaler_arrays(f"{name}_output", *scaler)
    if network.embedding is None:
        parts += scaler_arrays(f"{name}_input", *step_scale(preparation, network.config.inputs))
    said = said.format(**source.point(), **words)
    return parts, _READ if network.embedding is not None else _PUSH_STEP, said, meaning


def _filled(push: str, source: Exportable, words: dict[str, str], *, returns: str, **told: str) -> str:
    """How a row, a step or a token goes in."""
    preparation = source.model.preparation
    if isinstance(preparation, SeriesPreparation):
        return push.format(**taking(preparation, words, returns), **told, **words)
    if push is _READ:
        most = f", of {preparation.length} at most" if isinstance(preparation, LabelledTextPreparation) else ""
        about = f"One token{most}."
    else:
        own = step_columns(preparation) if isinstance(preparation, SequencePreparation) else "the numbers as they are"
        about = f"One step, in its own units: {own}."
    return push.format(about=block(f"{about} {returns}"), **told, **words)


def taking(preparation: SeriesPreparation, words: dict[str, str], returns: str) -> dict[str, Any]:
    """How a row of a series becomes what the network reads."""
    above = f" {', '.join(preparation.targets)} above zero." if preparation.transform.logarithm else ""
    log, difference, period = (getattr(preparation.transform, each) for each in ("logarithm", "difference", "period"))
    return {
        "about": block(f"One row, without gaps, in its own units: {', '.join(preparation.columns)}.{above} {returns}"),
        "level": "log(row[k])" if log else "row[k]",
        "lead": preparation.lead,
        "changed": "level[k] - state->level[k]" if difference else "level[k]",
        "season": _SEASON.format(**words) if period else "",
        "ins": own_scaler(preparation, f"{words['upper']}_INPUTS"),
    }


def forecasts(source: Exportable, words: dict[str, str]) -> str:
    """How answers become forecasts in real units."""
    preparation = source.model.preparation
    assert isinstance(preparation, SeriesPreparation)
    log, difference, period = (getattr(preparation.transform, each) for each in ("logarithm", "difference", "period"))
    anchor = f" + state->level[k % {words['upper']}_TARGETS]" if difference else ""
    season = _LAST_SEASON.format(beyond=preparation.horizon - 1, **words) if period else ""
    real = "exp(value)" if log else "value"
    outs = own_scaler(preparation, f"{words['upper']}_FORECASTS")
    return _FORECASTS.format(anchor=anchor + season, real=real, outs=outs, **source.point(), **words)


def own_scaler(preparation: Preparation, size: str) -> str:
    """Where the numbers of one series begin, as the beginning of a sum; "" where all have one scaler."""
    return f"state->series * {size} + " if several(preparation) else ""


def series_scalers(name: str, preparation: SeriesPreparation) -> list[str]:
    """Offsets and scales of what goes in and of each answer; of series that have their own one after the other."""
    pairs = [own for _, *own in preparation.scalers] or [[preparation.input_scaler, preparation.output_scaler]]
    answers = len(preparation.targets) * (preparation.steps if preparation.strategy == "encoder_decoder" else 1)
    found = []
    for at, side in enumerate(("input", "output")):
        parts = [(own[at].offset, own[at].scale) for own in pairs]
        if side == "output":  # a decoder's steps may have one scale
            parts = [(np.resize(o, max(answers, o.size)), np.resize(s, max(answers, s.size))) for o, s in parts]
        offset, scale = (np.concatenate(values) for values in zip(*parts, strict=True))
        found += scaler_arrays(f"{name}_{side}", offset, scale)
    return found


def reset_head(preparation: Preparation, words: dict[str, str]) -> list[str]:
    """How the function begins that every sequence begins with: where series have scalers of their own, with which."""
    names, name = several(preparation), words["name"]
    if not names:
        return ["/* Forget everything. */", f"static inline void {name}_reset({name}_state *state)", "{"]
    told = ", ".join(f"{at} {each}" for at, each in enumerate(names))
    return [
        block(f"Forget everything; what is pushed next is of series {told}."),
        f"static inline void {name}_reset({name}_state *state, int series)", "{", "    state->series = series;",
    ]  # fmt: skip


def scaler_arrays(name: str, offset: NDArray[Any], scale: NDArray[Any]) -> list[str]:
    """One scaler as two arrays."""
    return [array(f"{name}_offset", offset, double=True), array(f"{name}_scale", scale, double=True)]


def _answers(answers: Answers) -> tuple[str, tuple[Reals, Reals]]:
    """How answers are made of the network's, and the scaler of those that are numbers."""
    if answers.separator:
        return _LABELS, _NO_SCALE
    if answers.classes:
        return _CLASSES, _NO_SCALE
    return _VALUES, (answers.scaler.offset, answers.scaler.scale)
