"""The C header of a network that reads first and then writes: symbols up to a stop, or the steps of a forecast."""

from __future__ import annotations

from engine.data import PairsPreparation, SeriesPreparation
from engine.data.texts.vocabulary import START, STOP
from engine.export.c_decoder import decoder_constants, decoder_functions, decoder_members
from engine.export.c_entry import TAKE_ROW, forecasts, own_scaler, reset_head, scaler_arrays, series_scalers, taking
from engine.export.c_layers import reading_functions, reading_members
from engine.export.c_parts import head, longest_lines, shared_functions
from engine.export.c_source import layer_constants, layer_functions
from engine.export.c_symbols import read_symbols, symbol_table
from engine.export.c_texts import TEXT_LEVELS, text_functions
from engine.export.c_writing_programs import writing_test
from engine.export.held_out import HeldOut
from engine.export.meaning import several, step_columns, step_scale
from engine.export.particulars import Exportable
from engine.export.remarks import block
from engine.export.writing_description import WritingDescription, describe_writing

_SHORTEST_ROOM = 64  # symbols
_READS = {
    "tokens": "{name}_read(&state, token);                for each symbol, {upper}_STOP last; see {name}_source_token",
    "vector": "{name}_read(&state, values);               what the text is to be written for",
    "series": "{name}_push(&state, row);                  for each row of the past\n"
    " *     {name}_forecast(&state, forecast);         the steps behind the last row",
    "known ahead": "{name}_push(&state, row);                  for each row of the past\n"
    " *     {name}_forecast(&state, ahead, forecast);  the steps behind the last row",
}
_WRITES = """
 *     while ((token = {name}_write(&state)) != {upper}_STOP) puts({name}_written[token]);   {upper}_LIMIT at most"""
_WHOLE_TEXTS = """
 *
 * Or whole texts in UTF-8: {name}_read_text(&state, text), then {name}_write_text(&state, room, sizeof room)."""
_READ = """
/* One symbol. Returns 0 where there is no room for more than {upper}_LONGEST. */
static inline int {name}_read({name}_state *state, int32_t token)
{{
    return {name}_take(state, {name}_embedding_source_weight + token * {embedding});
}}
"""
_READ_VECTOR = """
{about}
static inline void {name}_read({name}_state *state, const double *values)
{{
    for (int k = 0; k < {upper}_INPUTS; k++) {{
        state->vector[k] = (float)((values[k] - {name}_input_offset[k]) / {name}_input_scale[k]);
    }}
}}
"""
_WRITE = """
/* The next symbol, the likeliest one; {upper}_STOP at the end, and ever after. */
static inline int32_t {name}_write({name}_state *state)
{{
    if (!state->begun) {name}_begin(state);
    if (state->before == {upper}_STOP) return {upper}_STOP;
    {name}_step(state, {name}_embedding_target_weight + state->before * {embedding}, state->answers);
    int32_t best = {upper}_STOP;
    for (int32_t token = {upper}_STOP + 1; token < {upper}_OUTPUTS; token++) {{
        if (state->answers[token] > state->answers[best]) best = token;
    }}
    state->before = best;
    return best;
}}
"""
_FORECAST = """
{about}
static inline void {name}_forecast({name}_state *state, {ahead}double *forecast)
{{
    float heard[{heard}];
    {name}_begin(state);
    for (int k = 0; k < {upper}_TARGETS; k++) {{
        heard[k] = (float)(({first} - {name}_output_offset[{outs}k]) / {name}_output_scale[{outs}k]);
    }}
    for (int step = 0; step < {upper}_STEPS; step++) {{
        float *answers = state->answers + step * {upper}_OUTPUTS;
{told}        {name}_step(state, heard, answers);
        for (int k = 0; k < {upper}_TARGETS; k++) heard[k] = answers[{middle} + k * {width}];
    }}
{said}}}
"""
_TOLD = """\
        for (int k = 0; k < {known}; k++) {{
            static const int column[{known}] = {{{columns}}};
            const double value = ahead[step * {known} + k] - {name}_input_offset[{ins}column[k]];
            heard[{upper}_TARGETS + k] = (float)(value / {name}_input_scale[{ins}column[k]]);
        }}
"""


def writer_file(source: Exportable, name: str, data: HeldOut) -> str:
    """The text of the header; `name` begins every name in it."""
    words = {"name": name, "upper": name.upper()}
    told, preparation = describe_writing(source.model.network), source.model.preparation
    series = isinstance(preparation, SeriesPreparation)
    key = "vector" if told.encoder is None else "tokens"
    if isinstance(preparation, SeriesPreparation):
        key = "known ahead" if preparation.known else "series"
    stacks = [told.decoder] if told.encoder is None else [told.encoder, told.decoder]
    parts = [
        head(source, words, _READS[key] + ("" if series else _WRITES) + _texts_usage(source), symbols=not series),
        *_sizes(source, told, words["upper"], data),
        *_state(source, told, words),
        *[line for stack in stacks for line in layer_constants(name, stack)],
        *decoder_constants(told, name),
        *shared_functions(told.decoder, words),
        *[line for stack in stacks for line in layer_functions(name, stack)],
        *([] if told.encoder is None else [reading_functions(told.encoder, words)]),
        decoder_functions(told, words),
        *(_series(source, told, words) if series else _texts(source, told, words)),
        writing_test(name, data),
        f"#endif /* {name.upper()}_H */\n",
    ]
    return "\n".join(parts)


