"""`experiment.toml` in a run folder: every setting of a run, and at the end how many they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from engine.config import SECTIONS, ConfigError, Experiment, experiment_from_toml, settings_text
from engine.config.fields import names
from engine.config.toml import read_toml

_COUNTED = re.compile(r"^# \d{1,4} settings in all\s*\Z", re.MULTILINE)


def experiment_text(experiment: Experiment) -> str:
    """What the file holds."""
    told = experiment.to_dict()
    return f"{tomli_w.dumps(told)}\n# {_count(told)} settings in all\n"


def read_run_experiment(path: Path | str) -> Experiment:
    """The experiment of a run. What was cut off the file, or out of it, is not filled with defaults.

    Raises:
        ConfigError: not an experiment, too large for one, or not whole.
        OSError: the file cannot be read.
    """
    text = settings_text(path)
    found = experiment_from_toml(text)
    if lost := _lost(text):
        raise ConfigError(
            f"{path} {lost}, and settings are lost. Put a copy of it back; the weights beside it hold all settings "
            "too, and can be used alone"
        )
    return found


def _lost(text: str) -> str:
    """What is missing; "" where the file holds as many settings as its last line counts."""
    counted, held = _COUNTED.search(text), read_toml(text)
    if counted is None:
        return "ends before its last line: the file was cut off"
    if _count(held) >= int(counted[0].split()[1]):
        return ""
    missing = (
        f"{section}.{name}" for section in SECTIONS for name in names(SECTIONS[section])
        if name not in held.get(section, {})
    )  # fmt: skip
    return f"lacks {next(missing, 'a setting')}: something was cut out of the file"


def _count(told: Mapping[str, Mapping[str, Any]]) -> int:
    return sum(len(section) for section in told.values())
