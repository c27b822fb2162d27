"""All settings of a run together, and the way to TOML and back."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from engine.config.data import DataConfig
from engine.config.fields import ConfigError, FieldInfo, names, shown
from engine.config.model import ModelConfig
from engine.config.saving import SavingConfig
from engine.config.toml import read_toml
from engine.config.training import TrainingConfig


@dataclass(frozen=True, slots=True)
class Experiment:
    """Everything a run needs, and all that `experiment.toml` in a run folder holds."""

    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    saving: SavingConfig = field(default_factory=SavingConfig)

    def __post_init__(self) -> None:
        """Check what settings of different sections ask of each other."""
        for name in ("truncate_every", "truncate_to"):
            if steps := getattr(self.training, name):
                if self.model.bidirectional:
                    reason = "model.bidirectional is on: the reverse direction begins at the end"
                elif self.model.topology not in ("many_to_one", "many_to_many"):
                    reason = f"model.topology is {self.model.topology}"
                else:
                    continue
                raise ConfigError(f"training.{name} is {steps}; it takes 0 where {reason}")

    def replace(self, changes: Mapping[str, Any]) -> Experiment:
        """A copy with dotted fields changed, as in ``{"model.cell": "gru"}``. Text values are converted."""
        sections = {name: {} for name in SECTIONS}  # type: dict[str, dict[str, Any]]
        for key, value in changes.items():
            section, _, name = key.partition(".")
            if section not in SECTIONS or name not in names(SECTIONS[section]):
                raise unknown_field(key)
            sections[section][name] = value
        parts = {
            name: dataclasses.replace(getattr(self, name), **values) for name, values in sections.items() if values
        }
        return dataclasses.replace(self, **parts)

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Plain nested values, ready for TOML or JSON."""
        return {
            name: {item: _plain(getattr(self, name), item) for item in names(section)}
            for name, section in SECTIONS.items()
        }


def _plain(section: object, name: str) -> Any:
    value = getattr(section, name)
    return list(value) if isinstance(value, tuple) else value


_LONGEST = 1_000_000  # bytes of settings


SECTIONS: dict[str, Any] = {
    "data": DataConfig,
    "model": ModelConfig,
    "training": TrainingConfig,
    "saving": SavingConfig,
}


def field_info(section: str, name: str) -> FieldInfo:
    """The `FieldInfo` of one field, as in ``field_info("model", "cell")``."""
    for item in dataclasses.fields(SECTIONS[section]):
        if item.name == name:
            return cast(FieldInfo, item.metadata["info"])
    raise unknown_field(f"{section}.{name}")


def field_names() -> tuple[str, ...]:
    """Every dotted field name, in the order of the forms."""
    return tuple(f"{section}.{name}" for section, cls in SECTIONS.items() for name in names(cls))


def unknown_field(key: str) -> ConfigError:
    """Who mistyped a name is told the one that was meant; who made one up, where they all stand."""
    near = difflib.get_close_matches(key, field_names(), n=3, cutoff=0.75)
    near += [name for name in field_names() if name.partition(".")[2] == key.rpartition(".")[2] and name not in near]
    if near:
        return ConfigError(f"unknown field {key!r}; did you mean {' or '.join(near)}?")
    section, _, _ = key.partition(".")
    if section not in SECTIONS:
        known = ", ".join(f"{name}." for name in SECTIONS)
        return ConfigError(f"unknown field {key!r}; a name begins with its section ({known}), as in training.epochs")
    fields = [name for name in field_names() if name.startswith(f"{section}.")]
    return ConfigError(f"unknown field {key!r}; fields are {', '.join(fields)}")


def experiment_from_dict(values: Mapping[str, Any]) -> Experiment:
    """The opposite of `Experiment.to_dict`; missing fields take their defaults, unknown ones are refused."""
    changes: dict[str, Any] = {}
    for section, fields in values.items():
        if section not in SECTIONS:
            raise ConfigError(f"unknown section [{section}]; sections are {', '.join(SECTIONS)}")
        if not isinstance(fields, Mapping):
            raise ConfigError(f"[{section}] is a table of fields, got {shown(fields)}")
        changes |= {f"{section}.{name}": value for name, value in fields.items()}
    return Experiment().replace(changes)


def read_experiment(path: Path | str) -> Experiment:
    """The experiment that a TOML file holds; what somebody wrote may leave out as many settings as it likes.

    Raises:
        ConfigError: not an experiment, or too large for one.
        OSError: the file cannot be read.
    """
    text = settings_text(path)
    try:
        return experiment_from_toml(text)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error


def settings_text(path: Path | str) -> str:
    """The text of a file of settings.

    Raises:
        ConfigError: too large for settings, or no text.
        OSError: the file cannot be read.
    """
    with Path(path).open("rb") as file:
        content = file.read(_LONGEST + 1)
    if len(content) > _LONGEST:
        raise ConfigError(f"{path} is too large for settings")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not text in UTF-8: {error.reason} at byte {error.start}") from error


def experiment_from_toml(text: str) -> Experiment:
    """Read an experiment from the text of a TOML file.

    Raises:
        ConfigError: not TOML, an unknown field, or a value out of range.
    """
    try:
        return experiment_from_dict(read_toml(text))
    except ConfigError:
        raise
    except ValueError as error:  # numbers of thousands of digits too
        raise ConfigError(f"not a TOML file: {error}") from error
