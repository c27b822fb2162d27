"""Samples that ship with the workbench: a TOML file each, with what it shows and its complete experiment."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.config import Experiment, experiment_from_dict
from engine.data.errors import DataError, nearest
from engine.resources import resources_folder


@dataclass(frozen=True, slots=True)
class Sample:
    """One ready experiment."""

    key: str
    title: str
    description: str  # one paragraph on what it shows
    licence: str
    source: str
    file: str  # beside the descriptor; empty for generated data
    generator: str  # what makes generated data; see `engine.data.synthetic.synthetic`
    experiment: Experiment

    @property
    def kind(self) -> str:
        """Kind of data, as in `data.kind`."""
        return self.experiment.data.kind

    @property
    def path(self) -> Path | None:
        """The data file; None for generated data."""
        return samples_folder() / self.file if self.file else None


def samples_folder() -> Path:
    """Where descriptors and data files are."""
    return resources_folder() / "samples"


@lru_cache(maxsize=1)
def samples() -> tuple[Sample, ...]:
    """All samples, in the order their descriptors ask for."""
    found = [_read(path) for path in sorted(samples_folder().glob("*.toml"))]
    return tuple(sample for _, sample in sorted(found, key=lambda pair: (pair[0], pair[1].key)))


def sample(key: str) -> Sample:
    """The sample of that name.

    Raises:
        DataError: there is none; the nearest is named.
    """
    for found in samples():
        if found.key == key:
            return found
    raise DataError(f"there is no sample {key!r}; {nearest(key, (s.key for s in samples()))}")


def _read(path: Path) -> tuple[int, Sample]:
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    sections = {name: dict(values.get(name, {})) for name in ("data", "model", "training")}
    sections["data"]["sample"] = path.stem
    words = {
        name: " ".join(str(values.get(name, "")).split()) for name in ("title", "description", "licence", "source")
    }
    found = Sample(
        key=path.stem,
        file=str(values.get("file", "")),
        generator=str(values.get("generator", "")),
        experiment=experiment_from_dict(sections),
        **words,
    )
    return int(values.get("order", 1000)), found
