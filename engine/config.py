"""The one schema of an experiment: what the forms show, `--set` takes, and a run folder keeps.

Every field carries its label, help, unit and range as metadata (see `FieldInfo`), and is checked when
the object is made. A message names the field, what it got and what it takes.
"""

from __future__ import annotations

import dataclasses
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast, get_type_hints

TOPOLOGIES = ("one_to_one", "one_to_many", "many_to_one", "many_to_many", "encoder_decoder")
CELLS = tuple(sorted(p.stem for p in (Path(__file__).parent / "cells").glob("[a-z]*.py")))


class ConfigError(ValueError):
    """A configuration that cannot be used; the text names the field, the value and what is allowed."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What a form, a help text and the validation need to know of one field.

    `minimum` and `maximum` are inclusive. `scale` is "linear" or "log", for sliders and spin boxes.
    `live` marks what may be changed while a run is paused.
    """

    label: str
    help: str
    unit: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf
    choices: tuple[str, ...] = ()
    scale: str = "linear"
    live: bool = False
    advanced: bool = False


def _option(default: Any, label: str, help: str, **details: Any) -> Any:
    return field(default=default, metadata={"info": FieldInfo(label, help, **details)})


class _Section:
    """Checks every field of a frozen dataclass against its type and its `FieldInfo`."""

    __slots__ = ()
    SECTION = ""

    def __post_init__(self) -> None:
        hints = get_type_hints(type(self))
        for item in dataclasses.fields(cast(Any, self)):
            value = _checked(self.SECTION, item, hints[item.name], getattr(self, item.name))
            object.__setattr__(self, item.name, value)


@dataclass(frozen=True, slots=True)
class DataConfig(_Section):
    """Where the sequences come from and how they are cut, scaled and split."""

    SECTION = "data"

    sample: str = _option("", "Sample", "Name of a sample that ships with the workbench; empty when a file is used.")
    file: str = _option("", "File", "Path of the data file; empty when a sample is used.")
    kind: str = _option(
        "series", "Kind of data", "A table of numbers over time, or running text.", choices=("series", "text")
    )
    time_column: str = _option(
        "", "Time column", "Column with the dates or the order of the rows; empty for row order."
    )
    targets: tuple[str, ...] = _option((), "Targets", "Columns to be predicted.")
    inputs: tuple[str, ...] = _option(
        (), "Further inputs", "Columns read beside the targets' own past to make the prediction."
    )
    look_back: int = _option(
        24,
        "Look-back",
        "How many past steps the network reads before it answers.",
        unit="steps",
        minimum=1,
        maximum=100_000,
    )
    horizon: int = _option(
        1,
        "Horizon",
        "How many steps ahead the answer lies; 1 is the next step.",
        unit="steps",
        minimum=1,
        maximum=10_000,
    )
    stride: int = _option(
        1, "Stride", "Distance between the starts of two training windows.", unit="steps", minimum=1, maximum=100_000
    )
    transform: str = _option(
        "none",
        "Transform",
        "Applied before scaling and undone on the answer: logarithm for growth in per cent, difference for trends.",
        choices=("none", "log", "difference", "log_difference"),
    )
    scaler: str = _option(
        "standard",
        "Scaler",
        "Brings each column to a common range; fitted on the training part only.",
        choices=("standard", "minmax", "none"),
    )
    missing: str = _option(
        "linear",
        "Missing values",
        "Fill a gap from the last value, along a line, from the last season, or leave it out of the loss.",
        choices=("forward", "linear", "seasonal", "mask"),
    )
    season: int = _option(
        0,
        "Season",
        "Steps in one season for the seasonal baseline; 0 finds it from the dates.",
        unit="steps",
        minimum=0,
        maximum=100_000,
    )
    validation: float = _option(
        0.15, "Validation part", "Below 1 a share of all steps, from 1 on a number of steps.", minimum=0.0, maximum=1e9
    )
    test: float = _option(
        0.15,
        "Test part",
        "The last steps, never trained on. Below 1 a share, from 1 on a number of steps.",
        minimum=0.0,
        maximum=1e9,
    )
    sequence_length: int = _option(
        100, "Sequence length", "Characters a training sequence holds.", unit="characters", minimum=2, maximum=100_000
    )
    length: int = _option(
        50,
        "Length",
        "Steps of each generated sequence; of a generated series, its rows.",
        unit="steps",
        minimum=4,
        maximum=1_000_000,
    )
    sequences: int = _option(
        10_000,
        "Sequences",
        "Training sequences generated anew for every epoch.",
        unit="sequences",
        minimum=10,
        maximum=10_000_000,
    )
    noise: float = _option(
        0.0, "Noise", "Standard deviation of the noise added to a generated series.", minimum=0.0, maximum=100.0
    )


