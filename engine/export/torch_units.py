"""The functions of an exported PyTorch module that take what a table or a text holds, and say what answers mean."""

from __future__ import annotations

import textwrap
from typing import Any

from engine.data import LabelledTextPreparation, Preparation, SequencePreparation, SeriesPreparation, TextPreparation
from engine.export.c_symbols import CUT
from engine.export.meaning import answer_words, step_columns
from engine.export.particulars import Exportable
from engine.export.python_source import COLUMNS
from engine.export.remarks import harmless

_ABOUT = '''

def about(path=WEIGHTS):
    """What is known of the data: columns, window, scalers, transform, or the vocabulary."""
    with safe_open(path, framework="pt") as file:
        return json.loads(file.metadata()["data"])
'''
_ABOUT_SERIES = '''

def about(series="", path=WEIGHTS):
    """What is known of the data: columns, window, transform, scalers; of several series with scalers of their own
    those of the one that is named.
    """
    with safe_open(path, framework="pt") as file:
        data = json.loads(file.metadata()["data"])
    scalers = {name: own for name, *own in data.get("scalers") or ()}
    if scalers and series not in scalers:
        raise ValueError(f"each series has scalers of its own; say which: {', '.join(scalers)}")
    return data | dict(zip(("input_scaler", "output_scaler"), scalers.get(series, ())))
'''
_SERIES = '''

def inputs_of(rows, series=""):
    """Windows of rows in their own units (steps, windows, columns), float64, as the network reads them.

    Columns: {columns}. A window begins with the rows that differences are taken from. {length} rows are what the
    network learned from.
    """
    data = about(series)
    targets, scaler, period = len(data["targets"]), data["input_scaler"], data["period"]
    level = _level(data, rows[..., :targets])
    level = level[period:] - level[:-period] if period else level
    level = level[1:] - level[:-1] if "difference" in data["transform"] else level
    columns = torch.cat([level, rows[data["lead"] :, ..., targets:]], dim=-1)
    return ((columns - _numbers(scaler["offset"])) / _numbers(scaler["scale"])).float()


def _level(data, values):
    return torch.log(values) if "log" in data["transform"] else values


def _base(data, level, known, ahead):
    """What the answer so many steps after the rows known is a change from: that row, the last season, or both."""
    period, base = data["period"], torch.zeros_like(level[known])
    if "difference" in data["transform"]:
        base = level[known] - level[known - period] if period else level[known]
    return base + level[known - -ahead % period] if period else base


def _numbers(values):
    return torch.tensor(values, dtype=torch.float64)
'''
_REAL_UNITS = '''

def real_units(answers, rows, series=""):
    """The network's answers to windows of rows, in the targets' own units: {targets}."""
    data = about(series)
    answers = answers[..., {middle}::{width}]{remark}
    changed = answers.double() * _numbers(data["output_scaler"]["scale"]) + _numbers(data["output_scaler"]["offset"])
    level, horizon = _level(data, rows[..., : len(data["targets"])]), data["horizon"]
    if answers.ndim == 3:
        changed = changed + _base(data, level, torch.arange(data["lead"], len(level)), horizon)
    else:
        ahead = range(horizon, horizon + changed.shape[-1] // level.shape[-1])
        changed = changed + torch.cat([_base(data, level, len(level) - 1, step) for step in ahead], dim=-1)
    return torch.exp(changed) if "log" in data["transform"] else changed
'''
_STEPS = '''

def inputs_of(steps):
    """Sequences in their own units (steps, sequences, {count}), without gaps, as the network reads them.

    Numbers of a step: {columns}.
    """
    scaler, x = about()["input_scaler"], steps.double().clone()
    count = len(scaler["offset"])
    x[..., :count] = (x[..., :count] - _numbers(scaler["offset"])) / _numbers(scaler["scale"])
    return x.float()


def _numbers(values):
    return torch.tensor(values, dtype=torch.float64)
'''
_SYMBOLS = '''

def inputs_of(symbols):
    """Symbols one after the other as the network reads them, tokens (steps, 1); 0 is what is unknown.

    {cut}.
    """
    numbers = {{symbol: at for at, symbol in enumerate(about(){known}, {first})}}
    return torch.tensor([numbers.get(symbol, 0) for symbol in symbols])[:, None]
'''
_CLASSES = '''

def meant(answers):
    """What answers say: {meaning}."""
    return torch.softmax(answers.double(), dim=-1)
'''
_LABELS = _CLASSES.replace("torch.softmax(answers.double(), dim=-1)", "torch.sigmoid(answers.double())")
_VALUES = '''

def meant(answers):
    """What answers say: {meaning}, in its own units."""
    scaler = about()["output_scaler"]
    offset, scale = (torch.tensor(scaler[name], dtype=torch.float64) for name in ("offset", "scale"))
    return answers[..., {middle}::{width}].double() * scale + offset
'''


