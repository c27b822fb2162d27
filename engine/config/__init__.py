"""The one schema of an experiment: what the forms show, `--set` takes, and a run folder keeps.

Every field carries its label, help, unit and range as metadata (see `FieldInfo`), and is checked when
the object is made. A message names the field, what it got and what it takes.
"""

from engine.config.data import ROLES, DataConfig
from engine.config.experiment import (
    SECTIONS,
    Experiment,
    experiment_from_dict,
    experiment_from_toml,
    field_info,
    field_names,
    read_experiment,
    settings_text,
    unknown_field,
)
from engine.config.fields import ConfigError, FieldInfo, matters
from engine.config.model import CELLS, TOPOLOGIES, ModelConfig
from engine.config.saving import SavingConfig
from engine.config.training import TrainingConfig

__all__ = [
    "CELLS",
    "ROLES",
    "SECTIONS",
    "TOPOLOGIES",
    "ConfigError",
    "DataConfig",
    "Experiment",
    "FieldInfo",
    "ModelConfig",
    "SavingConfig",
    "TrainingConfig",
    "experiment_from_dict",
    "experiment_from_toml",
    "field_info",
    "field_names",
    "matters",
    "read_experiment",
    "settings_text",
    "unknown_field",
]