def _texts_usage(source: Exportable) -> str:
    """How whole texts go in and come out, where a header can cut them and put them together."""
    preparation = source.model.preparation
    if not isinstance(preparation, PairsPreparation) or preparation.source is None:
        return ""
    levels = {preparation.source.level, preparation.symbols.level}
    return _WHOLE_TEXTS if levels <= TEXT_LEVELS else ""


def _sizes(source: Exportable, told: WritingDescription, upper: str, data: HeldOut) -> list[str]:
    preparation = source.model.preparation
    lines = [f"#define {upper}_INPUTS {told.sizes.inputs}", f"#define {upper}_OUTPUTS {told.sizes.outputs}"]
    if isinstance(preparation, SeriesPreparation):
        targets, period = len(preparation.targets), preparation.transform.period
        lines += [f"#define {upper}_TARGETS {targets}", f"#define {upper}_STEPS {preparation.steps}"]
        lines += [f"#define {upper}_FORECASTS {preparation.steps * targets}"]
        lines += [f"#define {upper}_PERIOD {period}"] if period else []
        lines += [f"#define {upper}_SERIES {len(names)}"] if (names := several(preparation)) else []
        return [*lines, *longest_lines(upper, preparation.look_back)]
    assert isinstance(preparation, PairsPreparation)
    lines += [f"#define {upper}_START {START}", f"#define {upper}_STOP {STOP}"]
    lines.append(f"#define {upper}_LIMIT {preparation.limit}")
    return lines if told.encoder is None else [*lines, *longest_lines(upper, max(_SHORTEST_ROOM, 2 * len(data.inputs)))]


def _state(source: Exportable, told: WritingDescription, words: dict[str, str]) -> list[str]:
    """The state, and how it begins."""
    upper, preparation = words["upper"], source.model.preparation
    members = [] if told.encoder is None else reading_members(told.encoder, upper)
    members += decoder_members(told, upper)
    resets = [*([] if told.encoder is None else ["count"]), "begun"]
    lines = [f"    state->{member} = 0;" for member in resets]
    if isinstance(preparation, SeriesPreparation):
        members += [f"    float answers[{upper}_STEPS * {upper}_OUTPUTS];", f"    double level[{upper}_TARGETS];"]
        members += [
            "    long rows;",
            *(["    int series; /* whose rows are pushed */"] if several(preparation) else []),
        ]
        lines += [f"    for (int k = 0; k < {upper}_TARGETS; k++) state->level[k] = 0.0;", "    state->rows = 0;"]
        if preparation.transform.period:
            members.append(f"    double season[{upper}_PERIOD][{upper}_TARGETS];")
            lines.append(f"    for (int k = 0; k < {upper}_PERIOD; k++) for (int o = 0; o < {upper}_TARGETS; o++)"
                         " state->season[k][o] = 0.0;")  # fmt: skip
    else:
        members += [f"    float answers[{upper}_OUTPUTS];", "    int32_t before; /* what was written last */"]
        lines.append(f"    state->before = {upper}_START;")
    return [
        "", "typedef struct {", *members, f"}} {words['name']}_state;", "", *reset_head(preparation, words), *lines,
        "}", "",
    ]  # fmt: skip


def _texts(source: Exportable, told: WritingDescription, words: dict[str, str]) -> list[str]:
    """How symbols or a vector go in, and symbols come out."""
    preparation, name = source.model.preparation, words["name"]
    assert isinstance(preparation, PairsPreparation)
    parts, level = [], ""
    if preparation.vector is not None:
        parts += scaler_arrays(f"{name}_input", *step_scale(preparation, told.sizes.inputs))
        about = block(f"What the text is to be written for: {step_columns(preparation)}.")
        parts.append(_READ_VECTOR.format(about=about, **words))
    else:
        level, symbols = read_symbols(preparation)
        parts.append(symbol_table(f"{name}_source", level, symbols, STOP + 1))
        parts.append(_READ.format(embedding=told.weights["embedding.source.weight"].shape[1], **words))
    written = preparation.symbols
    parts.append(symbol_table(f"{name}_written", written.level, written.symbols, STOP + 1))
    parts.append(_WRITE.format(embedding=told.weights["embedding.target.weight"].shape[1], **words))
    return [*parts, *text_functions(level, written.level, words)]


def _series(source: Exportable, told: WritingDescription, words: dict[str, str]) -> list[str]:
    """How rows go in, and the steps behind them come out."""
    preparation, name = source.model.preparation, words["name"]
    assert isinstance(preparation, SeriesPreparation)
    known, upper = preparation.known_columns, words["upper"]
    ins, outs = own_scaler(preparation, f"{upper}_INPUTS"), own_scaler(preparation, f"{upper}_FORECASTS")
    returns = f"Returns 0 where there is no room: the last {preparation.lead + preparation.look_back} rows are read."
    push = TAKE_ROW.format(
        forecast="", early="1", consumed=f"    return {name}_take(state, x);\n",
        **taking(preparation, words, returns), **words,
    )  # fmt: skip
    names = ", ".join(preparation.columns[column] for column in known)
    ahead = f"; `ahead` says of each step what {names} will be" if known else ""
    about = block(f"The {upper}_STEPS steps behind the last row, {upper}_TARGETS numbers each{ahead}.")
    forecast = _FORECAST.format(
        first="0.0" if preparation.transform.difference else "state->level[k]", heard=told.decoder.config.inputs,
        about=about,
        ahead="const double *ahead, " if known else "", said=forecasts(source, words), **source.point(),
        told=_TOLD.format(known=len(known), columns=", ".join(map(str, known)), ins=ins, **words) if known else "",
        outs=outs, **words,
    )  # fmt: skip
    return [*series_scalers(name, preparation), push, forecast]
