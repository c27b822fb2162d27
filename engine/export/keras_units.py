"""The functions of an exported Keras script that take what a table holds, and answer in its units."""

from __future__ import annotations

import textwrap
from types import ModuleType

from engine.data import LabelledTextPreparation, PairsPreparation, Preparation, SequencePreparation, SeriesPreparation
from engine.data.texts import tokens
from engine.export import numpy_texts, numpy_units
from engine.export.meaning import answer_words, step_columns
from engine.export.python_source import COLUMNS
from engine.export.remarks import harmless

_ABOUT = '''

def about(series=""):
    """Scaler, vocabulary, window and all else beside the weights; of several series with scalers of their own, those
    of the one that is named."""
    told = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
    scalers = {name: own for name, *own in told["data"].get("scalers") or ()}
    if scalers and series not in scalers:
        raise ValueError(f"each series has scalers of its own; say which: {', '.join(scalers)}")
    if scalers:
        told["data"] |= dict(zip(("input_scaler", "output_scaler"), scalers[series], strict=True))
    return told
'''
_SERIES = '''

def predict(model, rows, series=""):
    """What follows windows of rows (windows, {length}, {count}), without gaps, in the table's own units.

    Columns: {columns}. Forecasts (windows, ·){stepped} of {targets}.
    """
    told, rows = about(series), np.swapaxes(np.asarray(rows, np.float64), 0, 1)
    answers = keras.ops.convert_to_numpy(model(np.swapaxes(inputs_of(told["data"], rows), 0, 1)))
    if answers.ndim == 2:
        return real_units(told, rows, answers)
    return np.swapaxes(real_units(told, rows, np.swapaxes(answers, 0, 1)), 0, 1)
'''
_WRITTEN_SERIES = '''

def predict(model, rows, future=None, series=""):
    """The {steps} steps behind windows of rows (windows, {length}, {count}), without gaps, in the table's own units.

    Columns: {columns}. `future` (windows, {steps}, {known}) holds what is known ahead{known_names}.
    Forecasts (windows, {steps}, ·) of {targets}.
    """
    told, rows = about(series), np.swapaxes(np.asarray(rows, np.float64), 0, 1)
    future = np.zeros((rows.shape[1], {steps}, 0)) if future is None else np.asarray(future, np.float64)
    x = np.swapaxes(inputs_of(told["data"], rows), 0, 1)
    before = np.swapaxes(told_ahead(told["data"], rows, np.swapaxes(future, 0, 1)), 0, 1)
    point = told["network"]
    answers = write_numbers(answers_of(model), x, before, point["middle"], point["width"])
    return np.swapaxes(real_units(told, rows, np.swapaxes(answers, 0, 1)), 0, 1)
'''
_STEPS = '''

def predict(model, steps):
    """What is said of sequences (sequences, steps, {count}), without gaps, in their own units: {meaning}.

    Numbers of a step: {columns}.
    """
    told, x = about(), np.array(steps, np.float64)
    scaler = told["data"]["input_scaler"]
    count = len(scaler["offset"])
    x[..., :count] = (x[..., :count] - scaler["offset"]) / scaler["scale"]
    return meant(told, keras.ops.convert_to_numpy(model(x.astype(np.float32))))
'''
_SYMBOLS = '''

def predict(model, {many}):
    """What is said of {what}: {meaning}."""
    told, {many} = about(), [{many}] if isinstance({many}, str) else {many}
    numbers = {{symbol: at for at, symbol in enumerate({symbols}, 1)}}
    read = [[numbers.get(symbol, 0) for symbol in {cut}] or [0] for each in {many}]
    answers = [keras.ops.convert_to_numpy(model(np.array([own], np.int32)))[0] for own in read]
    return [meant(told, each) for each in answers]
'''
_PAIRS = '''

def predict(model, texts):
    """What is written for each of `texts`{values}, the likeliest symbol each time."""
    told = about()
    data, limit = told["data"], told["decoding"]["limit"]
    texts = [texts] if isinstance(texts, str) else texts
    read = [np.swapaxes(encoded(data, text), 0, 1) for text in texts]{first}
    return [decoded(data, write_tokens(answers_of(model), x, limit)[0]) for x in read]
'''


def unit_modules(preparation: Preparation) -> tuple[ModuleType, ...]:
    """The modules whose text `unit_functions` calls."""
    if isinstance(preparation, PairsPreparation):
        return (tokens, numpy_texts)
    if isinstance(preparation, LabelledTextPreparation):
        return (tokens, numpy_units)
    return (numpy_units,) if isinstance(preparation, SeriesPreparation | SequencePreparation) else ()


def unit_functions(preparation: Preparation) -> str:
    """`predict` and what it needs; nothing where the network reads what a table does not hold."""
    lines = _functions(preparation).split("\n")
    return "\n".join(textwrap.fill(line, COLUMNS, subsequent_indent="    ") or line for line in lines)


def _functions(preparation: Preparation) -> str:
    match preparation:
        case SeriesPreparation():
            return _ABOUT + _series(preparation)
        case SequencePreparation():
            return _ABOUT + _steps(preparation)
        case LabelledTextPreparation():
            return _ABOUT + _SYMBOLS.format(
                many="texts", what=f"each of `texts`, of which {preparation.length} symbols are read",
                meaning=harmless(answer_words(preparation)), symbols='told["data"]["vocabulary"]["symbols"]',
                cut='cut(each, told["data"]["vocabulary"]["level"])[: told["data"]["length"]]',
            )  # fmt: skip
        case PairsPreparation():
            vector = preparation.vector is not None
            return _ABOUT + _PAIRS.format(
                values=f", values with commas between: {harmless(', '.join(preparation.columns))}" if vector else "",
                first="\n    read = [x[0] for x in read]" if vector else "",
            )
    return ""


def _series(preparation: SeriesPreparation) -> str:
    known = [preparation.columns[place] for place in preparation.known_columns]
    words = {
        "length": preparation.lead + preparation.look_back,
        "count": len(preparation.columns),
        "columns": harmless(", ".join(preparation.columns)),
        "targets": harmless(", ".join(preparation.targets)),
        "steps": preparation.steps,
        "known": len(known),
        "known_names": harmless(f": {', '.join(known)}") if known else "",
        "stepped": ", or (windows, steps, ·)" if preparation.topology == "many_to_many" else "",
    }
    return (_WRITTEN_SERIES if preparation.strategy == "encoder_decoder" else _SERIES).format(**words)


def _steps(preparation: SequencePreparation) -> str:
    if preparation.embedded:
        return _SYMBOLS.format(
            many="sequences", what=f"sequences of words of {harmless(preparation.words[0][0])}",
            meaning=harmless(answer_words(preparation)), symbols='told["data"]["words"][0][1]', cut="each",
        )  # fmt: skip
    meaning, columns = harmless(answer_words(preparation)), harmless(step_columns(preparation))
    return _STEPS.format(count=preparation.input_size, meaning=meaning, columns=columns)
