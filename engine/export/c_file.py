"""The C header of a network that answers where it reads: its weights, its step or its layers, and its test vectors."""

from __future__ import annotations

from engine.data import Preparation, SeriesPreparation
from engine.export.c_entry import entry, reset_head
from engine.export.c_layers import reading_functions, reading_members, state_size
from engine.export.c_parts import head, longest_lines, shared_functions
from engine.export.c_programs import test_program
from engine.export.c_source import array, layer_constants, layer_functions
from engine.export.c_steps import stepped
from engine.export.description import Description, describe
from engine.export.held_out import HeldOut
from engine.export.meaning import several
from engine.export.particulars import Exportable

_AFTER_EACH = {
    "series": "{name}_push(&state, row, forecast);        for each row; 0 while the forecast needs more rows",
    "text": "{name}_read(&state, token);                for each symbol of the text; see {name}_vocabulary_token",
    "sequences": "{name}_push(&state, row, forecast);        for each step of the sequence",
    "tokens": "{name}_read(&state, token, forecast);      for each symbol; see {name}_vocabulary_token",
}
_WINDOW = """
 *
 * It learned from windows of {rows} rows: the workbench's own forecast is what comes after a reset and the last {rows};
 * rows pushed on without a reset carry its state further than it was trained to."""
_AT_ONCE = {
    "rows": "{name}_push(&state, row);                  for each row",
    "tokens": "{name}_read(&state, token);                for each symbol; see {name}_vocabulary_token",
}
_ANSWERED = """
 *     {name}_answer(&state, forecast);           when all are there: the network reads both ways"""
_ANSWERED_AT = """
 *     {name}_run(&state);                        when all are there: the network reads both ways
 *     {name}_answer_at(&state, t, forecast);     for any step"""


def c_file(source: Exportable, name: str, data: HeldOut) -> str:
    """The text of the header; `name` begins every name in it."""
    words = {"name": name, "upper": name.upper()}
    network, preparation = describe(source.model.network), source.model.preparation
    whole = network.config.bidirectional
    parts = [
        head(source, words, _usage(preparation, network), symbols=network.embedding is not None),
        *_sizes(network, preparation, name, source.point()["width"], longest(preparation, data)),
        *_weights(network, name),
        *shared_functions(network, words),
        *layer_functions(name, network),
        _reset(network, preparation, words),
        reading_functions(network, words) if whole else _step(network, name),
        entry(source, network, words),
        test_program(name, data),
        f"#endif /* {name.upper()}_H */\n",
    ]
    return "\n".join(parts)


def longest(preparation: Preparation, data: HeldOut) -> int:
    """Steps that there is room for where all have to be there: those of a window or a text, or of the data at hand."""
    if isinstance(preparation, SeriesPreparation):
        return preparation.look_back
    return max(int(getattr(preparation, "length", 0)), len(data.inputs))


def _usage(preparation: Preparation, network: Description) -> str:
    kind = "sequences" if preparation.kind == "adding" else preparation.kind
    tokens = network.embedding is not None
    if not network.config.bidirectional:
        return _AFTER_EACH["tokens" if tokens and kind != "text" else kind] + _window(preparation)
    at_once = _AT_ONCE["tokens" if tokens else "rows"] + (_ANSWERED_AT if network.aligned else _ANSWERED)
    return at_once + _window(preparation)


def _window(preparation: Preparation) -> str:
    """How many rows the network learned to read at once."""
    if not isinstance(preparation, SeriesPreparation):
        return ""
    return _WINDOW.format(rows=preparation.lead + preparation.look_back)


def _period(preparation: Preparation) -> int:
    return preparation.transform.period if isinstance(preparation, SeriesPreparation) else 0


def _sizes(network: Description, preparation: Preparation, name: str, width: int, steps: int) -> list[str]:
    """Sizes, and the state. A forecast has a number for each target, and for each step where several are said at once;
    where the network answers by quantiles, there are several outputs for each number. With a seasonal difference the
    state holds the last season; where the network reads both ways, the steps.
    """
    upper, inputs, outputs = name.upper(), network.config.inputs, len(network.readout_bias)
    targets = len(preparation.targets) if isinstance(preparation, SeriesPreparation) else outputs
    period, names = _period(preparation), several(preparation)
    lines = [f"#define {upper}_INPUTS {inputs}", f"#define {upper}_OUTPUTS {outputs}"]
    lines += [f"#define {upper}_FORECASTS {outputs // width}", f"#define {upper}_TARGETS {targets}"]
    if network.embedding is not None:
        lines.append(f"#define {upper}_EMBEDDING {inputs}")
    if network.config.bidirectional:
        lines += longest_lines(upper, steps)
        members = reading_members(network, upper)
    else:
        members = [f"    float {each.suffix}[{state_size(network, each.units)}];" for each in network.directions]
    own = [f"    float answers[{upper}_OUTPUTS];", f"    double level[{upper}_TARGETS];", "    long rows;"]
    if names:
        lines.append(f"#define {upper}_SERIES {len(names)}")
        own.append("    int series; /* whose rows are pushed */")
    if period:
        lines.append(f"#define {upper}_PERIOD {period}")
        own.append(f"    double season[{upper}_PERIOD][{upper}_TARGETS];")
    return [*lines, "", "typedef struct {", *members, *own, f"}} {name}_state;", ""]


def _weights(network: Description, name: str) -> list[str]:
    found = [] if network.embedding is None else [array(f"{name}_embedding", network.embedding)]
    found += [*layer_constants(name, network), array(f"{name}_readout_weight", network.readout_weight)]
    return [*found, array(f"{name}_readout_bias", network.readout_bias)]


def _reset(network: Description, preparation: Preparation, words: dict[str, str]) -> str:
    name, upper, period = words["name"], words["upper"], _period(preparation)
    own = ["    state->count = 0;"] if network.config.bidirectional else [
        f"    for (int u = 0; u < {state_size(network, direction.units)}; u++)"
        f" state->{direction.suffix}[u] = {name}_initial_{direction.suffix}[u];"
        for direction in network.directions
    ]  # fmt: skip
    return "\n".join([
        *reset_head(preparation, words), *own,
        f"    for (int k = 0; k < {upper}_OUTPUTS; k++) state->answers[k] = 0.0f;",
        f"    for (int k = 0; k < {upper}_TARGETS; k++) state->level[k] = 0.0;",
        *([f"    for (int k = 0; k < {upper}_PERIOD; k++) for (int o = 0; o < {upper}_TARGETS; o++)"
           " state->season[k][o] = 0.0;"] if period else []),
        "    state->rows = 0;", "}", "",
    ])  # fmt: skip


def _step(network: Description, name: str) -> str:
    lines, below = stepped(network, name)
    outputs = f"{network.readout_weight.shape[1]}, {name.upper()}_OUTPUTS, state->answers"
    return "\n".join([
        "/* One time step of the network itself, on scaled inputs or an embedding. */",
        f"static inline void {name}_step({name}_state *state, const float *x)", "{", *lines,
        f"    {name}_affine({name}_readout_weight, {name}_readout_bias, {below}, {outputs});", "}", "",
    ])  # fmt: skip