@dataclass(frozen=True, slots=True)
class ModelConfig(_Section):
    """The network: what goes in and out, which cell, how wide, how deep."""

    SECTION = "model"

    topology: str = _option(
        "many_to_one", "Topology", "How a sequence goes in and an answer comes out.", choices=TOPOLOGIES
    )
    cell: str = _option(
        "lstm", "Cell", "What computes the next state from the input and the state before.", choices=CELLS
    )
    activation: str = _option(
        "tanh",
        "Activation",
        "Squashes the state, or a gated cell's candidate and output: decides how strongly a unit fires.",
        choices=("tanh", "sigmoid", "relu", "softsign", "hard_sigmoid", "elu", "identity"),
    )
    gate_activation: str = _option(
        "sigmoid",
        "Gate activation",
        "Opens and shuts the gates, from 0 to 1; the hard sigmoid is straight in between.",
        choices=("sigmoid", "hard_sigmoid"),
        advanced=True,
    )
    hidden_size: int = _option(
        32,
        "Hidden units",
        "Numbers the network remembers per layer and direction.",
        unit="units",
        minimum=1,
        maximum=8192,
        scale="log",
    )
    num_layers: int = _option(1, "Layers", "Recurrent layers, one upon the other.", minimum=1, maximum=16)
    bidirectional: bool = _option(
        False, "Both directions", "Reads the sequence backward too, so every step knows its future."
    )
    embedding_size: int = _option(
        32, "Embedding", "Numbers that stand for one token.", unit="numbers", minimum=1, maximum=4096, scale="log"
    )


@dataclass(frozen=True, slots=True)
class TrainingConfig(_Section):
    """How the weights are learned."""

    SECTION = "training"

    optimizer: str = _option(
        "adam", "Optimiser", "How a gradient becomes a step of the weights.", choices=("adam", "sgd")
    )
    learning_rate: float = _option(
        1e-3,
        "Learning rate",
        "Length of one step along the gradient.",
        minimum=1e-8,
        maximum=10.0,
        scale="log",
        live=True,
    )
    momentum: float = _option(
        0.9, "Momentum", "Share of the last step that SGD keeps.", minimum=0.0, maximum=0.9999, advanced=True
    )
    clip_norm: float = _option(
        1.0, "Clip gradient norm", "Longest gradient allowed; longer ones are shortened to it. 0 switches it off.",
        minimum=0.0, maximum=1e6, live=True,
    )  # fmt: skip
    batch_size: int = _option(
        32, "Batch", "Sequences a step learns from at once.", unit="sequences", minimum=1, maximum=65_536, scale="log"
    )
    epochs: int = _option(50, "Epochs", "Passes over the training part.", minimum=1, maximum=1_000_000)
    seed: int = _option(
        0, "Seed", "Same seed, same settings: the same weights to the last bit.", minimum=0, maximum=2**32 - 1
    )
    threads: int = _option(
        0,
        "Threads",
        "Processor threads of the engine; 0 takes what the machine has. The result is the same.",
        minimum=0,
        maximum=256,
        advanced=True,
    )