def unit_usage(preparation: Preparation) -> str:
    """How the functions are used, as further lines of the head."""
    match preparation:
        case SeriesPreparation():
            return "\n    forecast = real_units(answers, rows)  # x = inputs_of(rows), see there"
        case SequencePreparation(embedded=False):
            return "\n    said = meant(answers)  # x = inputs_of(steps), see there"
        case SequencePreparation() | LabelledTextPreparation():
            return "\n    said = meant(answers)  # x = inputs_of(symbols), see there"
        case TextPreparation():
            return "\n    x = inputs_of(symbols)  # of a text, see there"
    return ""


def unit_functions(source: Exportable) -> str:
    """Nothing where the network reads what no table holds."""
    return wrapped(_functions(source))


def _functions(source: Exportable) -> str:
    preparation, point = source.model.preparation, source.point()
    match preparation:
        case SeriesPreparation():
            remark = "" if point["width"] == 1 else "  # the middle one of the quantiles"
            return series_functions(preparation, _REAL_UNITS, remark=remark, **point)
        case SequencePreparation(embedded=False):
            columns = harmless(step_columns(preparation))
            return _STEPS.format(count=preparation.input_size, columns=columns) + _meant(preparation, point)
        case SequencePreparation():
            read = _SYMBOLS.format(cut=CUT["category"], known='["words"][0][1]', first=1)
            return read + _meant(preparation, point)
        case LabelledTextPreparation():
            cut = f"{CUT[preparation.vocabulary.level]}; {preparation.length} are read at most"
            read = _SYMBOLS.format(cut=cut, known='["vocabulary"]["symbols"]', first=1)
            return read + _meant(preparation, point)
        case TextPreparation():
            return _SYMBOLS.format(cut=CUT[preparation.unit], known='["vocabulary"]', first=0)
    return ""


def about_function(preparation: Preparation) -> str:
    """What tells what is known of the data; of a series by its name."""
    return _ABOUT_SERIES if isinstance(preparation, SeriesPreparation) else _ABOUT


def series_functions(preparation: SeriesPreparation, real_units: str, **words: Any) -> str:
    """What rows of a series come to, and by the template `real_units` what answers do."""
    length, columns = preparation.lead + preparation.look_back, harmless(", ".join(preparation.columns))
    inputs = _SERIES.format(columns=columns, length=length)
    return inputs + real_units.format(targets=harmless(", ".join(preparation.targets)), **words)


def wrapped(text: str) -> str:
    """Lines that names of columns or classes make too long, broken."""
    return "\n".join(textwrap.fill(line, COLUMNS, subsequent_indent="    ") or line for line in text.split("\n"))


def _meant(preparation: SequencePreparation | LabelledTextPreparation, point: dict[str, int]) -> str:
    answers = preparation.answers
    template = _LABELS if answers.separator else _CLASSES if answers.classes else _VALUES
    return template.format(meaning=harmless(answer_words(preparation)), **point)
