"""The words that people see for what the engine names as files and commands do: fields, their values, messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isnan

from engine.config import Experiment, field_info, field_names
from engine.topologies import topology
from engine.wording.note_names import notes_in_words

_QUOTED = re.compile(r"""(?<!\w)('[^']*'|"[^"]*")(?!\w)""")  # a name or a cell of somebody's data
_FIELD = re.compile(r"(?<![\w./])(?:" + "|".join(re.escape(name) for name in field_names()) + r")(?![\w/]|\.\w)")
_CHOSEN_BY = {
    value: name
    for name in field_names()
    for value in field_info(*name.split(".", 1)).choices
    if "_" in value and name != "model.cell"
}  # what can be nothing but a choice, such as many_to_one, and the field that has it
_CHOICE = re.compile(r"(?<![\w“./])(?:" + "|".join(_CHOSEN_BY) + r")(?![\w”/]|\.\w)")
_PLAIN_WORD = re.compile(r"[a-z]+[ ,]")
_SHORT = 12  # letters of a name that stays in one line
_DATE_PART = re.compile(r"%[YymdHIMSfbBp](?![a-z])")
_DATE_LETTERS = {
    "Y": "YYYY", "y": "YY", "m": "MM", "d": "DD", "H": "hh", "I": "hh", "M": "mm", "S": "ss", "f": "ffffff",
    "b": "Mon", "B": "Month", "p": "AM/PM",
}  # fmt: skip
_WORDS = {
    "sgd": "SGD",
    "momentum": "SGD with momentum",
    "nesterov": "Nesterov momentum",
    "rmsprop": "RMSprop",
    "adamw": "AdamW",
    "nadam": "NAdam",
    "pytorch": "As in PyTorch",
    "xavier_uniform": "Xavier, uniform",
    "xavier_normal": "Xavier, normal",
    "he_uniform": "He, uniform",
    "he_normal": "He, normal",
    "auto": "Automatic",
    "BLEU": "BLEU",
    "mse": "Squared error (MSE)",
    "mae": "Absolute error (MAE)",
    "huber": "Huber (robust)",
    "quantile": "Quantiles (pinball)",
    "binary_cross_entropy": "Cross-entropy of each label",
    "cross_entropy": "Cross-entropy",
    "step": "Falls in steps",
    "exponential": "Falls every epoch",
    "cosine": "Falls along a cosine",
    "one_cycle": "One cycle: up, then down",
    "plateau": "Falls on a plateau",
    "standard": "Mean 0, spread 1",
    "minmax": "0 to 1",
    "log": "Logarithm",
    "log_difference": "Log difference",
    "linear": "Along a line",
    "forward": "Last value",
    "seasonal": "Last season",
    "mask": "Leave out of the loss",
    "tanh": "tanh (−1 to 1)",
    "sigmoid": "sigmoid (0 to 1)",
    "relu": "ReLU (0 upward)",
    "elu": "ELU (−1 upward)",
    "gelu": "GELU",
    "identity": "none (identity)",
    "softsign": "softsign (−1 to 1)",
    "hard_sigmoid": "hard sigmoid (0 to 1)",
}


def for_people(message: str) -> str:
    """The message with labels in place of dotted names, beginning with a capital unless a name comes first."""
    text = named(message.strip())
    return text[:1].upper() + text[1:] if _PLAIN_WORD.match(text) else text


def after_colon(sentence: str) -> str:
    """A sentence as it goes on behind a colon: it begins small, unless with a name such as GRU or NaN."""
    first = sentence.partition(" ")[0]
    return sentence if first[1:] != first[1:].lower() else sentence[:1].lower() + sentence[1:]


def named(text: str) -> str:
    """With labels in place of dotted names and of choices, and forms of dates as spreadsheets write them.

    What stands between quotes is as somebody wrote it.
    """
    parts = _QUOTED.split(text)
    return "".join(part if place % 2 else _named(part) for place, part in enumerate(parts))


def _named(text: str) -> str:
    return date_form(_CHOICE.sub(lambda found: setting_words(_CHOSEN_BY[found[0]], found[0]), _FIELD.sub(_label, text)))


def date_form(text: str) -> str:
    """With DD.MM.YYYY where the engine says %d.%m.%Y."""
    return _DATE_PART.sub(lambda found: _DATE_LETTERS[found[0][1]], text)


def _label(found: re.Match[str]) -> str:
    section, _, name = found.group().partition(".")
    return f"“{field_info(section, name).label}”"


def words(key: str) -> str:
    """What a form shows for a value of the schema."""
    return _WORDS.get(key, key.replace("_", " ").capitalize())


def score_text(name: str, value: float) -> str:
    """A score as it is told: a skill in hundredths, since its first digits are noise where it is nearly 0."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−") if name == "skill" else f"{value:.4g}"


def score_words(name: str) -> str:
    """What a score of the test part is called where it stands alone: a skill is one over the last known values."""
    return "skill against naive" if name == "skill" else name


def scores_words(scores: Iterable[tuple[str, float]]) -> str:
    """Scores of the test part in a row, but for those without a value."""
    return ", ".join(unbroken(score_words(name), score_text(name, value)) for name, value in scores if not isnan(value))


def unbroken(name: str, value: str) -> str:
    """A name and its value, which no line comes to break apart; nor a short name, as exact match."""
    words = name.replace(" ", "\u00a0") if len(name) <= _SHORT else name
    return f"{words}\u00a0{value}"


def notes_unbroken(notes: Iterable[tuple[int, float]]) -> str:
    """Notes as musicians write them, each with its length in one line."""
    return notes_in_words(notes).replace(" ", "\u00a0").replace(",\u00a0", ", ")


def setting_words(name: str, value: object) -> str:
    """What a setting of that dotted name is set to, as the forms have it."""
    section, _, field = name.partition(".")
    if name == "model.topology":
        return topology(str(value)).title
    if name == "model.cell":
        from engine.cells import specification  # takes long at first; the window has it before it shows settings

        return specification(str(value)).title
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return words(str(value)) if value in field_info(section, field).choices else str(value) or "–"


def set_words(experiment: Experiment, names: Iterable[str]) -> str:
    """What settings of these dotted names are set to, as in "Cell set to LSTM, hidden units set to 64"."""
    sections = ((name, *name.split(".", 1)) for name in names)
    found = [
        f"{field_info(section, field).label} set to {setting_words(name, getattr(getattr(experiment, section), field))}"
        for name, section, field in sections
    ]
    return ", ".join([*found[:1], *map(after_colon, found[1:])])