@dataclass(frozen=True, slots=True)
class Experiment:
    """Everything a run needs, and all that `experiment.toml` in a run folder holds."""

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def replace(self, changes: Mapping[str, Any]) -> Experiment:
        """A copy with dotted fields changed, as in ``{"model.cell": "gru"}``. Text values are converted."""
        sections = {name: {} for name in SECTIONS}  # type: dict[str, dict[str, Any]]
        for key, value in changes.items():
            section, _, name = key.partition(".")
            if section not in SECTIONS or name not in _names(SECTIONS[section]):
                raise ConfigError(f"unknown field {key!r}; fields are {', '.join(field_names())}")
            sections[section][name] = value
        parts = {name: dataclasses.replace(getattr(self, name), **values) for name, values in sections.items()}
        return Experiment(**parts)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Plain nested values, ready for TOML or JSON."""
        return {
            name: {
                k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(getattr(self, name)).items()
            }
            for name in SECTIONS
        }


SECTIONS: dict[str, Any] = {"data": DataConfig, "model": ModelConfig, "training": TrainingConfig}


def field_info(section: str, name: str) -> FieldInfo:
    """The `FieldInfo` of one field, as in ``field_info("model", "cell")``."""
    for item in dataclasses.fields(SECTIONS[section]):
        if item.name == name:
            return cast(FieldInfo, item.metadata["info"])
    raise ConfigError(f"unknown field '{section}.{name}'; fields are {', '.join(field_names())}")


def field_names() -> tuple[str, ...]:
    """Every dotted field name, in the order of the forms."""
    return tuple(f"{section}.{name}" for section, cls in SECTIONS.items() for name in _names(cls))


def experiment_from_dict(values: Mapping[str, Any]) -> Experiment:
    """The opposite of `Experiment.to_dict`; missing fields take their defaults, unknown ones are refused."""
    changes: dict[str, Any] = {}
    for section, fields in values.items():
        if section not in SECTIONS:
            raise ConfigError(f"unknown section [{section}]; sections are {', '.join(SECTIONS)}")
        if not isinstance(fields, Mapping):
            raise ConfigError(f"[{section}] is a table of fields, got {fields!r}")
        changes |= {f"{section}.{name}": value for name, value in fields.items()}
    return Experiment().replace(changes)


def experiment_from_toml(text: str) -> Experiment:
    """Read an experiment from the text of a TOML file.

    Raises:
        ConfigError: not TOML, an unknown field, or a value out of range.
    """
    try:
        return experiment_from_dict(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"not a TOML file: {error}") from error


def _names(cls: Any) -> tuple[str, ...]:
    return tuple(item.name for item in dataclasses.fields(cls))


def _checked(section: str, item: dataclasses.Field[Any], kind: Any, value: Any) -> Any:
    info: FieldInfo = item.metadata["info"]
    where = f"{section}.{item.name}"
    value = _converted(where, kind, value)
    if info.choices and value not in info.choices:
        raise ConfigError(f"{where} is {value!r}; it takes one of {', '.join(info.choices)}")
    if kind in (int, float) and not info.minimum <= value <= info.maximum:
        raise ConfigError(f"{where} is {value:g}; it takes {info.minimum:g} to {info.maximum:g}")
    return value


_TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


def _converted(where: str, kind: Any, value: Any) -> Any:
    """`value` as `kind`; text is read the way a command line gives it."""
    try:
        if kind is bool:
            return value if isinstance(value, bool) else _TRUTH[str(value).lower()]
        if kind is int and not isinstance(value, bool):
            if isinstance(value, float) and not value.is_integer():
                raise ValueError
            return int(value)
        if kind is float and not isinstance(value, bool):
            return float(value)
        if kind is str and isinstance(value, str):
            return value
        if kind == tuple[str, ...]:
            parts = value.split(",") if isinstance(value, str) else value
            return tuple(str(part).strip() for part in parts if str(part).strip())
        raise ValueError
    except (KeyError, ValueError, TypeError, OverflowError):
        words = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
        raise ConfigError(f"{where} is {value!r}; it takes {words.get(kind, 'names, with commas between')}") from None
